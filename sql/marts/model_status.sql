-- How every model is doing: the worst newest check result of its stores.
-- Grain: one row per model.
-- Reads: configured_names, dated_evaluations, latest_checks, model_versions.
-- Worst first: ERROR, WARNING, EMPTY, OK; EMPTY when nothing was checked.
-- A model, a store or a check that mlmon.yml no longer has is not here.
-- active_version: the version that scores.
-- status: the worst newest outcome.
-- store: the store of that check.
-- check_name: that check.
-- message: what it said.
-- newest_batch: greatest batch evaluated with the model, none that is aside or,
-- where there is another, starts after now.
with worst as (
    select *
    from latest_checks
    qualify
        row_number() over (
            partition by model
            order by
                list_position(['ERROR', 'WARNING', 'EMPTY', 'OK'], outcome),
                store,
                check_name,
                feature,
                segment
        ) = 1
),

newest as (
    select
        model,
        first(batch order by is_upcoming asc, batch desc) as newest_batch
    from dated_evaluations
    where
        is_aside is not true
        and store in (
            select n.name
            from configured_names as n
            where n.kind = 'store'
        )
    group by model
)

select
    model_versions.model,
    model_versions.model_version as active_version,
    coalesce(worst.outcome, 'EMPTY') as status,
    worst.store,
    worst.check_name,
    worst.message,
    newest.newest_batch
from model_versions
left join worst on model_versions.model = worst.model
left join newest on model_versions.model = newest.model
where
    model_versions.is_active
    and model_versions.model in (
        select n.name
        from configured_names as n
        where n.kind = 'model'
    )
