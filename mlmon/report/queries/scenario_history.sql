-- The newest 50 runs of the scenario that a run is of, newest first.
select
    r.run_id,
    r.scenario,
    r.trigger,
    r.batch,
    r.started_at,
    epoch(r.ended_at - r.started_at) as duration_seconds,
    r.outcome
from scenario_runs as r
inner join scenario_runs as o on r.scenario = o.scenario
where o.run_id = $run_id
order by r.started_at desc, r.run_id asc
limit 50;
