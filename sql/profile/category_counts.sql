-- Category counts: how often each value occurs in a categorical feature.
-- Grain: one row per sample_id, feature, category.
-- Reads: feature_values.
-- Raw values, not bins. Missing values are in feature_counts, not here.
-- sample_id: the sample.
-- feature: the categorical feature.
-- category: a value that occurs in the sample.
-- n: rows with this value, a count of at least 1.
select
    sample_id,
    feature,
    category,
    count(*) as n
from feature_values
where category is not null
group by sample_id, feature, category
