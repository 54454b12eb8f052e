-- The evaluation that explains where a model stands: the newest batch's, none
-- that is aside,
-- and of several the one of the store whose check is worst.
select e.evaluation_id, e.store, e.batch
from dated_evaluations as e
left join model_status as s using (model)
where
    e.model = $model
    and e.is_aside is not true
    and e.store in (select name from configured_names where kind = 'store')
order by
    e.is_upcoming,
    e.batch desc,
    coalesce(e.store = s.store, false) desc,
    e.evaluated_at desc,
    e.evaluation_id
limit 1;
