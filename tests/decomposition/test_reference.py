"""Decompositions against REAT (R) and an independent implementation."""

import json

import numpy as np
import pandas as pd
import pytest

from agglometrics import (
    Arcelus,
    Dunn,
    EstebanMarquillas,
    Gerfin,
    Stochastic,
    component_totals,
    shift_share,
)

# Three regions, four industries: the textbook example behind REAT's documentation
# (Farhauer and Kroell 2013), as REAT 3.0.3 was run on it.
START = {"A": [90, 20, 10, 60], "B": [60, 30, 30, 40], "C": [250, 100, 110, 300]}
END = {"A": [100, 40, 10, 55], "B": [85, 55, 40, 35], "C": [255, 115, 85, 390]}


def long(tables: dict[int, dict[str, list[float]]]) -> pd.DataFrame:
    rows = [
        (region, f"i{k}", year, value)
        for year, table in tables.items()
        for region, values in table.items()
        for k, value in enumerate(values)
    ]
    return pd.DataFrame(rows, columns=["region", "industry", "time", "jobs"])


@pytest.fixture
def cells() -> pd.DataFrame:
    return long({0: START, 1: END})


ENDS = {"value": "jobs", "start": 0, "end": 1}

# REAT 3.0.3, shift(A0, A1, N0, N1, shift.method="Dunn"): growth, national share, industrial mix,
# regional share; for regions A, B, C
REAT_DUNN = {"A": [25, 27, 1, -3], "B": [55, 24, -1, 32], "C": [85, 114, 0, -29]}
# the same with shift.method="Esteban": regional share, allocation effect
REAT_ESTEBAN = {
    "A": [-0.636363636363636, -2.36363636363636],
    "B": [18.4242424242424, 13.5757575757576],
    "C": [-33.5719008264463, 4.57190082644628],
}
# the same with shift.method="Gerfin": industrial mix, regional share, net total shift
REAT_GERFIN = {
    "A": [1.0048309178744, 0.985576923076923, 0.990338164251208],
    "B": [0.994565217391304, 1.17486338797814, 1.16847826086957],
    "C": [1, 0.966819221967964, 0.966819221967964],
}


def test_dunn_equals_reat(cells):
    parts = shift_share(cells, **ENDS, method=Dunn())
    totals = component_totals(parts, by="region").set_index("region")
    for region, expected in REAT_DUNN.items():
        np.testing.assert_allclose(totals.loc[region], expected, rtol=1e-9, atol=1e-9)


def test_dunn_industries_equal_reat(cells):
    # REAT 3.0.3, shifti(A0, A1, N0, N1): its "National share" of an industry is national plus mix
    parts = shift_share(cells, **ENDS).query("region == 'A'")
    np.testing.assert_allclose(parts["national"] + parts["industry_mix"], [9, 8, -1, 12], rtol=1e-9)
    np.testing.assert_allclose(parts["competitive"], [1, 12, 1, -17], rtol=1e-9)


def test_esteban_marquillas_equals_reat(cells):
    parts = shift_share(cells, **ENDS, method=EstebanMarquillas())
    totals = component_totals(parts, by="region").set_index("region")
    for region, expected in REAT_ESTEBAN.items():
        found = totals.loc[region, ["competitive", "allocation"]]
        np.testing.assert_allclose(found, expected, rtol=1e-9)


def test_allocation_of_an_industry_is_not_the_zero_that_reat_prints(cells):
    # REAT 3.0.3 shifti(..., "Esteban") answers an allocation effect of 0 for every industry,
    # against its own region total of -2.3636. By hand for i1 of A: H = 180 * 150/1100 = 24.545,
    # g_ri - g_i = 1 - 0.4 = 0.6, (20 - 24.545) * 0.6 = -2.727.
    parts = shift_share(cells, **ENDS, method=EstebanMarquillas()).set_index(["region", "industry"])
    assert parts.loc[("A", "i1"), "allocation"] == pytest.approx(-30 / 11, rel=1e-12)


def test_gerfin_equals_reat(cells):
    indices = shift_share(cells, **ENDS, method=Gerfin()).set_index("region")
    for region, expected in REAT_GERFIN.items():
        found = indices.loc[region, ["structure", "location", "net_total"]]
        np.testing.assert_allclose(found, expected, rtol=1e-9)


