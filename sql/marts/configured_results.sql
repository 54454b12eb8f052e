-- The results of the checks that mlmon.yml has, of what each looks at now.
-- Grain: one row per check_name, evaluation_id, feature, segment, checked_at.
-- Reads: check_results, configured_checks, dated_evaluations.
-- A check of another metric or kind, in a store of another model, or of a
-- feature that the model no longer has, is another check, whatever its name;
-- so is one that is, to the letter, what another check of the store is now.
-- is_upcoming: whether its batch starts after now.
select
    r.store,
    r.check_name,
    r.kind,
    r.metric,
    r.feature,
    r.segment,
    r.evaluation_id,
    r.value,
    r.outcome,
    r.message,
    r.minimum,
    r.soft_minimum,
    r.soft_maximum,
    r.maximum,
    r.checked_at,
    e.batch,
    e.model,
    e.model_version,
    e.evaluated_at,
    e.is_aside is true as is_aside,
    e.is_upcoming
from check_results as r
inner join configured_checks as c
    on r.store = c.store and r.check_name = c.check_name
left join dated_evaluations as e on r.evaluation_id = e.evaluation_id
where
    coalesce(e.model = c.model, true)
    and coalesce(r.kind = c.kind, true)
    and r.metric is not distinct from c.metric
    and (c.feature = '*' or r.feature is not distinct from c.feature)
    and (c.segment = '*' or r.segment is not distinct from c.segment)
    and not coalesce(list_contains(c.former_features, r.feature), false)
    and not exists (
        select 1
        from configured_checks as other
        where
            other.store = r.store
            and other.definition = r.definition
            and c.definition <> r.definition
    )
