"""Evaluations of the shop's store `blind` that are written down and not computed."""

from datetime import datetime, timedelta

from mlmon.project import Project

START = datetime(2024, 1, 1)


def measured(project: Project, batch: str, drift, figures=None, *, is_aside=False) -> str:
    """The store has an evaluation of the batch, with the batch's name as its id; return that.

    `drift` is its data_drift, `figures` more of it: (feature, segment) -> value.
    """
    made = project.warehouse.value("select count(*) from evaluations")
    project.warehouse.append(
        "evaluations",
        [
            {
                "evaluation_id": batch,
                "store": "blind",
                "name": batch,
                "model": "returns",
                "model_version": 1,
                "dataset": "orders",
                "batch": batch,
                "sample_id": batch,
                "reference_sample_id": "reference",
                "rows": 100,
                "labelled_rows": 0,
                "has_performance": False,
                "is_aside": is_aside,
                "labels": "{}",
                "evaluated_at": START + timedelta(days=made),
            }
        ],
    )
    rows = {(None, None): drift} | (figures or {})
    project.warehouse.append(
        "evaluation_metrics",
        [
            {
                "evaluation_id": batch,
                "sample_id": batch,
                "metric": "data_drift",
                "feature": feature,
                "segment": segment,
                "value": value,
            }
            for (feature, segment), value in rows.items()
        ],
    )
    return batch
