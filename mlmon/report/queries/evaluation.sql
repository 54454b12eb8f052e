-- What an evaluation is: which records, which version, against which sample.
-- The batch before it is that of the store's history, where it is in it.
select
    e.*,
    v.algorithm,
    v.task,
    v.threshold,
    v.train_batches,
    v.train_rows,
    v.created_at as trained_at,
    s.method,
    s.seed,
    r.rows as reference_rows,
    coalesce(r.role, 'reference') = 'reference' as against_training,
    r.batches as reference_batches,
    drift.value as data_drift,
    drift.lower as data_drift_lower,
    drift.upper as data_drift_upper,
    drift.note as data_drift_note,
    chance.value as data_drift_pvalue,
    lag(e.batch) over by_time as previous_batch
from evaluations as e
left join model_versions as v using (model, model_version)
left join samples as s on e.sample_id = s.sample_id
left join samples as r on e.reference_sample_id = r.sample_id
left join metrics as drift
    on
        e.evaluation_id = drift.evaluation_id
        and drift.metric = 'data_drift'
        and drift.feature is null
        and drift.segment is null
left join metrics as chance
    on
        e.evaluation_id = chance.evaluation_id
        and chance.metric = 'data_drift_pvalue'
        and chance.feature is null
        and chance.segment is null
window by_time as (
    partition by e.store, e.is_aside is true
    order by e.batch, e.evaluated_at, e.evaluation_id
)
qualify e.evaluation_id = $evaluation_id;
