-- Density of the score of an evaluation and of its reference: of all records
-- (no class) and, where there are labels, of each actual class.
select
    if(c.evaluation_id is null, 'Reference', 'Current') as sample,
    c.class,
    c.score,
    c.density
from score_density as c
inner join evaluations as e
    on
        c.evaluation_id = e.evaluation_id
        or (c.evaluation_id is null and c.sample_id = e.reference_sample_id)
where e.evaluation_id = $evaluation_id
order by c.class nulls first, sample desc, c.position;
