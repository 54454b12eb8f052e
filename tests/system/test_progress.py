"""D8: on a terminal a line says how far a command is; elsewhere nothing does."""

import io
import subprocess
import sys
import time

import pytest
from commands import on_a_terminal

import mlmon
from mlmon.cli.line import ERASE, Line
from mlmon.system import progress
from mlmon.system.terminal import say


class Terminal(io.StringIO):
    """A stream that keeps what a terminal gets."""

    def isatty(self) -> bool:
        return True


@pytest.fixture
def terminal(monkeypatch):
    """A line that shows at once what it is told."""
    monkeypatch.setattr("mlmon.cli.line.PATIENCE", 0)
    monkeypatch.setattr("mlmon.cli.line.PAUSE", 0)
    return Terminal()


def drawn(terminal):
    return [part for part in terminal.getvalue().split(ERASE) if part]


def test_d8_the_whole_and_the_part_with_a_bar(terminal):
    with progress.watched(Line(terminal)), progress.during("report"):
        for _ in progress.each("write", ["a.html", "b.html"]):
            pass
    assert drawn(terminal)[:2] == ["report", f"report: [{'.' * 20}] 1 of 2 write a.html"]
    assert f"report: [{'#' * 10}{'.' * 10}] 2 of 2 write b.html" in drawn(terminal)
    assert terminal.getvalue().endswith(ERASE)


def test_d8_words_stand_on_a_line_of_their_own(terminal, capsys):
    with progress.watched(Line(terminal)), progress.during("train"):
        say("words")
        assert terminal.getvalue() == f"{ERASE}train{ERASE}"
    assert capsys.readouterr().err == "words\n"


def test_d8_an_error_takes_the_line_away_and_names_are_printable(terminal):
    def fail():
        with progress.watched(Line(terminal)):
            for _ in progress.each("score", ["a\x1b[2J"]):
                raise KeyError

    with pytest.raises(KeyError):
        fail()
    assert drawn(terminal) == [r"score a\x1b[2J"]
    assert terminal.getvalue().endswith(ERASE)


def test_d8_what_is_quick_is_not_shown_and_what_is_slow_is_by_itself(monkeypatch):
    monkeypatch.setattr("mlmon.cli.line.PATIENCE", 0.2)
    terminal = Terminal()
    with progress.watched(Line(terminal)), progress.during("quick"):
        pass
    assert terminal.getvalue() == ""
    with progress.watched(Line(terminal)), progress.during("slow"):
        deadline = time.monotonic() + 20
        while not terminal.getvalue() and time.monotonic() < deadline:
            time.sleep(0.05)
    assert drawn(terminal) == ["slow"]


class Words:
    """A watcher that keeps what is begun."""

    def __init__(self):
        self.words = []

    def begin(self, what, done, total):
        self.words.append((what, done, total))

    def end(self):
        pass

    def hide(self):
        pass


def test_d8_verbs_say_what_they_do(shop, trained):
    words = Words()
    with mlmon.open(shop) as project, progress.watched(words):
        project.ingest("orders")
    with mlmon.open(trained) as project, progress.watched(words):
        evaluation = project.evaluate("truth", batch="2024_02")
        project.report(evaluation=evaluation.id)
    assert ("ingest orders 2024_02", 1, 2) in words.words
    begun = " ".join(what for what, _, _ in words.words)
    assert "score returns 2024_02 evaluate truth 2024_02 write evaluations/" in begun


@pytest.mark.slow
def test_d8_a_scenario_and_a_training_say_what_they_do(finished_copy):
    words = Words()
    with mlmon.open(finished_copy) as project, progress.watched(words):
        project.run("Retrain Model")
    assert [one for one in words.words if one[2] == 3] == [
        ("Build MES", 0, 3),
        ("Run MES checks", 1, 3),
        ("Build model", 2, 3),
    ]
    assert ("train fraud", 0, 1) in words.words


def test_d8_nothing_is_watched_in_python_and_nothing_is_written(shop, capfd):
    with mlmon.open(shop) as project:
        project.ingest("orders")
    assert capfd.readouterr() == ("", "")


PROGRAM = """
import mlmon.cli.line as line
line.PATIENCE = 0
from mlmon.cli import main
main()
"""


@pytest.mark.parametrize("environment", [{}, {"NO_COLOR": "1"}, {"TERM": "dumb"}])
def test_d8_a_command_on_a_terminal(shop, environment):
    words = ("-C", str(shop), "ingest", "--format", "csv")
    told, out = on_a_terminal("-c", PROGRAM, *words, stdout=subprocess.PIPE, **environment)
    assert out == "dataset,batch\norders,2024_01\norders,2024_02\n"
    is_seen = environment.get("TERM") != "dumb"
    assert ("ingest orders 2024_01" in told) == is_seen
    assert told.endswith(f"{ERASE if is_seen else ''}2 batches written\r\n")
    assert "\033[3" not in told
    assert "\033[1" not in told


def test_d8_a_command_that_is_on_no_terminal(shop):
    command = [sys.executable, "-c", PROGRAM, "-C", str(shop), "ingest"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stderr == "2 batches written\n"
