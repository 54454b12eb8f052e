-- Cumulative shares: the distribution functions of both sides, merged.
-- Grain: one row per evaluation_id, feature, number.
-- Reads: evaluations, feature_pairs, value_counts.
-- Exact: a row for every number that occurs on either side; ties are one row.
-- A share is NULL where its side has no finite value.
-- evaluation_id: the evaluation.
-- feature: the numeric feature.
-- number: a value that occurs on either side.
-- next_number: the next greater value of either side, NULL for the last.
-- reference_below: reference rows with a value up to and including number.
-- current_below: current rows with a value up to and including number.
-- reference_values: all finite values of the reference, in rows.
-- current_values: all finite values of the current sample, in rows.
-- reference_share: reference_below / reference_values, 0 to 1.
-- current_share: current_below / current_values, 0 to 1.
with sides as (
    select e.evaluation_id, v.feature, v.number, v.n as reference, 0 as current
    from evaluations as e
    inner join value_counts as v on e.reference_sample_id = v.sample_id
    union all
    select e.evaluation_id, v.feature, v.number, 0, v.n
    from evaluations as e
    inner join value_counts as v on e.sample_id = v.sample_id
),

merged as (
    select
        evaluation_id,
        feature,
        number,
        lead(number) over up as next_number,
        sum(reference) over up as reference_below,
        sum(current) over up as current_below
    from sides
    window up as (partition by evaluation_id, feature order by number)
    qualify next_number is distinct from number
)

select
    m.evaluation_id,
    m.feature,
    m.number,
    m.next_number,
    m.reference_below::bigint as reference_below,
    m.current_below::bigint as current_below,
    p.reference_values,
    p.current_values,
    m.reference_below::double / nullif(p.reference_values, 0)
        as reference_share,
    m.current_below::double / nullif(p.current_values, 0) as current_share
from merged as m
inner join feature_pairs as p
    on m.evaluation_id = p.evaluation_id and m.feature = p.feature
