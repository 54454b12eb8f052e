-- Row counts: rows of a sample, scored and labelled.
-- Grain: one row per sample_id.
-- Reads: model_versions, samples, scored_records.
-- A sample without rows has a row of zeros. Where a classifier is measured,
-- only the rows count that are actually of one of the version's classes.
-- sample_id: the sample.
-- task: the task of the sample's model: binary, multiclass or regression.
-- rows: rows of the sample.
-- scored_rows: rows with a prediction or a score.
-- labelled_rows: rows with an actual value.
-- measured_rows: rows with an actual value, if a class one of the version's,
-- and a prediction or a score.
-- note: why there is nothing to measure, else NULL.
with marked as (
    select
        r.sample_id,
        r.actual is not null as is_labelled,
        coalesce(m.task, 'regression') = 'regression'
        or coalesce(list_contains(m.classes, r.actual), true) as is_known,
        r.score is not null or r.prediction is not null as is_scored
    from scored_records as r
    inner join samples as s on r.sample_id = s.sample_id
    inner join model_versions as m
        on s.model = m.model and s.model_version = m.model_version
),

counted as (
    select
        sample_id,
        count(*) as n,
        count(*) filter (where is_scored) as scored_rows,
        count(*) filter (where is_labelled) as labelled_rows,
        count(*) filter (where is_labelled and is_known) as known_rows,
        count(*) filter (where is_labelled and is_known and is_scored)
            as measured_rows
    from marked
    group by sample_id
)

select
    s.sample_id,
    m.task,
    coalesce(c.n, 0) as rows,
    coalesce(c.scored_rows, 0) as scored_rows,
    coalesce(c.labelled_rows, 0) as labelled_rows,
    coalesce(c.measured_rows, 0) as measured_rows,
    case
        when coalesce(c.labelled_rows, 0) = 0 then 'no labelled rows'
        when c.known_rows = 0 then 'no row is actually of a known class'
        when c.measured_rows = 0 then 'no scored rows'
    end as note
from samples as s
inner join model_versions as m
    on s.model = m.model and s.model_version = m.model_version
left join counted as c on s.sample_id = c.sample_id
