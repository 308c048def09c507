"""Ties and rounding: what is equal, or zero, in exact arithmetic is so in any unit and order.

Tables of small whole numbers have ties that floating point keeps. Multiplied by a unit, reversed or
shifted they are the same tables, but the last digits of sums and quotients differ.
"""

import warnings
from fractions import Fraction

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import agglometrics as ag
from agglometrics.distance.answers.envelopes import tied_places
from agglometrics.evaluation.synthetic.simplex import simplex_weights
from agglometrics.inference.wild_bootstrap import invert
from agglometrics.measures.plants.inference.location_choice import LocationChoice
from agglometrics.models.binned_scatter import _bins
from agglometrics.tables.rounding import place_of, ties_united

UNITS = [1e-9, 0.1, 1 / 3, 0.7, 1e-3 / 7, 1e6, 10 / 3]
drawn = settings(
    max_examples=15, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck)
)


def quietly(function, *arguments, **options):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ag.AgglometricsWarning)
        return function(*arguments, **options)


def turned(frame, unit, column):
    """Return a table in another unit, its regions and industries in the opposite order."""
    return frame.assign(
        **{column: frame[column] * unit}, region=-frame["region"], industry=-frame["industry"]
    )


def cells(first, second):
    keys = [(2001, 2002), range(1, len(first) + 1), range(11, 11 + first.shape[1])]
    index = pd.MultiIndex.from_product(keys, names=["time", "region", "industry"])
    frame = pd.DataFrame({"v": np.stack([first, second]).ravel()}, index=index).reset_index()
    return frame.astype({"v": float})


PLANTS = pd.DataFrame(
    [(r, i, float(s * (1 + i))) for r in range(4) for i in range(3) for s in (1 + r, 3)],
    columns=["region", "industry", "size"],
)


@pytest.mark.parametrize("unit", UNITS)
def test_plants_spread_as_the_reference_is_are_not_concentrated_at_all(unit):
    frame = turned(PLANTS, unit, "size")
    assert (quietly(ag.ellison_glaeser, frame, size="size")["g"] == 0).all()
    assert (quietly(ag.coagglomeration, frame, size="size")["gamma"] == 0).all()
    groups = quietly(ag.coagglomeration, frame, size="size", group={0: 1, -1: 1, -2: 1})
    assert (groups["gamma"] == 0).all()
    sums = frame.groupby(["region", "industry"], as_index=False)["size"].sum()
    bounds = quietly(ag.gamma_bounds, sums, value="size")
    assert (bounds[["g", "gamma_high"]] == 0).all(axis=None)


@pytest.mark.parametrize("unit", UNITS)
def test_indices_of_plants_that_are_zero_by_hand(unit):
    # one plant each in x and y, of 1 and 3: sum s^2 = H; K* = N = 2
    two = pd.DataFrame({"region": ["x", "y"], "industry": "A", "size": [unit, 3 * unit]})
    found = quietly(ag.devereux_griffith_simpson, two, size="size")
    assert found[["alpha", "alpha_attainable"]].to_numpy().tolist() == [[0.0, 0.0]]
    # x = (1/2, 1/2), s = (3/4, 1/4): G / (1 - x2) = 1/4; H of 4 plants alike is 1/4 as well
    even = pd.DataFrame({"region": [*"xxxyxyyy"], "industry": [*"AAAABBBB"], "size": unit})
    assert (quietly(ag.ellison_glaeser, even, size="size")["gamma"] == 0).all()
    assert (quietly(ag.maurel_sedillot, even, size="size")["gamma"] == 0).all()


def test_an_own_share_of_a_tenth_is_told_in_any_unit():
    sizes = np.array([3, 3, 3, 1, 2, 1, 3, 2, 1, 1])  # industry 1 has 2 of 20
    frame = pd.DataFrame({"region": [0, 1] * 5, "industry": [0] * 4 + [1] + [2] * 5, "size": sizes})
    for unit in UNITS:
        found = quietly(ag.ellison_glaeser, frame.assign(size=sizes * unit), size="size")
        assert found["note"].str.contains("one plant|10 percent").all()


