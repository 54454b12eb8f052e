-- Contingency counts: the two-sample table of a feature's categories.
-- Grain: one row per evaluation_id, feature, category.
-- Reads: bin_shares, category_counts, evaluations, feature_pairs.
-- Categorical: the raw values, because bins cut on the reference treat the
-- sides unequally: what only the current sample has would pile up in `other`,
-- and look like drift where nothing changed.
-- Numeric: the coarse bins, ranges with few rows joined with neighbours: the
-- reference has about equally many in each, so to pool those that are rare in
-- both sides would be to pick them by the current sample's chance. Joined are
-- ranges whose middles are in the same ten of the reference's rows (counted
-- upwards, on the scale of the smaller side): 0 to 9, 10 to 19 ...
-- Categories that are empty on both sides are left out.
-- evaluation_id: the evaluation.
-- feature: the feature; the score and the prediction are features too.
-- category: the value or the (first) coarse bin's number, NULL for missing.
-- reference_rows: rows of the reference.
-- current_rows: rows of the current sample.
with binned as (
    select
        b.evaluation_id,
        b.feature,
        b.coarse_bin,
        b.kind,
        b.reference_rows,
        b.current_rows,
        sum(b.reference_rows) over (
            partition by b.evaluation_id, b.feature, b.kind
            order by b.coarse_bin
        ) - b.reference_rows / 2 as middle,
        least(p.reference_rows, p.current_rows)
        / nullif(p.reference_rows, 0)::double as scale
    from bin_shares as b
    inner join feature_pairs as p
        on b.evaluation_id = p.evaluation_id and b.feature = p.feature
    where p.kind = 'numeric'
),

joined as (
    select
        *,
        min(coarse_bin) over (
            partition by
                evaluation_id, feature, kind, floor(middle * scale / 10)
        ) as first_bin
    from binned
),

sides as (
    select
        e.evaluation_id, c.feature, c.category, c.n as reference, 0 as current
    from evaluations as e
    inner join category_counts as c on e.reference_sample_id = c.sample_id
    union all
    select e.evaluation_id, c.feature, c.category, 0, c.n
    from evaluations as e
    inner join category_counts as c on e.sample_id = c.sample_id
    union all
    select
        evaluation_id,
        feature,
        null,
        reference_rows - reference_values,
        current_rows - current_values
    from feature_pairs
    where kind = 'categorical'
    union all
    select
        evaluation_id,
        feature,
        case when kind <> 'missing' then first_bin::varchar end,
        reference_rows,
        current_rows
    from joined
)

select
    evaluation_id,
    feature,
    category,
    sum(reference)::bigint as reference_rows,
    sum(current)::bigint as current_rows
from sides
group by evaluation_id, feature, category
having sum(reference) + sum(current) > 0
