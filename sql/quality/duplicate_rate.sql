-- Duplicate rate: the share of rows that repeat another row in all features.
-- Grain: one row per sample_id.
-- Reads: feature_values, samples.
-- Of rows with equal input features all but one are repeats; missing equals
-- missing. Rows are compared by two 64-bit hashes, so that a million different
-- rows are all told apart but with a chance below 1e-26.
-- sample_id: the sample.
-- feature: NULL, the figure is of all features together.
-- value: the share, 0 to 1.
-- note: why there is no value, else NULL.
with records as (
    select
        sample_id,
        record_id,
        bit_xor(hash(hash(feature, number, category))) as first_hash,
        bit_xor(hash(hash(category, number, feature))) as second_hash
    from feature_values
    where feature not in ('score', 'prediction')
    group by sample_id, record_id
),

different as (
    select sample_id, count(*) as n
    from records
    group by sample_id, first_hash, second_hash
),

counted as (
    select sample_id, sum(n)::bigint as n, count(*) as different
    from different
    group by sample_id
)

select
    s.sample_id,
    null::varchar as feature,
    (c.n - c.different)::double / c.n as value,
    case when c.n is null then 'no rows' end as note
from samples as s
left join counted as c on s.sample_id = c.sample_id
