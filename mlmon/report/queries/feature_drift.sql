-- Input drift of an evaluation, worst first. Watch: significant at the
-- evaluation's confidence, but too small to count as drifted. Beyond: share of
-- rows whose value is not in the reference, or outside its range.
with this as (
    from evaluations
    where evaluation_id = $evaluation_id
),

trends as (
    select
        d.feature,
        list(
            d.population_stability_index
            order by e.batch, e.evaluated_at, e.evaluation_id
        )[-24:] as trend
    from feature_drift as d
    inner join evaluations as e using (evaluation_id)
    inner join this on e.store = this.store
    where
        (e.batch, e.evaluated_at) <= (this.batch, this.evaluated_at)
        and (e.is_aside is not true or e.evaluation_id = this.evaluation_id)
    group by d.feature
)

select
    this.model,
    d.feature,
    d.kind,
    case
        when d.drifted then 'DRIFTED'
        when d.drifted is null then 'EMPTY'
        when d.pvalue_adjusted <= 1 - this.confidence then 'WATCH'
        else 'STABLE'
    end as status,
    d.population_stability_index,
    d.jensen_shannon_distance,
    d.ks_statistic,
    d.ks_pvalue,
    d.chi2_pvalue,
    d.pvalue_adjusted,
    d.missing_rate,
    d.reference_missing_rate,
    d.missing_rate - d.reference_missing_rate as missing_change,
    coalesce(d.unseen_rate, d.out_of_range_rate) as beyond_rate,
    d.drift_importance,
    d.model_importance,
    avg(d.drift_importance) over () as average_drift_importance,
    avg(d.model_importance) over () as average_model_importance,
    if(len(t.trend) > 1, t.trend, null) as trend
from feature_drift as d
inner join this on d.evaluation_id = this.evaluation_id
left join trends as t on d.feature = t.feature
order by
    d.drifted desc nulls last,
    d.population_stability_index desc nulls last,
    d.feature;
