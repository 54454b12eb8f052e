-- The newest result of every check on the newest evaluation that was checked.
-- Grain: one row per store, check_name, feature, segment.
-- Reads: check_results, dated_evaluations.
-- Newest evaluation of a store: the greatest batch that does not start after
-- now, then the time it was made; none that is aside.
-- A check's results of one run have one time; those of its last run stand here.
-- batch: batch of the evaluation that was checked.
select
    check_results.store,
    check_results.check_name,
    check_results.kind,
    check_results.metric,
    check_results.feature,
    check_results.segment,
    check_results.evaluation_id,
    check_results.value,
    check_results.outcome,
    check_results.message,
    check_results.minimum,
    check_results.soft_minimum,
    check_results.soft_maximum,
    check_results.maximum,
    check_results.checked_at,
    evaluations.batch,
    evaluations.model
from check_results
left join dated_evaluations as evaluations
    on check_results.evaluation_id = evaluations.evaluation_id
where evaluations.is_aside is not true
qualify
    dense_rank() over (
        partition by check_results.store
        order by
            evaluations.is_upcoming asc nulls last,
            evaluations.batch desc nulls last,
            evaluations.evaluated_at desc nulls last
    ) = 1
    and rank() over (
        partition by check_results.evaluation_id, check_results.check_name
        order by check_results.checked_at desc
    ) = 1
