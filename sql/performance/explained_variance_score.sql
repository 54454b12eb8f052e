-- Explained variance: 1 - variance of the error / variance of the actual value.
-- Grain: one row per sample_id.
-- Reads: estimate_moments.
-- Title: Explained variance
-- Family: performance
-- Tasks: regression
-- Better: higher
-- Oracle: sklearn.metrics.explained_variance_score(actual, estimate)
-- Order: 440
-- Description: The same, forgiving a constant error.
-- As R2, but a constant error costs nothing. Undefined for a constant actual
-- value. Regression only.
-- sample_id: the sample.
-- feature: NULL, the figure is of the whole model.
-- value: the share, 1 at most.
-- note: why there is no value, else NULL.
select
    sample_id,
    null::varchar as feature,
    1 - error_deviation / nullif(actual_deviation, 0) as value,
    coalesce(
        note, case when actual_deviation = 0 then 'constant actual value' end
    ) as note
from estimate_moments
