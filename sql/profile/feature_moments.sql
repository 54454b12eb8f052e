-- Feature moments: centre, spread and range of a feature's finite values.
-- Grain: one row per sample_id, feature.
-- Reads: value_counts.
-- Exact however large the values are beside their spread: what is squared is
-- the distance from the smallest value, less the mean of those distances. A
-- constant has a deviation of exactly 0. Where the range is above 1e140 or
-- below 1e-140 it is counted in units of 2 ** 600 or 2 ** -600, a division that
-- rounds nothing, so that no square is too large or too small for a double.
-- No row where the sample has no finite value of the feature.
-- sample_id: the sample.
-- feature: the numeric feature.
-- n: finite values.
-- distinct_values: different finite values.
-- minimum: the smallest value, in the feature's unit.
-- maximum: the largest value, in the feature's unit.
-- mean: the arithmetic mean, in the feature's unit.
-- deviation: the sample standard deviation (n - 1), in the feature's unit, NULL
-- of a single value.
with ranges as (
    select
        sample_id,
        feature,
        sum(n)::bigint as n,
        count(*) as distinct_values,
        min(number) as minimum,
        max(number) as maximum,
        case
            when maximum - minimum > 1e140::double then power(2::double, 600)
            when minimum < maximum and maximum - minimum < 1e-140::double
                then power(2::double, -600)
            else 1::double
        end as unit
    from value_counts
    group by sample_id, feature
),

placed as (
    select
        r.*,
        v.n as rows_here,
        v.number / r.unit as place,
        place - r.minimum / r.unit as distance
    from ranges as r
    inner join value_counts as v
        on r.sample_id = v.sample_id and r.feature = v.feature
),

centres as (
    select
        sample_id,
        feature,
        fsum(rows_here * place) / any_value(n) as place,
        fsum(rows_here * distance) / any_value(n) as distance
    from placed
    group by sample_id, feature
)

select
    p.sample_id,
    p.feature,
    p.n,
    p.distinct_values,
    p.minimum,
    p.maximum,
    case when p.minimum < p.maximum then c.place * p.unit else p.minimum end
        as mean,
    sqrt(
        fsum(p.rows_here * power(p.distance - c.distance, 2))
        / nullif(p.n - 1, 0)
    ) * p.unit as deviation
from placed as p
inner join centres as c
    on p.sample_id = c.sample_id and p.feature = c.feature
group by
    p.sample_id,
    p.feature,
    p.n,
    p.distinct_values,
    p.minimum,
    p.maximum,
    p.unit,
    c.place
