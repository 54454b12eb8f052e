"""The dashboard in short: a text, Markdown and a picture that say what the page says."""

import re
import struct
import zlib
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from markdown_it import MarkdownIt
from toy_warehouse import DASHBOARDS, HOSTILE, Names, filled

from mlmon.report.charts import picture
from mlmon.report.facts import words
from mlmon.report.pages.dashboard import dashboard
from mlmon.report.site import write_report
from mlmon.report.summary.digest import Summary, summarised
from mlmon.report.summary.markdown import JOINER, escaped

FILES = ("summary.md", "summary.png", "summary.txt")
GFM = MarkdownIt("commonmark").enable(["table", "strikethrough"])


def summary(read, wanted: dict[str, Any], project: str = "fraud") -> Summary:
    return summarised(dashboard(read, wanted, project))


@pytest.fixture(scope="module")
def told(story) -> Summary:
    return summary(story, DASHBOARDS["default"])


@pytest.fixture(scope="module")
def hostile_told(hostile) -> Summary:
    return summary(
        hostile, {"title": "a | b\n# c"}, "\u202e<script>alert(5)</script> @everyone\x1b[1m"
    )


def tables(markdown: str) -> dict[str, list[dict[str, str]]]:
    """The tables by the heading above them, as a reader of the rendered Markdown sees them."""
    found: dict[str, list[dict[str, str]]] = {}
    heading, row, names = "", [], []
    tokens = GFM.parse(markdown)
    for before, token in pairwise(tokens):
        if token.type == "inline":
            text = "".join(each.content for each in token.children or [] if each.type == "text")
            if before.type == "heading_open":
                heading = text
            elif before.type in ("th_open", "td_open"):
                row.append(text)
        if token.type == "tr_close":
            if heading in found:
                found[heading].append(dict(zip(names, row, strict=True)))
            else:
                found[heading], names = [], row
            row = []
    return found


def pixels(png: bytes) -> tuple[int, int, set[str]]:
    """Width, height and the colours that are in the picture; its checksums hold."""
    assert png.startswith(b"\x89PNG\r\n\x1a\n")
    pieces = list(picture.chunks(png))
    assert [kind for kind, _ in pieces][:: len(pieces) - 1] == [b"IHDR", b"IEND"]
    assert picture.joined(pieces) == png
    width, height, depth, colour = struct.unpack(">IIBB", pieces[0][1][:10])
    assert (depth, colour) == (8, 6)
    raw = zlib.decompress(b"".join(data for kind, data in pieces if kind == b"IDAT"))
    rows = np.frombuffer(raw, np.uint8).reshape(height, 1 + 4 * width)
    assert set(rows[:, 0]) == {1}, "every pixel is stored as its difference to the one before"
    seen = rows[:, 1:].reshape(height, width, 4).cumsum(axis=1, dtype=np.uint8)
    return width, height, {f"#{code:08x}" for code in np.unique(seen.view(">u4")).tolist()}


# The text -------------------------------------------------------------------------


def test_the_text_answers_what_the_verdict_answers(told):
    assert told.title == "[fraud] Error: Data drift is past its limit"
    lines = told.text.splitlines()
    assert lines[:2] == [
        "Error: Data drift is past its limit",
        "fraud, Model monitoring, 2 Jan 2018, 06:31 UTC",
    ]
    said = " ".join(told.text.split())
    assert "No. Data drift is 0.583 on 2017_12; the limits are soft max 0.3, max 0.4." in said
    assert "What changed since 2017_11? - Data drift 0.577 to 0.583 (+0.006)" in said
    assert "    mlmon check mes_for_input_drift --batch 2017_12" in lines
    assert lines[-1] == "The whole report: index.html"
    assert str(told) == told.text
    assert repr(told) == "<Summary [fraud] Error: Data drift is past its limit>"


@pytest.mark.parametrize("made", ["told", "hostile_told"])
def test_the_text_is_plain_and_narrow(made, request):
    text = request.getfixturevalue(made).text
    assert max(map(len, text.splitlines())) < 100
    assert len(text.splitlines()) < 40
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f\u200e\u200f\u202a-\u202e\u2066-\u2069]", text)
    assert "**" not in text
    assert "\N{MINUS SIGN}" not in text


