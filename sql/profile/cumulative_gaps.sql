-- Cumulative gaps: how far apart the two distribution functions are.
-- Grain: one row per evaluation_id, feature.
-- Reads: cumulative_shares, feature_pairs.
-- Every numeric feature has a row; without values on a side the gaps are NULL.
-- evaluation_id: the evaluation.
-- feature: the numeric feature.
-- reference_values: all finite values of the reference, in rows.
-- current_values: all finite values of the current sample, in rows.
-- reference_below: reference rows up to the number where the gap is largest.
-- current_below: current rows up to the number where the gap is largest.
-- largest_gap: the largest gap between the cumulative shares, 0 to 1.
-- area: the area between the cumulative shares, in the feature's unit.
-- note: why there is no gap, else NULL.
with gaps as (
    select
        evaluation_id,
        feature,
        reference_below,
        current_below,
        abs(reference_share - current_share) as gap,
        number,
        next_number
    from cumulative_shares
),

largest as (
    select
        evaluation_id,
        feature,
        max(gap) as gap,
        arg_max([reference_below, current_below], gap) as below,
        coalesce(
            fsum(
                case
                    when isfinite(next_number - number)
                        then gap * (next_number - number)
                    else gap * next_number - gap * number
                end
            ),
            0
        ) as area
    from gaps
    group by evaluation_id, feature
)

select
    p.evaluation_id,
    p.feature,
    p.reference_values,
    p.current_values,
    l.below[1] as reference_below,
    l.below[2] as current_below,
    l.gap as largest_gap,
    case when p.values_note is null then l.area end as area,
    p.values_note as note
from feature_pairs as p
left join largest as l
    on p.evaluation_id = l.evaluation_id and p.feature = l.feature
where p.kind = 'numeric'
