-- Population stability index: sum of (p - q) * ln(p / q) over coarse bins.
-- Grain: one row per evaluation_id, feature.
-- Reads: bin_shares.
-- Title: PSI
-- Family: input drift
-- Tasks: binary, multiclass, regression
-- Per: feature
-- Better: lower
-- Oracle: numpy.sum(scipy.special.rel_entr(p, q)
--   + scipy.special.rel_entr(q, p))
-- Order: 60
-- Description: Sum of (p - q) ln(p / q) over the bins.
-- p is the current share, q the reference's; missing, other, below and above
-- are bins too. A share below 0.0001 counts as 0.0001, so an emptied bin is
-- large, not infinite.
-- evaluation_id: the evaluation.
-- feature: the feature; the score and the prediction are features too.
-- value: the index, 0 (same) or more, no upper limit.
-- note: why there is no value, else NULL.
with floored as (
    select
        evaluation_id,
        feature,
        note,
        greatest(current_share, 0.0001::double) as p,
        greatest(reference_share, 0.0001::double) as q
    from bin_shares
)

select
    evaluation_id,
    feature,
    sum((p - q) * ln(p / q)) filter (where note is null) as value,
    any_value(note) as note
from floored
group by evaluation_id, feature
