-- The newest 50 events of the alerts of a store, and how many there are.
select
    v.happened_at,
    upper(v.event) as event,
    concat_ws(', ', a.check_name, a.feature, a.segment) as check_name,
    a.store,
    v.outcome,
    v.evaluation_id,
    e.batch,
    v.message,
    count(*) over () as events
from alert_events as v
inner join alerts as a on v.alert_id = a.alert_id
left join evaluations as e on v.evaluation_id = e.evaluation_id
where a.store = $store
order by
    v.happened_at desc,
    case v.outcome when 'ERROR' then 0 else 1 end asc,
    a.check_name asc,
    a.feature asc nulls first,
    a.segment asc nulls first,
    v.event asc
limit 50;
