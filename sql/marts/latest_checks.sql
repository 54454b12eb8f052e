-- The newest result of every check.
-- Grain: one row per store, check_name.
-- Reads: check_results, evaluations.
-- batch: batch of the evaluation that was checked.
select
    check_results.*,
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
