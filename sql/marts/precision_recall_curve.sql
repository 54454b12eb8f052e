-- Precision against recall of every evaluation and reference.
-- Grain: one row per sample_id, evaluation_id, class, position.
-- Reads: evaluation_curves.
-- The reference sample's rows have no evaluation_id.
-- recall: share of the positives found.
-- precision: share of the found that are positive.
-- threshold: the score from which on a record counts; NULL at the end.
select
    sample_id,
    evaluation_id,
    class,
    position,
    x as recall,
    y as precision,
    threshold
from evaluation_curves
where curve = 'precision_recall_curve'
