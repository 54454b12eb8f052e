"""The picture of what feeds what, its table, and what to type."""

from dataclasses import replace
from functools import partial
from typing import Any

import html5lib
import pytest
from toy_warehouse import DASHBOARDS, HOSTILE, Names, filled, tiles

from mlmon.report.charts.draw import draw, specify
from mlmon.report.pages.dashboard import dashboard
from mlmon.report.site import write_report
from mlmon.report.tiles import flow as layout
from mlmon.report.tiles.flow import flow_section

PAIRS = (("dataset", None), ("model", 0), ("store", 1), ("store", 1), ("check", 3), ("scenario", 4))


def flow_of(names: Names, state: str = "OUTDATED") -> dict[str, list[dict[str, Any]]]:
    """The toy's flow as the plan would return it; the check is out of date."""
    told = ("transactions", names.model, names.labelled, names.unlabelled, names.check)
    nodes = [
        {
            "id": place,
            "kind": kind,
            "name": name,
            "store": names.unlabelled if kind == "check" else None,
            "zone": names.model,
            "state": None if kind == "scenario" else "CURRENT",
            "reasons": [],
        }
        for place, ((kind, _), name) in enumerate(zip(PAIRS, (*told, names.scenario), strict=True))
    ]
    if state == "OUTDATED":
        nodes[4] |= {"state": state, "reasons": [{"reason": "why", "command": "mlmon check x"}]}
    edges = [
        {"source": source, "target": place}
        for place, (_, source) in enumerate(PAIRS)
        if source is not None
    ]
    return {"nodes": nodes, "edges": edges}


def tile(read, flow, paths=()) -> dict[str, Any]:
    (made,) = tiles({"sections": [flow_section(read, flow, paths)]}).values()
    return made


def test_what_is_out_of_date_stands_below_with_its_command(story):
    made = tile(story, flow_of(Names()))
    assert made["badge"] == {"status": "OUTDATED", "text": "1 out of date"}
    (row,) = made["tables"][0]["rows"]
    assert [cell["text"] for cell in row[:2]] == ["Data Drift < 0.4", "why"]
    assert row[2]["command"] == "mlmon check x"
    made = tile(story, flow_of(Names(), "CURRENT"))
    assert (made["badge"]["text"], made["tables"]) == ("Up to date", None)


def test_boxes_say_what_they_hold(story):
    _, data = specify(tile(story, flow_of(Names()))["charts"][0], (layout.WIDE, 200))
    assert [each["text"] for each in data["holdings"]] == [
        "nothing yet",
        "2 versions, 2 is active",
        "9 evaluations, to 2017_12",
        "9 evaluations, to 2017_12",
        "2 results, last error",
        "1 run",
    ]
    assert [each["text"] for each in data["states"]][-2:] == ["Out of date", "Last run: warning"]
    assert [each["tone"] for each in data["boxes"]][4] == "warn"
    assert data["boxes"][4]["description"] == (
        "Check Data Drift < 0.4: 2 results, last error. Out of date: why"
    )


def test_numbers_are_those_of_the_query_and_only_pages_that_exist_are_linked(story):
    made = tile(story, flow_of(Names()), ("stores/mes_for_input_drift.html",))
    (query,) = made["sql"]
    known = {row["items"] for row in story(query)}
    table = made["numbers"][0]
    shown = [cell for row in table["rows"] for cell in row if cell["number"]]
    assert {cell["value"] for cell in shown if cell["value"] is not None} <= known
    assert [row[0]["href"] for row in table["rows"]] == [
        None,
        None,
        None,
        "stores/mes_for_input_drift.html",
        None,
        None,
    ]


def test_nothing_stands_on_anything_else():
    nodes = flow_of(Names())["nodes"]
    edges = [*flow_of(Names())["edges"], {"source": 2, "target": 5}]
    for boxes in (layout.wide(nodes, edges), layout.narrow(nodes, edges)):
        for one in boxes:
            for other in boxes:
                if one["id"] < other["id"]:
                    assert (
                        one["y"] + one["height"] <= other["y"]
                        or other["y"] + other["height"] <= one["y"]
                        or one["x"] + one["width"] <= other["x"]
                        or other["x"] + other["width"] <= one["x"]
                    )
        width, height = layout.sizes(nodes, edges)[boxes[0]["width"] == layout.NARROW]
        assert all(box["x"] + box["width"] <= width for box in boxes)
        assert all(box["y"] + box["height"] <= height for box in boxes)


def test_models_have_zones_where_there_are_two(story):
    flow = flow_of(Names())
    both = {**flow["nodes"][1], "id": 6, "name": "other", "zone": "other"}
    facts = tile(story, {"nodes": [*flow["nodes"], both], "edges": flow["edges"]})["charts"][0]
    assert len(specify(facts, (layout.WIDE, 200))[1]["zones"]) == 2
    facts = tile(story, flow)["charts"][0]
    assert specify(facts, (layout.WIDE, 200))[1]["zones"] == []


def test_more_than_anybody_can_follow_is_a_table_only(story):
    node = flow_of(Names())["nodes"][0]
    many = [{**node, "id": place, "name": f"d{place}"} for place in range(layout.MOST + 1)]
    made = tile(story, {"nodes": many, "edges": []})
    assert made["charts"] == []
    assert len(made["numbers"][0]["rows"]) == layout.MOST + 1
    assert "no dataset" in tile(story, {"nodes": [], "edges": []})["sentence"]


@pytest.mark.parametrize("names", [Names(), HOSTILE])
def test_the_dashboard_shows_it_well_formed(names, tmp_path):
    made = filled(replace(names, batches=names.batches[:1]))
    path = write_report(
        made.read, DASHBOARDS, tmp_path, project="fraud", flow=partial(flow_of, names)
    )
    text = path.read_text(encoding="utf-8")
    tree = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parse(text)
    assert "What feeds what" in text
    known = {each.get("id") for each in tree.iter()}
    for link in tree.iter("a"):
        target, _, place = link.get("href").partition("#")
        assert (tmp_path / target).is_file() if target else place in known


@pytest.mark.parametrize(
    ("sections", "shown"), [(None, True), (["flow"], True), (["checks"], False)]
)
def test_a_dashboard_has_it_where_mlmon_yml_wants_it(story, sections, shown):
    made = flow_section(story, flow_of(Names()), ())
    page = dashboard(story, {"sections": sections}, "fraud", flow=made)
    assert (made in page["sections"]) == shown
    page = dashboard(story, {"sections": sections}, "fraud")
    assert "flow" not in [section["id"] for section in page["sections"]]


def test_each_picture_is_drawn(story):
    (facts,) = tile(story, flow_of(Names()))["charts"]
    for size in facts["sizes"]:
        picture = draw(facts, size)
        assert picture.count('role="graphics-symbol"') == 6
        assert "style=" not in picture
