-- Score counts: labelled rows by score, of a class and of the rest.
-- Grain: one row per sample_id, class, score.
-- Reads: class_scores, model_versions, samples, scored_records.
-- Classification only. Binary: the positive class. Multiclass: every class
-- against the rest. Rows without an actual value or a score are left out, and
-- those that are actually of no class of the model version.
-- sample_id: the sample.
-- class: the class that counts as positive.
-- score: the probability of the class, 0 to 1.
-- positives: rows of the class with this score.
-- negatives: rows of the version's other classes with this score.
with measured as (
    select
        r.sample_id,
        m.positive_class as class,
        r.score,
        r.actual,
        m.classes
    from scored_records as r
    inner join samples as s on r.sample_id = s.sample_id
    inner join model_versions as m
        on s.model = m.model and s.model_version = m.model_version
    where m.task = 'binary'
    union all
    select p.sample_id, p.class, p.probability, r.actual, m.classes
    from class_scores as p
    inner join scored_records as r
        on p.sample_id = r.sample_id and p.record_id = r.record_id
    inner join samples as s on r.sample_id = s.sample_id
    inner join model_versions as m
        on s.model = m.model and s.model_version = m.model_version
)

select
    sample_id,
    class,
    score,
    count(*) filter (where actual = class) as positives,
    count(*) filter (where actual <> class) as negatives
from measured
where
    score is not null and actual is not null
    and coalesce(list_contains(classes, actual), true)
group by sample_id, class, score
