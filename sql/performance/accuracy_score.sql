-- Accuracy: the share of rows whose predicted class is the actual one.
-- Grain: one row per sample_id.
-- Reads: confusion_counts.
-- Title: Accuracy
-- Family: performance
-- Tasks: binary, multiclass
-- Better: higher
-- Oracle: sklearn.metrics.accuracy_score(actual, predicted)
-- Order: 290
-- Description: Share of rows that are predicted right.
-- sample_id: the sample.
-- feature: NULL, the figure is of the whole model.
-- value: the share, 0 to 1.
-- note: why there is no value, else NULL.
-- successes: rows that are predicted right.
-- trials: labelled rows with a prediction.
select
    sample_id,
    null::varchar as feature,
    sum(true_positives)::double / nullif(min(rows), 0) as value,
    any_value(note) as note,
    sum(true_positives)::bigint as successes,
    min(rows) as trials
from confusion_counts
group by sample_id
