-- Everything that can stand beside something else: each evaluation, and each
-- model version on its own test part. A label may stand for several
-- evaluations; the newest one answers to it.
select
    e.evaluation_id as key,
    concat(e.store, '/', e.batch) as label,
    e.evaluation_id,
    e.name,
    row_number() over (
        partition by e.store, e.batch
        order by coalesce(e.is_aside, false), e.evaluated_at desc
    ) = 1 as is_newest
from evaluations as e
union all
select
    s.sample_id as key,
    concat(s.model, '/', s.model_version) as label,
    null as evaluation_id,
    null as name,
    row_number() over (
        partition by s.model, s.model_version
        order by s.created_at, s.sample_id
    ) = 1 as is_newest
from samples as s
where s.role = 'reference'
order by label;
