-- The evaluations that a run's steps name, by store, batch and the beginning of
-- the id, and whether they were made then or were there before.
select
    s.step,
    e.evaluation_id,
    e.store,
    e.batch,
    e.model,
    e.model_version,
    e.rows,
    d.value as data_drift,
    e.evaluated_at,
    case
        when e.evaluated_at < s.started_at then 'made before'
        else 'made by this run'
    end as made
from step_runs as s
inner join evaluations as e
    on
        s.action = 'evaluate ' || e.store
        and s.message = concat(
            'evaluation ', left(e.evaluation_id, 8), ' of batch ', e.batch
        )
left join metrics as d
    on
        e.evaluation_id = d.evaluation_id
        and d.metric = 'data_drift'
        and d.feature is null
        and d.segment is null
where s.run_id = $run_id
order by s.position, e.evaluation_id;
