-- Every figure of the newest evaluation of every store, one row a figure.
-- Grain: one row per store, metric, feature, segment.
-- Reads: configured_names, dated_evaluations, metrics.
-- Newest evaluation of a store: the greatest batch that does not start after
-- now, then the time it was made, without those that were measured once against
-- another reference. A store that mlmon.yml no longer has is not here.
with newest as (
    select
        store,
        evaluation_id
    from dated_evaluations
    where
        is_aside is not true
        and store in (
            select n.name
            from configured_names as n
            where n.kind = 'store'
        )
    qualify
        row_number() over (
            partition by store
            order by is_upcoming asc, batch desc, evaluated_at desc
        ) = 1
)

select
    metrics.store,
    metrics.model,
    metrics.model_version,
    metrics.batch,
    metrics.evaluated_at,
    metrics.evaluation_id,
    metrics.metric,
    metrics.feature,
    metrics.segment,
    metrics.value,
    metrics.lower,
    metrics.upper,
    metrics.note
from metrics
inner join newest on metrics.evaluation_id = newest.evaluation_id
