-- Distinct count: how many different values occur.
-- Grain: one row per sample_id, feature.
-- Reads: category_counts, feature_counts, feature_moments.
-- Title: Distinct values
-- Family: quality
-- Tasks: binary, multiclass, regression
-- Per: feature
-- Better: neither
-- Oracle: len(numpy.unique(values))
-- Order: 230
-- Description: Number of different values.
-- Missing is no value; without rows or values the count is 0.
-- sample_id: the sample.
-- feature: the feature; the score and the prediction are features too.
-- value: the count, 0 or more.
-- note: NULL, a count is always defined.
with categories as (
    select sample_id, feature, count(*) as distinct_values
    from category_counts
    group by sample_id, feature
)

select
    f.sample_id,
    f.feature,
    coalesce(m.distinct_values, c.distinct_values, 0)::double as value,
    null::varchar as note
from feature_counts as f
left join feature_moments as m
    on f.sample_id = m.sample_id and f.feature = m.feature
left join categories as c
    on f.sample_id = c.sample_id and f.feature = c.feature
