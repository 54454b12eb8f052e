-- Value counts: how often each number occurs in a numeric feature.
-- Grain: one row per sample_id, feature, number.
-- Reads: feature_values.
-- Missing and non-finite values are in feature_counts, not here.
-- sample_id: the sample.
-- feature: the numeric feature.
-- number: a finite value that occurs in the sample.
-- n: rows with this value, a count of at least 1.
select
    sample_id,
    feature,
    number,
    count(*) as n
from feature_values
where number is not null
group by sample_id, feature, number
