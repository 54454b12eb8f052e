-- Every performance metric of an evaluation beside that of its reference.
-- Grain: one row per evaluation_id, metric.
-- Reads: evaluation_metrics, evaluations, metric_catalogue.
-- Evaluations without performance have no rows.
-- reference: the metric on the reference sample.
-- current: the metric on the evaluated sample.
-- change: current less reference.
-- note: why one of the two is undefined, else NULL.
select
    evaluations.store,
    evaluations.batch,
    evaluations.evaluation_id,
    current.metric,
    reference.value as reference,
    current.value as current,
    current.value - reference.value as change,
    case
        when current.value is null then current.note
        when reference.value is null
            then concat_ws(': ', 'in the reference', reference.note)
    end as note
from evaluations
inner join evaluation_metrics as current
    on evaluations.evaluation_id = current.evaluation_id
inner join metric_catalogue
    on
        current.metric = metric_catalogue.metric
        and metric_catalogue.family = 'performance'
left join evaluation_metrics as reference
    on
        evaluations.reference_sample_id = reference.sample_id
        and reference.evaluation_id is null
        and current.metric = reference.metric
        and reference.feature is null
        and reference.segment is null
where current.feature is null and current.segment is null
