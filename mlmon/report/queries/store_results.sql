-- The newest 50 results of the checks of a store, and how many there are.
select
    r.checked_at,
    concat_ws(', ', r.check_name, r.feature, r.segment) as check_name,
    r.store,
    r.evaluation_id,
    e.batch,
    e.model_version,
    r.value,
    r.outcome,
    r.message,
    count(*) over () as results
from check_results as r
left join evaluations as e on r.evaluation_id = e.evaluation_id
where r.store = $store
order by r.checked_at desc, r.check_name asc, r.evaluation_id asc
limit 50;
