-- The latest evaluation of a store, none that is aside.
select evaluation_id, batch
from dated_evaluations
where store = $store and is_aside is not true
order by is_upcoming asc, batch desc, evaluated_at desc, evaluation_id
limit 1;