def test_a_command_that_does_not_fit_on_a_line_is_left_to_the_page(hostile_told):
    assert "(the page has the command)" in hostile_told.text
    assert "mlmon evaluate" not in hostile_told.text
    assert "mlmon evaluate" in hostile_told.markdown


# The Markdown ---------------------------------------------------------------------


def test_the_markdown_begins_with_a_shape_and_a_word(told, empty):
    assert told.markdown.startswith("## \N{BLACK SQUARE} Error: Data drift is past its limit\n")
    nothing = summary(empty, {}).markdown
    assert nothing.startswith("## \N{WHITE CIRCLE} Empty: Nothing has been evaluated yet\n")
    made = filled(Names())
    for outcome, head in (("OK", "## \N{BLACK CIRCLE} OK: "), ("WARNING", "## \N{BLACK DIAMOND} ")):
        made.write(f"update check_results set outcome = '{outcome}'")
        assert summary(made.read, {}).markdown.startswith(head)
        failed = "Checks that did not pass" in tables(summary(made.read, {}).markdown)
        assert failed == (outcome != "OK")


def test_the_markdown_has_the_command_and_the_way_to_the_page(told):
    command = "mlmon evaluate mes_for_input_drift --batch 2017_12\nmlmon check mes_for_input_drift"
    assert f"```sh\n{command} --batch 2017_12\n```" in told.markdown
    assert told.markdown.endswith("[The whole report](index.html)\n")
    assert told._repr_markdown_() == told.markdown


def test_the_tables_have_the_figures_of_the_views(told, story):
    found = tables(told.markdown)
    assert list(found) == [
        "Figures",
        "Checks that did not pass",
        "Input and prediction drift",
        "Performance",
    ]
    drift, *_ = found["Figures"]
    (row,) = story(
        "select value from metrics where batch = '2017_12' and store = 'mes_for_input_drift'"
        " and metric = 'data_drift'"
    )
    assert (drift["Value"], drift["Status"]) == (words.figure(row["value"]), "\u25a0 Error")
    assert drift["Limits"] == "soft max 0.3, max 0.4"
    (check,) = story("from latest_checks where outcome <> 'OK'")
    assert [each["Check"] for each in found["Checks that did not pass"]] == [check["check_name"]]
    assert found["Checks that did not pass"][0]["Value"] == words.figure(check["value"])
    drifted = story(
        "from feature_drift where drifted and evaluation_id = 'truth-08-abcdef'"
        " order by population_stability_index desc"
    )
    assert drifted
    assert [(each["Feature"], each["PSI"]) for each in found["Input and prediction drift"]] == [
        (row["feature"], words.figure(row["population_stability_index"])) for row in drifted
    ]
    measured = story("from performance_drift where evaluation_id = 'truth-08-abcdef'")
    assert {(each["Reference"], each["Current"]) for each in found["Performance"]} == {
        (words.figure(row["reference"]), words.figure(row["current"])) for row in measured
    }


def test_hostile_names_are_text_in_markdown(hostile_told):
    tokens = GFM.parse(hostile_told.markdown)
    inner = [each for token in tokens for each in token.children or []]
    markup = {each.type for each in (*tokens, *inner)} - {"text"}
    assert not markup & {
        "html_block",
        "link_reference",
        "image",
        "code_inline",
        "s_open",
        "em_open",
    }
    html = {each.content for each in inner if each.type == "html_inline"}
    assert html <= {"<span>", "</span>"}
    assert {each.attrs["href"] for each in inner if each.type == "link_open"} == {"index.html"}
    (figures, checks) = list(tables(hostile_told.markdown).values())[:2]
    assert {"Figure", "Value", "Change", "Limits", "Status", "Batch", "Store"} == set(figures[0])
    assert checks[0]["Check"] == HOSTILE.check
    assert f"@{JOINER}everyone" in hostile_told.markdown
    assert len([token for token in tokens if token.type == "heading_open"]) < 10


