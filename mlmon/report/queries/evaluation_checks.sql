-- What the checks said about this evaluation, the last time they ran on it: the
-- results of one run have one time.
select
    concat_ws(', ', check_name, feature, segment) as check_name,
    metric,
    value,
    outcome,
    message,
    checked_at
from check_results
where evaluation_id = $evaluation_id
qualify rank() over (
    partition by store
    order by checked_at desc
) = 1
order by
    case outcome
        when 'ERROR' then 0 when 'WARNING' then 1 when 'EMPTY' then 2 else 3
    end,
    check_name,
    feature nulls first,
    segment nulls first;
