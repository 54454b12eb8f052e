-- Bin counts: the histogram of a feature on the bins frozen at training.
-- Grain: one row per sample_id, feature, bin.
-- Reads: category_counts, feature_counts, number_bin_counts, sample_bins.
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
)

select sample_id, feature, bin, n, sum, minimum, maximum
from number_bin_counts
union all
select
    c.sample_id,
    c.feature,
    coalesce(b.bin, o.bin) as bin,
    sum(c.n)::bigint,
    null,
    null,
    null
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
group by c.sample_id, c.feature, coalesce(b.bin, o.bin)
union all
select f.sample_id, f.feature, b.bin, f.missing, null, null, null
from feature_counts as f
inner join sample_bins as b
    on
        f.sample_id = b.sample_id
        and f.feature = b.feature
        and b.kind = 'missing'
where f.missing > 0