SMALL = st.integers(1, 4)


@drawn
@given(base=st.lists(SMALL, min_size=12, max_size=12), unit=st.sampled_from(UNITS), by=SMALL)
def test_decompositions_of_growth_that_is_all_alike(base, unit, by):
    """All cells grow by one factor: no competitive effect, no mix, no type but neutral."""
    first = np.array(base, dtype=float).reshape(4, 3)
    frame = turned(cells(first, by * first), unit, "v")
    asked = {"value": "v", "start": 2001, "end": 2002}
    parts = ag.shift_share(frame, **asked)
    for key in ("region", "industry"):
        totals = ag.component_totals(parts, by=key)
        assert (totals[["industry_mix", "competitive"]] == 0).all(axis=None)
    assert set(ag.allocation_types(frame, **asked)["type"]) <= {"neutral"}
    found = ag.leave_one_out_growth(frame, **asked)
    np.testing.assert_allclose(found[["growth", "growth_without"]], by - 1, atol=1e-12)
    with pytest.raises(ag.IdentificationError, match="fits without error"):
        ag.stochastic_shift_share(frame, **asked)


@pytest.mark.parametrize("unit", UNITS)
def test_signs_that_are_zero_in_exact_arithmetic(unit):
    first = np.array([[15, 21, 3], [10, 14, 2], [15, 21, 3]])
    frame = turned(cells(first, first * np.array([[2], [1], [2]])), unit, "v")
    asked = {"value": "v", "start": 2001, "end": 2002}
    assert (ag.allocation_types(frame, **asked)["specialization"] == 0).all()
    competitive = ag.component_totals(ag.shift_share(frame, **asked), by="industry")["competitive"]
    assert (competitive == 0).all()
    # all cells grow alike, idle ones among them: Arcelus' differentials vanish
    idle = np.array([[1, 2, 0], [1, 1, 0], [1, 0, 1], [1, 1, 1], [0, 2, 2]])
    even = ag.shift_share(
        turned(cells(idle, 3 * idle), unit, "v"), method=ag.Arcelus(), **asked
    ).drop(columns=["region", "industry", "change"])
    assert (even.drop(columns=even.filter(like="national").columns) == 0).all(axis=None)
    # industry 11 grows in region 3 alone: nothing without it
    alone = turned(cells(first, np.vstack([first[:2], 2 * first[2:]])), unit, "v")
    without = ag.leave_one_out_growth(alone, **asked).query("region == -3")["growth_without"]
    assert (without == 0).all()


@pytest.mark.parametrize("unit", UNITS)
def test_the_first_of_several_extreme_labels_is_named(unit):
    # regions 1 and 3 are alike, and their absence gives the same
    frame = cells(np.array([[6, 1], [1, 6], [6, 1], [2, 2]]), np.ones((4, 2))).query("time == 2001")
    frame = frame.drop(columns="time").assign(v=lambda f: f["v"] * unit)
    found = quietly(ag.leave_one_out, ag.concentration, frame, leave="region", value="v")
    assert not found["low_without"].eq(3).any()
    assert not found["high_without"].eq(3).any()
    assert found[["low_without", "high_without"]].eq(1).any(axis=None)


def test_an_activity_that_equals_the_least_one_gets_its_star():
    values = np.array([[0.1 + 0.2, 0.1], [0.1, 0.4]])
    frame = cells(values, values).query("time == 2001").drop(columns="time")
    found = ag.cluster_stars(frame, value="v", minimum=0.3, quotient=1.0, top=1.0)
    assert found["stars"].tolist() == [3, 0, 0, 3]
    low = cells(np.array([[0.7 + 0.1, 0.1], [0.1, 0.4]]), values).query("time == 2001")
    assert 0.7 + 0.1 < 0.8
    assert ag.cluster_stars(low, value="v", minimum=0.8, quotient=1.0)["stars"].max() == 3


class Family:
    """A test whose p-value is exactly a tenth from a distance of one on."""

    estimate, std_error = 0.0, 0.5

    def p_value(self, b):
        return 1.0 if abs(b) < 1 else 100 / 1000


