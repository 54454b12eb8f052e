-- Receiver operating characteristic of every evaluation and reference.
-- Grain: one row per sample_id, evaluation_id, class, position.
-- Reads: evaluation_curves.
-- The reference sample's rows have no evaluation_id.
-- false_positive_rate: share of the negatives above the threshold.
-- true_positive_rate: share of the positives above the threshold.
-- threshold: the score from which on a record counts; NULL at the start.
select
    sample_id,
    evaluation_id,
    class,
    position,
    x as false_positive_rate,
    y as true_positive_rate,
    threshold
from evaluation_curves
where curve = 'roc_curve'
