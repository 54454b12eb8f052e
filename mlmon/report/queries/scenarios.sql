-- Every scenario of mlmon.yml that ever ran.
select distinct scenario
from scenario_last_runs
order by scenario;
