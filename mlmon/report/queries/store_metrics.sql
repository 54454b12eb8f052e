-- The whole-model metrics that a store has a value of: first those that
-- everybody asks for, then all others. A store without performance is asked
-- for more about drift.
with usual (place, metric, without_performance) as (
    values
    (1, 'data_drift', false),
    (2, 'drifted_feature_share', true),
    (3, 'max_population_stability_index', true),
    (4, 'roc_auc_score', false),
    (5, 'f1_score', false),
    (6, 'accuracy_score', false),
    (7, 'precision_score', false),
    (8, 'recall_score', false),
    (9, 'log_loss', false),
    (10, 'calibration_loss', false),
    (11, 'lift', false),
    (12, 'cost_matrix_gain', false),
    (13, 'r2_score', false),
    (14, 'root_mean_squared_error', false),
    (15, 'mean_absolute_error', false),
    (16, 'mean_absolute_percentage_error', false),
    (17, 'mean_squared_error', false),
    (18, 'explained_variance_score', false),
    (19, 'pearson_correlation', false)
),

known as (
    select
        m.metric,
        bool_or(e.is_aside is not true) as in_history,
        (
            select coalesce(bool_or(s.has_performance), false)
            from evaluations as s
            where s.store = $store
        ) as has_performance
    from metrics as m
    inner join evaluations as e on m.evaluation_id = e.evaluation_id
    where
        m.store = $store
        and m.feature is null
        and m.segment is null
        and m.value is not null
    group by m.metric
)

select
    k.metric,
    coalesce(c.title, k.metric) as title,
    k.in_history,
    u.metric is not null and not (u.without_performance and k.has_performance)
        as is_usual
from known as k
left join usual as u on k.metric = u.metric
left join metric_catalogue as c on k.metric = c.metric
order by
    is_usual desc,
    u.place asc nulls last,
    c.position asc nulls last,
    k.metric asc;
