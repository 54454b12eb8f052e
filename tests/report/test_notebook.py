"""What a notebook shows of a project, an evaluation, a comparison: a fragment that stands alone."""

import re
from collections.abc import Iterator

import html5lib
import pandas as pd
import pytest
from toy_warehouse import DASHBOARDS, HOSTILE, LONG, Names, filled, warehouse

import mlmon
from mlmon.config import parse
from mlmon.project import Project
from mlmon.report.facts import words
from mlmon.report.pages.dashboard import dashboard
from mlmon.report.summary import notebook
from mlmon.results import Evaluation
from mlmon.warehouse.warehouse import Warehouse

BAR = "{http://www.w3.org/2000/svg}rect"
HINT = "project.report() writes its page"


@pytest.fixture(scope="module")
def toy() -> Iterator[Warehouse]:
    made = filled(Names())
    yield made
    made.close()


def evaluation_of(made: Warehouse, key: str) -> Evaluation:
    (row,) = made.read("from evaluations where evaluation_id = $key", key=key)
    return Evaluation.of(row, warehouse=made)


def parsed(fragment: str):
    """The fragment's tree: well formed, small, with no script and nothing from elsewhere."""
    assert len(fragment.encode()) < 60_000
    parser = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False)
    tree = parser.parse(f"<!doctype html><title>x</title>{fragment}")
    body = tree.find("body")
    assert [each.tag for each in body] == ["div"]
    for each in body.iter():
        assert each.tag not in ("script", "link", "style", "img", "iframe", "a")
        assert not {"src", "href", "class", "id"} & set(each.attrib)
        assert not any(name.startswith("on") for name in each.attrib)
    assert "var(" not in fragment
    return body


def text_of(tree) -> str:
    return " ".join(" ".join(tree.itertext()).split())


def rows_of(tree) -> dict[str, list[str]]:
    """Every row of every table by its heading."""
    rows = [[text_of(cell) for cell in row] for row in tree.iter("tr")]
    return {row[0]: row[1:] for row in rows}


def colours(fragment: str) -> set[str]:
    return set(re.findall(r'fill="(#\w+)"', fragment))


def test_a_project_says_what_its_dashboard_says(story):
    made = notebook.project("fraud", lambda: dashboard(story, DASHBOARDS["default"], "fraud"))
    tree = parsed(made)
    assert text_of(tree).startswith("fraud Error: Data drift is past its limit Is it OK? No. Data")
    assert "mlmon check mes_for_input_drift --batch 2017_12" in text_of(tree)
    assert rows_of(tree)["Data drift"][:4] == [
        "0.583",
        "+0.006 since 2017_11",
        "soft max 0.3, max 0.4",
        "Error",
    ]
    assert "project.report() writes the pages" in text_of(tree)


def test_an_evaluation_stands_beside_its_reference(toy):
    made = evaluation_of(toy, "truth-08-abcdef")
    fragment = made._repr_html_()
    tree = parsed(fragment)
    rows = rows_of(tree)
    assert text_of(tree).startswith("2017_12 in mes_for_ground_truth 2017_12 (9,995 rows) against")
    for row in toy.read("from performance_drift where evaluation_id = 'truth-08-abcdef'"):
        title = {"roc_auc_score": "ROC AUC", "f1_score": "F1"}.get(row["metric"])
        if title:
            figures = [words.figure(row["reference"]), words.figure(row["current"])]
            assert rows[title][:3] == [*figures, words.signed(row["change"])]
    assert rows["Data drift"][1] == words.figure(made.value("data_drift"))
    psi = made.value("population_stability_index", "signature_provided")
    assert rows["signature_provided"][0] == words.figure(psi)
    assert rows["signature_provided"][-1] == "Drifted"
    widths = [float(each.get("width")[:-1]) for each in tree.iter(BAR)]
    assert len(widths) == 6
    assert widths == sorted(widths, reverse=True)
    assert widths[0] == 100
    assert len(colours(fragment)) > 2
    assert "evaluations/mes_for_ground_truth-2017_12-truth-08.html" in text_of(tree)


def test_an_evaluation_with_a_check_bears_its_outcome(toy):
    tree = parsed(evaluation_of(toy, "drift-08-abcdef")._repr_html_())
    assert text_of(tree).startswith("2017_12 in mes_for_input_drift Error 2017_12 (9,995 rows)")
    assert "ROC AUC" not in rows_of(tree)


