-- Chi-square statistic: the two-sample contingency table of the categories.
-- Grain: one row per evaluation_id, feature.
-- Reads: contingency_counts, feature_pairs.
-- Numeric: over the coarse bins. Categorical: over the raw values. Missing
-- values are a category. No Yates correction.
-- Pooling: categories with an expected count under 5 on the smaller side are
-- one category; where that still expects under 5, the next larger category
-- (by rows, then by name) joins it. One category left: 0, as in scipy.
-- evaluation_id: the evaluation.
-- feature: the feature; the score and the prediction are features too.
-- value: the statistic, 0 (same shares) or more.
-- note: why there is no value, or why it is 0 whatever changed, else NULL.
-- degrees_of_freedom: categories after pooling, less 1.
with sized as (
    select
        p.evaluation_id,
        p.feature,
        t.category,
        t.reference_rows as r,
        t.current_rows as c,
        t.reference_rows + t.current_rows as n,
        5 * (p.reference_rows + p.current_rows)::double
        / nullif(least(p.reference_rows, p.current_rows), 0) as enough
    from feature_pairs as p
    inner join contingency_counts as t
        on p.evaluation_id = t.evaluation_id and p.feature = t.feature
),

ranked as (
    select
        *,
        sum(n) over (
            partition by evaluation_id, feature order by n, category
            rows between unbounded preceding and 1 preceding
        ) as smaller,
        n < enough or coalesce(smaller < enough, false) as is_pooled
    from sized
),

pooled as (
    select evaluation_id, feature, sum(r)::double as r, sum(c)::double as c
    from ranked
    group by
        evaluation_id,
        feature,
        is_pooled,
        case when not is_pooled then category end
)

select
    p.evaluation_id,
    p.feature,
    sum(
        power(t.r * p.current_rows - t.c * p.reference_rows, 2)
        / nullif(t.r + t.c, 0) / p.reference_rows / p.current_rows
    ) filter (where p.rows_note is null) as value,
    case
        when p.rows_note is not null then p.rows_note
        when count(*) = 1 then 'one category after pooling'
    end as note,
    case when p.rows_note is null then count(*) - 1 end as degrees_of_freedom
from feature_pairs as p
left join pooled as t
    on p.evaluation_id = t.evaluation_id and p.feature = t.feature
group by p.evaluation_id, p.feature, p.rows_note
