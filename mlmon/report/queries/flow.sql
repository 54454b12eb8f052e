-- What every dataset, model, store, check and scenario holds: how many batches,
-- versions, evaluations, results or runs, and its newest one.
with latest as (
    select
        store,
        check_name,
        first(
            outcome
            order by
                case outcome
                    when 'ERROR' then 0
                    when 'WARNING' then 1
                    when 'EMPTY' then 2
                    else 3
                end
        ) as outcome
    from latest_checks
    group by store, check_name
)

select
    'dataset' as kind,
    null as store,
    b.dataset as name,
    count(*) as items,
    first(b.batch order by u.batch is not null, b.batch desc) as newest,
    null as run_id
from batches as b
left join upcoming_batches as u on b.dataset = u.dataset and b.batch = u.batch
group by b.dataset
union all
select
    'model' as kind,
    null as store,
    model as name,
    count(*) as items,
    (max(model_version) filter (where is_active))::varchar as newest,
    null as run_id
from model_versions
group by model
union all
select
    'store' as kind,
    null as store,
    store as name,
    count(*) as items,
    first(batch order by is_upcoming asc, batch desc)
        filter (where is_aside is not true) as newest,
    null as run_id
from dated_evaluations
group by store
union all
select
    'check' as kind,
    r.store,
    r.check_name as name,
    count(*) as items,
    any_value(l.outcome) as newest,
    null as run_id
from configured_results as r
left join latest as l on r.store = l.store and r.check_name = l.check_name
group by r.store, r.check_name
union all
select
    'scenario' as kind,
    null as store,
    scenario as name,
    count(*) as items,
    max_by(coalesce(outcome, 'RUNNING'), started_at) as newest,
    max_by(run_id, started_at) as run_id
from scenario_runs
group by scenario
order by kind, store, name;
