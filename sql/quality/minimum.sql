-- Minimum: the smallest finite value.
-- Grain: one row per sample_id, feature.
-- Reads: feature_counts, feature_moments.
-- Title: Minimum
-- Family: quality
-- Tasks: binary, multiclass, regression
-- Per: feature
-- Better: neither
-- Oracle: numpy.min(values)
-- Order: 260
-- Description: Smallest finite value.
-- Numeric features; missing and non-finite values are left out.
-- sample_id: the sample.
-- feature: the numeric feature; the score is a feature too.
-- value: the smallest value, in the feature's unit.
-- note: why there is no value, else NULL.
select
    f.sample_id,
    f.feature,
    m.minimum as value,
    case when m.n is null then 'no values' end as note
from feature_counts as f
left join feature_moments as m
    on f.sample_id = m.sample_id and f.feature = m.feature
where f.kind = 'numeric'
