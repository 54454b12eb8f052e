-- Bins know which values training had and the reference has not; of versions
-- that were trained before nobody does.
alter table bins add column if not exists trained varchar[];
