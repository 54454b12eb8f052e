-- How much each version of a model leans on each feature, as a share of all
-- importance; first the feature that the active version leans on most. Of the
-- active version and the newest others, eight in all.
with shown as (
    select model, model_version, is_active
    from model_versions
    where model = $model
    qualify row_number() over (
        order by is_active desc, model_version desc
    ) <= 8
)

select
    i.feature,
    i.model_version,
    s.is_active,
    i.share,
    max(i.share) filter (s.is_active) over (partition by i.feature)
        as active_share
from feature_importances as i
inner join shown as s
    on i.model = s.model and i.model_version = s.model_version
order by active_share desc nulls last, i.feature, i.model_version desc;
