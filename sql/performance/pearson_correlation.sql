-- Pearson correlation: of the actual value and the estimate.
-- Grain: one row per sample_id.
-- Reads: estimate_moments.
-- Title: Correlation
-- Family: performance
-- Tasks: regression
-- Better: higher
-- Oracle: scipy.stats.pearsonr(actual, estimate).statistic
-- Order: 500
-- Description: Pearson correlation of actual value and estimate.
-- Undefined where either is constant. Regression only.
-- sample_id: the sample.
-- feature: NULL, the figure is of the whole model.
-- value: the correlation, -1 to 1.
-- note: why there is no value, else NULL.
select
    sample_id,
    null::varchar as feature,
    case
        when actual_deviation > 0 and estimate_deviation > 0
            then least(greatest(
                joint_deviation
                / sqrt(actual_deviation) / sqrt(estimate_deviation), -1
            ), 1)
    end as value,
    case
        when note is not null then note
        when actual_deviation = 0 then 'constant actual value'
        when estimate_deviation = 0 then 'constant estimate'
    end as note
from estimate_moments
