-- Bin counts: the histogram of a feature on the bins frozen at training.
-- Grain: one row per sample_id, feature, bin.
-- Reads: category_counts, feature_counts, sample_bins, value_counts.
-- A number is in the bin with the greatest lower bound not above it: bins are
-- numbered upwards, so the greatest one met on the way up to the number.
-- A category is in the bin that names or lists it, else in the bin `other`.
-- A missing or non-finite value is in the bin `missing`. Empty bins: no row.
-- sample_id: the sample.
-- feature: the feature; the score and the prediction are features too.
-- bin: the bin's number within the feature.
-- n: rows in the bin.
-- sum: sum of the numbers in the bin, NULL unless numeric.
-- minimum: the smallest number in the bin, NULL unless numeric.
-- maximum: the largest number in the bin, NULL unless numeric.
with category_bins as (
    select sample_id, feature, unnest(categories) as category, bin
    from sample_bins
),

edges_and_numbers as (
    select sample_id, feature, lower as number, bin, 0 as n
    from sample_bins
    where lower is not null
    union all
    select sample_id, feature, number, null, n
    from value_counts
),

placed as (
    select
        sample_id,
        feature,
        max(bin) over (
            partition by sample_id, feature order by number
        ) as bin,
        n,
        number
    from edges_and_numbers
    qualify n > 0
    union all
    select c.sample_id, c.feature, coalesce(b.bin, o.bin), c.n, null
    from category_counts as c
    left join category_bins as b
        on
            c.sample_id = b.sample_id
            and c.feature = b.feature
            and c.category = b.category
    inner join sample_bins as o
        on
            c.sample_id = o.sample_id
            and c.feature = o.feature
            and o.kind = 'other'
    union all
    select f.sample_id, f.feature, b.bin, f.missing, null
    from feature_counts as f
    inner join sample_bins as b
        on
            f.sample_id = b.sample_id
            and f.feature = b.feature
            and b.kind = 'missing'
    where f.missing > 0
)

select
    sample_id,
    feature,
    bin,
    sum(n)::bigint as n,
    sum(n * number) as sum,
    min(number) as minimum,
    max(number) as maximum
from placed
group by sample_id, feature, bin
