"""Decompositions: worked by hand, their identities, invariances, zeros."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from agglometrics import (
    Arcelus,
    Dunn,
    Dynamic,
    EstebanMarquillas,
    Gerfin,
    Spatial,
    Stochastic,
    allocation_types,
    component_totals,
    shift_share,
    shift_share_path,
)
from agglometrics.errors import AgglometricsWarning
from agglometrics.tables.rounding import ROUNDING

WEIGHTS = ("start", "end", "mean")
PARTITIONS = [kind(w) for kind in (Dunn, EstebanMarquillas, Arcelus) for w in WEIGHTS]
CALL = {"value": "jobs", "time": "year"}


def long(E: np.ndarray, times=None) -> pd.DataFrame:
    """Cells (T, R, I) as a table with regions r0, ..., industries i0, ... and given periods."""
    times = range(len(E)) if times is None else times
    t, r, i = np.indices(E.shape)
    return pd.DataFrame(
        {
            "region": [f"r{k}" for k in r.ravel()],
            "industry": [f"i{k}" for k in i.ravel()],
            "year": np.asarray(list(times))[t.ravel()],
            "jobs": E.ravel(),
        }
    )


def grid(frame: pd.DataFrame, column: str) -> np.ndarray:
    """A column of an answer as (R, I)."""
    return frame.pivot(index="region", columns="industry", values=column).to_numpy()


def decompose(cells, method, start=0, end=1, **more):
    return shift_share(cells, **CALL, start=start, end=end, method=method, **more)


@pytest.fixture
def cells() -> pd.DataFrame:
    """Six regions, five industries, five years; no zeros."""
    return long(np.random.default_rng(1).uniform(10, 100, (5, 6, 5)))


@pytest.fixture
def sparse() -> pd.DataFrame:
    """Zeros of every kind: cells and industries without a base, a new region, one that ends."""
    rng = np.random.default_rng(2)
    E = rng.uniform(10, 100, (3, 6, 5)) * (rng.random((3, 6, 5)) > 0.4)
    E[0, :, 4] = 0  # industry new everywhere
    E[2, :, 3] = 0  # industry that ends everywhere
    E[0, 5] = 0  # region new
    E[2, 4] = 0  # region that ends
    E[0, 0, 0] = 20
    return long(E)


# By hand: A has food 60 -> 60 and cars 40 -> 90, B food 40 -> 60 and cars 60 -> 70.
# Nation: food 100 -> 120, cars 100 -> 160; G = 80/200 = 0.4, g_food = 0.2, g_cars = 0.6,
# g_A = 0.5. H = 100 * 1/2 = 50 everywhere. The cell (A, cars) grows by 50, at 1.25.
HAND = long(np.array([[[60.0, 40], [40, 60]], [[60, 90], [60, 70]]]))
BY_HAND = {
    Dunn(): {"national": 16, "industry_mix": 8, "competitive": 26},
    # base 90 at the end, G = 80/280, g = 60/160
    Dunn("end"): {
        "national": 90 * 2 / 7,
        "industry_mix": 90 * (3 / 8 - 2 / 7),
        "competitive": 16.25,
    },
    # base 65, G = 80/240, g = 60/130
    Dunn("mean"): {"national": 65 / 3, "industry_mix": 30 - 65 / 3, "competitive": 20},
    EstebanMarquillas(): {
        "national": 16,
        "industry_mix": 8,
        "competitive": 50 * 0.65,
        "allocation": -10 * 0.65,
    },
    Arcelus(): {
        "national_homothetic": 20,
        "national_differential": -4,
        "industry_mix_homothetic": 10,
        "industry_mix_differential": -2,
        "regional_homothetic": 5,
        "regional_differential": -1,
        "regional_industry_homothetic": 50 * (0.65 - 0.1),
        "regional_industry_differential": -10 * (0.65 - 0.1),
    },
}


@pytest.mark.parametrize("method", BY_HAND, ids=repr)
def test_a_cell_worked_by_hand(method):
    row = decompose(HAND, method).set_index(["region", "industry"]).loc[("r0", "i1")]
    assert row["change"] == 50
    assert list(row.index[1:]) == list(BY_HAND[method])
    np.testing.assert_allclose(row.iloc[1:], list(BY_HAND[method].values()), rtol=1e-12)


def test_gerfin_worked_by_hand():
    # A: growth 150/100; expected 60 * 1.2 + 40 * 1.6 = 136; structure 1.36/1.4; location 150/136
    row = decompose(HAND, Gerfin()).iloc[0]
    expected = [50, 1.5, 1.4, 1.36 / 1.4, 150 / 136, 1.5 / 1.4]
    np.testing.assert_allclose(row.iloc[1:].astype(float), expected, rtol=1e-12)


def in_rates(E0, E1, N0, N1):
    """The parts of Arcelus (1984) as he writes them: loops over rates, no zeros allowed."""
    G = N1.sum() / N0.sum() - 1
    rows = []
    for r, i in np.ndindex(E0.shape):
        H = E0[r].sum() * N0[i] / N0.sum()
        g_i, g_ri = N1[i] / N0[i] - 1, E1[r, i] / E0[r, i] - 1
        g_r = E1[r].sum() / E0[r].sum() - 1
        effects = (G, g_i - G, g_r - G, (g_ri - g_i) - (g_r - G))
        rows.append([part for e in effects for part in (H * e, (E0[r, i] - H) * e)])
    return np.array(rows)


def test_differences_give_what_the_formulas_in_rates_give(cells):
    E = cells["jobs"].to_numpy().reshape(5, 6, 5)
    ours = decompose(cells, Arcelus(), end=4).iloc[:, 3:]
    expected = in_rates(E[0], E[4], E[0].sum(axis=0), E[4].sum(axis=0))
    np.testing.assert_allclose(ours, expected, rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("method", PARTITIONS, ids=repr)
@pytest.mark.parametrize("reference", ["including", "excluding"])
def test_parts_add_up_and_are_finite_with_zeros_of_every_kind(sparse, method, reference):
    for end in (1, 2):
        answer = decompose(sparse, method, end=end, reference=reference)
        parts = answer.iloc[:, 3:]
        assert np.isfinite(parts).all(axis=None)
        np.testing.assert_allclose(parts.sum(axis=1), answer["change"], rtol=1e-12, atol=1e-9)


finite = st.floats(0, 1e6, allow_subnormal=False).map(lambda x: 0.0 if x < 1e-3 else x)


DUST = np.array([[[0.0, 0, 0], [0, 0, 1], [0, 0, 0]], [[0, 0, 1], [0, 0, 141421], [0, 0, 0]]])


@settings(max_examples=60, deadline=None)
@given(E=hnp.arrays(float, (2, 3, 3), elements=finite))
@example(E=DUST)
def test_any_cells_have_an_answer_that_adds_up(E):
    E = E.copy()
    E[0, :2, 0] += 1  # the nation needs a base, and two regions to compare
    for method in (Dunn(), EstebanMarquillas(), Arcelus(), Dunn("mean")):
        answer = decompose(long(E), method)
        parts = answer.iloc[:, 3:]
        rounding = 1e-12 * (np.abs(parts).sum(axis=1) + E.max())
        # a part below 1e-10 of its own cell's levels is answered as zero: as much may be missing
        zeroed = ROUNDING * E.max(axis=0).ravel() * (parts == 0).sum(axis=1)
        assert (np.abs(parts.sum(axis=1) - answer["change"]) <= rounding + zeroed).all()


def test_a_cell_without_a_base_is_competitive():
    # industry i1 comes to r0, which had none: 30 jobs; by the stated rule all competitive
    E = np.array([[[50.0, 0], [50, 40]], [[60, 30], [50, 60]]])
    row = decompose(long(E), EstebanMarquillas()).iloc[1]
    assert row["change"] == 30
    assert row[["national", "industry_mix", "competitive", "allocation"]].tolist() == [0, 0, 30, 0]


def test_an_industry_new_to_the_nation_is_competitive():
    E = np.array([[[50.0, 0], [50, 0]], [[60, 30], [50, 10]]])
    answer = decompose(long(E), Arcelus())
    new = answer[answer["industry"] == "i1"]
    assert new["change"].tolist() == [30, 10]
    # homothetic base of an industry without a base is zero, so only the residual part is not
    assert new["regional_industry_homothetic"].tolist() == [30, 10]
    assert (new.drop(columns=["change", "regional_industry_homothetic"]).iloc[:, 2:] == 0).all(
        axis=None
    )


def test_an_industry_that_the_rest_of_the_nation_lacks_has_no_mix_effect():
    # r0 alone has i1: 10 -> 30. The rest of the nation: i0 50 -> 60, so G = 0.2, and g_i1 = G.
    E = np.array([[[40.0, 10], [50, 0]], [[40, 30], [60, 0]]])
    row = decompose(long(E), Dunn(), reference="excluding").iloc[1]
    np.testing.assert_allclose(row.iloc[2:].astype(float), [20, 2, 0, 18], rtol=1e-12)


def test_a_missing_row_is_zero_activity():
    E = np.array([[[50.0, 20], [50, 40]], [[60, 0], [50, 60]]])
    full = long(E)
    without_row = full[full["jobs"] > 0]
    pd.testing.assert_frame_equal(decompose(without_row, Dunn()), decompose(full, Dunn()))


def test_esteban_marquillas_splits_dunn(cells):
    for weights in WEIGHTS:
        dunn = decompose(cells, Dunn(weights))
        split = decompose(cells, EstebanMarquillas(weights))
        both = split["competitive"] + split["allocation"]
        np.testing.assert_allclose(both, dunn["competitive"], rtol=1e-12)
        pd.testing.assert_frame_equal(split.iloc[:, :5], dunn.iloc[:, :5])


def test_a_region_with_the_nations_mix_has_no_allocation_effect(cells):
    E = cells["jobs"].to_numpy().reshape(5, 6, 5).copy()
    E[0, 0] = 0.25 * E[0, 1:].sum(axis=0)
    answer = decompose(long(E), EstebanMarquillas())
    own = answer["region"] == "r0"
    assert np.abs(answer.loc[own, "allocation"]).max() < 1e-9
    assert np.abs(answer.loc[~own, "allocation"]).min() > 1e-3


def test_arcelus_refines_the_other_partitions(cells):
    eight = decompose(cells, Arcelus())
    four = decompose(cells, EstebanMarquillas())
    for effect in ("national", "industry_mix"):
        pair = eight[f"{effect}_homothetic"] + eight[f"{effect}_differential"]
        np.testing.assert_allclose(pair, four[effect], rtol=1e-9, atol=1e-12)
    for part, kind in (("competitive", "homothetic"), ("allocation", "differential")):
        pair = eight[f"regional_{kind}"] + eight[f"regional_industry_{kind}"]
        np.testing.assert_allclose(pair, four[part], rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("weights", WEIGHTS)
def test_dunn_sums_to_zero_where_it_must(cells, weights):
    answer = decompose(cells, Dunn(weights))
    by_industry = component_totals(answer, by="industry")
    np.testing.assert_allclose(by_industry["competitive"], 0, atol=1e-9)
    assert np.abs(by_industry["industry_mix"]).max() > 1
    assert answer["industry_mix"].sum() == pytest.approx(0, abs=1e-9)
    assert answer["national"].sum() == pytest.approx(answer["change"].sum(), rel=1e-12)


def test_merging_regions_adds_their_parts(cells):
    merged = cells.replace({"region": {"r1": "r0"}})
    merged = merged.groupby(["region", "industry", "year"], as_index=False)["jobs"].sum()
    fine = decompose(cells, Dunn()).replace({"region": {"r1": "r0"}})
    fine = fine.groupby(["region", "industry"], as_index=False).sum()
    pd.testing.assert_frame_equal(decompose(merged, Dunn()), fine, rtol=1e-12)


def test_merging_industries_moves_growth_between_mix_and_competitive_only(cells):
    merged = cells.replace({"industry": {"i1": "i0"}})
    merged = merged.groupby(["region", "industry", "year"], as_index=False)["jobs"].sum()
    coarse = component_totals(decompose(merged, Dunn()))
    fine = component_totals(decompose(cells, Dunn()))
    np.testing.assert_allclose(coarse["national"], fine["national"], rtol=1e-12)
    net = ["industry_mix", "competitive"]
    np.testing.assert_allclose(coarse[net].sum(axis=1), fine[net].sum(axis=1), rtol=1e-9)
    assert np.abs(coarse["industry_mix"] - fine["industry_mix"]).max() > 0.1


NEIGHBOURS = {f"r{k}": [f"r{(k + 1) % 6}", f"r{(k + 2) % 6}"] for k in range(6)}
EVERY = [*PARTITIONS, Gerfin(), Stochastic(), Spatial(NEIGHBOURS), Dynamic(EstebanMarquillas())]


@pytest.mark.parametrize("method", EVERY, ids=repr)
def test_order_and_labels_do_not_matter(cells, method):
    expected = decompose(cells, method, end=4)
    shuffled = cells.sample(frac=1, random_state=3)[["jobs", "industry", "year", "region"]]
    pd.testing.assert_frame_equal(decompose(shuffled, method, end=4), expected, rtol=1e-12)

    renamed = cells.replace({"industry": {f"i{k}": f"z{9 - k}" for k in range(5)}})
    answer = decompose(renamed, method, end=4)
    if "industry" in answer:
        answer = answer.replace({"industry": {f"z{9 - k}": f"i{k}" for k in range(5)}})
        answer = answer.sort_values(["region", "industry"], ignore_index=True)
    pd.testing.assert_frame_equal(answer, expected, rtol=1e-9)


@pytest.mark.parametrize("method", EVERY, ids=repr)
def test_the_unit_of_the_value_does_not_matter(cells, method):
    expected = decompose(cells, method, end=4)
    scaled = decompose(cells.assign(jobs=cells["jobs"] * 8), method, end=4)
    scaling = 8 if "industry" in expected else [8, 1, 1, 1, 1, 1]
    keys = 2 if "industry" in expected else 1
    np.testing.assert_allclose(scaled.iloc[:, keys:], expected.iloc[:, keys:] * scaling, rtol=1e-12)


@pytest.mark.parametrize("kind", [Dunn, EstebanMarquillas, Arcelus])
def test_reversed_time_reverses_the_parts(cells, kind):
    backwards = cells.assign(year=4 - cells["year"])
    for forward, backward in (("mean", "mean"), ("start", "end")):
        ahead = decompose(cells, kind(forward), end=4).iloc[:, 2:]
        back = decompose(backwards, kind(backward), end=4).iloc[:, 2:]
        np.testing.assert_allclose(ahead, -back, rtol=1e-9, atol=1e-12)


def test_dynamic_is_the_sum_of_annual_decompositions(cells):
    annual = [decompose(cells, Dunn(), start=t, end=t + 1).iloc[:, 2:] for t in range(4)]
    dynamic = decompose(cells, Dynamic(Dunn()), end=4)
    np.testing.assert_allclose(dynamic.iloc[:, 2:], sum(annual), rtol=1e-12, atol=1e-9)
    static = decompose(cells, Dunn(), end=4)
    np.testing.assert_allclose(dynamic["change"], static["change"], rtol=1e-12, atol=1e-12)
    assert np.abs(dynamic["competitive"] - static["competitive"]).max() > 1


def test_the_path_holds_each_annual_decomposition(cells):
    path = shift_share_path(cells, **CALL, start=0, end=4)
    assert path.columns[:4].tolist() == ["year", "region", "industry", "change"]
    for year in range(1, 5):
        step = path[path["year"] == year].drop(columns="year").reset_index(drop=True)
        pd.testing.assert_frame_equal(step, decompose(cells, Dunn(), start=year - 1, end=year))
    total = path.groupby(["region", "industry"], as_index=False).sum().drop(columns="year")
    pd.testing.assert_frame_equal(total, decompose(cells, "dynamic", end=4), rtol=1e-12)


def test_the_path_of_gerfin_holds_each_annual_index(cells):
    path = shift_share_path(cells, **CALL, start=0, end=4, method=Gerfin())
    third = path[path["year"] == 3].drop(columns="year").reset_index(drop=True)
    pd.testing.assert_frame_equal(third, decompose(cells, Gerfin(), start=2, end=3))
    whole = decompose(cells, Gerfin(), end=4)
    chained = path.groupby("region")["growth"].prod()
    np.testing.assert_allclose(chained, whole["growth"], rtol=1e-12)


PERIODS = {
    "text": ["2001", "2002", "2003"],
    "dates": pd.to_datetime(["2001-01-01", "2002-01-01", "2003-01-01"]),
    "periods": pd.period_range("2001", "2003", freq="Y"),
    "categories": pd.Categorical(["early", "late", "later"], ordered=True),
}


@pytest.mark.parametrize("kind", PERIODS)
def test_periods_may_be_labels_of_any_kind(cells, kind):
    labels = PERIODS[kind]
    early = cells[cells["year"] < 3]
    labelled = early.assign(year=pd.Series(labels)[early["year"]].array)
    answer = decompose(labelled, "dynamic", start=labels[0], end=labels[2])
    pd.testing.assert_frame_equal(answer, decompose(cells, "dynamic", end=2))


@pytest.mark.parametrize("library", ["polars", "pyarrow"])
def test_tables_of_other_libraries(cells, library):
    module = pytest.importorskip(library)
    table = module.from_pandas(cells) if library == "polars" else module.Table.from_pandas(cells)
    pd.testing.assert_frame_equal(decompose(table, Arcelus()), decompose(cells, Arcelus()))


def test_dynamic_follows_a_chain_that_the_user_names(cells):
    chained = decompose(cells, Dynamic(Dunn(), periods=(0, 2, 4)), end=4)
    halves = [decompose(cells, Dunn(), start=a, end=b).iloc[:, 2:] for a, b in ((0, 2), (2, 4))]
    np.testing.assert_allclose(chained.iloc[:, 2:], sum(halves), rtol=1e-12, atol=1e-9)


def test_dynamic_with_two_periods_is_static(cells):
    pd.testing.assert_frame_equal(decompose(cells, "dynamic"), decompose(cells, "dunn"))


def test_excluding_holds_each_region_against_the_others(cells):
    E = cells["jobs"].to_numpy().reshape(5, 6, 5)
    answer = decompose(cells, Arcelus(), reference="excluding")
    for r in range(6):
        others = np.delete(E, r, axis=1).sum(axis=1)
        expected = in_rates(E[0, [r]], E[1, [r]], others[0], others[1])
        ours = answer.loc[answer["region"] == f"r{r}"].iloc[:, 3:]
        np.testing.assert_allclose(ours, expected, rtol=1e-9, atol=1e-9)


def test_the_sum_of_the_cells_as_external_reference_changes_nothing(cells):
    nation = cells.groupby(["industry", "year"], as_index=False)["jobs"].sum()
    for method in (*PARTITIONS, Gerfin(), Dynamic(Dunn()), Stochastic()):
        outer = decompose(cells, method, end=4, reference=nation)
        pd.testing.assert_frame_equal(outer, decompose(cells, method, end=4), rtol=1e-12)


def test_a_reference_may_have_industries_that_the_cells_lack(cells):
    nation = cells.groupby(["industry", "year"], as_index=False)["jobs"].sum()
    partial = cells[cells["industry"] != "i2"]
    answer = decompose(partial, Dunn(), reference=nation).set_index(["region", "industry"])
    whole = decompose(cells, Dunn()).set_index(["region", "industry"])
    there = answer.index.get_level_values("industry") != "i2"
    np.testing.assert_allclose(answer[there], whole[there], rtol=1e-12)
    assert (answer[~there] == 0).all(axis=None)


def test_an_unknown_industry_is_dropped_from_every_period(cells):
    unknown = cells.copy()
    unknown.loc[3, "jobs"] = np.nan  # (r0, i3) in year 0 only
    with pytest.warns(AgglometricsWarning, match="all periods because a cell is unknown: 'i3'"):
        answer = decompose(unknown, Dunn(), missing="drop_industry")
    expected = decompose(cells[cells["industry"] != "i3"], Dunn())
    pd.testing.assert_frame_equal(answer, expected)
    zero = decompose(unknown, Dunn(), missing="zero").set_index(["region", "industry"])
    assert zero.loc[("r0", "i3"), "competitive"] == cells.loc[30 + 3, "jobs"]


def test_an_unknown_value_in_another_period_does_not_matter(cells):
    unknown = cells.assign(jobs=cells["jobs"].where(cells["year"] != 3))
    pd.testing.assert_frame_equal(decompose(unknown, Dunn()), decompose(cells, Dunn()))


def test_names_stand_for_objects(cells):
    for name, method in (
        ("dunn", Dunn()),
        ("esteban_marquillas", EstebanMarquillas()),
        ("arcelus", Arcelus()),
        ("gerfin", Gerfin()),
        ("dynamic", Dynamic(Dunn())),
        ("stochastic", Stochastic()),
    ):
        pd.testing.assert_frame_equal(decompose(cells, name), decompose(cells, method))


def test_columns_may_have_any_name(cells):
    renamed = cells.rename(columns={"region": "prov", "industry": "isic"})
    answer = decompose(renamed, Dunn(), region="prov", industry="isic")
    assert answer.columns[:3].tolist() == ["prov", "isic", "change"]
    expected = decompose(cells, Dunn())
    assert (answer.iloc[:, 2:].to_numpy() == expected.iloc[:, 2:].to_numpy()).all()


def test_the_four_types_of_esteban_marquillas():
    # r0 is specialized in i0 (60 of 100 against 1/2) and i1's reverse; r2 has the nation's mix.
    E0 = np.array([[60.0, 40], [40, 60], [50, 50]])
    E1 = np.array([[90.0, 30], [40, 90], [60, 60]])
    answer = allocation_types(long(np.stack([E0, E1])), **CALL, start=0, end=1)
    assert answer["type"].tolist() == [
        "specialized_advantage",
        "unspecialized_disadvantage",
        "unspecialized_disadvantage",
        "specialized_advantage",
        "neutral",
        "neutral",
    ]
    # i0 grows by 40 of 150; r0 by 30 of 60: (60 - 50)(1/2 - 4/15)
    assert answer["allocation"][0] == pytest.approx(10 * (1 / 2 - 4 / 15), rel=1e-12)


def test_types_where_specialization_and_advantage_part():
    E0 = np.array([[60.0, 40], [40, 60]])
    E1 = np.array([[60.0, 80], [60, 60]])
    answer = allocation_types(long(np.stack([E0, E1])), **CALL, start=0, end=1)
    expected = ["specialized_disadvantage", "unspecialized_advantage"]
    assert answer["type"].tolist() == [*expected, expected[1], expected[0]]
    assert (answer["allocation"] < 0).all()


@pytest.mark.parametrize("unit", [1e-6, 1e6])
def test_types_do_not_depend_on_the_unit_of_jobs(unit):
    E0 = np.array([[60.0, 40], [40, 60], [50, 50]])
    E1 = np.array([[90.0, 30], [40, 90], [60, 60]])
    base = allocation_types(long(np.stack([E0, E1])), **CALL, start=0, end=1)
    scaled = allocation_types(long(unit * np.stack([E0, E1])), **CALL, start=0, end=1)
    assert scaled["type"].tolist() == base["type"].tolist()


def test_types_carry_the_allocation_effect(sparse):
    effects = decompose(sparse, EstebanMarquillas())
    types = allocation_types(sparse, **CALL, start=0, end=1)
    np.testing.assert_allclose(types["allocation"], effects["allocation"], rtol=1e-9, atol=1e-9)
    base = sparse[sparse["year"] == 0]["jobs"].to_numpy()
    assert ((types["type"] == "no_base") == (base == 0)).all()


def test_totals_by_other_keys(cells):
    path = shift_share_path(cells, **CALL, start=0, end=2)
    totals = component_totals(path, by=["year", "region"])
    assert len(totals) == 2 * 6
    one = path[(path["year"] == 2) & (path["region"] == "r3")]["competitive"].sum()
    found = totals.query("year == 2 and region == 'r3'")["competitive"].item()
    assert found == pytest.approx(one, rel=1e-12)
