-- The evaluations of a run's steps, and whether they were made then or were
-- there before; those of the runs that its steps ran too.
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
from run_effects as s
inner join evaluations as e on s.evaluation_id = e.evaluation_id
left join metrics as d
    on
        e.evaluation_id = d.evaluation_id
        and d.metric = 'data_drift'
        and d.feature is null
        and d.segment is null
where s.run_id = $run_id
order by s.started_at, s.position, e.evaluation_id;
