-- The newest result of every check on the newest evaluation that was checked.
-- Grain: one row per store, check_name, feature, segment.
-- Reads: configured_results.
-- Newest evaluation of a store: the greatest batch that does not start after
-- now, then the time it was made; none that is aside. A check that mlmon.yml no
-- longer has is not here.
-- A check's results of one run have one time; those of its last run stand here.
-- batch: batch of the evaluation that was checked.
select
    store,
    check_name,
    kind,
    metric,
    feature,
    segment,
    evaluation_id,
    value,
    outcome,
    message,
    minimum,
    soft_minimum,
    soft_maximum,
    maximum,
    checked_at,
    batch,
    model
from configured_results
where not is_aside
qualify
    dense_rank() over (
        partition by store
        order by
            is_upcoming asc nulls last,
            batch desc nulls last,
            evaluated_at desc nulls last
    ) = 1
    and rank() over (
        partition by evaluation_id, check_name
        order by checked_at desc
    ) = 1
