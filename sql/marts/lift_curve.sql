-- Cumulative gain and lift by share of the records, best scores first.
-- Grain: one row per sample_id, evaluation_id, class, position.
-- Reads: evaluation_curves.
-- The reference sample's rows have no evaluation_id.
-- share: share of the records, from the top by score.
-- recall: share of the positives among them.
-- lift: recall divided by share: how much better than chance.
select
    sample_id,
    evaluation_id,
    class,
    position,
    x as share,
    y as recall,
    y / nullif(x, 0) as lift
from evaluation_curves
where curve = 'lift_curve'
