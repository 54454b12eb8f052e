-- Standard deviation: of the finite values, as a sample (n - 1).
-- Grain: one row per sample_id, feature.
-- Reads: feature_counts, feature_moments.
-- Title: Standard deviation
-- Family: quality
-- Tasks: binary, multiclass, regression
-- Per: feature
-- Better: neither
-- Oracle: numpy.std(values, ddof=1)
-- Order: 250
-- Description: Sample standard deviation of the finite values.
-- Numeric features; undefined with fewer than two values.
-- sample_id: the sample.
-- feature: the numeric feature; the score is a feature too.
-- value: the deviation, 0 or more, in the feature's unit.
-- note: why there is no value, else NULL.
select
    f.sample_id,
    f.feature,
    case when isfinite(m.deviation) then m.deviation end as value,
    case
        when m.deviation is null then 'fewer than two values'
        when not isfinite(m.deviation) then 'too large for a double'
    end as note
from feature_counts as f
left join feature_moments as m
    on f.sample_id = m.sample_id and f.feature = m.feature
where f.kind = 'numeric'
