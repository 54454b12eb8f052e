-- The files that batches were read from are known, so that none is read again
-- for nothing.
create table if not exists source_files (
    dataset varchar not null, path varchar not null, stamp varchar,
    sha256 varchar, definition varchar, read_at timestamp
);
-- Bins know which values training had and the reference has not; of versions
-- that were trained before nobody does.
alter table bins add column if not exists trained varchar[];
-- What a value becomes as a category is decided in one place, and versions say
-- how they learned it. Bins of booleans were called True and False, which no
-- row is: they are renamed, and what was counted on them is counted anew at
-- the next evaluation.
alter table model_versions add column if not exists category_format integer;
create temp table boolean_features as
with features as (
    select
        model,
        model_version,
        dataset,
        unnest(map_entries(features::map (varchar, varchar)), recursive := true)
    from model_versions
)

select f.model, f.model_version, f.key as feature
from features as f
inner join duckdb_columns() as c
    on
        c.database_name = current_database()
        and f.dataset = c.table_name
        and f.key = c.column_name
where c.data_type = 'BOOLEAN' and f.value = 'categorical';
update bins set category = lower(category)
from boolean_features as f
where
    bins.model = f.model
    and bins.model_version = f.model_version
    and bins.feature = f.feature;
delete from histograms
using samples as s, boolean_features as f
where
    histograms.sample_id = s.sample_id
    and s.model = f.model
    and s.model_version = f.model_version
    and histograms.feature = f.feature;
delete from evaluation_metrics
using samples as s, boolean_features as f
where
    evaluation_metrics.evaluation_id is null
    and evaluation_metrics.metric = 'unseen_rate'
    and evaluation_metrics.sample_id = s.sample_id
    and s.model = f.model
    and s.model_version = f.model_version
    and evaluation_metrics.feature = f.feature;
drop table boolean_features;
