-- The evaluations of a store, newest batch first: what was measured with what,
-- the worst of its checks when they ran last, what was odd about it, its own
-- labels, and the
-- whole-model metrics. A name that is only the time of the evaluation is none.
with results as (
    select evaluation_id, outcome
    from check_results
    qualify rank() over (
        partition by evaluation_id
        order by checked_at desc
    ) = 1
),

checked as (
    select
        evaluation_id,
        first(
            outcome
            order by
                case outcome
                    when 'ERROR' then 0
                    when 'WARNING' then 1
                    when 'EMPTY' then 2
                    else 3
                end
        ) as outcome
    from results
    group by evaluation_id
),

found as (
    select
        evaluation_id,
        count(*) as diagnostics,
        list(distinct code order by code) as codes
    from diagnostics
    group by evaluation_id
),

-- Those that every evaluation has say nothing that is not in another column.
labelled as (
    select
        e.evaluation_id,
        string_agg(
            concat(label.key, ': ', label.value ->> '$'), ', '
            order by label.key
        ) as labels
    from evaluations as e
    cross join json_each(e.labels) as label
    where
        label.key not in (
            'evaluation:date',
            'evaluation:model-name',
            'evaluationDataset:dataset-name',
            'model:name',
            'model:algorithm',
            'model:date',
            'trainDataset:dataset-name',
            'testDataset:dataset-name'
        )
    group by e.evaluation_id
)

select
    e.evaluation_id,
    e.store,
    e.batch,
    nullif(e.name, strftime(e.evaluated_at, '%Y-%m-%d %H:%M:%S')) as name,
    e.model_version,
    case when e.is_aside then array_to_string(r.batches, ', ') end as against,
    e.rows,
    e.labelled_rows,
    c.outcome,
    coalesce(f.diagnostics, 0) as diagnostics,
    f.codes,
    l.labels,
    h.data_drift,
    h.drifted_feature_share,
    h.max_population_stability_index,
    h.roc_auc_score,
    h.f1_score,
    h.accuracy_score,
    h.precision_score,
    h.recall_score,
    h.log_loss,
    h.calibration_loss,
    h.lift,
    h.cost_matrix_gain,
    h.r2_score,
    h.root_mean_squared_error,
    h.mean_absolute_error,
    h.mean_absolute_percentage_error,
    h.mean_squared_error,
    h.explained_variance_score,
    h.pearson_correlation,
    e.evaluated_at
from evaluations as e
inner join evaluation_history as h on e.evaluation_id = h.evaluation_id
left join samples as r on e.reference_sample_id = r.sample_id
left join checked as c on e.evaluation_id = c.evaluation_id
left join found as f on e.evaluation_id = f.evaluation_id
left join labelled as l on e.evaluation_id = l.evaluation_id
where e.store = $store
order by e.batch desc, e.evaluated_at desc, e.evaluation_id asc;
