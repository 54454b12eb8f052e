"""A feature's page: its history and distributions, told once where stores agree."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from toy_warehouse import BATCHES, Names, filled, spoken, tiles

from mlmon.report.charts.draw import specify
from mlmon.report.facts.ask import Subject
from mlmon.report.facts.links import feature_page, page_of
from mlmon.report.facts.tile import section
from mlmon.report.pages import feature as features
from mlmon.report.render.html import render
from mlmon.report.tiles.drift import input_drift


def page_of_feature(read, name="signature_provided", model="fraud") -> dict[str, Any]:
    (facts,) = (
        page.facts
        for page in features.pages(read, "fraud")
        if page.path == feature_page(model, name)
    )
    return facts()


def stores(page: dict[str, Any]) -> list[dict[str, Any]]:
    return [part for part in page["sections"] if part["id"].startswith("store-")]


def cells(tile: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for table in (*(tile["tables"] or ()), *(tile["numbers"] or ())):
        for row in table["rows"]:
            yield from (cell for cell in row if cell["number"] and cell["value"] is not None)


def test_the_page_says_what_the_feature_is_and_how_it_stands(story):
    page = page_of_feature(story)
    assert (page["title"], page["status"]["status"]) == ("signature_provided", "DRIFTED")
    assert [way["text"] for way in page["ways"]][-1] == "Newest: 2017_12"
    told = {fact["title"]: spoken(fact["sentence"]) for fact in tiles(page)["facts"]["facts"]}
    assert told["Kind"] == "Category"
    assert told["Drifted in"] == "2017_08, 2017_09, 2017_10 and 2 more"
    assert told["Evaluated"] == "2017_04 to 2017_12"


def test_stores_that_agree_are_one_section_and_others_two(story):
    assert [part["title"] for part in stores(page_of_feature(story))] == [
        "In mes_for_ground_truth",
        "In mes_for_input_drift",
    ]  # the last batch was evaluated with different versions
    same = filled(Names(batches=BATCHES[:8]))
    (only,) = stores(page_of_feature(same.read))
    assert only["title"] == "In mes_for_ground_truth and mes_for_input_drift"
    same.write(
        "update evaluations set evaluated_at = evaluated_at + interval 1 hour "
        "where store = 'mes_for_input_drift'"
    )
    (only,) = stores(page_of_feature(same.read))
    assert only["title"] == "In mes_for_input_drift and mes_for_ground_truth"
    same.write(
        "update evaluation_metrics set value = 0.5 where metric = 'population_stability_index' "
        "and feature = 'card_age' and evaluation_id like 'drift-03%'"
    )
    assert len(stores(page_of_feature(same.read))) == 1
    assert len(stores(page_of_feature(same.read, "card_age"))) == 2


def test_the_store_that_was_evaluated_last_comes_first():
    made = filled(Names())
    made.write("delete from evaluations where evaluation_id = 'truth-08-abcdef'")
    first, _ = stores(page_of_feature(made.read))
    assert first["title"] == "In mes_for_input_drift"


def test_the_history_draws_the_models_limits(story):
    charts = tiles(page_of_feature(story))["history"]["charts"]
    limits = [specify(chart, (350, 190))[1]["limits"] for chart in charts[:2]]
    assert [[line["text"] for line in each] for each in limits] == [["limit 0.1"], ["level 0.05"]]
    _, data = specify(charts[0], (350, 190))
    assert [point["tone"] for point in data["points"]][-2:] == ["bad", "bad"]
    assert data["points"][0]["description"] == "2017_04: PSI 0.004 (Stable), version 1"
    assert [chart["caption"] for chart in charts] == [
        "PSI",
        "Adjusted p-value",
        "Missing, share of rows",
    ]


def test_every_batch_is_a_picture_beside_the_same_reference(story):
    pictures = tiles(page_of_feature(story, "card_fico_score"))["batches"]["pictures"]
    assert [each["batch"] for each in pictures] == list(BATCHES)
    assert len({each["histogram"]["reference"] for each in pictures}) == 1
    assert len({each["histogram"]["current"] for each in pictures}) == len(BATCHES)
    assert {each["histogram"]["bins"] for each in pictures} == {12}
    assert [each["badge"]["status"] for each in pictures][::8] == ["STABLE", "WATCH"]


def test_of_many_batches_the_newest_twelve_are_pictures_and_all_are_rows():
    batches = tuple(f"2017_{number:02}" for number in range(1, 16))
    found = tiles(page_of_feature(filled(Names(batches=batches, stores=(False,))).read))
    assert [each["batch"] for each in found["batches"]["pictures"]] == list(batches[3:])
    assert [row[0]["text"] for row in found["figures"]["tables"][0]["rows"]] == [*batches[::-1]]


def test_categories_are_the_same_in_every_batch():
    """A category that is rare in one batch only does not go and come."""
    made = filled(Names(batches=BATCHES[:2], stores=(False,)))
    made.write(
        "insert into bins (model, model_version, feature, bin, coarse_bin, kind, category) "
        "select 'fraud', 1, 'card_age', 100 + i, 100 + i, 'category', 'value ' || i "
        "from range(20) as t (i)"
    )
    made.write(
        "insert into histograms (sample_id, feature, bin, n) "
        "select 'drift-0' || b || '-abcdef', 'card_age', 100 + i, 10 + (i * 7 + b * 11) % 20 "
        "from range(20) as t (i), range(2) as s (b)"
    )
    made.write(
        "update histograms set n = if(sample_id = 'drift-01-abcdef', 500, 0) where bin = 100"
    )
    found = tiles(page_of_feature(made.read, "card_age"))["batches"]
    (numbers,) = found["numbers"]
    labels = [row[0]["text"] for row in numbers["rows"]]
    assert (len(labels), labels[-1]) == (len(set(labels)), "11 further values")
    assert "value 0" in labels
    for column in (1, 2, 3):
        shares = [row[column]["value"] for row in numbers["rows"]]
        assert sum(shares) == pytest.approx(1)


def test_every_batch_leads_to_its_evaluation(story):
    found = tiles(page_of_feature(story))
    wanted = story("from evaluations where store = 'mes_for_ground_truth' order by batch")
    assert [row[0]["href"] for row in found["figures"]["tables"][0]["rows"]] == [
        page_of(row) for row in reversed(wanted)
    ]
    assert [each["href"] for each in found["batches"]["pictures"]] == [
        page_of(row) for row in wanted
    ]


@pytest.mark.parametrize("which", ["story", "hostile"])
def test_every_figure_stands_in_the_tiles_own_sql(which, request):
    read = request.getfixturevalue(which)
    for page in features.pages(read, "fraud"):
        for part in stores(page.facts()):
            for tile in part["tiles"]:
                rows = [row for query in tile["sql"] for row in read(query)]
                known = {
                    value for row in rows for value in row.values() if not isinstance(value, list)
                }
                shown = [cell["value"] for cell in cells(tile)]
                shown += [each["value"] for each in tile.get("pictures", ())]
                shown += [
                    bin[side]["value"]
                    for bin in tile.get("bins", ())
                    for side in ("reference", "current")
                ]
                assert set(shown) - {None} <= known
                assert {row["feature"] for row in rows} == {rows[0]["feature"]}


def test_an_evaluation_aside_is_in_no_history():
    made = filled(Names())
    made.write("update evaluations set is_aside = true where batch = '2017_12'")
    found = tiles(page_of_feature(made.read))
    assert found["batches"]["pictures"][-1]["batch"] == "2017_11"
    made.write("update evaluations set is_aside = true")
    (nothing,) = page_of_feature(made.read)["sections"][0]["tiles"]
    assert "made once, aside" in nothing["sentence"]


def test_undefined_figures_and_no_rows_are_said():
    made = filled(Names(batches=BATCHES[:5], stores=(False,)))
    page = page_of_feature(made.read, "card_age")
    assert page["status"]["status"] == "EMPTY"
    assert spoken(stores(page)[0]["lead"]) == "2017_08: all NULL."
    made.write("delete from histograms")
    made.write("update evaluation_metrics set value = null where feature is not null")
    page = page_of_feature(made.read)
    assert "No distribution is known" in tiles(page)["batches"]["sentence"]
    assert tiles(page)["history"]["sentence"] is None
    assert render(page, "0")


def test_a_feature_that_a_later_version_lacks_keeps_its_page():
    made = filled(Names(stores=(True,)))
    made.write("delete from bins where model_version = 2 and feature = 'card_age'")
    page = page_of_feature(made.read, "card_age")
    assert page["ways"][-1]["text"] == "Newest: 2017_11"


def test_a_model_is_read_once_and_only_when_a_page_is_drawn(story):
    asked = []

    def counted(query, **parameters):
        asked.append(query)
        return story(query, **parameters)

    made = list(features.pages(counted, "fraud"))
    assert (len(made), len(asked)) == (6, 1)
    for page in made:
        page.facts()
    assert len(asked) == 3


def test_the_state_changes_with_the_evaluations():
    made = filled(Names(batches=BATCHES[:2]))
    before = [page.state for page in features.pages(made.read, "fraud")]
    assert before == [page.state for page in features.pages(made.read, "fraud")]
    made.write("update check_results set outcome = 'WARNING'")
    assert before == [page.state for page in features.pages(made.read, "fraud")]
    made.write("update evaluations set is_aside = true where batch = '2017_05'")
    assert not set(before) & {page.state for page in features.pages(made.read, "fraud")}


def test_the_drift_table_leads_to_the_features(story):
    made = input_drift(Subject(story).evaluation("truth-08-abcdef"))
    page = {
        **page_of_feature(story),
        "sections": [section("drift", "Drift", made)],
    }
    href = feature_page("fraud", "card_age")
    links = re.findall(f'<a href="../{href}">(.*?)</a>', render(page, "0"))
    assert links == ["All of <bdi>card_age</bdi>: history and distributions", "<bdi>card_age</bdi>"]
    assert href not in render({**page, "root": None}, "0")
