"""Alerts and activation decisions for the toy warehouse, in its user's words."""

import hashlib
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from mlmon.warehouse.warehouse import Warehouse

CONTEST = {
    "metric": "roc_auc_score",
    "champion_value": 0.6801,
    "challenger_value": 0.6912,
    "gain": 0.0111,
    "lower": -0.0042,
    "upper": 0.0264,
    "confidence": 0.95,
    "rows": 4200,
    "decision": "kept",
}
KEPT = "not surely better, gain in roc_auc_score 0.0111 (-0.0042 to 0.0264) on 4200 records"


def identity(text: str) -> str:
    """What an alert is called by."""
    return hashlib.md5(text.encode()).hexdigest()


def said(row: dict[str, Any]) -> str:
    """What the event of an acknowledgement says."""
    return f"acknowledged by {row['acknowledged_by']}: {row['note']}"


def alert(made: Warehouse, events: Sequence[tuple[str, datetime]], **facts: Any) -> dict[str, Any]:
    """An alert with what happened to it stands in the warehouse; return its row."""
    opened, last = events[0][1], events[-1][1]
    row = {
        "alert_id": identity(repr(sorted(facts.items(), key=str))),
        "outcome": "ERROR",
        "state": "open",
        "opened_at": opened,
        "last_seen_at": last,
        "repeated": len(events),
        **facts,
    }
    made.append("alerts", [row])
    worst = row["outcome"]
    made.append(
        "alert_events",
        [
            {
                "alert_id": row["alert_id"],
                "event": event,
                "happened_at": at,
                "evaluation_id": row["last_evaluation_id"],
                "outcome": "WARNING" if (event, place) == ("opened", 0) and events[1:] else worst,
                "message": said(row) if event == "acknowledged" else row["message"],
            }
            for place, (event, at) in enumerate(events)
        ],
    )
    return row


def alerts(made: Warehouse, names: Any, start: datetime) -> None:
    """One alert is open, one acknowledged and one resolved."""
    first, last = (max(0, len(names.batches) - back) for back in (2, 1))
    then, now = (start + timedelta(minutes=20 + index) for index in (first, last))
    where = {
        "store": names.unlabelled,
        "evaluation_id": f"drift-{first:02}-abcdef",
        "last_evaluation_id": f"drift-{last:02}-abcdef",
    }
    alert(
        made,
        [("opened", then), ("escalated", now)],
        check_name=names.check,
        metric="data_drift",
        message="0.583 is above the maximum 0.4",
        **where,
    )
    psi = {"check_name": "PSI", "metric": "population_stability_index"}
    alert(
        made,
        [("opened", then), ("acknowledged", now + timedelta(minutes=1))],
        feature=names.features[2],
        outcome="WARNING",
        state="acknowledged",
        message="0.161 is above the soft maximum 0.1",
        acknowledged_at=now + timedelta(minutes=1),
        acknowledged_by=names.person,
        acknowledged_until=datetime(2018, 3, 31, 23, 59, 59),
        note=names.note,
        **psi,
        **where,
    )
    alert(
        made,
        [("opened", then), ("resolved", now)],
        feature=names.features[5],
        outcome="WARNING",
        state="resolved",
        resolved_at=now,
        message="0.081 is within its limits",
        **psi,
        **where,
    )


def decisions(made: Warehouse, names: Any, start: datetime) -> None:
    """Version 1 was the first, version 2 was not surely better, somebody activated it."""
    kept = {"sample": names.batches[0], "batches": [*names.batches[:1]], "reason": KEPT}
    rows = [
        {"challenger_version": 1, "decision": "activated", "reason": "no version was active"},
        {"challenger_version": 2, "champion_version": 1, **CONTEST, **kept},
        {"challenger_version": 2, "champion_version": 1, "decision": "activated"}
        | {"reason": "activated by hand", "decided_by": names.person},
    ]
    made.append(
        "activation_decisions",
        [
            {
                "model": names.model,
                "position": place,
                "decided_at": start + timedelta(minutes=place),
                "decided_by": "mlmon train",
                **row,
            }
            for place, row in enumerate(rows, 1)
        ],
    )
