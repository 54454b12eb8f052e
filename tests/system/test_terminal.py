"""What reaches a terminal: whole words in columns that fit, and nothing that it would obey."""

import fcntl
import os
import pty
import struct
import subprocess
import sys
import termios
from datetime import datetime

import pytest

from mlmon.errors import UnknownName, others
from mlmon.system.terminal import Format, say, show, size, table_lines, write

EVIL = "a\x1b[2J\x9bm\x07\r\n\u202e\u2028|b"
ROWS = [
    {
        "store": f"store_{n}",
        "evaluation_id": "0123456789abcdef" * 2,
        "batch": "2017_01",
        "feature": "merchant_category_code",
        "population_stability_index": 0.25 + n,
        "message": "data drift 0.993 is over 0.4 since the third of May, look at merchant_state",
        "drifted": True,
    }
    for n in range(6)
]


def on_a_terminal(width: int, *words: str, **environment: str) -> str:
    """Return what a command prints on a terminal of that width."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 40, width, 0, 0))
    known = {name: value for name, value in os.environ.items() if name not in ("COLUMNS", "LINES")}
    with subprocess.Popen(
        [sys.executable, *words], stdout=theirs, stderr=theirs, env={**known, **environment}
    ) as process:
        os.close(theirs)
        parts = []
        try:
            while part := os.read(ours, 65536):
                parts.append(part)
        except OSError:  # it has ended
            pass
        os.close(ours)
    assert process.returncode == 0, parts
    return b"".join(parts).decode().replace("\r\n", "\n")


@pytest.mark.parametrize("width", [110, 80, 40, 200, 1000])
@pytest.mark.parametrize("rows", [ROWS, ROWS[:2], ROWS[:1]])
def test_d6_no_word_is_broken_that_fits(width, rows):
    lines = table_lines(rows, width)
    assert max(map(size, lines)) <= width
    found = {word for line in lines for word in line.split()}
    shown = " ".join(lines)
    for name, value in rows[0].items():
        assert name in shown
        words = str(value).split() if not isinstance(value, float) else [f"{value:.4g}"]
        assert set(words) <= found or f" {name}" in shown[shown.find(" more: ") :], name
    if width == 1000:
        assert len(lines) == len(rows) + 1


def test_d6_many_rows_have_whole_columns_and_the_rest_is_named():
    lines = table_lines(ROWS, 80)
    assert lines[0].split() == ["store", "evaluation_id", "batch", "feature"]
    assert len(lines) < 10
    assert lines[7].startswith("3 columns more: population_stability_index, message, drifted")
    wide = table_lines(ROWS, 136)
    assert wide[0].split()[-2:] == ["population_stability_index", "message"]
    assert "look at merchant_state" in " ".join(" ".join(wide).split())


def test_d6_few_rows_are_blocks():
    lines = table_lines(ROWS[:2], 80)
    assert lines[0].split() == ["store", "store_0"]
    assert lines[lines.index("") + 1].split() == ["store", "store_1"]
    narrow = table_lines(ROWS[:2], 20)
    assert max(map(len, narrow)) <= 20
    assert "".join(line.strip() for line in narrow).count("merchant_category_code") == 2


@pytest.mark.parametrize("text", ["\N{CJK UNIFIED IDEOGRAPH-65E5}" * 30, "x" * 100, "", " a  b "])
def test_d6_wide_letters_and_long_words_stay_within(text):
    for width in (10, 25, 40):
        for rows in ([{"a": text, "b": 1}], [{"a": text, "b": 1}] * 9):
            assert max(map(size, table_lines(rows, width))) <= width


@pytest.mark.parametrize(
    ("width", "words", "whole"),
    [
        (110, ("sql", "from feature_drift"), "population_stability_index"),
        (40, ("models",), "roc_auc_score"),
        (80, ("status",), "HistGradientBoostingClassifier,"),
    ],
)
def test_d6_on_a_real_terminal(evaluated, width, words, whole):
    out = on_a_terminal(width, "-m", "mlmon", *words, "-C", str(evaluated), NO_COLOR="1")
    assert max(map(len, out.splitlines())) <= width
    assert whole in out.split()


def test_c5_values_reach_no_terminal_unescaped(capsys):
    rows = [{EVIL: EVIL, "list": [EVIL], "when": datetime(2024, 1, 1)}]
    for format in (Format.table, Format.md):
        show(rows, format)
        out = capsys.readouterr().out
        assert all(line.isprintable() for line in out.splitlines())
        assert "a\\x1b[2J\\x9bm\\x07\\r" in out
    show([dict.fromkeys(range(20), EVIL)])
    assert "\x1b" not in capsys.readouterr().out
    say(f"one {EVIL}")
    first, second = capsys.readouterr().err.splitlines()  # a newline of ours stays one
    assert (first, second) == ("one a\\x1b[2J\\x9bm\\x07\\r", "\\u202e\\u2028|b")


def test_c5_files_hold_values_as_they_are(capsys):
    show([{"x": EVIL}], Format.csv)
    assert EVIL in capsys.readouterr().out
    write(f"/a/{EVIL}")
    assert EVIL in capsys.readouterr().out  # a pipe: the path can be opened


def test_c5_on_a_terminal_a_path_is_escaped():
    program = "from mlmon.system.terminal import write; write('/a/\\x1b[2J')"
    assert on_a_terminal(80, "-c", program) == "/a/\\x1b[2J\n"


def test_c5_messages_repeat_no_long_value():
    error = UnknownName("batch", "x" * 5000 + "\x1b", ["y" * 5000, *map(str, range(1000))])
    assert len(str(error)) < 800
    assert str(error).isprintable()


def test_d5_near_names_come_first():
    months = [f"{year}_{month:02}" for year in (2015, 2016, 2017) for month in range(1, 13)]
    told = others("2017_1", months)
    assert told.index("2017_01") < told.index("2015_01")
    assert told.endswith(" and 16 more")
    assert others("ROC_auc", ["a", "b", "c", "roc_auc_score"]).startswith("; there is roc_auc")
    assert others("x", []) == ""
