-- The files that batches were read from are known, so that none is read again
-- for nothing.
create table if not exists source_files (
    dataset varchar not null, path varchar not null, stamp varchar,
    sha256 varchar, definition varchar, read_at timestamp
);
-- Bins know which values training had and the reference has not; of versions
-- that were trained before nobody does.
alter table bins add column if not exists trained varchar[];
