-- Every scenario that ever ran.
select distinct scenario
from scenario_runs
order by scenario;
