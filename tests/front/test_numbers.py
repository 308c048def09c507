"""Numbers of other libraries: the same value gives the same answer, another is refused in words."""

import warnings
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pandas as pd
import pytest

import agglometrics as ag
from agglometrics.errors import AgglometricsError
from agglometrics.tables.arguments import checked
from tests.front.calls import calls, parameters
from tests.front.test_bad_inputs import WAY_OUT

CALLS = calls()
NUMBERS = {
    (public, name): parameter
    for public, (function, _) in CALLS.items()
    for name, parameter in parameters(function).items()
    if name == "seed" or {"int", "float"} & {*str(parameter.annotation).split(" | ")}
}
BAD = ["5", b"5", 5j, pd.NA, pd.NaT, float("nan"), Decimal("nan"), -np.inf, np.float32("-inf"),
       np.array([5]), [5], (), {}, range(5), True, np.True_, pd.Series([5]), pd.Timestamp(0),
       np.random.RandomState(1), int, object()]  # fmt: skip


def refused(function, call):
    with warnings.catch_warnings(), pytest.raises(AgglometricsError) as failure:
        warnings.simplefilter("ignore")
        function(**call)
    return str(failure.value)


@pytest.mark.parametrize(("public", "name"), NUMBERS)
def test_what_is_no_number_is_refused(public, name):
    function, call = CALLS[public]
    for value in [*BAD, *(() if name == "seed" else (np.random.default_rng(1), 10**400))]:
        if (value is True or value is np.True_) and "bool" in str(NUMBERS[public, name].annotation):
            continue
        if isinstance(value, str) and "str" in str(NUMBERS[public, name].annotation):
            continue
        if (
            isinstance(value, int)
            and value > 1
            and "float" not in str(NUMBERS[public, name].annotation)
        ):
            continue  # a whole number of any size may be a lag or a least size
        said = refused(function, {**call, name: value})
        assert WAY_OUT.search(said), (value, said)


def others(value):
    """Yield Python's own number and the same one in the types of other libraries."""
    real = float(value)
    yield real, [np.array(real), Decimal(str(real))]
    if real.is_integer():
        yield int(value), [np.int16(value)]


def same(one, other):
    one, other = (each.tidy() if hasattr(each, "tidy") else each for each in (one, other))
    if isinstance(one, pd.DataFrame):
        pd.testing.assert_frame_equal(one, other, rtol=1e-12, atol=0)
    else:
        assert repr(one) == repr(other)


@pytest.mark.parametrize(("public", "name"), [key for key in NUMBERS if key[0][:5] != "plot_"])
@pytest.mark.filterwarnings("ignore")
def test_the_same_number_gives_the_same_answer(public, name):
    function, call = CALLS[public]
    value = call.get(name, NUMBERS[public, name].default)
    value = 1 if name == "seed" else value
    if not isinstance(value, int | float) or value > 1000:
        return
    for plain, held in others(value):
        right = function(**{**call, name: plain})
        for each in held:
            same(right, function(**{**call, name: each}))


def test_a_number_arrives_as_pythons_own():
    @checked
    def kinds(whole: int, fraction: float, either: int | float, seed: ag.datasets = None) -> list:
        return [type(each) for each in (whole, fraction, either, seed)]

    assert kinds(np.int8(5), Decimal("0.95"), 5.0, seed=np.float64(3)) == [int, float, float, int]
    assert kinds(5.0, Fraction(19, 20), np.int64(5), seed=7) == [int, float, int, int]
    for wrong in (5.5, Decimal("5.5"), np.float32(0.5), 1e20, Decimal("1e400"), "5"):
        with pytest.raises(AgglometricsError, match="whole must be a whole number"):
            kinds(wrong, 0.5, 1)
    for wrong in (np.inf, Decimal("inf"), 10**400, np.array([0.5]), Decimal("1e400")):
        with pytest.raises(AgglometricsError, match="fraction must be"):
            kinds(1, wrong, 1)


@pytest.mark.parametrize(
    ("public", "name", "value", "words"),
    [
        ("threshold_panel", "trim", 0.5, "below 0.5"),
        ("threshold_panel", "trim", -0.1, "below 0.5"),
        ("Conley", "radius", -1, "positive and finite"),
        ("NeweyWest", "bandwidth", 5.5, "bandwidth must be a whole number"),
        ("DriscollKraay", "bandwidth", "5", "bandwidth must be a whole number"),
        ("local_supply_rate", "minimum_coverage", 95, "a share from 0 to 1"),
        ("plot_gaps", "columns", 0, "columns must be a whole number from 1"),
        ("duranton_overman", "bandwidth", True, "bandwidth must be"),
        ("duranton_overman", "distances", object(), "distances must be a list of numbers"),
        ("duranton_overman", "distances", [1e-320], "distances must end between"),
        ("lang_marcon_puech", "bandwidth", 1e300, "bandwidth must be positive, up to"),
        ("local_concentration", "distance", 1e300, "distances must end between"),
        ("measurement_error", "relative", 1e300, "at most 10"),
        ("exposure_rings", "rings", 12, "fewer than the 12 units"),
        ("oster", "delta", np.inf, "delta must be finite"),
        ("anderson_rubin_test", "null", np.array(0.5), "a list of a number"),
    ],
)
def test_numbers_out_of_range(public, name, value, words):
    function, call = CALLS[public]
    said = refused(function, {**call, name: value})
    assert words in said, said


@pytest.mark.parametrize(
    ("public", "name", "value", "words"),
    [
        ("cluster_diagnostics", "column", "nowhere", "'nowhere'"),
        ("without_each", "column", "nowhere", "'nowhere'"),
        ("avg_slopes", "by", "nowhere", "'nowhere'"),
        ("conley_cutoff", "lat", "nowhere", "'nowhere'"),
        ("panel", "entity", "", "entity must name a column"),
        ("iv", "time", "  ", "time must name a column"),
        ("local_concentration", "target", ["A"], "target must be one label"),
        ("scan_clusters", "target", ["x"], "target must be one label"),
        ("lang_marcon_puech", "target", {"A"}, "target must be one label"),
        ("marcon_puech", "neighbor", ["A"], "neighbor must be one label"),
        ("ripley", "neighbor", ag.Cluster, "neighbor must be one label"),
        ("dynamic_index", "end", [2001], "end must be one label"),
        ("cluster_maturity", "start", pd.DataFrame(), "start must be one label"),
        ("event_study", "unit", 5, "unit must be a text"),
        ("Exact", "unit", pd.DataFrame(), "unit= must name what is drawn"),
        ("maturity_sensitivity", "variants", None, "variants must be"),
        ("location_quotient", "variants", pd.DataFrame(), "variants must be True or False"),
        ("collapse", "by", (), "by must name at least one key"),
        ("component_totals", "by", [], "by names no key"),
        ("component_totals", "by", [["a"]], "by must be"),
        ("dartboard_draws", "of", pd.DataFrame(), "of must be one label"),
        ("synthetic_control", "donors", [["a"]], "donors must be one label"),
        ("leave_one_out", "measure", lambda table: table, "measure must take a table"),
        ("plot_ranked_bars", "highlight", "N", "highlight must be a list of labels"),
        ("plot_tile_map", "highlight", [["N"]], "highlight must be one label"),
        ("lbm_gls", "columns", [], "columns names no column"),
    ],
)
def test_names_that_are_none(public, name, value, words):
    function, call = CALLS[public]
    said = refused(function, {**call, name: value})
    assert words in said, said
    assert WAY_OUT.search(said), said
