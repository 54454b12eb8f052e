-- Number bin counts: the finite values of a numeric feature on its frozen bins.
-- Grain: one row per sample_id, feature, bin.
-- Reads: sample_bins, value_counts.
-- A number is in the bin with the greatest lower bound not above it: bins are
-- numbered upwards, so the greatest one met on the way up to the number.
-- Empty bins have no row.
-- sample_id: the sample.
-- feature: the numeric feature; the score is a feature too.
-- bin: the bin's number within the feature.
-- n: rows in the bin.
-- sum: sum of the numbers in the bin, NULL where too large for a double.
-- minimum: the smallest number in the bin.
-- maximum: the largest number in the bin.
with edges_and_numbers as (
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
)

select
    sample_id,
    feature,
    bin,
    sum(n)::bigint as n,
    case when isfinite(sum(n * number)) then sum(n * number) end as sum,
    min(number) as minimum,
    max(number) as maximum
from placed
group by sample_id, feature, bin
