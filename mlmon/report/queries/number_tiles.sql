-- The numbers a reader asks for first: per metric the store that measured it
-- last, stores with a check on it before others.
with wanted (place, metric, feature, title) as (
    values
        (1, 'data_drift', null, 'Data drift'),
        (2, 'roc_auc_score', null, 'ROC AUC'),
        (2, 'r2_score', null, 'R2'),
        (3, 'population_stability_index', 'score', 'Prediction drift'),
        (4, 'drifted_feature_share', null, 'Drifted features'),
        (5, 'average_precision_score', null, 'Average precision'),
        (5, 'root_mean_squared_error', null, 'RMSE'),
        (6, 'max_population_stability_index', null, 'Largest PSI'),
        (7, 'duplicate_rate', null, 'Duplicate rate')
)

select m.store, m.metric, m.feature, w.title
from metrics as m
inner join dated_evaluations as e on m.evaluation_id = e.evaluation_id
inner join wanted as w
    on m.metric = w.metric and m.feature is not distinct from w.feature
left join latest_checks as l
    on
        m.store = l.store
        and m.metric = l.metric
        and m.feature is not distinct from l.feature
        and l.segment is null
where
    m.model = $model
    and e.is_aside is not true
    and m.store in (select name from configured_names where kind = 'store')
    and m.segment is null
    and m.value is not null
qualify row_number() over (
    partition by m.metric, m.feature
    order by
        (l.metric is not null) desc,
        e.is_upcoming,
        m.batch desc,
        m.evaluated_at desc
) = 1
order by w.place;
