-- The scenario that trains a model: one that does so itself before one that runs
-- another for it, in the order of mlmon.yml. A step that never runs trains
-- nothing.
with recursive training as (
    select scenario, 0 as depth
    from configured_steps
    where verb = 'train' and target = $model and run_if <> 'never'
    union
    select s.scenario, t.depth + 1 as depth
    from configured_steps as s
    inner join training as t on s.target = t.scenario
    where s.verb = 'run' and s.run_if <> 'never'
)

select t.scenario
from training as t
inner join configured_names as n
    on t.scenario = n.name and n.kind = 'scenario'
order by t.depth, n.position, t.scenario
limit 1;