def test_a_p_value_that_equals_the_size_is_rejected():
    assert 100 / 1000 > 1 - 0.9  # in floating point
    (low, high), = invert(Family(), 0.9, "").pieces  # fmt: skip
    assert (low, high) == pytest.approx((-1, 1))
    assert LocationChoice(draws=19, level=0.9).draws == 19
    with pytest.raises(ag.InputError, match="at least 19"):
        LocationChoice(draws=18, level=0.9)


def test_places_of_shares_are_whole_where_they_are():
    assert [0.29 * 100 < 29, 0.57 * 100 < 57] == [True, True]
    assert [place_of(0.29, 100), place_of(0.57, 100), place_of(0.05, 19)] == [29, 57, 0]


def test_equal_values_are_united():
    values = np.array([0.1 + 0.2, 0.3, 1e-17, 0.0, 0.6, 0.3 + 1e-6])
    united = ties_united(values)
    assert united[0] == united[1]
    assert united[2] == united[3]
    assert len(np.unique(united)) == 4
    assert ties_united(np.array([2.0])).tolist() == [2.0]


def test_curves_that_are_equal_within_rounding_are_tied():
    below, upto = tied_places(np.array([[0.1 + 0.2], [0.3], [0.2], [0.4], [np.nan]]))
    assert below[:4, 0].tolist() == [1, 1, 0, 3]
    assert upto[:4, 0].tolist() == [3, 3, 1, 4]


@drawn
@given(
    values=st.lists(st.integers(0, 12), min_size=12, max_size=40),
    bins=st.integers(2, 6),
    unit=st.sampled_from(UNITS),
)
def test_bins_of_quantiles_as_in_fractions(values, bins, unit):
    """Each value's bin is that of exact arithmetic, where edges are values and ties are many."""
    ordered, n = sorted(values), len(values)
    edges = []
    for b in range(1, bins):
        place = Fraction(b * (n - 1), bins)
        j = int(place)
        edges.append(ordered[j] + (place - j) * (ordered[min(j + 1, n - 1)] - ordered[j]))
    exact = [sum(value > edge for edge in edges) for value in values]
    scaled = np.array(values) * unit
    mixed = np.where(np.arange(n) % 2, scaled * 3 / 3, scaled * 7 / 7)
    assert _bins(mixed, bins)[0].tolist() == exact


