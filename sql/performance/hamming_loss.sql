-- Hamming loss: the share of rows whose predicted class is not the actual one.
-- Grain: one row per sample_id.
-- Reads: confusion_counts.
-- Title: Hamming loss
-- Family: performance
-- Tasks: binary, multiclass
-- Better: lower
-- Oracle: sklearn.metrics.hamming_loss(actual, predicted)
-- Order: 350
-- Description: Share of rows that are predicted wrong.
-- sample_id: the sample.
-- feature: NULL, the figure is of the whole model.
-- value: the share, 0 to 1.
-- note: why there is no value, else NULL.
select
    sample_id,
    null::varchar as feature,
    (min(rows) - sum(true_positives))::double / nullif(min(rows), 0) as value,
    any_value(note) as note
from confusion_counts
group by sample_id
