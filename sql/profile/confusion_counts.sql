-- Confusion counts: every class against the rest.
-- Grain: one row per sample_id, class.
-- Reads: label_counts, model_versions, row_counts, samples.
-- Classification only, over labelled rows with a prediction. A row that is
-- actually of no class of the model version counts nowhere: it is neither a
-- hit nor a negative (a finding, unknown_class, says how many there are). The
-- classes are those of the version and any other that is predicted: such a
-- prediction is a miss of the row's class.
-- sample_id: the sample.
-- class: the class that counts as positive.
-- task: binary or multiclass.
-- is_known: whether it is a class of the model version.
-- is_measured: known, and not the negative class of a binary model.
-- rows: labelled rows with a prediction, the same for every class.
-- true_positives: rows of the class that are predicted as it.
-- false_positives: rows of other classes that are predicted as it.
-- false_negatives: rows of the class that are predicted as another.
-- true_negatives: rows of other classes that are predicted as another.
-- note: why there is nothing to measure, else NULL.
with versions as (
    select s.sample_id, m.classes, m.positive_class
    from samples as s
    inner join model_versions as m
        on s.model = m.model and s.model_version = m.model_version
    where m.task <> 'regression'
),

labelled as (
    select
        l.sample_id,
        l.actual,
        l.predicted,
        l.n,
        coalesce(list_contains(v.classes, l.predicted), true) as is_known
    from label_counts as l
    inner join versions as v on l.sample_id = v.sample_id
    where
        l.actual is not null
        and coalesce(list_contains(v.classes, l.actual), true)
),

classes as (
    select sample_id, unnest(classes) as class, true as is_known from versions
    union
    select sample_id, predicted, is_known from labelled
),

counted as (
    select
        c.sample_id,
        c.class,
        c.is_known,
        coalesce(sum(l.n), 0)::bigint as n,
        sum(case when c.class = l.actual then l.n else 0 end)::bigint
            as positives,
        sum(case when c.class = l.predicted then l.n else 0 end)::bigint
            as predicted,
        sum(
            case
                when c.class = l.actual and c.class = l.predicted then l.n
                else 0
            end
        )::bigint as hits
    from classes as c
    left join labelled as l on c.sample_id = l.sample_id
    group by c.sample_id, c.class, c.is_known
)

select
    c.sample_id,
    c.class,
    r.task,
    c.is_known,
    c.is_known and (r.task = 'multiclass' or c.class = v.positive_class)
        as is_measured,
    c.n as rows,
    c.hits as true_positives,
    c.predicted - c.hits as false_positives,
    c.positives - c.hits as false_negatives,
    c.n - c.positives - c.predicted + c.hits as true_negatives,
    coalesce(r.note, case when c.n = 0 then 'no predicted rows' end) as note
from counted as c
inner join versions as v on c.sample_id = v.sample_id
inner join row_counts as r on c.sample_id = r.sample_id
