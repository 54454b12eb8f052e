-- The newest 50 decisions on which version of a model is active, and how many
-- there are; with the figures where two versions were compared.
select
    d.decided_at,
    d.challenger_version,
    d.champion_version,
    upper(d.decision) as decision,
    d.reason,
    d.decided_by,
    coalesce(c.title, d.metric) as metric,
    d.champion_value,
    d.challenger_value,
    d.gain,
    d.lower,
    d.upper,
    d.confidence,
    d.rows,
    d.sample,
    d.batches,
    count(*) over () as decisions
from activation_decisions as d
left join metric_catalogue as c on d.metric = c.metric
where d.model = $model
order by d.position desc
limit 50;
