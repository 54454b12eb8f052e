-- Every feature of a model in the newest twelve evaluations of each store, over
-- the bins of their reference; bins that are empty in all of them are left out.
-- Of the categories, all beyond the twelve with the largest share in any of
-- them are added up in one row behind.
with recent as materialized (
    select
        d.*,
        e.model_version,
        e.reference_sample_id,
        e.evaluated_at
    from feature_distribution as d
    inner join evaluations as e on d.evaluation_id = e.evaluation_id
    inner join dated_evaluations as t on e.evaluation_id = t.evaluation_id
    where e.model = $model and e.is_aside is not true and not t.is_upcoming
    qualify dense_rank() over (
        partition by d.feature, d.store
        order by e.batch desc, e.evaluated_at desc, e.evaluation_id desc
    ) <= 12
),

ranked as (
    select
        store,
        feature,
        reference_sample_id,
        model_version,
        bin,
        kind = 'category' and row_number() over (
            partition by
                store,
                feature,
                reference_sample_id,
                model_version,
                kind = 'category'
            order by max(greatest(reference_share, current_share)) desc, bin
        ) > 12 as rest,
        max(bin) over (
            partition by
                store,
                feature,
                reference_sample_id,
                model_version,
                kind = 'category'
        ) as last_bin
    from recent
    group by store, feature, reference_sample_id, model_version, bin, kind
    having max(reference_share + current_share) > 0
)

select
    d.feature,
    d.store,
    d.batch,
    d.evaluation_id,
    d.evaluated_at,
    d.model_version,
    d.reference_sample_id,
    if(r.rest, any_value(r.last_bin) + 0.5, max(d.bin)) as place,
    case
        when r.rest then count(*) || ' further values' else any_value(d.label)
    end as label,
    any_value(d.kind) as kind,
    sum(d.reference_share) as reference_share,
    sum(d.current_share) as current_share
from recent as d
inner join ranked as r
    on
        d.store = r.store
        and d.feature = r.feature
        and d.reference_sample_id = r.reference_sample_id
        and d.model_version = r.model_version
        and d.bin = r.bin
group by
    d.feature,
    d.store,
    d.batch,
    d.evaluation_id,
    d.evaluated_at,
    d.model_version,
    d.reference_sample_id,
    case when r.rest then null else d.bin end,
    r.rest
order by d.feature, d.store, d.batch, d.evaluated_at, d.evaluation_id, place;
