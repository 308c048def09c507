"""The quotients of the Bureau of Labor Statistics: the sample's rule, and their intervals."""

import time

import numpy as np
import pandas as pd
import pytest

from agglometrics import RelativeStandardErrors, location_quotient
from published.comparison import printed
from published.papers import location_quotients as oews

pytestmark = pytest.mark.external


def test_the_table_of_digits_is_the_sample(reference):
    kept, keys = printed(oews.PAPER), ["table", "item", "number", "published"]
    assert kept[keys].values.tolist() == oews.sample(reference)[keys].values.tolist()


def test_every_published_quotient_is_within_what_rounding_allows(reference):
    found = oews.compared(reference)
    assert len(found) == 47599
    assert found["allowed"].all()


def interval(published: pd.DataFrame, covariance: str) -> pd.DataFrame:
    """Return quotients of states with intervals: totals over occupations are benchmarks."""
    jobs = published.dropna(subset=["employment"])
    states, nation = jobs[jobs["type"] == "S"], jobs[jobs["type"] == "N"]
    errors = RelativeStandardErrors(
        states[["area", "occ", "rse_percent"]],
        of_regions=0.0,
        of_industries=nation[["occ", "rse_percent"]],
        of_total=0.0,
        given_in="percent",
        covariance=covariance,
    )
    keys = {"region": "area", "industry": "occ", "value": "employment"}
    reference = nation[["occ", "employment"]]
    return location_quotient(states, **keys, reference=reference, interval=errors)


def test_intervals_of_all_cells(reference):
    published = oews.cells(reference)["detailed occupations"]
    start = time.process_time()
    found = {c: interval(published, c) for c in ("independent", "cauchy_schwarz")}
    assert time.process_time() - start < 10  # both; at most 5 s each
    free, bound = found["independent"], found["cauchy_schwarz"]
    known = free["std_error"].notna()
    assert known.sum() == (free["lq"] > 0).sum() == 34850
    # of two errors: (a + b)^2 <= 2 (a^2 + b^2)
    some = known & (free["std_error"] > 0)  # of 212 cells both errors are published as 0.0
    wider = (bound["std_error"] / free["std_error"])[some]
    assert wider.between(1 - 1e-12, np.sqrt(2) + 1e-12).all()
    significant = [(answer["p_value"] < 0.05)[known].mean() for answer in (free, bound)]
    assert significant == pytest.approx(by_hand(published), abs=1e-12)


def by_hand(published: pd.DataFrame) -> list[float]:
    """Return the shares of quotients that differ from one, from the published columns alone.

    With totals over occupations known, ln LQ has the relative errors a of the cell and b of the
    national total: sqrt(a^2 + b^2) if they are independent, at most a + b.
    """
    jobs = published.dropna(subset=["employment"])
    nation = jobs[jobs["type"] == "N"].set_index("occ")
    states = jobs[(jobs["type"] == "S")]
    local = states["employment"] / states.groupby("area")["employment"].transform("sum")
    national = states["occ"].map(nation["employment"]) / nation["employment"].sum()
    a, b = states["rse_percent"] / 100, states["occ"].map(nation["rse_percent"]) / 100
    used = a.notna() & b.notna() & (local > 0)
    away = np.abs(np.log(local[used] / national[used]))
    return [float((away > 1.959964 * s[used]).mean()) for s in (np.hypot(a, b), a + b)]
