-- Contingency counts: the two-sample table of a feature's categories.
-- Grain: one row per evaluation_id, feature, category.
-- Reads: bin_shares, category_counts, evaluations, feature_pairs.
-- Numeric: the coarse bins. Categorical: the raw values, because bins cut on
-- the reference treat the sides unequally: what only the current sample has
-- would pile up in `other`, and look like drift where nothing changed.
-- Categories that are empty on both sides are left out.
-- evaluation_id: the evaluation.
-- feature: the feature; the score and the prediction are features too.
-- category: the value or the coarse bin's number, NULL for missing values.
-- reference_rows: rows of the reference.
-- current_rows: rows of the current sample.
with sides as (
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
        b.evaluation_id,
        b.feature,
        case when b.kind <> 'missing' then b.coarse_bin::varchar end,
        b.reference_rows,
        b.current_rows
    from bin_shares as b
    inner join feature_pairs as p
        on b.evaluation_id = p.evaluation_id and b.feature = p.feature
    where p.kind = 'numeric'
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
