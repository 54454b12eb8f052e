-- The latest evaluation of a model whose performance was computed.
select evaluation_id, store, batch
from dated_evaluations
where
    model = $model
    and has_performance
    and is_aside is not true
    and store in (select name from configured_names where kind = 'store')
order by is_upcoming asc, batch desc, evaluated_at desc, evaluation_id
limit 1;
