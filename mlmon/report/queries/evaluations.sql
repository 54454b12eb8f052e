-- Every evaluation, newest batch first, with what it was measured against once
-- where it stands aside, and with the whole-model metrics of the list.
with figures as (
    pivot (
        select evaluation_id, metric, value
        from metrics
        where feature is null and segment is null
    )
    on metric in (
        'data_drift',
        'drifted_feature_share',
        'roc_auc_score',
        'average_precision_score',
        'f1_score',
        'log_loss',
        'r2_score',
        'root_mean_squared_error'
    )
    using max(value)
    group by evaluation_id
)

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
    case when e.is_aside then array_to_string(r.batches, ', ') end as against,
    f.* exclude (evaluation_id),
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
left join figures as f on e.evaluation_id = f.evaluation_id
left join samples as r on e.reference_sample_id = r.sample_id
window by_time as (
    partition by e.store
    order by e.batch, e.evaluated_at, e.evaluation_id
)
order by e.batch desc, e.store, e.evaluated_at desc, e.evaluation_id;
