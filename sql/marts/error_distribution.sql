-- Distribution of a regression's errors, of every evaluation and reference.
-- Grain: one row per sample_id, evaluation_id, bin.
-- Reads: evaluation_curves.
-- Error = estimate - actual value, in bins frozen by the version's reference.
-- The reference sample's rows have no evaluation_id.
-- bin: number of the bin, 0 to 61; the first and the last hold all beyond.
-- lower: lower edge, in the bin; NULL for the first bin.
-- upper: upper edge, not in the bin; NULL for the last bin.
-- share: share of the labelled rows whose error is in the bin, 0 to 1.
-- rows: labelled rows whose error is in the bin.
select
    sample_id,
    evaluation_id,
    position as bin,
    x as lower,
    threshold as upper,
    y as share,
    n as rows
from evaluation_curves
where curve = 'error_distribution'
