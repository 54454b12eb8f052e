-- Every version of every model with the score of its test part.
-- Grain: one row per model, model_version.
-- Reads: evaluation_metrics, model_versions, samples.
-- metric: ROC AUC for classifiers, R2 for regression, on the test part.
-- value: that metric.
-- test_rows: records of the test part, the reference sample.
with tests as (
    select
        samples.model,
        samples.model_version,
        samples.rows,
        evaluation_metrics.metric,
        evaluation_metrics.value
    from samples
    inner join evaluation_metrics
        on samples.sample_id = evaluation_metrics.sample_id
    where
        samples.role = 'reference'
        and evaluation_metrics.evaluation_id is null
        and evaluation_metrics.feature is null
        and evaluation_metrics.metric in ('roc_auc_score', 'r2_score')
        and evaluation_metrics.value is not null
    qualify
        row_number() over (
            partition by samples.model, samples.model_version
            order by samples.created_at
        ) = 1
)

select
    model_versions.model,
    model_versions.model_version,
    model_versions.is_active,
    model_versions.algorithm,
    model_versions.train_batches,
    model_versions.train_rows,
    tests.rows as test_rows,
    tests.metric,
    tests.value,
    model_versions.threshold,
    model_versions.created_at,
    model_versions.created_by,
    model_versions.activated_at
from model_versions
left join tests
    on
        model_versions.model = tests.model
        and model_versions.model_version = tests.model_version
