-- Mean absolute percentage error: of abs(error) / abs(actual value).
-- Grain: one row per sample_id.
-- Reads: estimate_moments.
-- Title: MAPE
-- Family: performance
-- Tasks: regression
-- Better: lower
-- Oracle: sklearn.metrics.mean_absolute_percentage_error(actual, estimate)
-- Order: 490
-- Description: Mean of the absolute error over the actual value.
-- An actual value nearer to 0 than 2.220446049250313e-16 counts as that, as in
-- scikit-learn, so a single 0 makes the figure huge. Regression only.
-- sample_id: the sample.
-- feature: NULL, the figure is of the whole model.
-- value: the error, 0 or more; 1 is 100 percent.
-- note: why there is no value, else NULL.
with errors as (
    select
        sample_id,
        absolute_percentage_error / nullif(n, 0) as error,
        note
    from estimate_moments
)

select
    sample_id,
    null::varchar as feature,
    case when isfinite(error) then error end as value,
    case when isinf(error) then 'too large for a double' else note end as note
from errors
