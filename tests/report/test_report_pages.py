"""The pages as files: well formed, self-contained, unbroken by any name, written when changed."""

import base64
import gzip
import hashlib
import re
from itertools import pairwise
from pathlib import Path

import html5lib
import pytest
from toy_warehouse import DASHBOARDS, Names, filled

from mlmon.errors import EvaluationNotFound
from mlmon.report.facts.ask import ask
from mlmon.report.facts.links import file_name, run_page
from mlmon.report.pages.evaluation import evaluation_page
from mlmon.report.render.html import render
from mlmon.report.site import write_report

NAMESPACES = {"http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"}


def pages(folder: Path) -> list[Path]:
    return sorted(folder.rglob("*.html"))


def parsed(path: Path):
    parser = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False)
    return parser.parse(path.read_text(encoding="utf-8"))


def test_the_dashboard_leads_to_every_page(
    site,
):
    links = {link.get("href") for link in parsed(site / "index.html").iter("a")}
    written = {str(path.relative_to(site)) for path in pages(site)} - {"index.html"}
    assert len(written) == 18 + 6 + 1 + 2 + 1
    assert written <= links


@pytest.mark.parametrize("folder", ["site", "hostile_site", "board", "hostile_board"])
def test_pages_are_well_formed_and_their_links_lead_somewhere(folder, request):
    for path in pages(request.getfixturevalue(folder)):
        tree = parsed(path)
        known = {each.get("id") for each in tree.iter() if each.get("id")}
        identities = [each.get("id") for each in tree.iter() if each.get("id")]
        assert len(identities) == len(known), "an id stands twice"
        for link in tree.iter("a"):
            target, _, place = link.get("href").partition("#")
            assert (path.parent / target).resolve().is_file() if target else place in known


@pytest.mark.parametrize("folder", ["site", "hostile_site", "board", "hostile_board"])
def test_pages_ask_for_nothing_and_know_no_place_of_this_machine(folder, request):
    site = request.getfixturevalue(folder)
    for path in pages(site):
        text = path.read_text(encoding="utf-8")
        assert set(re.findall(r"https?://[\w./-]+", text)) <= NAMESPACES
        assert str(site) not in text
        assert "/tmp/" not in text
        assert str(Path.home()) + "/" not in text
        for tree in [parsed(path)]:
            for each in tree.iter():
                assert not {"src", "srcset", "action", "style"} & set(each.attrib)
                assert not any(name.startswith("on") for name in each.attrib)
            assert [each.tag for each in tree.iter("script")] == ["script"]


def test_the_policy_allows_the_pages_own_script_and_style_by_hash(site):
    tree = parsed(site / "index.html")
    (policy,) = (
        meta.get("content")
        for meta in tree.iter("meta")
        if meta.get("http-equiv") == "Content-Security-Policy"
    )
    assert "unsafe" not in policy
    for tag, rule in (("script", "script-src"), ("style", "style-src")):
        (element,) = tree.iter(tag)
        digest = hashlib.sha256(element.text.encode()).digest()
        assert f"{rule} 'sha256-{base64.b64encode(digest).decode()}'" in policy


def test_hostile_names_stand_on_the_page_as_text(hostile_site):
    tree = parsed(hostile_site / "index.html")
    text = "".join(tree.itertext())
    for name in (
        "<script>alert(5)</script>",
        '"><svg onload=alert(3)>',
        "{{ 7 * 7 }}",
        "</td></table><b>&amp;",
        "'; drop table evaluations; --",
        "x" * 500,
    ):
        assert name in text
    names = [path.name for path in pages(hostile_site / "evaluations")]
    assert len(names) == 18
    assert all(re.fullmatch(r"[A-Za-z0-9_-]+\.html", name) for name in names)


def test_headings_are_in_order_and_tables_have_captions(site):
    for path in (
        site / "index.html",
        *(pages(site / kind)[0] for kind in ("evaluations", "stores")),
    ):
        tree = parsed(path)
        levels = [int(each.tag[1]) for each in tree.iter() if re.fullmatch("h[1-6]", str(each.tag))]
        assert levels[0] == 1
        assert levels.count(1) == 1
        assert all(after - before <= 1 for before, after in pairwise(levels))
        for table in tree.iter("table"):
            assert table.find("caption") is not None


