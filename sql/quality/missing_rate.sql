-- Missing rate: the share of rows without a usable value.
-- Grain: one row per sample_id, feature.
-- Reads: feature_counts.
-- Title: Missing
-- Family: quality
-- Tasks: binary, multiclass, regression
-- Per: feature
-- Better: lower
-- Order: 190
-- Description: Share of rows without a usable value.
-- NaN and infinities count as missing, and the note says how many they are.
-- sample_id: the sample.
-- feature: the feature; the score and the prediction are features too.
-- value: the share, 0 to 1.
-- note: why there is no value, or how many are not finite, else NULL.
select
    sample_id,
    feature,
    missing::double / nullif(rows, 0) as value,
    case
        when rows = 0 then 'no rows'
        when not_finite > 0 then not_finite || ' not finite'
    end as note
from feature_counts
