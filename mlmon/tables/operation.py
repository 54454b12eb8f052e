"""What happened when: checks, runs of scenarios, the file itself."""

from mlmon.tables.table import Table, table

TABLES: tuple[Table, ...] = (
    table(
        "warehouse_state",
        "What mlmon knows about this file itself.",
        "name",
        "name VARCHAR, value VARCHAR",
    ),
    table(
        "activation_decisions",
        "One decision on which version of a model is active, and why.",
        "model position",
        """model VARCHAR, position INTEGER, challenger_version INTEGER, champion_version INTEGER,
        metric VARCHAR, champion_value DOUBLE, challenger_value DOUBLE, gain DOUBLE, lower DOUBLE,
        upper DOUBLE, confidence DOUBLE, rows BIGINT, sample VARCHAR, batches VARCHAR[],
        decision VARCHAR, reason VARCHAR, decided_at TIMESTAMP, decided_by VARCHAR""",
    ),
    table(
        "check_results",
        "One result of a check.",
        "store check_name evaluation_id feature segment checked_at",
        """store VARCHAR, check_name VARCHAR, kind VARCHAR, metric VARCHAR, feature VARCHAR,
        segment VARCHAR, evaluation_id VARCHAR, value DOUBLE, outcome VARCHAR, message VARCHAR,
        minimum DOUBLE, soft_minimum DOUBLE, soft_maximum DOUBLE, maximum DOUBLE,
        definition VARCHAR, checked_at TIMESTAMP""",
    ),
    table(
        "alerts",
        "A check in trouble, from when it opened until it is resolved.",
        "alert_id",
        """alert_id VARCHAR, store VARCHAR, check_name VARCHAR, metric VARCHAR, feature VARCHAR,
        segment VARCHAR, outcome VARCHAR, state VARCHAR, opened_at TIMESTAMP,
        evaluation_id VARCHAR, last_seen_at TIMESTAMP, last_evaluation_id VARCHAR,
        repeated BIGINT, acknowledged_at TIMESTAMP, acknowledged_by VARCHAR,
        acknowledged_until TIMESTAMP, note VARCHAR, resolved_at TIMESTAMP, message VARCHAR""",
    ),
    table(
        "alert_events",
        "What happened to an alert.",
        "alert_id event happened_at",
        """alert_id VARCHAR, event VARCHAR, happened_at TIMESTAMP, evaluation_id VARCHAR,
        outcome VARCHAR, message VARCHAR""",
    ),
    table(
        "scenario_runs",
        "One run of a scenario.",
        "run_id",
        """run_id VARCHAR, scenario VARCHAR, trigger VARCHAR, batch VARCHAR, versions JSON,
        parameters JSON, parent_run_id VARCHAR, started_at TIMESTAMP, ended_at TIMESTAMP,
        outcome VARCHAR""",
    ),
    table(
        "step_runs",
        "One step of a scenario run.",
        "run_id position",
        """run_id VARCHAR, position INTEGER, step VARCHAR, action VARCHAR, started_at TIMESTAMP,
        ended_at TIMESTAMP, outcome VARCHAR, message VARCHAR, attempts INTEGER, outputs JSON""",
    ),
    table(
        "notifications",
        "One message of a reporter about a run to a channel.",
        "run_id reporter channel",
        """run_id VARCHAR, reporter VARCHAR, channel VARCHAR, outcome VARCHAR, message VARCHAR,
        sent_at TIMESTAMP""",
    ),
    table(
        "trigger_state",
        "What `mlmon schedule due` remembers of a trigger of a scenario.",
        "scenario trigger",
        """scenario VARCHAR, trigger VARCHAR, definition VARCHAR, seen_at TIMESTAMP,
        known JSON, due_at TIMESTAMP, fired_at TIMESTAMP, run_id VARCHAR""",
    ),
)
