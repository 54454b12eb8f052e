-- How often a score of that size was right, by tenth of the score's range.
select
    if(c.evaluation_id is null, 'Reference', 'Current') as sample,
    c.class,
    c.mean_score,
    c.positive_share,
    c.rows
from calibration_curve as c
inner join evaluations as e
    on
        c.evaluation_id = e.evaluation_id
        or (c.evaluation_id is null and c.sample_id = e.reference_sample_id)
where
    e.evaluation_id = $evaluation_id
    and c.mean_score is not null
    and c.positive_share is not null
order by sample desc, c.class, c.bin;
