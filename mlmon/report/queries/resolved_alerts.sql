-- The ten alerts that were resolved last, and how many ever were.
select
    store,
    concat_ws(', ', check_name, feature, segment) as check_name,
    outcome,
    opened_at,
    resolved_at,
    message,
    count(*) over () as resolved
from alerts
where state = 'resolved'
order by
    resolved_at desc,
    store asc,
    check_name asc,
    feature asc nulls first,
    segment asc nulls first
limit 10;