def test_marks_can_be_told_from_light_and_dark(toy):
    def light(colour: str) -> float:
        parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
        linear = [
            part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
        ]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    used = colours(evaluation_of(toy, "truth-08-abcdef")._repr_html_())
    for mark in map(light, used):
        for page in map(light, ("#ffffff", "#111418", "#1e1e1e")):
            high, low = max(mark, page), min(mark, page)
            assert (high + 0.05) / (low + 0.05) >= 3


def test_hostile_names_are_text_in_a_notebook(hostile):
    wanted = {"title": "<script>alert(5)</script>"}
    made = notebook.project(LONG, lambda: dashboard(hostile, wanted, "<script>alert(6)</script>"))
    assert "<script>alert(6)</script>" in text_of(parsed(made))
    key = "truth-08-abcdef"
    title = f"{HOSTILE.batches[-1]} in {HOSTILE.labelled}"
    rows = rows_of(parsed(notebook.evaluation(title, hostile, key, HINT)))
    assert {'"><svg onload=alert(3)>', "{{ 7 * 7 }}"} <= set(rows)
    assert max(map(len, rows)) <= 60


def test_of_many_features_the_worst_are_shown():
    names = tuple(f"feature_{place:02}" for place in range(25))
    made = filled(Names(features=names, batches=("2017_04", "2017_05")))
    tree = parsed(evaluation_of(made, "drift-01-abcdef")._repr_html_())
    assert len(list(tree.iter(BAR))) == 10
    assert "Drift by feature, worst first; 15 more are not shown" in text_of(tree)


def test_a_project_without_evaluations(empty):
    tree = parsed(notebook.project("fraud", lambda: dashboard(empty, {}, "fraud")))
    assert "Nothing has been evaluated yet" in text_of(tree)
    assert list(tree.iter("table")) == []


def test_what_is_gone_or_closed_is_a_sentence():
    made = filled(Names(batches=("2017_04",)))
    evaluation = evaluation_of(made, "drift-00-abcdef")
    made.write("delete from evaluations")
    assert "It is no longer in the warehouse." in text_of(parsed(evaluation._repr_html_()))
    made.close()
    assert "Its figures cannot be read now" in text_of(parsed(evaluation._repr_html_()))


def test_a_real_project_is_shown_open_and_closed(tmp_path):
    text = 'version: 1\nproject: "shop\\nof | <b>"\ndatasets: {}\nmodels: {}\nstores: {}\n'
    project = Project(parse(text, tmp_path))
    assert repr(project) == "<Project shop of | <b>, warehouse/mlmon.duckdb>"
    assert "Nothing has been evaluated yet" in text_of(parsed(project._repr_html_()))
    assert project.summary().title == "[shop of | <b>] Empty: Nothing has been evaluated yet"
    with pytest.raises(mlmon.MlmonError, match="no dashboard is called 'other'"):
        project.summary("other")
    project.close()
    assert "Its figures cannot be read now" in text_of(parsed(project._repr_html_()))


def test_a_comparison_and_its_line():
    sides = [
        pd.DataFrame({"<b>": [float(n % 97 + shift) for n in range(400)]}) for shift in (0, 60)
    ]
    made = mlmon.compare(*sides, classifier_rows=0)
    assert repr(made) == "<Comparison of current against reference: 1 feature>"
    tree = parsed(made._repr_html_())
    assert text_of(tree).startswith("current against reference current (400 rows) against")
    assert rows_of(tree)["<b>"][-1] == "Drifted"
    assert 'comparison.to_html("comparison.html") writes its page' in text_of(tree)


def test_an_evaluation_fits_on_a_line(toy):
    said = "<Evaluation truth-08 of 2017_12 in mes_for_ground_truth: fraud version 2, 9,995 rows>"
    assert repr(evaluation_of(toy, "truth-08-abcdef")) == said
    made = filled(Names(model=LONG, labelled="a\nb" * 99, batches=("9\n9",)))
    assert len(repr(evaluation_of(made, "truth-00-abcdef"))) < 200
    assert "\n" not in repr(evaluation_of(made, "truth-00-abcdef"))


def test_a_warehouse_without_anything_shows_no_traceback():
    made = warehouse()
    assert "no longer" in notebook.evaluation("x", made.read, "nothing", HINT)
