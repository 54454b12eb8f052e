-- What stands side by side. The key of an evaluation is its id, that of a model
-- version the id of its test part's sample.
with wanted as (
    select unnest($keys) as key, generate_subscripts($keys, 1) as place
)

select
    w.key,
    w.key = $champion as is_champion,
    e.evaluation_id,
    e.store,
    e.batch,
    e.name,
    s.model,
    s.model_version,
    v.task,
    s.rows,
    coalesce(e.labelled_rows, (
        select sum(l.n)
        from label_histograms as l
        where
            e.evaluation_id is null
            and l.sample_id = s.sample_id
            and l.actual is not null
    )) as labelled_rows,
    coalesce(r.role = 'reference', false) as against_training,
    r.batches as reference_batches,
    v.train_batches,
    coalesce(e.evaluated_at, s.created_at) as measured_at
from wanted as w
left join evaluations as e on w.key = e.evaluation_id
inner join samples as s on s.sample_id = coalesce(e.sample_id, w.key)
left join samples as r on e.reference_sample_id = r.sample_id
left join model_versions as v
    on s.model = v.model and s.model_version = v.model_version
order by w.place;
