-- Wasserstein distance: area between the two distribution functions.
-- Grain: one row per evaluation_id, feature.
-- Reads: cumulative_gaps.
-- Title: Wasserstein distance
-- Family: input drift
-- Tasks: binary, multiclass, regression
-- Per: feature
-- Better: lower
-- Oracle: scipy.stats.wasserstein_distance(reference, current)
-- Order: 120
-- Description: Area between the distribution functions.
-- The first distance, exact on the raw finite values; numeric features.
-- A constant feature has distance 0.
-- evaluation_id: the evaluation.
-- feature: the numeric feature; the score is a feature too.
-- value: the distance, 0 (same) or more, in the feature's unit.
-- note: why there is no value, else NULL.
select
    evaluation_id,
    feature,
    case when isfinite(area) then area end as value,
    case when not isfinite(area) then 'too large for a double' else note end
        as note
from cumulative_gaps
