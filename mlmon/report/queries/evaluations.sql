-- Every evaluation, newest batch first, with its whole-model metrics.
select
    e.evaluation_id,
    e.store,
    e.batch,
    e.name,
    e.model,
    e.model_version,
    e.rows,
    e.has_performance,
    e.evaluated_at,
    h.* exclude (
        store, batch, evaluation_id, model_version, evaluated_at, rows
    ),
    lag(e.evaluation_id) over by_time as previous_id,
    lag(e.batch) over by_time as previous_batch,
    lead(e.evaluation_id) over by_time as next_id,
    lead(e.batch) over by_time as next_batch,
    (
        select count(*)
        from diagnostics as d
        where d.evaluation_id = e.evaluation_id
    ) as diagnostics
from evaluations as e
left join evaluation_history as h using (evaluation_id)
window by_time as (
    partition by e.store
    order by e.batch, e.evaluated_at, e.evaluation_id
)
order by e.batch desc, e.store, e.evaluated_at desc, e.evaluation_id;
