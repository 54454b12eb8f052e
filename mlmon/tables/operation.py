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
        "check_results",
        "One result of a check.",
        "store check_name evaluation_id checked_at",
        """store VARCHAR, check_name VARCHAR, metric VARCHAR, feature VARCHAR,
        evaluation_id VARCHAR, value DOUBLE, outcome VARCHAR, message VARCHAR, minimum DOUBLE,
        soft_minimum DOUBLE, soft_maximum DOUBLE, maximum DOUBLE, checked_at TIMESTAMP""",
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
)
