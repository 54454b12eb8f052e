-- Mean: the arithmetic mean of the finite values.
-- Grain: one row per sample_id, feature.
-- Reads: feature_counts, feature_moments.
-- Title: Mean
-- Family: quality
-- Tasks: binary, multiclass, regression
-- Per: feature
-- Better: neither
-- Oracle: numpy.mean(values)
-- Order: 240
-- Description: Mean of the finite values.
-- Numeric features; missing and non-finite values are left out.
-- sample_id: the sample.
-- feature: the numeric feature; the score is a feature too.
-- value: the mean, in the feature's unit.
-- note: why there is no value, else NULL.
select
    f.sample_id,
    f.feature,
    case when isfinite(m.mean) then m.mean end as value,
    case
        when m.n is null then 'no values'
        when not isfinite(m.mean) then 'too large for a double'
    end as note
from feature_counts as f
left join feature_moments as m
    on f.sample_id = m.sample_id and f.feature = m.feature
where f.kind = 'numeric'
