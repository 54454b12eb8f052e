-- The model versions that a run's steps trained, and whether each became the
-- active one then; those of the runs that its steps ran too.
select
    s.step,
    v.model,
    v.model_version,
    v.algorithm,
    v.train_batches,
    v.train_rows,
    v.threshold,
    v.created_at,
    v.is_active,
    if(coalesce(s.was_activated, true), 'ACTIVATED', 'KEPT') as decision
from run_effects as s
inner join model_versions as v
    on s.model = v.model and s.model_version = v.model_version
where s.run_id = $run_id
order by s.started_at, s.position, v.model, v.model_version;
