-- Every store that was evaluated or checked: its evaluations, the worst of its
-- latest checks, and a name for everything that its page shows. An evaluation
-- is a snapshot, so the page changes only with the evaluations of the store,
-- with the checks that ran on them, with its alerts, with mlmon.yml and with
-- the views.
with evaluated as (
    select
        e.store,
        count(*) filter (e.is_aside is not true) as evaluations,
        count(*) filter (e.is_aside) as aside,
        min(e.batch) filter (e.is_aside is not true) as first_batch,
        first(e.batch order by d.is_upcoming, e.batch desc)
            filter (e.is_aside is not true) as last_batch,
        bool_or(e.has_performance) as has_performance,
        first(
            e.evaluation_id
            order by
                coalesce(e.is_aside, false) asc,
                d.is_upcoming asc,
                e.batch desc,
                e.evaluated_at desc,
                e.evaluation_id desc
        ) as evaluation_id,
        max(e.evaluated_at) as written_at,
        md5(string_agg(to_json(e)::varchar, ',' order by e.evaluation_id))
            as state
    from evaluations as e
    inner join dated_evaluations as d on e.evaluation_id = d.evaluation_id
    group by e.store
),

checked as (
    select
        r.store,
        max(r.checked_at) as written_at,
        md5(string_agg(
            to_json(r)::varchar, ','
            order by r.checked_at, r.evaluation_id, r.check_name
        )) as state
    from check_results as r
    group by r.store
),

alerted as (
    select
        a.store,
        max(v.happened_at) as written_at,
        md5(string_agg(
            to_json(a)::varchar || to_json(v)::varchar, ','
            order by a.alert_id, v.happened_at, v.event
        )) as state
    from alerts as a
    inner join alert_events as v on a.alert_id = v.alert_id
    group by a.store
),

latest as (
    select
        store,
        first(
            outcome
            order by
                case outcome
                    when 'ERROR' then 0
                    when 'WARNING' then 1
                    when 'EMPTY' then 2
                    else 3
                end
        ) as status
    from latest_checks
    group by store
),

defined as (
    select string_agg(value, ' ' order by name) as views
    from warehouse_state
    where name in ('configuration', 'view_fingerprints')
)

select
    coalesce(e.store, c.store) as store,
    coalesce(e.evaluations, 0) as evaluations,
    coalesce(e.aside, 0) as aside,
    e.first_batch,
    e.last_batch,
    e.has_performance,
    e.evaluation_id,
    newest.batch,
    newest.model,
    l.status,
    greatest(e.written_at, c.written_at, a.written_at) as updated_at,
    md5(concat_ws(' ', e.state, c.state, a.state, d.views)) as state
from evaluated as e
full outer join checked as c on e.store = c.store
cross join defined as d
left join evaluations as newest on e.evaluation_id = newest.evaluation_id
left join alerted as a on coalesce(e.store, c.store) = a.store
left join latest as l on coalesce(e.store, c.store) = l.store
order by coalesce(e.store, c.store);
