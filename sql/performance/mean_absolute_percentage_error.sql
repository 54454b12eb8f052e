-- Mean absolute percentage error: of abs(error) / abs(actual value).
-- Grain: one row per sample_id.
-- Reads: estimate_moments.
-- An actual value nearer to 0 than 2.220446049250313e-16 counts as that, as in
-- scikit-learn, so a single 0 makes the figure huge. Regression only.
-- sample_id: the sample.
-- feature: NULL, the figure is of the whole model.
-- value: the error, 0 or more; 1 is 100 percent.
-- note: why there is no value, else NULL.
select
    sample_id,
    null::varchar as feature,
    absolute_percentage_error / nullif(n, 0) as value,
    note
from estimate_moments
