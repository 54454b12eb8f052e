-- Hellinger distance: norm of sqrt(p) - sqrt(q) over bins, divided by sqrt 2.
-- Grain: one row per evaluation_id, feature.
-- Reads: bin_shares.
-- Title: Hellinger distance
-- Family: input drift
-- Tasks: binary, multiclass, regression
-- Per: feature
-- Better: lower
-- Oracle: numpy.linalg.norm(numpy.sqrt(p) - numpy.sqrt(q)) / numpy.sqrt(2)
-- Order: 80
-- Description: Distance of the roots of the shares, 0 to 1.
-- Over the coarse bins; missing, other, below and above are bins too.
-- evaluation_id: the evaluation.
-- feature: the feature; the score and the prediction are features too.
-- value: the distance, 0 (same) to 1 (nothing in common).
-- note: why there is no value, else NULL.
with differences as (
    select
        evaluation_id,
        feature,
        note,
        sqrt(current_share) - sqrt(reference_share) as difference
    from bin_shares
)

select
    evaluation_id,
    feature,
    sqrt(sum(difference * difference) / 2) as value,
    any_value(note) as note
from differences
group by evaluation_id, feature
