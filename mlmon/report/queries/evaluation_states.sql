-- A name for everything that the page of an evaluation shows: an evaluation is
-- a snapshot, so it changes only with the evaluations before and after it in
-- its store, with the checks that ran on it and with the views.
with checked as (
    select evaluation_id, md5(string_agg(
        concat_ws(' ', check_name, outcome, value, message, checked_at), ','
        order by check_name, checked_at
    )) as checks
    from check_results
    group by evaluation_id
),

defined as (
    select max(value) as views
    from warehouse_state
    where name = 'view_fingerprints'
)

select
    e.evaluation_id,
    md5(concat_ws(
        ' ',
        to_json(e),
        string_agg(
            concat_ws(' ', e.evaluation_id, e.evaluated_at, e.is_aside), ','
        ) over by_time,
        lead(e.evaluation_id) over by_time,
        c.checks,
        d.views
    )) as state
from evaluations as e
cross join defined as d
left join checked as c on e.evaluation_id = c.evaluation_id
window by_time as (
    partition by e.store
    order by e.batch, e.evaluated_at, e.evaluation_id
);
