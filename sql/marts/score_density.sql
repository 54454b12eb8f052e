-- Density of the score, for all rows and for each actual class.
-- Grain: one row per sample_id, evaluation_id, class, position.
-- Reads: evaluation_curves.
-- The reference sample's rows have no evaluation_id.
-- class: actual class; NULL for all rows.
-- score: centre of the score bin.
-- density: share of the rows in the bin divided by its width.
select
    sample_id,
    evaluation_id,
    class,
    position,
    x as score,
    y as density
from evaluation_curves
where curve = 'score_density'