@pytest.mark.parametrize(("features", "most"), [(20, 400_000), (300, 1_500_000)])
def test_the_page_of_an_evaluation_with_many_features_is_small(features, most):
    """Every feature has every figure, to the last digit, and a trend."""
    names = Names(
        features=tuple(f"a_feature_{number:03}" for number in range(features)), stores=(True,)
    )
    made = filled(names)
    made.write(
        "insert into evaluation_metrics (evaluation_id, sample_id, metric, feature, value) "
        "select evaluation_id, sample_id, c.metric, feature, random() "
        "from evaluation_metrics as m, metric_catalogue as c "
        "where m.metric = 'missing_rate' and c.family in ('input drift', 'quality') "
        "and c.metric not in ('data_drift', 'data_drift_pvalue', 'data_drift_auc', 'unseen_rate', "
        "'drifted_feature_share', 'max_population_stability_index', 'duplicate_rate') "
        "and not exists (from evaluation_metrics as k where k.evaluation_id = m.evaluation_id "
        "and k.feature = m.feature and k.metric = c.metric)"
    )
    listed = ask(made.read, "evaluations").rows[0]
    text = render(evaluation_page(made.read, listed, "fraud"), "0").encode()
    assert text.count(b'<tr class="more">') == min(features, 100)  # the rest is a table
    assert text.replace(b"<wbr>", b"").count(b"a_feature_") > 3 * features
    assert len(text) < most
    assert len(gzip.compress(text)) < most / 4


def stamps(folder: Path) -> dict[str, int]:
    return {path.name: path.stat().st_mtime_ns for path in pages(folder)}


def test_only_pages_that_changed_are_written(tmp_path):
    made = filled(Names(batches=("2017_04", "2017_05")))
    write_report(made.read, DASHBOARDS, tmp_path, project="fraud")
    first = stamps(tmp_path)
    write_report(made.read, DASHBOARDS, tmp_path, project="fraud")
    assert stamps(tmp_path) == first
    made.write("update check_results set outcome = 'WARNING' where evaluation_id like 'drift-01%'")
    write_report(made.read, DASHBOARDS, tmp_path, project="fraud")
    changed = {name for name, stamp in stamps(tmp_path).items() if stamp != first[name]}
    assert changed == {
        "index.html",
        "mes_for_input_drift.html",
        "mes_for_input_drift-2017_05-drift-01.html",
        "fraud.html",
        Path(run_page("Retrain Model", "run1")).name,
    }
    assert [path.suffix for path in tmp_path.rglob("*") if path.is_file()] == [".html"] * 15


def test_the_same_facts_make_the_same_bytes(tmp_path):
    made = filled(Names(batches=("2017_04",)))
    one, other = (
        write_report(made.read, DASHBOARDS, tmp_path / name, project="fraud").parent
        for name in ("one", "other")
    )
    for path in pages(one):
        assert path.read_bytes() == (other / path.relative_to(one)).read_bytes()


def test_the_page_of_a_deleted_evaluation_goes_and_foreign_files_stay(tmp_path):
    made = filled(Names(batches=("2017_04",)))
    write_report(made.read, DASHBOARDS, tmp_path, project="fraud")
    foreign = tmp_path / "evaluations" / "notes.html"
    foreign.write_text("<p>mine</p>")
    made.write("delete from evaluations where evaluation_id like 'truth%'")
    write_report(made.read, DASHBOARDS, tmp_path, project="fraud")
    assert {path.name for path in pages(tmp_path / "evaluations")} == {
        "notes.html",
        "mes_for_input_drift-2017_04-drift-00.html",
    }


def test_times_are_told_in_the_projects_zone(tmp_path):
    made = filled(Names(batches=("2017_04",)))
    hour = re.compile(r"\d{1,2} \w{3} \d{4}, (\d\d):\d\d (UTC|JST)")
    told = [
        hour.search(
            write_report(made.read, {}, tmp_path / place, project="fraud", zone=zone).read_text()
        )
        for place, zone in (("here", "UTC"), ("there", "Asia/Tokyo"))
    ]
    assert [found[2] for found in told] == ["UTC", "JST"]
    assert (int(told[1][1]) - int(told[0][1])) % 24 == 9


def test_file_names_are_plain_and_never_shared():
    names = [
        "data_drift",
        "Data_drift",
        "data drift",
        "data-drift",
        "",
        " ",
        "x" * 500,
        "日本",
        "b/../c",
    ]
    files = [file_name(name) for name in names] + [
        file_name("data", "drift"),
        file_name("data_", "drift"),
    ]
    assert files[0] == "data_drift"
    assert len(set(files)) == len(files)
    assert all(re.fullmatch(r"[a-z0-9_-]{1,100}", file) for file in files)


def test_one_evaluation_alone(story, tmp_path):
    write_report(story, DASHBOARDS, tmp_path, project="fraud", evaluation="truth-03")
    assert [path.name for path in pages(tmp_path / "evaluations")] == [
        "mes_for_ground_truth-2017_07-truth-03.html"
    ]
    with pytest.raises(EvaluationNotFound, match="no-such"):
        write_report(story, DASHBOARDS, tmp_path, project="fraud", evaluation="no-such")


def test_an_empty_project_is_a_page(empty, tmp_path):
    path = write_report(empty, {}, tmp_path, project="fraud")
    parsed(path)
    assert "Nothing has been evaluated yet" in path.read_text(encoding="utf-8")