@pytest.mark.parametrize("unit", UNITS[:4])
@pytest.mark.parametrize("trim", [0.05, 0.07, 0.29])
def test_a_threshold_keeps_equal_values_together(unit, trim):
    rng = np.random.default_rng(3)
    data = pd.DataFrame(
        {"i": np.arange(90) % 10, "t": np.arange(90) // 10, "x": rng.normal(size=90)}
    )
    data["q"], data["y"] = rng.integers(0, 12, 90).astype(float), rng.normal(size=90)
    asked = {"by": "q", "varying": ["x"], "entity": "i", "time": "t", "draws": 19, "trim": trim}
    base = ag.threshold_panel("y ~ x", data, **asked)
    q = np.where(np.arange(90) % 2, data["q"] * unit * 3 / 3, data["q"] * unit * 7 / 7)
    found = ag.threshold_panel("y ~ x", data.assign(q=q).sample(frac=1, random_state=1), **asked)
    assert found.threshold / unit == pytest.approx(base.threshold, rel=1e-9)
    assert len(found.profile) == len(base.profile)
    assert found.statistics["p_threshold"] == base.statistics["p_threshold"]


GRID = pd.DataFrame([(float(a), float(b)) for a in range(5) for b in range(4)], columns=["x", "y"])
GRID["industry"] = np.random.default_rng(4).permutation(["A", "B"] * 10)
GRID["w"] = np.random.default_rng(5).integers(1, 4, 20).astype(float)


@pytest.mark.parametrize("unit", [1e-9, 1 / 3, 0.7, 10 / 3])
@pytest.mark.parametrize("name", ["m", "M", "M, weights", "K", "K_d", "K_d, rounds"])
def test_p_values_of_plants_on_a_grid(name, unit):
    """Distances are tied, and so are many curves of the null: in any unit and order of rows."""

    def asked(frame, u):
        common = {"target": "A", "distances": np.array([0.5, 1, 2, 3]) * u, "seed": 1}
        common["simulations"] = 39
        near = {"bandwidth": 0.5 * u}
        calls = {
            "m": lambda: ag.lang_marcon_puech(frame, **near, **common),
            "M": lambda: ag.marcon_puech(frame, **common),
            "M, weights": lambda: ag.marcon_puech(frame, weight="w", **common),
            "K": lambda: ag.ripley(
                frame, window=(-u, 6 * u, -u, 6 * u), null=ag.RandomLocation(), **common
            ),
            "K_d": lambda: ag.duranton_overman(frame, **near, **common),
            "K_d, rounds": lambda: ag.duranton_overman(
                frame, bands=ag.DroppedSimulationBands(), level=0.9, **near, **common
            ),
        }
        return calls[name]()

    base = asked(GRID, 1.0)
    other = GRID.assign(x=GRID["x"] * unit, y=GRID["y"] * unit, w=GRID["w"] * 0.1)
    found = asked(other.sample(frac=1, random_state=2), unit)
    assert found.p_value == base.p_value
    power = {"K": 2, "K_d": -1, "K_d, rounds": -1}.get(name, 0)
    np.testing.assert_allclose(
        found.curve["observed"] / unit**power, base.curve["observed"], rtol=1e-8, atol=1e-12
    )


def test_plants_of_one_place_and_weight_have_one_p_value():
    rng = np.random.default_rng(6)
    frame = pd.DataFrame(rng.integers(0, 4, (30, 2)), columns=["x", "y"]).assign(
        industry=["A", "A", "B"] * 10, w=rng.integers(1, 3, 30)
    )
    found = ag.local_concentration(
        frame.sample(frac=1, random_state=0), target="A", distance=1, weight="w", simulations=99
    ).table
    alike = found.groupby(["x", "y", "weight"])["p_value"]
    assert (alike.count() > 1).any()
    assert (alike.nunique(dropna=False) == 1).all()


def parallel(unit, shift):
    """Return six units on parallel paths, one of them treated in the last two of six periods."""
    i, t = np.divmod(np.arange(36), 6)
    y = (i % 3 + np.array([1, 3, 1, 1, 3, 1])[t]) * unit + shift
    return pd.DataFrame({"i": i, "t": t, "y": y, "on": ((i == 0) & (t >= 4)).astype(int)})


@pytest.mark.parametrize("shift", [0.0, 0.1])
@pytest.mark.parametrize("unit", [0.1, 1 / 3, 0.7, 1.0])
def test_parallel_paths_have_no_effect_and_every_placebo_is_tied(unit, shift):
    data = parallel(unit, shift)
    asked = {"outcome": "y", "unit": "i", "time": "t", "treated": "on"}
    for over in (ag.PermuteUnits(), ag.PermuteDates()):
        row = ag.permutation_test(data, over=over, **asked).tidy().iloc[0]
        assert (row["estimate"], row["p_value"]) == (0.0, 1.0)
    found = quietly(ag.synthetic_did, data, variance=ag.PlaceboVariance(9, seed=1), **asked)
    row = found.tidy().iloc[0]
    assert (row["estimate"], row["std_error"], row["p_value"]) == (0.0, 0.0, 1.0)
    assert (quietly(ag.event_study, data, **asked).tidy()["estimate"] == 0).all()
    assert ag.bacon_decomposition(data, **asked).estimate == 0.0
    control = quietly(ag.synthetic_control, data, **asked).tidy().iloc[0]
    assert control["p_value"] == 1.0


def test_weights_of_donors_that_all_fit_alike():
    A = np.array([[0.3, 0.1 + 0.2], [0.6, 0.6]])
    assert simplex_weights(A, np.array([0.3, 0.6])).tolist() == [0.5, 0.5]
