-- Every evaluation with its whole-model metrics side by side, NULL where none.
-- Grain: one row per evaluation_id.
-- Reads: evaluation_metrics, evaluations.
-- A store's metrics dataset is this view, filtered by store.
with whole_model as (
    select
        evaluation_id,
        max(value) filter (metric = 'data_drift') as data_drift,
        max(value) filter (metric = 'data_drift_pvalue') as data_drift_pvalue,
        max(value) filter (metric = 'data_drift_auc') as data_drift_auc,
        max(value) filter (metric = 'drifted_feature_share')
            as drifted_feature_share,
        max(value) filter (metric = 'max_population_stability_index')
            as max_population_stability_index,
        max(value) filter (metric = 'duplicate_rate') as duplicate_rate,
        max(value) filter (metric = 'accuracy_score') as accuracy_score,
        max(value) filter (metric = 'balanced_accuracy_score')
            as balanced_accuracy_score,
        max(value) filter (metric = 'precision_score') as precision_score,
        max(value) filter (metric = 'recall_score') as recall_score,
        max(value) filter (metric = 'f1_score') as f1_score,
        max(value) filter (metric = 'matthews_corrcoef') as matthews_corrcoef,
        max(value) filter (metric = 'hamming_loss') as hamming_loss,
        max(value) filter (metric = 'log_loss') as log_loss,
        max(value) filter (metric = 'brier_score_loss') as brier_score_loss,
        max(value) filter (metric = 'roc_auc_score') as roc_auc_score,
        max(value) filter (metric = 'average_precision_score')
            as average_precision_score,
        max(value) filter (metric = 'calibration_loss') as calibration_loss,
        max(value) filter (metric = 'lift') as lift,
        max(value) filter (metric = 'cost_matrix_gain') as cost_matrix_gain,
        max(value) filter (metric = 'r2_score') as r2_score,
        max(value) filter (metric = 'explained_variance_score')
            as explained_variance_score,
        max(value) filter (metric = 'mean_absolute_error')
            as mean_absolute_error,
        max(value) filter (metric = 'mean_squared_error') as mean_squared_error,
        max(value) filter (metric = 'root_mean_squared_error')
            as root_mean_squared_error,
        max(value) filter (metric = 'root_mean_squared_log_error')
            as root_mean_squared_log_error,
        max(value) filter (metric = 'mean_absolute_percentage_error')
            as mean_absolute_percentage_error,
        max(value) filter (metric = 'pearson_correlation')
            as pearson_correlation
    from evaluation_metrics
    where feature is null and segment is null and evaluation_id is not null
    group by evaluation_id
)

select
    evaluations.store,
    evaluations.batch,
    evaluations.evaluation_id,
    evaluations.model_version,
    evaluations.evaluated_at,
    evaluations.rows,
    whole_model.* exclude (evaluation_id)
from evaluations
left join whole_model
    on evaluations.evaluation_id = whole_model.evaluation_id
