"""What pages show is data: every tile that mlmon.yml may name has a maker, every entry is used."""

import pytest

from mlmon.config.dashboards import OF_A_STORE, OF_THE_PROJECT
from mlmon.report.facts import words
from mlmon.report.facts.ask import FOLDER
from mlmon.report.facts.columns import TABLES, columns
from mlmon.report.facts.table import FORMS, HREFS, PICTURES, Column
from mlmon.report.tiles.catalogue import PARTS
from mlmon.report.tiles.performance import SHOWN

PLAIN = ("text", "remark", "status", "code", "against")
CODE = "".join(path.read_text() for path in (FOLDER.parent).rglob("*.py"))


def test_every_tile_of_mlmon_yml_has_what_makes_it():
    assert {*OF_A_STORE} == {*PARTS, *SHOWN} - {"confusion_matrices"}
    assert {*OF_THE_PROJECT} <= {*TABLES["tiles"]}


def test_every_task_shows_what_can_be_shown():
    for task in TABLES["tasks"].values():
        assert {*task["page"], *task["dashboard"]} <= {*SHOWN}


@pytest.mark.parametrize("name", TABLES["tiles"])
def test_a_tile_is_on_a_page_and_its_query_is_a_file(name):
    entry = TABLES["tiles"][name]
    assert (FOLDER / f"{entry.get('query', name)}.sql").is_file()
    listed = [
        tile
        for page in TABLES["pages"].values()
        for part in page.values()
        for tile in part["tiles"]
    ]
    assert name in listed or f'"{name}"' in CODE


def test_a_column_has_a_form_that_there_is():
    lists = [entry["columns"] for kind in ("tiles", "pictures") for entry in TABLES[kind].values()]
    spelled = {
        *TABLES["columns"],
        *(each for some in (*lists, *TABLES["tables"].values()) for each in some),
    }
    forms = {column.form for column in columns(*spelled)}
    assert forms - {*PLAIN} <= {*FORMS, *HREFS, *PICTURES}


def test_a_column_is_spelled_or_named():
    assert columns("lower", f"x | X | figure | {words.NOTHING}") == (
        Column("lower", "Lower", "figure", ""),
        Column("x", "X", "figure", words.NOTHING),
    )
    with pytest.raises(KeyError):
        columns("nobody")
