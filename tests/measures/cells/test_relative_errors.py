"""Intervals of quotients from published relative standard errors: by hand, coverage, refusals."""

import math
import warnings

import numpy as np
import pandas as pd
import pytest

from agglometrics import AgglometricsWarning, InputError, RelativeStandardErrors, location_quotient
from agglometrics.measures.cells.intervals.relative_errors import independent_error, largest_error

JOBS = pd.DataFrame(
    {
        "region": ["N", "N", "S", "S"],
        "industry": ["cars", "cloth"] * 2,
        "jobs": [60, 40, 20, 80],
        "rse": [3.0, 4.0, 6.0, 2.0],
    }
)
CELLS = JOBS[["region", "industry", "rse"]]
REGIONS = pd.DataFrame({"region": ["N", "S"], "rse": [2.0, 1.0]})
INDUSTRIES = pd.DataFrame({"industry": ["cloth", "cars"], "rse": [1.0, 6.0]})
Z = 1.959963984540054


def errors(**more):
    given = {
        "cells": CELLS,
        "of_regions": REGIONS,
        "of_industries": INDUSTRIES,
        "of_total": 0.5,
        "given_in": "percent",
        "covariance": "independent",
    }
    return RelativeStandardErrors(**given | more)


def quotients(jobs=JOBS, **more):
    options = {"reference": more.pop("reference", "including"), "time": more.pop("time", None)}
    found = location_quotient(jobs, value="jobs", interval=errors(**more), **options)
    return found.set_index(["region", "industry"])


@pytest.mark.parametrize(
    ("covariance", "s"),
    [
        ("independent", math.sqrt(0.03**2 + 0.02**2 + 0.06**2 + 0.005**2)),
        ("cauchy_schwarz", 0.03 + 0.02 + 0.06 + 0.005),
    ],
)
def test_by_hand(covariance, s):
    # Cars in N: LQ = (60 / 100) / (80 / 200) = 1.5; c are 3, 2, 6 and .5 per cent.
    row = quotients(covariance=covariance).loc[("N", "cars")]
    assert row["lq"] == pytest.approx(1.5, rel=1e-14)
    assert row["std_error"] == pytest.approx(1.5 * s, rel=1e-13)
    assert row["conf_low"] == pytest.approx(1.5 * math.exp(-Z * s), rel=1e-12)
    assert row["conf_high"] == pytest.approx(1.5 * math.exp(Z * s), rel=1e-12)
    assert row["p_value"] == pytest.approx(math.erfc(math.log(1.5) / s / math.sqrt(2)), rel=1e-9)


def test_the_experiment_says_which_it_is():
    said = {c: quotients(covariance=c)["experiment"].iloc[0] for c in ("independent",
            "cauchy_schwarz")}  # fmt: skip
    assert said["independent"].endswith("cell and totals taken as independent")
    assert said["cauchy_schwarz"].endswith("Cauchy-Schwarz bound over all covariances")


def test_percent_and_fraction_are_one():
    def hundredth(frame):
        return frame.assign(rse=frame["rse"] / 100)

    fractions = quotients(
        cells=hundredth(CELLS),
        of_regions=hundredth(REGIONS),
        of_industries=hundredth(INDUSTRIES),
        of_total=0.005,
        given_in="fraction",
    )
    pd.testing.assert_frame_equal(fractions, quotients(), rtol=1e-12)


def test_the_bound_is_the_largest_variance_of_all_covariances():
    rng = np.random.default_rng(1)
    c, a = rng.uniform(0.01, 0.3, (200, 4)), np.array([1, -1, -1, 1])
    most = largest_error(*c.T)
    for _ in range(50):
        root = rng.normal(size=(4, 4))
        S = root @ root.T
        correlation = S / np.sqrt(np.outer(np.diag(S), np.diag(S)))
        sd = np.sqrt(np.einsum("ni,ij,nj->n", a * c, correlation, a * c))
        assert (sd <= most * (1 + 1e-12)).all()
    np.testing.assert_allclose(np.sqrt(((c * a) @ a) ** 2), most, rtol=1e-12)
    assert (independent_error(*c.T) < most).all()


