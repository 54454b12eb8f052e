-- Every evaluation of a model, newest batch first; `is_newest` marks the one
-- that tells where its store stands.
select
    e.store,
    e.batch,
    e.evaluation_id,
    e.model_version,
    e.rows,
    e.labelled_rows,
    e.has_performance,
    coalesce(e.is_aside, false) as is_aside,
    e.evaluated_at,
    e.is_aside is not true and row_number() over (
        partition by e.store, e.is_aside is true
        order by
            d.is_upcoming, e.batch desc, e.evaluated_at desc, e.evaluation_id
    ) = 1 as is_newest
from evaluations as e
inner join dated_evaluations as d on e.evaluation_id = d.evaluation_id
where e.model = $model
order by e.batch desc, e.store, e.evaluated_at desc, e.evaluation_id;
