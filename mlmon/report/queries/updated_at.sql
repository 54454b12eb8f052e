-- When the warehouse was last written to.
with moments as (
    select max(evaluated_at) as written_at from evaluations
    union all
    select max(checked_at) as written_at from check_results
    union all
    select max(coalesce(ended_at, started_at)) as written_at from scenario_runs
    union all
    select max(created_at) as written_at from model_versions
    union all
    select max(decided_at) as written_at from activation_decisions
    union all
    select max(happened_at) as written_at from alert_events
)

select max(written_at) as updated_at
from moments;
