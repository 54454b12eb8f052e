-- Bin shares: the rows of both sides in every coarse bin of a feature.
-- Grain: one row per evaluation_id, feature, coarse_bin.
-- Reads: bin_counts, bins, evaluations, feature_pairs.
-- Every coarse bin has a row, also one that is empty on both sides.
-- A share is NULL where its side has no rows.
-- evaluation_id: the evaluation.
-- feature: the feature; the score and the prediction are features too.
-- coarse_bin: the coarse bin's number within the feature.
-- kind: below, range, above, category, other or missing.
-- reference_rows: rows of the reference in the bin.
-- current_rows: rows of the current sample in the bin.
-- reference_share: share of the reference's rows, 0 to 1.
-- current_share: share of the current sample's rows, 0 to 1.
-- note: why the shares cannot be compared, else NULL.
with fine as (
    select
        e.evaluation_id,
        e.sample_id,
        e.reference_sample_id,
        b.feature,
        b.bin,
        b.coarse_bin,
        b.kind
    from evaluations as e
    inner join bins as b
        on e.model = b.model and e.model_version = b.model_version
),

coarse as (
    select
        f.evaluation_id,
        f.feature,
        f.coarse_bin,
        min(f.kind) as kind,
        coalesce(sum(r.n), 0)::bigint as reference_rows,
        coalesce(sum(c.n), 0)::bigint as current_rows
    from fine as f
    left join bin_counts as r
        on
            f.reference_sample_id = r.sample_id
            and f.feature = r.feature
            and f.bin = r.bin
    left join bin_counts as c
        on
            f.sample_id = c.sample_id
            and f.feature = c.feature
            and f.bin = c.bin
    group by f.evaluation_id, f.feature, f.coarse_bin
)

select
    b.evaluation_id,
    b.feature,
    b.coarse_bin,
    b.kind,
    b.reference_rows,
    b.current_rows,
    b.reference_rows::double / nullif(p.reference_rows, 0) as reference_share,
    b.current_rows::double / nullif(p.current_rows, 0) as current_share,
    p.rows_note as note
from coarse as b
inner join feature_pairs as p
    on b.evaluation_id = p.evaluation_id and b.feature = p.feature
