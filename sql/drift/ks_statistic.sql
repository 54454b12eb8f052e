-- Kolmogorov-Smirnov statistic: largest gap of the distribution functions.
-- Grain: one row per evaluation_id, feature.
-- Reads: cumulative_gaps.
-- Title: KS statistic
-- Family: input drift
-- Tasks: binary, multiclass, regression
-- Per: feature
-- Better: lower
-- Oracle: scipy.stats.ks_2samp(reference, current).statistic
-- Order: 100
-- Description: Largest gap of the distribution functions.
-- Two-sample, two-sided, exact on the raw finite values; numeric features.
-- Where several numbers have the largest gap, the counts are of one of them.
-- evaluation_id: the evaluation.
-- feature: the numeric feature; the score is a feature too.
-- value: the statistic, 0 (same) to 1 (nothing in common).
-- note: why there is no value, else NULL.
-- reference_below: reference rows up to the number with the largest gap.
-- current_below: current rows up to the number with the largest gap.
-- reference_rows: rows of the reference with a finite value.
-- current_rows: rows of the current sample with a finite value.
select
    evaluation_id,
    feature,
    largest_gap as value,
    note,
    reference_below,
    current_below,
    reference_values as reference_rows,
    current_values as current_rows
from cumulative_gaps
