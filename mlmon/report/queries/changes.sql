-- The whole-model figures that changed between an evaluation and the one
-- before it in the same store.
with both_evaluations as (
    select
        evaluation_id,
        store,
        batch,
        lag(evaluation_id) over by_time as previous_id,
        lag(batch) over by_time as previous_batch
    from evaluations
    where is_aside is not true
    window by_time as (
        partition by store
        order by batch, evaluated_at, evaluation_id
    )
)

select
    b.batch,
    b.previous_batch,
    w.metric,
    w.title,
    before.value as previous,
    now.value,
    now.value - before.value as change
from both_evaluations as b
inner join metrics as now on b.evaluation_id = now.evaluation_id
inner join metrics as before
    on
        b.previous_id = before.evaluation_id
        and now.metric = before.metric
        and now.feature is not distinct from before.feature
        and now.segment is not distinct from before.segment
inner join (
    values
        (1, 'data_drift', null, 'Data drift'),
        (2, 'roc_auc_score', null, 'ROC AUC'),
        (3, 'r2_score', null, 'R2'),
        (4, 'population_stability_index', 'score', 'Prediction drift (PSI)')
) as w (place, metric, feature, title)
    on now.metric = w.metric and now.feature is not distinct from w.feature
where
    b.evaluation_id = $evaluation_id
    and now.segment is null
    and now.value is not null
    and before.value is not null
order by w.place;
