-- Duplicate counts: rows of a sample, and how many of them are different.
-- Grain: one row per sample_id.
-- Reads: feature_values.
-- Rows are equal when all their input features are; missing equals missing.
-- They are compared by two 64-bit hashes, so that a million different rows are
-- all told apart but with a chance below 1e-26. A sample without rows: no row.
-- sample_id: the sample.
-- rows: rows of the sample.
-- different_rows: rows that differ from each other in some input feature.
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
)

select sample_id, sum(n)::bigint as rows, count(*) as different_rows
from different
group by sample_id
