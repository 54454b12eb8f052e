"""Reporters: who is told how a run goes. One that fails makes the run a WARNING, never more."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

from mlmon.check import alerts
from mlmon.config import Reporter
from mlmon.scenario import channels
from mlmon.scenario.context import Context
from mlmon.warehouse.warehouse import Row, now

TEXT = """\
{{ run.scenario }} {% if run.outcome %}ended: {{ run.outcome }}{% else %}has started{% endif %}, \
started by {{ run.trigger }}{% if run.batch %}, batch {{ run.batch }}{% endif %}.
{% for step in steps.values() %}- {{ step.step }}: {{ step.outcome }}, {{ step.message }}
{% endfor %}"""


def tell(context: Context, when: Literal["start", "end"]) -> None:
    """Every reporter of that moment has been tried once; what could not be sent is a WARNING."""
    for reporter in context.section.reporters:
        if reporter.when == when and _is_worth_telling(context, reporter):
            for name in reporter.to:
                if not _has_heard(context, reporter, name) and not _send(context, reporter, name):
                    context.state.add("WARNING")


def _is_worth_telling(context: Context, reporter: Reporter) -> bool:
    """Return whether the outcome, and what alerts did in the run, are worth telling."""
    if reporter.outcome and context.state.outcome not in reporter.outcome:
        return False
    return not reporter.transitions or bool(_transitions(context))


def _transitions(context: Context) -> list[Row]:
    """Return what the checks of the run made of alerts."""
    query = "select store, checked_at from check_results where checked_at >= $since"
    results = context.warehouse.read(query, since=context.row["started_at"])
    return alerts.transitions(context.warehouse, results)


def _has_heard(context: Context, reporter: Reporter, name: str) -> bool:
    """Return whether the run, taken up again, has told the channel already."""
    query = (
        "select 1 from notifications where run_id = $id and reporter = $reporter"
        " and channel = $name and outcome = 'SENT'"
    )
    run = context.row["run_id"]
    return context.warehouse.one(query, id=run, reporter=reporter.name, name=name) is not None


def _send(context: Context, reporter: Reporter, name: str) -> bool:
    """Return whether the channel has the message; `notifications` says why it has not."""
    try:
        with _message(context, reporter) as message:
            channels.send(context.config, name, message)
        outcome, words = "SENT", None
    except Exception as error:  # whatever goes wrong in telling, the run is what it is
        template = context.config.channels[name].url
        outcome, words = "FAILED", channels.hidden(template, str(error))
    row = {"run_id": context.row["run_id"], "reporter": reporter.name, "channel": name}
    row |= {"outcome": outcome, "message": words, "sent_at": now()}
    context.warehouse.append("notifications", [row])
    return outcome == "SENT"


@contextmanager
def _message(context: Context, reporter: Reporter) -> Iterator[channels.Message]:
    """Yield the message, with the project in short below it and the picture beside it."""
    ended = reporter.when == "end"
    run = {**context.row, "outcome": context.state.outcome if ended else None}
    more = {"run": run, "transitions": _transitions(context)}
    title = context.text(reporter.title, **more)
    text = context.text(reporter.message or TEXT, **more)
    shown = context.doors.summary() if reporter.summary or reporter.picture else None
    if shown and reporter.summary:
        text = f"{text}\n{shown.text}"
    with tempfile.TemporaryDirectory() as folder:
        files = []
        if shown and reporter.picture:
            picture = Path(folder) / "summary.png"
            picture.write_bytes(shown.png)
            files = [str(picture)]
        yield channels.Message(title, text, run["outcome"], files)
