-- Metrics against the threshold, at 101 thresholds.
-- Grain: one row per sample_id, evaluation_id, metric, threshold.
-- Reads: evaluation_curves.
-- The reference sample's rows have no evaluation_id.
-- threshold: the cut: a score above it is positive.
-- metric: name of the metric.
-- value: the metric at that threshold.
select
    sample_id,
    evaluation_id,
    x as threshold,
    class as metric,
    y as value
from evaluation_curves
where curve = 'decision_chart'
