-- Both samples over the reference's bins; bins that are empty on both sides
-- are left out. Of the categories, all beyond the twelve with the largest share
-- in either sample are added up in one row.
with ranked as (
    select
        d.feature,
        d.bin,
        d.label,
        d.kind,
        d.reference_share,
        d.current_share,
        d.kind = 'category' and row_number() over (
            partition by d.feature, d.kind = 'category'
            order by greatest(d.reference_share, d.current_share) desc, d.bin
        ) > 12 as rest
    from feature_distribution as d
    where
        d.evaluation_id = $evaluation_id
        and d.feature not in ('score', 'prediction')
        and d.reference_share + d.current_share > 0
)

select
    feature,
    max(bin) as place,
    case
        when rest then count(*) || ' further values' else any_value(label)
    end as label,
    any_value(kind) as kind,
    sum(reference_share) as reference_share,
    sum(current_share) as current_share
from ranked
group by feature, case when rest then null else bin end, rest
order by feature, place;
