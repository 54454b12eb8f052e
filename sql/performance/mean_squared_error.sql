-- Mean squared error: of the estimate.
-- Grain: one row per sample_id.
-- Reads: estimate_moments.
-- Title: MSE
-- Family: performance
-- Tasks: regression
-- Better: lower
-- Oracle: sklearn.metrics.mean_squared_error(actual, estimate)
-- Order: 460
-- Description: Mean squared error.
-- Regression only.
-- sample_id: the sample.
-- feature: NULL, the figure is of the whole model.
-- value: the error, 0 or more, in the target's unit squared.
-- note: why there is no value, else NULL.
with errors as (
    select
        sample_id,
        squared_error / nullif(n, 0) * unit * unit as error,
        note
    from estimate_moments
)

select
    sample_id,
    null::varchar as feature,
    case when isfinite(error) then error end as value,
    case when isinf(error) then 'too large for a double' else note end as note
from errors