@pytest.mark.parametrize(
    "name",
    [
        "a|b",
        "`code`",
        "[text](http://evil)",
        "![image](x)",
        "<b>bold</b>",
        "&amp;",
        "*star* **two** _edge_ __init__ snake_case ~~gone~~",
        "# heading",
        "- item",
        "+ item",
        "= under",
        "1. first",
        "2) second",
        "\\`\\",
        "two\nlines",
        "$x$ and $y$",
        "@name, me@host.org, #12, www.host.org, https://host.org, :tada:",
    ],
)
def test_any_name_is_read_as_it_was_written(name):
    spelled = escaped(name)
    block, *_ = GFM.parse(spelled)
    assert block.type == "paragraph_open"
    seen = "".join(
        each.content for each in GFM.parseInline(spelled)[0].children or [] if each.type == "text"
    )
    assert seen.replace(JOINER, "") == " ".join(name.split())
    assert not re.search(r"@\w|#\d|://|www\.|:tada:", spelled)
    assert not re.search(r"\n|<(?!/?span>)|>(?<!span>)", spelled)
    assert GFM.parse(f"| {spelled} | x |\n| --- | --- |\n")[0].type == "table_open"


# The picture ----------------------------------------------------------------------


def test_the_picture_is_a_png_twice_as_large_in_the_light_colours(told):
    width, height, colours = pixels(told.png)
    assert 1400 < width < 1800
    assert 600 < height < 1000
    assert len(told.png) < 100_000
    for name in ("text", "accent", "bad"):
        assert f"{picture.colours()[name]}ff" in colours, name
    assert "#ffffffff" in colours
    assert told.picture["title"] == "Data drift by batch"
    assert told.picture["subtitles"] == [
        "Error: Data drift is past its limit",
        "store mes_for_input_drift, project fraud, 2 Jan 2018, 06:31 UTC",
    ]


def test_the_picture_of_many_batches_is_small():
    batches = tuple(f"2017_{day:03}" for day in range(120))
    made = filled(Names(batches=batches, stores=(False,)))
    assert len(summary(made.read, DASHBOARDS["default"]).png) < 100_000


def test_no_colour_is_left_as_a_name_whatever_the_names_are(hostile_told):
    assert len(pixels(hostile_told.png)[2]) > 10
    assert picture.real({"a": "var(--accent)"}) == {"a": "#2456d6"}


def test_an_empty_project_has_a_summary_and_a_picture(empty):
    told = summary(empty, {})
    assert "Empty: Nothing has been evaluated yet\nfraud, Model monitoring\n" in told.text
    assert "mlmon status" in told.text
    assert tables(told.markdown) == {}
    width, _, colours = pixels(told.png)
    assert width > 1000
    assert len(colours) > 10


# The files ------------------------------------------------------------------------


def stamps(folder: Path) -> dict[str, int]:
    return {name: (folder / name).stat().st_mtime_ns for name in FILES}


def test_the_files_lie_beside_the_dashboard_and_are_written_when_something_changed(tmp_path):
    made = filled(Names(batches=("2017_04", "2017_05")))
    write_report(made.read, DASHBOARDS, tmp_path, project="fraud")
    assert not any((tmp_path / name).exists() for name in FILES)
    write_report(made.read, DASHBOARDS, tmp_path, project="fraud", summary=True)
    told = summary(made.read, DASHBOARDS["default"])
    assert (tmp_path / "summary.txt").read_text(encoding="utf-8") == told.text
    assert (tmp_path / "summary.md").read_text(encoding="utf-8") == told.markdown
    before = pixels((tmp_path / "summary.png").read_bytes())
    assert before == pixels(told.png)
    first = stamps(tmp_path)
    write_report(made.read, DASHBOARDS, tmp_path, project="fraud", summary=True)
    assert stamps(tmp_path) == first
    made.write("update check_results set outcome = 'WARNING' where evaluation_id like 'drift-01%'")
    write_report(made.read, DASHBOARDS, tmp_path, project="fraud")
    assert stamps(tmp_path) == first
    write_report(made.read, DASHBOARDS, tmp_path, project="fraud", summary=True)
    assert all(after != first[name] for name, after in stamps(tmp_path).items())
    assert not [path for path in tmp_path.iterdir() if path.name.startswith(".")]
