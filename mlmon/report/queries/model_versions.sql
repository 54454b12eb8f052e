-- The versions of a model, newest first, with what they were evaluated on.
with used as (
    select
        model,
        model_version,
        count(*) as evaluations,
        min(batch) as first_batch,
        max(batch) as last_batch
    from evaluations
    group by model, model_version
),

at_training as (
    select
        s.model,
        s.model_version,
        max(m.value) filter (m.metric = 'roc_auc_score') as roc_auc,
        max(m.value) filter (m.metric = 'r2_score') as r2
    from evaluation_metrics as m
    inner join samples as s on m.sample_id = s.sample_id
    where
        m.evaluation_id is null
        and s.role = 'reference'
        and m.feature is null
        and m.segment is null
    group by s.model, s.model_version
)

select
    v.model_version,
    v.is_active,
    v.activated_at,
    v.created_at,
    (
        select min(later.activated_at)
        from model_versions as later
        where later.model = v.model and later.activated_at > v.activated_at
    ) as replaced_at,
    v.created_by,
    v.algorithm,
    v.task,
    v.train_batches,
    v.train_rows,
    v.threshold,
    t.roc_auc as reference_roc_auc,
    t.r2 as reference_r2,
    coalesce(u.evaluations, 0) as evaluations,
    u.first_batch,
    u.last_batch
from model_versions as v
left join used as u using (model, model_version)
left join at_training as t using (model, model_version)
where v.model = $model
order by v.model_version desc;
