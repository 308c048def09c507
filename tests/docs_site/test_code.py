"""The code that README and the pages of docs show runs, in order, and answers what they print."""

import ast
import re
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import agglometrics as ag
from docs.site.blocks import blocks, run

ROOT = Path(__file__).parents[2]
PAGES = sorted(
    str(path.relative_to(ROOT)) for path in [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
)
# packages that a page speaks of and that the environment cannot have, with the reason it gives
ELSEWHERE = {"marginaleffects": "works with polars 1"}
WITH_CODE = [page for page in PAGES if any(b.kind != "other" for b in blocks(
    (ROOT / page).read_text("utf-8")))]  # fmt: skip


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("page", WITH_CODE)
def test_code_runs_and_answers_what_it_shows(page, tmp_path, monkeypatch):
    pytest.importorskip("libpysal")
    text = (ROOT / page).read_text("utf-8")
    monkeypatch.chdir(tmp_path)
    for block, fault in run(text, page):
        absent = [name for name in ELSEWHERE if fault == f"ModuleNotFoundError: No module named "
                  f"{name!r}"]  # fmt: skip
        if absent:
            assert ELSEWHERE[absent[0]] in text
        else:
            assert not fault, f"{page}:{block.line}: {fault}"


def test_pages_that_show_code_are_found():
    assert {"README.md", "docs/regression-tables.md"} <= set(WITH_CODE)
    assert {f"docs/coming_from/{x}.md" for x in ("stata", "r", "pysal", "pyfixest")} <= set(
        WITH_CODE
    )


def test_what_does_not_run_is_heard():
    prompts = "Text.\n\n    >>> x = 2\n    >>> x + 1\n    4\n\n"
    page = f"{prompts}```python\ny = x / 0\n```\n\n    make all\n"
    found = list(run(page, "page"))
    assert [block.kind for block in blocks(page)] == ["doctest", "python", "other"]
    assert "Expected:\n    4\nGot:\n    3" in found[0][1]
    assert found[1][1] == "ZeroDivisionError: division by zero"


@pytest.fixture(scope="module")
def names() -> dict[str, Any]:
    """What the tables of other programs call `data`, `fit`, `w` and so on, small and made up."""
    rng = np.random.default_rng(3)
    firm, year = np.repeat(np.arange(40), 12), np.tile(np.arange(2000, 2012), 40)
    z, e = rng.normal(size=(2, 480))
    x = z + e
    start = rng.permutation(np.repeat([2004, 2006, 2008, 0], 10))[firm]
    treat = ((start > 0) & (year >= start)).astype(int)
    data = pd.DataFrame({
        "id": firm, "i": firm, "year": year, "j": year, "g": firm % 12, "z": z, "x": x,
        "start": start, "treat": treat, "lat": 25 + firm / 4, "lon": 100 + firm % 7,
        "y": np.exp((x + e + treat + rng.normal(size=480)) / 4),
    })  # fmt: skip
    fit = ag.panel("y ~ x + z", data, absorb=["id", "year"], cov=ag.Cluster("id"))
    return {"ag": ag, "data": data, "fit": fit, "m1": fit, "m2": fit, "table": ag.compare(fit),
            "w": np.eye(4)[::-1] + np.eye(4, k=1) + np.eye(4, k=-1)}  # fmt: skip


def fits(data: pd.DataFrame) -> dict[str, Any]:
    """Fits that some calls are about: an event study, an instrument, a map."""
    side = np.arange(40)
    line = pd.DataFrame((abs(np.subtract.outer(side, side)) == 1).astype(float))
    return {
        "honest_bounds": ag.event_study(data, outcome="y", unit="id", time="year", treated="treat"),
        "weak_instruments": ag.iv("y ~ 1 + [x ~ z]", data),
        "impacts": ag.spatial_panel("y ~ x", data, entity="id", time="year", weights=line,
                                    model=ag.SpatialLag()),
    }  # fmt: skip


FITS = {"pretrend_power": "honest_bounds", "lagrange_multipliers": "pooled"}
SPAN = re.compile(r"`((?:\w+=)?ag\.[^`]+\)|rule=[^`]+\))`")


def calls() -> list[tuple[str, str]]:
    """Return the calls of the pages for other programs that can be run as they stand."""
    found = []
    for page in PAGES:
        if page.startswith("docs/coming_from"):
            spans = SPAN.findall((ROOT / page).read_text("utf-8"))
            found += [(page, span) for span in spans if not re.search(r"\.\.\.|read_table", span)]
    return sorted(set(found))


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(("page", "span"), calls())
def test_calls_for_other_programs_run(page, span, names):
    source = re.sub(r"^(cov|rule|estimator|model|augment)=", "", span)
    ast.parse(source, mode="eval")
    called = re.match(r"ag\.(\w+)", source)[1]
    space = dict(names)
    if called in {*FITS, "honest_bounds", "weak_instruments", "impacts"}:
        known = fits(names["data"])
        known["pooled"] = known["impacts"]
        space["fit"] = known[FITS.get(called, called)]
    eval(source, space)
