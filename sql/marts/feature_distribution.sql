-- Shares of an evaluation and its reference per coarse bin of every feature.
-- Grain: one row per evaluation_id, feature, bin.
-- Reads: bins, evaluations, histograms, samples.
-- bin: number of the coarse bin.
-- label: what a reader sees: `20 to 50`, `gas`, `missing`.
-- kind: below, range, above, category, other or missing.
-- lower: lower end of a range.
-- upper: upper end of a range.
-- reference_share: share of the reference's rows in the bin, 0 to 1.
-- current_share: share of the evaluation's rows in the bin, 0 to 1.
with placed as (
    select
        histograms.sample_id,
        bins.model,
        bins.model_version,
        bins.feature,
        bins.coarse_bin,
        sum(histograms.n)::double as n
    from histograms
    inner join samples on histograms.sample_id = samples.sample_id
    inner join bins
        on
            samples.model = bins.model
            and samples.model_version = bins.model_version
            and histograms.feature = bins.feature
            and histograms.bin = bins.bin
    group by all
),

shares as (
    select
        *,
        n / sum(n) over (partition by sample_id, feature) as share
    from placed
),

coarse as (
    select
        model,
        model_version,
        feature,
        coarse_bin,
        any_value(kind) as kind,
        min(lower) as lower,
        max(upper) as upper,
        any_value(category) as category
    from bins
    group by model, model_version, feature, coarse_bin
)

select
    evaluations.store,
    evaluations.batch,
    evaluations.evaluation_id,
    coarse.feature,
    coarse.coarse_bin as bin,
    case
        when coarse.kind in ('missing', 'other') then coarse.kind
        when coarse.kind = 'below' and isinf(coarse.upper) then 'below'
        when coarse.kind = 'below'
            then format('below {:.6g}', coarse.upper)
        when coarse.kind = 'above' and isinf(coarse.lower) then 'any'
        when coarse.kind = 'above'
            then format('above {:.6g}', coarse.lower)
        when coarse.kind = 'category'
            then coalesce(coarse.category, 'rarer ones')
        when coarse.lower = coarse.upper then format('{:.6g}', coarse.lower)
        else format('{:.6g} to {:.6g}', coarse.lower, coarse.upper)
    end as label,
    coarse.kind,
    coarse.lower,
    coarse.upper,
    coalesce(reference.share, 0) as reference_share,
    coalesce(current.share, 0) as current_share
from evaluations
inner join coarse
    on
        evaluations.model = coarse.model
        and evaluations.model_version = coarse.model_version
left join shares as reference
    on
        evaluations.reference_sample_id = reference.sample_id
        and coarse.feature = reference.feature
        and coarse.coarse_bin = reference.coarse_bin
left join shares as current
    on
        evaluations.sample_id = current.sample_id
        and coarse.feature = current.feature
        and coarse.coarse_bin = current.coarse_bin
