-- The share of all positives found in the first share of records by score.
select
    if(c.evaluation_id is null, 'Reference', 'Current') as sample,
    c.class,
    c.share,
    c.recall,
    c.lift
from lift_curve as c
inner join evaluations as e
    on
        c.evaluation_id = e.evaluation_id
        or (c.evaluation_id is null and c.sample_id = e.reference_sample_id)
where e.evaluation_id = $evaluation_id
order by sample desc, c.class, c.position;
