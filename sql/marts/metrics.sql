-- Every figure of every evaluation: the metrics dataset, one row a figure.
-- Grain: one row per evaluation_id, metric, feature, segment.
-- Reads: evaluation_metrics, evaluations.
select
    evaluations.store,
    evaluations.model,
    evaluations.model_version,
    evaluations.batch,
    evaluations.evaluated_at,
    evaluations.evaluation_id,
    evaluation_metrics.metric,
    evaluation_metrics.feature,
    evaluation_metrics.segment,
    evaluation_metrics.value,
    evaluation_metrics.lower,
    evaluation_metrics.upper,
    evaluation_metrics.note
from evaluations
inner join evaluation_metrics
    on evaluations.evaluation_id = evaluation_metrics.evaluation_id
