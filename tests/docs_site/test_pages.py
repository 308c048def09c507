"""What the site is written from: names, formulas, links, pictures, the index; nothing is drawn."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

import agglometrics as ag
from docs.site import api, coming, gallery, index, landing, methods, verification
from docs.site.docstrings import render
from docs.site.formulas import set_formulas, whole
from docs.site.names import public_names
from docs.site.pictures import PICTURES

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(
    ("text", "latex"),
    [
        ("competitive = D - B g_i", r"\mathrm{competitive} = D - B\,g_{i}"),
        ("K p_j / j", r"K\,p_{j} / j"),
        ("(1 - a)^2 (gamma + b) - H", r"{\left(1 - a\right)}^{2}\,\left(\gamma + b\right) - H"),
        ("sqrt(H / x)", r"\sqrt{H / x}"),
    ],
)
def test_formulas_are_read(text, latex):
    assert whole(text) == latex


@pytest.mark.parametrize(
    "text",
    ['Cluster("state")', "time=None", "interval", "naive = att - share of the exposed", "sum_i ="],
)
def test_code_and_words_are_no_formulas(text):
    assert whole(text) is None


def test_prose_around_a_formula_stays_and_bars_are_no_substitutions():
    found = set_formulas("With T = 20 a share |s - x| of **r_max** is `cells`: a - b.")
    assert found.startswith("With")
    assert ":math:`T = 20`" in found and r"\|" in found
    assert "**r_max**" in found and "`cells`" in found


def test_tables_and_code_of_docstrings_stay():
    lines = ["====  ====", "a_i   b = c / d", "====  ====", "", ">>> a_i = b / c", "3"]
    assert render(lines) == lines


def test_every_public_name_has_a_page():
    names = {name.name for name in public_names()}
    modules = {"datasets", "notation", "__version__"}
    assert set(ag.__all__) - modules <= names
    overview = api.overview()
    for name in public_names():
        assert f".. {api.DIRECTIVES.get(name.kind, '')}" in api.page(name)
        assert name.page in overview


def test_pages_of_methods_and_of_other_programs_name_what_is_there():
    assert len(methods.methods()) > 15
    for path in sorted(coming.FOLDER.glob("*.md")):
        text = path.read_text("utf-8")
        assert coming.unknown_calls(text) == []
        assert coming.wrong_arguments(text) == []
        assert coming.missing_tests(text) == []


def test_what_is_not_there_is_found():
    assert coming.unknown_calls("`ag.panel(...)` and `ag.nothing(...)`") == ["nothing"]
    assert coming.wrong_arguments("`ag.panel(y, colour=1, cov=ag.CR2(g=1))`") == [
        "panel(colour=)", "CR2(g=)",
    ]  # fmt: skip
    assert coming.missing_tests("`tests/docs_site/test_pages.py::test_no`") == [
        "tests/docs_site/test_pages.py::test_no"
    ]


def test_every_picture_of_the_gallery_draws_something_public():
    calls = {plot.call for plot in gallery.plots()}
    assert set(PICTURES) <= calls
    assert len(calls) > 15
    for call in PICTURES:
        ast.parse(gallery.code_of(call))


def test_the_index_claims_no_check_that_did_not_pass(monkeypatch):
    line = {"calls": ["panel"], "compared": 3, "what": "w", "against": "a", "version": "1",
            "runs": "", "differs": "", "file": "f", "reason": "", "ours": 1.0, "theirs": 1.0,
            "difference": 0.0}  # fmt: skip
    lines = [
        line | {"test": "good", "outcome": "passed"},
        line | {"test": "bad", "outcome": "failed"},
        line | {"test": "absent", "outcome": "skipped", "compared": 0},
        line | {"test": "silent", "outcome": "passed", "compared": 0},
    ]
    monkeypatch.setattr(index, "checks", lambda: lines)
    monkeypatch.setattr(verification, "checks", lambda: lines)
    entry = next(e for e in index.functions() if e["name"] == "panel")
    assert entry["outside_checks_passed"] == ["good"]
    assert entry["outside_checks_not_passed"] == ["bad", "absent", "silent"]
    page = verification.text()
    assert "## Failed" in page and "1 failed and 1 were skipped" in page
    assert "passed, no number recorded" in page
    assert "not rerun" in page and "Cigar" in page


def test_a_test_failed_if_one_of_its_cases_failed():
    cases = [{"outcome": "passed"}, {"outcome": "failed"}, {"outcome": "skipped"}]
    assert verification.outcome(cases) == "failed"
    assert verification.outcome(cases[::2]) == "passed"
    assert verification.outcome(cases[2:]) == "skipped"


def test_without_records_the_pages_say_so(monkeypatch, tmp_path):
    monkeypatch.setattr(verification, "RECORDED", tmp_path / "none.json")
    monkeypatch.setattr(index, "LEDGER", tmp_path / "none.csv")
    assert "have not been run here" in verification.text()
    found = index.content()
    assert found["checks"] == found["claims"] == []
    assert set(found["not_here"]) == {"checks", "claims"}


def test_the_first_page_has_the_readme_and_every_part():
    text = landing.text()
    assert "Two commands" in text
    for page in landing.parts():
        assert re.search(rf"\({page}\.(md|rst)\)", text), page
