-- All figures of every feature of a model, a row per evaluation that is not
-- aside. Stores in which all figures of a feature are the same are told once:
-- by the rows of the one that evaluated last, with the names of all.
with moments as (
    select
        evaluation_id,
        sample_id,
        feature,
        max(value) filter (metric = 'mean') as mean,
        max(value) filter (metric = 'standard_deviation')
            as standard_deviation,
        max(value) filter (metric = 'minimum') as minimum,
        max(value) filter (metric = 'maximum') as maximum,
        max(value) filter (metric = 'untrained_rate') as untrained_rate,
        max(note) filter (metric = 'population_stability_index') as note
    from evaluation_metrics
    where feature is not null and segment is null
    group by evaluation_id, sample_id, feature
),

figures as materialized (
    select
        d.*,
        m.mean,
        m.standard_deviation,
        m.minimum,
        m.maximum,
        m.untrained_rate,
        m.note,
        coalesce(d.unseen_rate, d.out_of_range_rate) as beyond_rate,
        r.mean as reference_mean,
        r.standard_deviation as reference_standard_deviation,
        r.minimum as reference_minimum,
        r.maximum as reference_maximum,
        case
            when d.drifted then 'DRIFTED'
            when d.drifted is null then 'EMPTY'
            when d.pvalue_adjusted <= 1 - e.confidence then 'WATCH'
            else 'STABLE'
        end as status,
        1 - e.confidence as significance,
        e.drift_limit,
        e.model_version,
        e.rows,
        e.evaluated_at
    from feature_drift as d
    inner join evaluations as e on d.evaluation_id = e.evaluation_id
    inner join dated_evaluations as t on e.evaluation_id = t.evaluation_id
    left join moments as m
        on d.evaluation_id = m.evaluation_id and d.feature = m.feature
    left join moments as r
        on
            r.evaluation_id is null
            and e.reference_sample_id = r.sample_id
            and d.feature = r.feature
    where e.model = $model and e.is_aside is not true and not t.is_upcoming
),

by_store as (
    select
        feature,
        store,
        max((batch, evaluated_at)) as newest,
        list(
            (
                batch,
                model_version,
                rows,
                population_stability_index,
                jensen_shannon_distance,
                ks_statistic,
                pvalue_adjusted,
                missing_rate,
                beyond_rate,
                mean,
                standard_deviation,
                minimum,
                maximum,
                drift_importance,
                drift_limit,
                significance
            )
            order by batch, evaluated_at, evaluation_id
        ) as told
    from figures
    group by feature, store
),

stores as (
    select
        feature,
        max(newest) as newest,
        list(store order by newest desc, store asc) as stores
    from by_store
    group by feature, told
)

select
    f.*,
    s.stores,
    row_number() over by_time as position,
    coalesce(
        f.model_version <> lag(f.model_version) over by_time, false
    ) as new_version
from figures as f
inner join stores as s on f.feature = s.feature and f.store = s.stores[1]
window by_time as (
    partition by f.feature, f.store
    order by f.batch, f.evaluated_at, f.evaluation_id
)
order by f.feature asc, s.newest desc, f.store asc, position asc;
