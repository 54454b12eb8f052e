-- Diagnostic findings: what should make a reader doubt an evaluation.
-- Grain: one row per evaluation_id, code, message.
-- Reads: accuracy_score, bin_shares, confusion_counts, evaluations.
-- Reads: feature_importances, label_counts, model_versions, r2_score.
-- Reads: roc_auc_score, row_counts, scored_records.
-- Too small: under 1000 rows, or under 50 of an actual class, of which the
-- rarest is named. Imbalanced: over 90 % in one actual class. One predicted
-- class: over 99 % of the rows.
-- Too good, a feature may know the target: ROC AUC above 0.98, or one feature
-- with over 80 % of the importance. No better than a dummy: R2 not above 0, or
-- accuracy not above the largest class's share and ROC AUC not above 0.5 by
-- more than 2 standard errors. Unseen or newly missing: rows of what the
-- reference has none of. Unknown class: truths or predictions that are no class
-- of the model version, at most five of which are named, those of most rows
-- first. Same records: the sample is its own reference. Actual values count
-- only where performance was asked for.
-- evaluation_id: the evaluation.
-- code: the finding's stable name.
-- message: the finding in a sentence, with its figures.
with sizes as (
    select evaluation_id, 'evaluation set' as side, sample_id from evaluations
    union all
    select evaluation_id, 'reference', reference_sample_id from evaluations
),

actual_classes as (
    select
        e.evaluation_id,
        c.class,
        c.true_positives + c.false_negatives as n,
        n::double / c.rows as share
    from evaluations as e
    inner join confusion_counts as c on e.sample_id = c.sample_id
    where e.has_performance and c.rows > 0 and c.is_known is not false
),

predicted_classes as (
    select
        e.evaluation_id,
        l.predicted as class,
        sum(l.n)::double / min(r.scored_rows) as share
    from evaluations as e
    inner join label_counts as l on e.sample_id = l.sample_id
    inner join row_counts as r on e.sample_id = r.sample_id
    group by e.evaluation_id, l.predicted
),

said_classes as (
    select s.evaluation_id, s.side, m.classes, r.actual, r.prediction
    from sizes as s
    inner join evaluations as e on s.evaluation_id = e.evaluation_id
    inner join model_versions as m
        on e.model = m.model and e.model_version = m.model_version
    inner join scored_records as r on s.sample_id = r.sample_id
    where m.task <> 'regression'
),

unknown_rows as (
    select
        s.evaluation_id,
        s.side,
        s.classes,
        true as is_truth,
        s.actual as class,
        count(*) as n
    from said_classes as s
    inner join evaluations as e on s.evaluation_id = e.evaluation_id
    where e.has_performance and not list_contains(s.classes, s.actual)
    group by all
    union all
    select
        evaluation_id,
        side,
        classes,
        false as is_truth,
        prediction as class,
        count(*) as n
    from said_classes
    where not list_contains(classes, prediction)
    group by all
),

unknown_classes as (
    select
        *,
        row_number() over (
            partition by evaluation_id, side, is_truth
            order by n desc, class asc
        ) as place
    from unknown_rows
),

unknown as (
    select
        evaluation_id,
        side,
        is_truth,
        sum(n)::bigint as n,
        count(*) - 5 as unnamed,
        string_agg(class || ' (' || n || ')', ', ' order by place)
        filter (where place <= 5) as named,
        array_to_string(min(classes)[:20], ', ') as known
    from unknown_classes
    group by evaluation_id, side, is_truth
),

skill as (
    select
        e.evaluation_id,
        r.value as r2,
        u.value as area,
        a.value as accuracy,
        max(c.share) as dummy,
        coalesce(area <= 0.5 + 2 * sqrt(coalesce(u.variance, 0)), true)
            as is_chance
    from evaluations as e
    left join r2_score as r on e.sample_id = r.sample_id
    left join accuracy_score as a on e.sample_id = a.sample_id
    left join roc_auc_score as u
        on e.sample_id = u.sample_id and u.feature is null
    left join actual_classes as c on e.evaluation_id = c.evaluation_id
    where e.has_performance
    group by all
),

findings as (
    select
        s.evaluation_id,
        replace(s.side, ' ', '_') || '_too_small' as code,
        'The ' || s.side || ' has ' || r.rows || ' rows, under 1000.' as message
    from sizes as s
    inner join row_counts as r on s.sample_id = r.sample_id
    where r.rows < 1000
    union all
    select
        evaluation_id,
        'same_records',
        'The evaluation set is its own reference: nothing drifts, and data '
        || 'drift, made for two sets, may be far below 0.5.'
    from evaluations
    where sample_id = reference_sample_id
    union all
    select
        evaluation_id,
        'rare_class_too_small',
        'Only ' || min(n) || ' rows are actually ' || arg_min(class, (n, class))
        || ', under 50'
        || case
            when count(*) > 1
                then '; so are those of ' || (count(*) - 1) || ' more classes.'
            else '.'
        end
    from actual_classes
    where n < 50
    group by evaluation_id
    union all
    select
        evaluation_id,
        'unknown_class',
        n || case when n = 1 then ' row' else ' rows' end || ' of the ' || side
        || case when n = 1 then ' is ' else ' are ' end
        || case when is_truth then 'actually' else 'predicted as' end
        || ' no class of the model: ' || named
        || case when unnamed > 0 then ' and ' || unnamed || ' more' else '' end
        || '. It knows ' || known
        || case
            when is_truth then '; they count in no figure of performance.'
            else '; they count as misses of the row''s class.'
        end
    from unknown
    union all
    select
        evaluation_id,
        'imbalanced_classes',
        round(100 * share, 1) || ' % of the rows are actually ' || class || '.'
    from actual_classes
    where share > 0.9
    union all
    select
        evaluation_id,
        'one_predicted_class',
        round(100 * share, 1) || ' % of the rows are predicted as ' || class
        || '.'
    from predicted_classes
    where share > 0.99
    union all
    select
        evaluation_id,
        'too_good_to_be_true',
        'ROC AUC is ' || round(area, 3) || ': a feature may know the target.'
    from skill
    where area > 0.98
    union all
    select
        evaluation_id,
        'no_better_than_a_dummy',
        'R2 is ' || round(r2, 3) || ': the mean would do as well.'
    from skill
    where r2 <= 0
    union all
    select
        evaluation_id,
        'no_better_than_a_dummy',
        round(100 * accuracy, 1) || ' % are predicted right, and '
        || round(100 * dummy, 1) || ' % would be by always the same class.'
    from skill
    where accuracy <= dummy and is_chance
    union all
    select
        e.evaluation_id,
        'dominant_feature',
        i.feature || ' has ' || round(100 * i.share, 1)
        || ' % of the importance: it may know the target.'
    from evaluations as e
    inner join feature_importances as i
        on e.model = i.model and e.model_version = i.model_version
    where i.share > 0.8
    union all
    select
        evaluation_id,
        case
            when kind = 'missing' then 'newly_missing' else 'unseen_category'
        end,
        feature
        || case when kind = 'missing' then ' is missing in ' else ' has ' end
        || current_rows
        || case when current_rows = 1 then ' row' else ' rows' end
        || case
            when kind = 'missing' then ', and in none of the reference.'
            else ' with a value that the reference does not have.'
        end
    from bin_shares
    where
        kind in ('missing', 'other')
        and reference_rows = 0 and current_rows > 0
        and feature not in ('score', 'prediction')
)

select evaluation_id, code, message
from findings
