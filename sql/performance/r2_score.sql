-- R2: the share of the actual value's variance that the estimate explains.
-- Grain: one row per sample_id.
-- Reads: estimate_moments.
-- Title: R2
-- Family: performance
-- Tasks: regression
-- Better: higher
-- Oracle: sklearn.metrics.r2_score(actual, estimate)
-- Order: 430
-- Description: Share of the variance that the estimate explains.
-- Undefined for a constant actual value. Regression only.
-- sample_id: the sample.
-- feature: NULL, the figure is of the whole model.
-- value: the share, 1 at most, below 0 when worse than the mean.
-- note: why there is no value, else NULL.
select
    sample_id,
    null::varchar as feature,
    1 - squared_error / nullif(actual_deviation, 0) as value,
    coalesce(
        note, case when actual_deviation = 0 then 'constant actual value' end
    ) as note
from estimate_moments
