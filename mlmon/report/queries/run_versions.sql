-- The model versions that a run's steps name as trained.
select
    s.step,
    v.model,
    v.model_version,
    v.algorithm,
    v.train_batches,
    v.train_rows,
    v.threshold,
    v.created_at,
    v.is_active
from step_runs as s
inner join model_versions as v
    on
        s.action = 'train ' || v.model
        and s.message = concat(
            'version ', v.model_version, ' of ', v.model, ' is active'
        )
where s.run_id = $run_id
order by s.position, v.model, v.model_version;
