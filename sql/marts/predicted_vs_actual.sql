-- Actual values of records with similar estimates, regression only.
-- Grain: one row per sample_id, evaluation_id, bin.
-- Reads: evaluation_curves.
-- The reference sample's rows have no evaluation_id; empty bins have no row.
-- bin: tenth of the reference's estimates, with one below and one above.
-- mean_estimate: mean estimate in the bin.
-- mean_actual: mean actual value in the bin.
-- lower_quartile: actual value that a quarter of the bin does not exceed.
-- median: median actual value in the bin.
-- upper_quartile: actual value that three quarters of the bin do not exceed.
-- rows: labelled rows in the bin.
select
    sample_id,
    evaluation_id,
    position as bin,
    any_value(x) as mean_estimate,
    max(y) filter (where class = 'mean') as mean_actual,
    max(y) filter (where class = 'lower_quartile') as lower_quartile,
    max(y) filter (where class = 'median') as median,
    max(y) filter (where class = 'upper_quartile') as upper_quartile,
    any_value(n) as rows
from evaluation_curves
where curve = 'predicted_vs_actual'
group by sample_id, evaluation_id, position
