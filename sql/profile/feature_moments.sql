-- Feature moments: centre, spread and range of a feature's finite values.
-- Grain: one row per sample_id, feature.
-- Reads: value_counts.
-- Two passes (mean, then squared deviations): no cancellation. A constant has
-- a sum of squares of exactly 0.
-- No row where the sample has no finite value of the feature.
-- sample_id: the sample.
-- feature: the numeric feature.
-- n: finite values.
-- distinct_values: different finite values.
-- minimum: the smallest value, in the feature's unit.
-- maximum: the largest value, in the feature's unit.
-- mean: the arithmetic mean, in the feature's unit.
-- sum_of_squares: sum of squared deviations from the mean.
with centres as (
    select
        sample_id,
        feature,
        sum(n) as n,
        count(*) as distinct_values,
        min(number) as minimum,
        max(number) as maximum,
        sum(n * number) / sum(n) as mean
    from value_counts
    group by sample_id, feature
)

select
    c.sample_id,
    c.feature,
    c.n::bigint as n,
    c.distinct_values,
    c.minimum,
    c.maximum,
    c.mean,
    sum(
        case
            when c.minimum < c.maximum then v.n * power(v.number - c.mean, 2)
            else 0
        end
    ) as sum_of_squares
from centres as c
inner join value_counts as v
    on c.sample_id = v.sample_id and c.feature = v.feature
group by all