def test_an_external_nation_equals_reat():
    # REAT 3.0.3, shiftp(c(1400,3600), c(1000,4400), c(3700,6300), c(2900,9100),
    # e_i3=c(2500,12500), 2000, 2006, 2010): indices, and the projection that they give
    cells = long({2000: {"r": [1400, 3600]}, 2006: {"r": [1000, 4400]}})
    nation = long({2000: {"n": [3700, 6300]}, 2006: {"n": [2900, 9100]}}).drop(columns="region")
    indices = shift_share(
        cells, value="jobs", start=2000, end=2006, method=Gerfin(), reference=nation
    )
    expected = [1.04954954954955, 0.857510729613734, 0.9]
    np.testing.assert_allclose(
        indices.loc[0, ["structure", "location", "net_total"]].astype(float), expected, rtol=1e-9
    )
    projection = np.array([1000, 4400]) * [2500 / 2900, 12500 / 9100] * indices.loc[0, "location"]
    np.testing.assert_allclose(projection, [739.233387598046, 5182.75715700608], rtol=1e-9)


ARCELUS = {
    "NS_h": "national_homothetic",
    "NS_d": "national_differential",
    "IM_h": "industry_mix_homothetic",
    "IM_d": "industry_mix_differential",
    "RG_h": "regional_homothetic",
    "RG_d": "regional_differential",
    "RI_h": "regional_industry_homothetic",
    "RI_d": "regional_industry_differential",
}


@pytest.mark.external
def test_every_cell_equals_an_independent_implementation(reference):
    # separate numpy code that asserts its identities; its Dunn and Esteban totals agree with REAT
    expected = json.loads((reference / "shift_share/decomp_fk2013_reference.json").read_text())
    tables = {
        year: dict(zip("ABC", expected[key], strict=True)) for year, key in ((0, "E0"), (1, "E1"))
    }
    cells = long(tables)

    def grid(method, column):
        return shift_share(cells, **ENDS, method=method)[column].to_numpy().reshape(3, 4)

    cases = [
        (Dunn(), "national", expected["dunn"]["NS"]),
        (Dunn(), "industry_mix", expected["dunn"]["IM"]),
        (Dunn(), "competitive", expected["dunn"]["CE"]),
        (EstebanMarquillas(), "competitive", expected["esteban"]["CE_hom"]),
        (EstebanMarquillas(), "allocation", expected["esteban"]["AE"]),
        *((Arcelus(), ours, expected["arcelus"][theirs]) for theirs, ours in ARCELUS.items()),
    ]
    for method, column, values in cases:
        np.testing.assert_allclose(grid(method, column), values, rtol=1e-9, atol=1e-9)

    wls, base = expected["wls_patterson"], np.array(expected["E0"])
    effects = {
        "national": np.full((3, 4), wls["mu"]),
        "industry_mix": np.broadcast_to(wls["industry"], (3, 4)),
        "competitive": np.broadcast_to(np.array(wls["region"])[:, None], (3, 4)),
    }
    for column, values in effects.items():
        np.testing.assert_allclose(grid(Stochastic(), column), base * values, rtol=1e-9)


@pytest.mark.external
def test_freiburg_equals_reat(reference):
    # REAT 3.0.3, its data set Freiburg: shift(e_Freiburg2008, e_Freiburg2014, e_Germany2008, ...)
    wide = pd.read_csv(reference / "shift_share/reat_freiburg.csv")
    reat = json.loads((reference / "shift_share/reat_shift.json").read_text())["results"]

    def place(name):
        columns = {f"e_{name}2008": 2008, f"e_{name}2014": 2014}
        table = wide[["industry", *columns]].rename(columns=columns)
        return table.melt("industry", var_name="time", value_name="jobs")

    call = {"value": "jobs", "start": 2008, "end": 2014, "reference": place("Germany")}
    freiburg = place("Freiburg").assign(region="Freiburg")
    dunn = component_totals(shift_share(freiburg, **call)).iloc[0]
    expected = reat["Freiburg0814|Dunn"]["components"]
    assert dunn["change"] == expected["Growth (t1-t)"]
    assert dunn["national"] == pytest.approx(expected["National share"], rel=1e-9)
    assert dunn["industry_mix"] == pytest.approx(expected["Industrial mix"], rel=1e-9)
    assert dunn["competitive"] == pytest.approx(expected["Regional share"], rel=1e-9)

    split = component_totals(shift_share(freiburg, **call, method="esteban_marquillas")).iloc[0]
    expected = reat["Freiburg0814|Esteban"]["components"]
    assert split["competitive"] == pytest.approx(expected["Regional share"], rel=1e-9)
    assert split["allocation"] == pytest.approx(expected["Allocation effect"], rel=1e-9)

    indices = shift_share(freiburg, **call, method="gerfin").iloc[0]
    expected = reat["Freiburg0814|Gerfin"]["components"]
    assert indices["structure"] == pytest.approx(expected["Industrial mix"], rel=1e-9)
    assert indices["location"] == pytest.approx(expected["Regional share"], rel=1e-9)
