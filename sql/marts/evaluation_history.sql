-- Every evaluation with its whole-model metrics side by side, NULL where none.
-- Grain: one row per evaluation_id.
-- Reads: evaluation_metrics, evaluations.
-- A store's metrics dataset is this view, filtered by store. What was measured
-- once against another reference is in it too: `evaluations` has `is_aside`.
with figures as (
    select evaluation_id, metric, value
    from evaluation_metrics
    where feature is null and segment is null and evaluation_id is not null
)

select
    evaluations.store,
    evaluations.batch,
    evaluations.evaluation_id,
    evaluations.model_version,
    evaluations.evaluated_at,
    evaluations.rows,
    max(f.value) filter (f.metric = 'data_drift') as data_drift,
    max(f.value) filter (f.metric = 'data_drift_pvalue')
        as data_drift_pvalue,
    max(f.value) filter (f.metric = 'data_drift_auc')
        as data_drift_auc,
    max(f.value) filter (f.metric = 'drifted_feature_share')
        as drifted_feature_share,
    max(f.value) filter (f.metric = 'max_population_stability_index')
        as max_population_stability_index,
    max(f.value) filter (f.metric = 'duplicate_rate')
        as duplicate_rate,
    max(f.value) filter (f.metric = 'accuracy_score')
        as accuracy_score,
    max(f.value) filter (f.metric = 'balanced_accuracy_score')
        as balanced_accuracy_score,
    max(f.value) filter (f.metric = 'precision_score')
        as precision_score,
    max(f.value) filter (f.metric = 'recall_score') as recall_score,
    max(f.value) filter (f.metric = 'f1_score') as f1_score,
    max(f.value) filter (f.metric = 'matthews_corrcoef')
        as matthews_corrcoef,
    max(f.value) filter (f.metric = 'hamming_loss') as hamming_loss,
    max(f.value) filter (f.metric = 'log_loss') as log_loss,
    max(f.value) filter (f.metric = 'brier_score_loss')
        as brier_score_loss,
    max(f.value) filter (f.metric = 'roc_auc_score')
        as roc_auc_score,
    max(f.value) filter (f.metric = 'average_precision_score')
        as average_precision_score,
    max(f.value) filter (f.metric = 'calibration_loss')
        as calibration_loss,
    max(f.value) filter (f.metric = 'lift') as lift,
    max(f.value) filter (f.metric = 'cost_matrix_gain')
        as cost_matrix_gain,
    max(f.value) filter (f.metric = 'r2_score') as r2_score,
    max(f.value) filter (f.metric = 'explained_variance_score')
        as explained_variance_score,
    max(f.value) filter (f.metric = 'mean_absolute_error')
        as mean_absolute_error,
    max(f.value) filter (f.metric = 'mean_squared_error')
        as mean_squared_error,
    max(f.value) filter (f.metric = 'root_mean_squared_error')
        as root_mean_squared_error,
    max(f.value) filter (f.metric = 'root_mean_squared_log_error')
        as root_mean_squared_log_error,
    max(f.value) filter (f.metric = 'mean_absolute_percentage_error')
        as mean_absolute_percentage_error,
    max(f.value) filter (f.metric = 'pearson_correlation')
        as pearson_correlation
from evaluations
left join figures as f on evaluations.evaluation_id = f.evaluation_id
group by
    evaluations.store,
    evaluations.batch,
    evaluations.evaluation_id,
    evaluations.model_version,
    evaluations.evaluated_at,
    evaluations.rows
