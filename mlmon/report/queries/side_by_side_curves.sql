-- A curve of each item, the density of all its records; of multiclass models
-- one per class, of the six classes whose ROC AUC differs most between the
-- items.
with items as (
    select unnest($keys) as key, generate_subscripts($keys, 1) as place
),

classes as (
    select
        m.feature as class,
        row_number() over (
            order by max(m.value) - min(m.value) desc nulls last, m.feature
        ) as place
    from items as i
    inner join evaluation_metrics as m
        on i.key = coalesce(m.evaluation_id, m.sample_id)
    where
        m.metric = 'roc_auc_score'
        and m.feature is not null
        and m.segment is null
    group by m.feature
)

select i.key, k.class, c.position, c.x, c.y
from items as i
inner join evaluation_curves as c
    on i.key = coalesce(c.evaluation_id, c.sample_id)
left join classes as k on c.class = k.class
where
    c.curve = $curve
    and case
        when c.curve = 'score_density' then c.class is null
        else k.place <= 6 or not exists (select 1 from classes)
    end
    and c.x is not null
    and c.y is not null
order by k.place, i.place, c.position;
