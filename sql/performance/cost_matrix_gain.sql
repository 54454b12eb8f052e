-- Cost matrix gain: the mean gain of a row, by the four weights of the sample.
-- Grain: one row per sample_id.
-- Reads: confusion_counts, samples.
-- Title: Cost matrix gain
-- Family: performance
-- Tasks: binary
-- Better: higher
-- Order: 420
-- Description: Mean gain of a row by the four weights.
-- Binary only.
-- sample_id: the sample.
-- feature: NULL, the figure is of the whole model.
-- value: the gain per row, in the unit of the weights.
-- note: why there is no value, else NULL.
select
    c.sample_id,
    null::varchar as feature,
    (
        c.true_positives * s.gain_tp
        + c.false_positives * s.gain_fp
        + c.false_negatives * s.gain_fn
        + c.true_negatives * s.gain_tn
    ) / nullif(c.rows, 0) as value,
    c.note
from confusion_counts as c
inner join samples as s on c.sample_id = s.sample_id
where c.task = 'binary' and c.is_measured
