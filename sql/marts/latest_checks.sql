-- The newest result of every check.
-- Grain: one row per store, check_name.
-- Reads: check_results, evaluations.
-- batch: batch of the evaluation that was checked.
select
    check_results.store,
    check_results.check_name,
    check_results.metric,
    check_results.feature,
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
left join evaluations
    on check_results.evaluation_id = evaluations.evaluation_id
qualify
    row_number() over (
        partition by check_results.store, check_results.check_name
        order by check_results.checked_at desc
    ) = 1
