-- Root mean squared error: of the estimate.
-- Grain: one row per sample_id.
-- Reads: estimate_moments.
-- Title: RMSE
-- Family: performance
-- Tasks: regression
-- Better: lower
-- Oracle: sklearn.metrics.root_mean_squared_error(actual, estimate)
-- Order: 470
-- Description: Root of the mean squared error.
-- Regression only.
-- sample_id: the sample.
-- feature: NULL, the figure is of the whole model.
-- value: the error, 0 or more, in the target's unit.
-- note: why there is no value, else NULL.
with errors as (
    select
        sample_id,
        sqrt(squared_error / nullif(n, 0)) * unit as error,
        note
    from estimate_moments
)

select
    sample_id,
    null::varchar as feature,
    case when isfinite(error) then error end as value,
    case when isinf(error) then 'too large for a double' else note end as note
from errors
