-- L-infinity distance: the largest change of share of any coarse bin.
-- Grain: one row per evaluation_id, feature.
-- Reads: bin_shares.
-- Title: L-infinity distance
-- Family: input drift
-- Tasks: binary, multiclass, regression
-- Per: feature
-- Better: lower
-- Oracle: scipy.spatial.distance.chebyshev(p, q)
-- Order: 90
-- Description: Largest change of share of any bin.
-- Missing, other, below and above are bins too.
-- evaluation_id: the evaluation.
-- feature: the feature; the score and the prediction are features too.
-- value: the distance, 0 (same) to 1 (nothing in common).
-- note: why there is no value, else NULL.
select
    evaluation_id,
    feature,
    max(abs(current_share - reference_share)) as value,
    any_value(note) as note
from bin_shares
group by evaluation_id, feature
