"""The areal measures on third-party data: what REAT 3.0.3 prints for Germany's Laender."""

import json

import numpy as np
import pandas as pd
import pytest

from agglometrics import concentration, location_quotient, specialization

pytestmark = pytest.mark.external


@pytest.fixture(scope="module")
def reat(reference):
    cases = json.loads((reference / "agglomeration" / "reat.json").read_text())
    return {case["id"]: case["value"] for case in cases}


@pytest.fixture(scope="module")
def inputs(reference):
    return reference / "agglomeration" / "inputs"


def matrix(value):
    return pd.DataFrame(value["values"], index=value["rows"], columns=value["cols"])


@pytest.fixture(scope="module")
def quotients(inputs):
    cells = pd.read_csv(inputs / "REAT_G.regions.industries.csv")
    answer = location_quotient(
        cells, value="emp_all", region="region_code", industry="ind_code", variants=True
    )
    return answer.set_index(["ind_code", "region_code"])


def test_location_quotients_of_the_laender(reat, quotients):
    expected = matrix(reat["reat_locq2_laender"])
    answer = quotients["lq"].unstack().loc[expected.index, expected.columns]
    np.testing.assert_allclose(answer, expected, rtol=1e-12)


def test_reat_standardizes_with_the_wrong_means(reat, quotients):
    # Its colMeans() are means of the regions, recycled down the matrix of industries by regions:
    # with them its numbers come out, and they are no z-scores. Ours have mean zero.
    wrong = matrix(reat["reat_locq2_OG_laender_BUGGY"])
    ours = quotients["slq"].unstack().loc[wrong.index, wrong.columns]
    np.testing.assert_allclose(ours.mean(axis=1), 0, atol=1e-14)
    assert (wrong.mean(axis=1).abs() > 0.01).any()
    lq = quotients["lq"].unstack().loc[wrong.index, wrong.columns]
    recycled = np.resize(lq.mean(axis=0), lq.size).reshape(lq.shape, order="F")
    as_reat = (lq - recycled).div(lq.std(axis=1, ddof=1), axis=0)
    np.testing.assert_allclose(as_reat, wrong, rtol=1e-9, atol=1e-12)
    # Industries over regions, the same standard deviation: ours.
    right = lq.sub(lq.mean(axis=1), axis=0).div(lq.std(axis=1, ddof=1), axis=0)
    np.testing.assert_allclose(right, ours, rtol=1e-9, atol=1e-12)


def test_gross_product_against_population(reat, inputs):
    data = pd.read_csv(inputs / "REAT_german_laender_2015.csv").rename_axis("region").reset_index()
    cells = data[["region", "gdp"]].assign(industry="all")
    answer = concentration(cells, value="gdp", reference=data[["region", "pop"]]).iloc[0]
    assert answer["hoover"] == pytest.approx(reat["reat_hoover_laender"], rel=1e-12)
    assert answer["gini_shares"] == pytest.approx(reat["reat_gini_laender"], rel=1e-12)
    assert answer["herfindahl"] == pytest.approx(reat["reat_herf_laender"], rel=1e-12)


def test_specialization_of_freiburg(reat, inputs):
    data = pd.read_csv(inputs / "REAT_Freiburg.csv")
    cells = data[["industry", "e_Freiburg2014"]].assign(region="Freiburg")
    nation = data[["industry", "e_Germany2014"]]
    answer = specialization(cells, value="e_Freiburg2014", reference=nation)
    assert answer["gini_lq"].item() == pytest.approx(reat["reat_gini_spec_freiburg"], rel=1e-12)