def test_a_survey_without_sampling_error_is_a_census():
    zero = {"of_regions": 0, "of_industries": 0.0, "of_total": 0.0}
    found = quotients(cells=CELLS.assign(rse=0.0), **zero)
    assert found["std_error"].eq(0).all()
    np.testing.assert_array_equal(found["conf_low"], found["lq"])
    assert found["p_value"].eq(0).all()
    even = quotients(JOBS.assign(jobs=[10, 30, 20, 60]), cells=CELLS.assign(rse=0.0), **zero)
    assert even["p_value"].eq(1).all()


COVERAGES = [
    # c of cell, region, industry and total; worst case or independent; as in the docstring
    ((0.05, 0.01, 0.01, 0.002), False, 0.950, 0.993),
    ((0.05, 0.01, 0.01, 0.002), True, 0.845, 0.951),
    ((0.10, 0.05, 0.05, 0.025), False, 0.950, 0.999),
    ((0.10, 0.05, 0.05, 0.025), True, 0.729, 0.953),
    ((0.30, 0.02, 0.02, 0.005), False, 0.951, 0.974),
    ((0.30, 0.02, 0.02, 0.005), True, 0.922, 0.953),
]


@pytest.mark.parametrize(("c", "worst", "independent", "bounded"), COVERAGES)
def test_coverage(c, worst, independent, bounded):
    # 20,000 draws of normal estimates; the published c is the standard error over the estimate.
    rng = np.random.default_rng(11)
    mu, a = np.array([100.0, 1000, 800, 10000]), np.array([1, -1, -1, 1])
    e = a * rng.normal(size=(20_000, 1)) if worst else rng.normal(size=(20_000, 4))
    sd = np.array(c) * mu
    X = mu + sd * e
    X, truth = X[(X > 0).all(axis=1)], mu[0] * mu[3] / mu[1] / mu[2]
    away = np.abs(np.log(X[:, 0] * X[:, 3] / X[:, 1] / X[:, 2] / truth))
    for error, stated in ((independent_error, independent), (largest_error, bounded)):
        assert (away <= Z * error(*(sd / X).T)).mean() == pytest.approx(stated, abs=0.011)


def test_coverage_where_totals_are_sums_of_independent_cells():
    rng = np.random.default_rng(12)
    E = 100 * (1 + 0.1 * rng.normal(size=(20_000, 4, 4)))
    X = np.stack([E[:, 0, 0], E[:, 0].sum(1), E[:, :, 0].sum(1), E.sum((1, 2))])
    c = 10 * np.sqrt([1, 4, 4, 16])[:, None] / X
    inside = np.abs(np.log(X[0] * X[3] / X[1] / X[2])) <= Z * independent_error(*c)
    assert inside.mean() == pytest.approx(0.999, abs=0.002)


def test_a_nation_outside_and_periods():
    nation = pd.DataFrame({"industry": ["cars", "cloth"], "jobs": [500, 1500]})
    two = pd.concat([JOBS.assign(year=1), JOBS.assign(year=2, rse=JOBS["rse"] * 2)])
    found = quotients(
        two, time="year", reference=nation, cells=two[["year", "region", "industry", "rse"]],
        of_total=pd.DataFrame({"year": [1, 2], "rse": [0.5, 0.0]}),
    ).reset_index().set_index(["year", "region", "industry"])  # fmt: skip
    s = {1: math.hypot(0.03, 0.02, 0.06, 0.005), 2: math.hypot(0.06, 0.02, 0.06)}
    for year, expected in s.items():
        row = found.loc[(year, "N", "cars")]
        assert row["lq"] == pytest.approx(0.6 / 0.25)
        assert row["std_error"] == pytest.approx(0.6 / 0.25 * expected, rel=1e-12)


