-- Alerts, triggers, notifications and decisions have tables; checks are of more
-- kinds than a range; runs have parameters, steps attempts and outputs.
alter table check_results add column if not exists kind varchar;
alter table check_results add column if not exists segment varchar;
alter table check_results add column if not exists definition varchar;
alter table scenario_runs add column if not exists parameters json;
alter table scenario_runs add column if not exists parent_run_id varchar;
alter table step_runs add column if not exists attempts integer;
alter table step_runs add column if not exists outputs json;
update check_results set kind = 'range'
where kind is null;
update scenario_runs set parameters = '{}'
where parameters is null;
update step_runs set
    attempts = case outcome when 'SKIPPED' then 0 else 1 end,
    outputs = '{}'
where attempts is null;
create table if not exists activation_decisions (
    model varchar not null, position integer not null,
    challenger_version integer, champion_version integer, metric varchar,
    champion_value double, challenger_value double, gain double,
    lower double, upper double, confidence double, rows bigint,
    sample varchar, batches varchar[], decision varchar, reason varchar,
    decided_at timestamp, decided_by varchar
);
create table if not exists alerts (
    alert_id varchar not null, store varchar, check_name varchar,
    metric varchar, feature varchar, segment varchar, outcome varchar,
    state varchar, opened_at timestamp, evaluation_id varchar,
    last_seen_at timestamp, last_evaluation_id varchar, repeated bigint,
    acknowledged_at timestamp, acknowledged_by varchar,
    acknowledged_until timestamp, note varchar, resolved_at timestamp,
    message varchar
);
create table if not exists alert_events (
    alert_id varchar not null, event varchar not null,
    happened_at timestamp not null, evaluation_id varchar, outcome varchar,
    message varchar
);
create table if not exists notifications (
    run_id varchar not null, reporter varchar not null,
    channel varchar not null, outcome varchar, message varchar,
    sent_at timestamp
);
create table if not exists trigger_state (
    scenario varchar not null, trigger varchar not null,
    definition varchar, seen_at timestamp, known json, due_at timestamp,
    fired_at timestamp, run_id varchar
);
