-- The newest 200 runs of every scenario, each with the runs beside it and a
-- name for everything that its page shows: the run, its steps, what they made,
-- and how the scenario's newest runs ended.
with recent as (
    select
        *,
        row_number() over (
            partition by scenario
            order by started_at desc, run_id asc
        ) as age
    from scenario_runs
    qualify age <= 200
),

listed as (
    select
        *,
        lead(run_id) over newest_first as previous_id,
        lead(started_at) over newest_first as previous_at,
        lag(run_id) over newest_first as next_id,
        lag(started_at) over newest_first as next_at,
        first_value(run_id) over newest_first as newest_id
    from recent
    window newest_first as (partition by scenario order by age)
),

histories as (
    select
        l.scenario,
        md5(string_agg(to_json(l)::varchar, ',' order by l.age)) as history
    from listed as l
    where l.age <= 50
    group by l.scenario
),

made as (
    select s.run_id, to_json(s)::varchar as what
    from step_runs as s
    union all
    select s.run_id, to_json(s)::varchar as what
    from run_effects as s
    union all
    select s.run_id, to_json(r)::varchar as what
    from run_effects as s
    inner join check_results as r
        on s.store = r.store and s.checked_at = r.checked_at
    union all
    select s.run_id, concat_ws(' ', e.evaluation_id, e.evaluated_at) as what
    from run_effects as s
    inner join evaluations as e on s.evaluation_id = e.evaluation_id
    union all
    select s.run_id, to_json(v)::varchar as what
    from run_effects as s
    inner join model_versions as v
        on s.model = v.model and s.model_version = v.model_version
),

effects as (
    select run_id, md5(string_agg(what, ',' order by what)) as effect
    from made
    group by run_id
)

select
    l.run_id,
    l.scenario,
    l.started_at,
    l.previous_id,
    l.previous_at,
    l.next_id,
    l.next_at,
    l.newest_id,
    md5(concat_ws(' ', to_json(l), h.history, e.effect)) as state
from listed as l
inner join histories as h on l.scenario = h.scenario
left join effects as e on l.run_id = e.run_id
order by l.scenario, l.age;
