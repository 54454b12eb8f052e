-- Predicted probability against what happened, in ten score bins.
-- Grain: one row per sample_id, evaluation_id, class, bin.
-- Reads: evaluation_curves.
-- The reference sample's rows have no evaluation_id.
-- bin: tenth of the score's range, from 0.
-- mean_score: mean predicted probability in the bin.
-- positive_share: share of positives in the bin.
select
    sample_id,
    evaluation_id,
    class,
    position as bin,
    x as mean_score,
    y as positive_share,
    n as rows
from evaluation_curves
where curve = 'calibration_curve'
