-- Jensen-Shannon distance: root of the divergence, base 2, over coarse bins.
-- Grain: one row per evaluation_id, feature.
-- Reads: bin_shares.
-- Title: Jensen-Shannon distance
-- Family: input drift
-- Tasks: binary, multiclass, regression
-- Per: feature
-- Better: lower
-- Oracle: scipy.spatial.distance.jensenshannon(p, q, base=2)
-- Order: 70
-- Description: Root of the divergence, base 2, over the bins.
-- The mean of p * log2(p / m) and q * log2(q / m), m = (p + q) / 2, summed.
-- An empty share adds 0. Missing, other, below and above are bins too.
-- evaluation_id: the evaluation.
-- feature: the feature; the score and the prediction are features too.
-- value: the distance, 0 (same) to 1 (nothing in common).
-- note: why there is no value, else NULL.
with mixed as (
    select
        evaluation_id,
        feature,
        note,
        current_share as p,
        reference_share as q,
        (current_share + reference_share) / 2 as m
    from bin_shares
),

divergences as (
    select
        evaluation_id,
        feature,
        sum(case when p > 0 then p * ln(p / m) else 0 end) as from_current,
        sum(case when q > 0 then q * ln(q / m) else 0 end) as from_reference,
        any_value(note) as note
    from mixed
    group by evaluation_id, feature
)

select
    evaluation_id,
    feature,
    case
        when note is null
            then sqrt(greatest(from_current + from_reference, 0) / 2 / ln(2))
    end as value,
    note
from divergences
