-- Mean absolute error: of the estimate.
-- Grain: one row per sample_id.
-- Reads: estimate_moments.
-- Regression only.
-- sample_id: the sample.
-- feature: NULL, the figure is of the whole model.
-- value: the error, 0 or more, in the target's unit.
-- note: why there is no value, else NULL.
select
    sample_id,
    null::varchar as feature,
    absolute_error / nullif(n, 0) as value,
    note
from estimate_moments
