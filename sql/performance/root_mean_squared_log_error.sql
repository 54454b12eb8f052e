-- Root mean squared log error: of ln(1 + estimate) against ln(1 + actual).
-- Grain: one row per sample_id.
-- Reads: estimate_moments.
-- Title: RMSLE
-- Family: performance
-- Tasks: regression
-- Better: lower
-- Oracle: sklearn.metrics.root_mean_squared_log_error(actual, estimate)
-- Order: 480
-- Description: Root mean squared error of ln(1 + value).
-- Undefined where an actual value or an estimate is -1 or less.
-- Regression only.
-- sample_id: the sample.
-- feature: NULL, the figure is of the whole model.
-- value: the error, 0 or more.
-- note: why there is no value, else NULL.
select
    sample_id,
    null::varchar as feature,
    sqrt(squared_log_error / nullif(n, 0)) as value,
    coalesce(
        note,
        case when squared_log_error is null then 'values of -1 or less' end
    ) as note
from estimate_moments