def test_zero_cells_and_suppressed_errors_have_no_interval():
    jobs = JOBS.assign(jobs=[60, 40, 0, 80])
    found = quotients(jobs, cells=CELLS.iloc[1:], missing="nan")
    assert found["std_error"].isna().tolist() == [True, False, True, False]
    assert found["lq"].notna().all()
    one = quotients(of_regions=pd.Series({"N": 2.0}), missing="nan")
    assert one["std_error"].notna().tolist() == [True, True, False, False]
    # a cell of zero needs no relative standard error
    assert quotients(jobs, cells=CELLS.drop(index=2))["p_value"].notna().sum() == 3


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"cells": CELLS.assign(rse=-1.0)}, r"percent lies between 0 and 100; found .*-1.0.*Corr"),
        ({"given_in": "fraction"}, r"fractions lies between 0 and 1; found .*given_in='percent'"),
        ({"of_total": 120.0}, r"of_total: .* between 0 and 100; found 120.0"),
        ({"of_total": -0.1}, r"of_total: .* found -0.1. Correct"),
        ({"cells": CELLS.assign(rse=np.inf)}, "'rse' is infinite in 4 rows"),
        ({"cells": CELLS.assign(rse="3.2")}, "rse.*(text|number)"),
        ({"cells": CELLS.iloc[:3]}, r"cells has no .* 1 estimates .*'S', 'industry': 'cloth'"),
        ({"cells": CELLS.assign(rse=np.nan)}, r"cells has no relative standard error for 4 "),
        ({"of_regions": REGIONS.iloc[1:]}, r"of_regions has no .*\{'region': 'N'\}.*missing='nan'"),
        ({"of_total": float("nan")}, r"of_total has no relative standard error"),
        ({"cells": JOBS}, r"exactly one column .*found \['jobs', 'rse'\]"),
        ({"cells": pd.concat([CELLS, CELLS])}, "do not identify rows: 4 repeats"),
        ({"of_total": REGIONS}, "of_total must be one number, or a table with a row per period"),
        ({"of_industries": REGIONS}, "industry"),
        ({"given_in": "per cent"}, r"given_in must be one of \['percent', 'fraction'\]; found"),
        ({"covariance": "none"}, r"covariance must be one of \['independent', 'cauchy_schwarz'\]"),
        ({"missing": "zero"}, r"missing must be one of \['raise', 'nan'\]; found 'zero'"),
        ({"cells": 3.0}, "must be a table"),
        ({"of_regions": None}, "must be a table"),
        ({"level": 95}, "level must lie between 0 and 1"),
        ({"reference": "excluding"}, "RelativeStandardErrors has no random experiment for"),
    ],
)
def test_refusals(more, words):
    with pytest.raises(InputError, match=words):
        quotients(**more)


def test_percentages_that_may_be_fractions_are_named():
    small = CELLS.assign(rse=CELLS["rse"] / 100)
    with pytest.warns(AgglometricsWarning, match="largest is 0.06 per cent.*given_in='fraction'"):
        quotients(cells=small)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        quotients()


def test_quotients_that_the_bureau_of_labor_statistics_publishes():
    # OEWS, May 2025, California: employment, relative standard error in per cent, quotient; the
    # nation's employment of the same groups; the totals are those of all 22 groups.
    published = pd.DataFrame(
        [
            ("110000", 1330280, 0.8, 1.02, 11132700),
            ("150000", 717740, 1.0, 1.16, 5260110),
            ("270000", 338230, 1.9, 1.41, 2046290),
            ("450000", 207800, 0.8, 4.08, 435200),
            ("510000", 744730, 0.7, 0.74, 8565760),
        ],
        columns=["occ", "jobs", "rse", "lq", "nation"],
    )
    rest = 18213690 - published["jobs"].sum(), 155495730 - published["nation"].sum()
    jobs = pd.concat(
        [published, pd.DataFrame({"occ": ["rest"], "jobs": rest[0], "nation": rest[1]})]
    ).assign(region="California")
    errors = RelativeStandardErrors(
        jobs[["region", "occ", "rse"]], 0.0, 0.0, 0.0, given_in="percent",
        covariance="cauchy_schwarz", missing="nan",
    )  # fmt: skip
    found = location_quotient(
        jobs[["region", "occ", "jobs"]], value="jobs", industry="occ", interval=errors,
        reference=jobs[["occ", "nation"]],
    )  # fmt: skip
    assert found["lq"].round(2).head(5).tolist() == published["lq"].tolist()
    np.testing.assert_allclose(found["lq"].head(5), published["lq"], atol=0.005)
    one = (found["std_error"] / found["lq"]).head(5)
    np.testing.assert_allclose(one, published["rse"] / 100, rtol=1e-12)


@pytest.mark.parametrize("stranger", [("Z", "cars"), ("N", "wine"), ("Z", "wine")])
def test_published_errors_of_cells_that_are_not_measured_touch_none(stranger):
    row = pd.DataFrame([(*stranger, 9.0)], columns=["region", "industry", "rse"])
    cells = pd.concat([CELLS, row], ignore_index=True)
    regions = pd.concat([REGIONS, pd.DataFrame({"region": ["Z"], "rse": [9.0]})])
    found = quotients(cells=cells, of_regions=regions)
    pd.testing.assert_frame_equal(found, quotients(), check_exact=True)
