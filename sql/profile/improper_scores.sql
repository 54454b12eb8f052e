-- Improper scores: why the scores of a sample are no probabilities.
-- Grain: one row per sample_id.
-- Reads: class_scores, model_versions, samples, scored_records.
-- Classification only; over all rows, labelled or not. A probability is from 0
-- to 1, give or take 0.000001; where a row has one of every class, they add up
-- to 1, give or take 0.01. One row that does not do so is enough: ranks and
-- cuts of such scores have a meaning, losses and calibration have none.
-- sample_id: the sample.
-- note: what the scores are instead, NULL where they are probabilities.
with measured as (
    select s.sample_id
    from samples as s
    inner join model_versions as m
        on s.model = m.model and s.model_version = m.model_version
    where m.task <> 'regression'
),

records as (
    select
        sample_id,
        min(probability) as low,
        max(probability) as high,
        sum(probability) as total,
        count(*) = count(probability) as is_complete
    from class_scores
    group by sample_id, record_id
),

found as (
    select
        sample_id,
        score as low,
        score as high,
        null as total
    from scored_records
    where score is not null
    union all
    select sample_id, low, high, case when is_complete then total end
    from records
    where low is not null
),

counted as (
    select
        sample_id,
        count(*) filter (where low < -0.000001 or high > 1.000001) as outside,
        count(total) filter (where abs(total - 1) > 0.01) as unequal,
        min(low) as low,
        max(high) as high
    from found
    group by sample_id
)

select
    m.sample_id,
    case
        when c.outside > 0
            then
                'the scores are no probabilities: they go from '
                || round(c.low, 6) || ' to ' || round(c.high, 6)
        when c.unequal > 0
            then
                'the scores are no probabilities: in ' || c.unequal
                || ' rows those of the classes do not add up to 1'
    end as note
from measured as m
left join counted as c on m.sample_id = c.sample_id
