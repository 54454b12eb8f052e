-- How many input features drifted, are to watch, are stable or undefined.
select
    count(*) as features,
    count(*) filter (d.drifted) as drifted,
    count(*) filter (
        not d.drifted and d.pvalue_adjusted <= 1 - e.confidence
    ) as watch,
    count(*) filter (d.drifted is null) as undefined,
    list(
        d.feature
        order by d.drift_importance desc nulls last, d.feature
    ) filter (d.drifted) as drifted_features
from feature_drift as d
inner join evaluations as e on d.evaluation_id = e.evaluation_id
where e.evaluation_id = $evaluation_id;
