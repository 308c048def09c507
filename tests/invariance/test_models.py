"""What each estimator and check does when units, levels, order, dtypes or labels change.

The table CASES says, for every public name of `agglometrics.models`, by which power each answer
follows a column's unit (0: invariant), and which changes move it and why. Whatever the table
does not name must leave every answer as it is.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import agglometrics as ag

N, T = 16, 7
SCALES = (1e-9, 1e-6, 1e6, 1e9)
KEYS = {"entity": "i", "time": "t"}
Answers = dict[str, float]


def table() -> pd.DataFrame:
    """Return a panel with correlated unit effects, instruments, a count and coordinates."""
    rng = np.random.default_rng(7)
    i, t = np.divmod(np.arange(N * T), T)
    a = rng.normal(size=N)[i]
    z1, z2, x, e, v = rng.normal(size=(5, N * T))
    x = x + 0.8 * z1 + 0.5 * z2 + 0.3 * a + 0.5 * e
    y = x - 0.2 * x**2 + a + e + 0.5 * v
    return pd.DataFrame(
        {
            "i": i + 1, "t": 2000 + t, "g": i // 2 + 1, "x": x, "z1": z1, "z2": z2, "y": y,
            "n": rng.poisson(np.exp(0.3 * x + 0.2 * a)).astype(float),
            "m": np.exp(rng.normal(size=N * T)), "w": 1 + rng.random(N * T),
            "lon": 110 + i.astype(float), "lat": 28 + i % 4 + 0.0,
        }
    )  # fmt: skip


@dataclass(frozen=True)
class Case:
    """A call, how its answers follow units, and what moves them for a reason.

    Attributes
    ----------
    run : from the table to named answers
    powers : for an answer's name (a regular expression) the power of each column in it
    changes : a change -> why it moves the answer
    columns : the columns whose unit is changed;  shifted : those that get a constant
    far : relative tolerance a million standard deviations from zero
    """

    run: Callable[[pd.DataFrame], Answers]
    powers: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    changes: Mapping[str, str] = field(default_factory=dict)
    columns: tuple[str, ...] = ("y", "x")
    shifted: tuple[str, ...] = ("x",)
    far: float = 2e-6


def estimates(fit: ag.Estimates, *terms: str) -> Answers:
    """Return coefficients, errors, p-values and bounds of terms."""
    rows = fit.tidy().set_index("term")
    return {
        f"{column}[{term}]": float(rows.loc[term, column])
        for term in terms
        for column in ("estimate", "std_error", "p_value", "conf_low", "conf_high")
    }


def linear(cov: object = None, formula: str = "y ~ x + z1", *terms: str, **options: object):
    """Return a run of panel()."""

    def run(data: pd.DataFrame) -> Answers:
        said = {**KEYS, **options}
        fit = ag.panel(formula, data, cov=cov, **said)
        found = estimates(fit, *(terms or ("x", "z1")))
        slopes = [term for term in fit.terms if term != "Intercept"]
        return {**found, "n": fit.n_obs, "wald": float(fit.wald(*slopes).statistic[0])}

    return run


def one(frame: pd.DataFrame) -> Answers:
    """Return the numbers of every row of a frame."""
    numbers = frame.select_dtypes("number")
    return {f"{c}{k}": float(v) for c in numbers for k, v in enumerate(numbers[c])}


def instrumented(data: pd.DataFrame, cov: object = None) -> ag.IVRegression:
    """Return an overidentified iv() estimate."""
    cov = ag.Cluster("i") if cov is None else cov
    return ag.iv("y ~ [x ~ z1 + z2]", data, cov=cov, absorb="t", **KEYS)


def ends(found: ag.Interval) -> Answers:
    """Return a set's ends."""
    return {f"end{k}": end for k, end in enumerate(np.ravel(found.pieces))} | {
        "pieces": len(found.pieces)
    }


SLOPES = {
    r"(estimate|std_error|conf_\w+)\[x\]": {"y": 1, "x": -1},
    r"(estimate|std_error|conf_\w+)\[z1\]": {"y": 1, "z1": -1},
}
THREE = ("y", "x", "z1")
BOTH = ("x", "z1")
NO_SQUARE = "x is squared: a constant moves weight from the square to the line"


MEANS = 3e-3  # unit means are subtracted twice, each with the rounding error of the level


def panel_case(cov: object, far: float = 2e-6, **options: object) -> Case:
    """Return the case of panel() with a covariance."""
    return Case(linear(cov, **options), SLOPES, {}, THREE, BOTH, far)


def dynamic(steps: int) -> Case:
    """Return the case of difference GMM."""

    def run(data: pd.DataFrame) -> Answers:
        gmm = [ag.Gmm("y", 2, 3)]
        fit = ag.dynamic_panel("y ~ lag(y) + x", data, gmm=gmm, steps=steps, **KEYS)
        keep = ("n_instruments", "hansen", "m1", "m2", "sargan")
        return estimates(fit, "lag(y)", "x") | {k: fit.statistics[k] for k in keep}

    return Case(run, SLOPES)


def hausman_run(data: pd.DataFrame) -> Answers:
    """Return Hausman's test."""
    said = {**KEYS, "cov": ag.Homoskedastic()}
    fixed = ag.panel("y ~ x + z1", data, absorb="i", **said)
    return one(
        ag.hausman(fixed, ag.panel("y ~ x + z1", data, estimator=ag.RandomEffects(), **said))
    )


def u_run(data: pd.DataFrame) -> Answers:
    """Return the test of an inverted U over the range of the data, and Fieller's set."""
    fit = ag.panel("y ~ x + I(x**2)", data, cov=ag.Robust())
    low, high = data.x.min(), data.x.max()
    found = ag.u_test(fit, linear="x", square="I(x ** 2)", low=low, high=high)
    return one(found) | ends(found.turning_set[0])


def poisson_run(**options: object) -> Callable[[pd.DataFrame], Answers]:
    """Return a run of poisson()."""

    def run(data: pd.DataFrame) -> Answers:
        fit = ag.poisson("n ~ x + z1", data, cov=ag.Cluster("i"), **KEYS, **options)
        return estimates(fit, "x", "z1") | {"rows": fit.n_obs}

    return run


def instrumented_poisson(data: pd.DataFrame) -> Answers:
    """Return a control function, and its test."""
    fit = ag.poisson("n ~ [x ~ z1 + z2]", data, cov=ag.Cluster("i"), absorb=["i", "t"], **KEYS)
    return estimates(fit, "x", "residual(x)") | one(fit.endogeneity())


def weighted_poisson(data: pd.DataFrame) -> Answers:
    """Return a weighted Poisson model ; the likelihood's own variance counts rows."""
    said = {"weights": "w", "offset": "lon", **KEYS}
    moved = data.assign(lon=(data.lon - 110) / 10)
    fit = ag.poisson("n ~ x + z1", moved, cov=ag.Robust(), **said)
    by_unit = ag.poisson("n ~ x + z1", moved, absorb="t", cov=ag.Cluster("i"), **said)
    return estimates(fit, "x", "z1") | {
        f"clustered {key}": value for key, value in estimates(by_unit, "x", "z1").items()
    }


def bins_run(data: pd.DataFrame) -> Answers:
    """Return a binned scatter of four bins."""
    found = ag.binned_scatter("y ~ x + z1", data, x="x", bins=4, absorb="i")
    return one(found)


def threshold_run(data: pd.DataFrame) -> Answers:
    """Return a threshold regression."""
    said = {"by": "m", "varying": ["x"], "draws": 99}
    fit = ag.threshold_panel("y ~ x", data, **said, **KEYS)
    return {"threshold": fit.threshold} | estimates(fit, "x[low]")


def wild(data: pd.DataFrame) -> tuple[ag.IVRegression, ag.WildBootstrap]:
    """Return an overidentified estimate and the bootstrap that tests it."""
    return instrumented(data), ag.WildBootstrap("g", draws=199)


def just_identified(data: pd.DataFrame) -> ag.IVRegression:
    """Return an estimate with one instrument."""
    return ag.iv("y ~ [x ~ z1]", data, cov=ag.Cluster("i"), absorb="t", **KEYS)


def k_class(estimator: object) -> Case:
    """Return the case of iv() with an estimator of the k-class."""

    def run(data: pd.DataFrame) -> Answers:
        said = {**KEYS, "absorb": "t", "cov": ag.Cluster("i")}
        return estimates(ag.iv("y ~ [x ~ z1 + z2]", data, estimator=estimator, **said), "x")

    return Case(run, SLOPES, {}, ("y", "x", "z1"), BOTH)


def with_constant(estimator: object) -> Case:
    """Return the case of iv() with two endogenous terms beside the constant."""

    def run(data: pd.DataFrame) -> Answers:
        moved = data.assign(x2=data.z2 + 0.5 * data.y + data.w)
        fit = ag.iv("y ~ [x + x2 ~ z1 + z2 + lat]", moved, estimator=estimator, cov=ag.Robust())
        return estimates(fit, "x")

    return Case(run, SLOPES, {}, ("x", "z1"), BOTH)


def diagnostics_run(data: pd.DataFrame) -> Answers:
    """Return leverages and effective numbers of clusters."""
    found = ag.cluster_diagnostics(ag.panel("y ~ x + z1", data, absorb="t"), "g")
    return one(found.terms.drop(columns="largest_cluster")) | {
        f"{column}, sorted{k}": value
        for column in ("leverage", "partial[x]")
        for k, value in enumerate(sorted(found.clusters[column]))
    }


def across(data: pd.DataFrame) -> pd.DataFrame:
    """Return one period's known rows, a place a row, with latitudes that differ."""
    known = data.loc[data.y.notna() & (data.t == data.t.min())]
    return known.assign(lat=28 + 5 * np.sin(known.lon))


def places(data: pd.DataFrame) -> pd.DataFrame:
    """Return every known row at a place of its own: units by longitude, periods by latitude."""
    known = data.loc[data.y.notna()]
    return known.assign(lat=known.t.rank(method="dense") + known.lon % 3)


def root_run(test: Callable[..., ag.SpatialRootTest]) -> Callable[[pd.DataFrame], Answers]:
    """Return a run of a test of the spatial order of integration."""

    def run(data: pd.DataFrame) -> Answers:
        found = test("y ~ x", places(data), q=8, draws=2000)
        return {"statistic": found.statistic, "p": found.p_value}

    return run


def gls_run(data: pd.DataFrame) -> Answers:
    """Return a regression of transformed columns."""
    moved = ag.lbm_gls(across(data), ["y", "x"])
    return estimates(ag.panel("y ~ 0 + x", moved, cov=ag.Homoskedastic()), "x")


def ring(data: pd.DataFrame) -> pd.DataFrame:
    """Return the weights of a ring of the table's units, in the table's labels."""
    known = data.loc[data.y.notna()]
    labels = known.sort_values("lon").i.drop_duplicates()
    circle = (np.roll(np.eye(N), 1, axis=1) + np.roll(np.eye(N), -1, axis=1)) / 2
    return pd.DataFrame(circle, index=labels, columns=labels)


def spatial_run(data: pd.DataFrame) -> Answers:
    """Return a spatial panel."""
    fit = ag.spatial_panel("y ~ x", data, weights=ring(data), absorb="i", **KEYS)
    return estimates(fit, "x", "rho")


IDLE = {"idle unit": "its row has no place in the weights", "idle period": "panel not balanced"}
ONE_PERIOD: dict[str, str] = {}

CASES: dict[str, Case] = {
    "panel": panel_case(ag.Robust()),
    "panel: absorbed": panel_case(ag.Cluster("i"), absorb=["i", "t"]),
    "panel: weights": Case(linear(ag.Cluster("i"), weights="w"), SLOPES, {}, (*THREE, "w"), BOTH),
    "panel: homoskedastic": panel_case(ag.Homoskedastic()),
    "panel: two-way": panel_case(ag.Cluster("g", "t"), absorb="i"),
    "panel: CR3": panel_case(ag.CR3("g"), absorb="i"),
    "panel: CR3 across": panel_case(ag.CR3("g"), absorb=["i", "t"]),
    "panel: Newey-West": panel_case(ag.NeweyWest(2)),
    "panel: Driscoll-Kraay": panel_case(ag.DriscollKraay(2), absorb="i"),
    "panel: Conley": panel_case(ag.Conley(km=300), absorb="t"),
    "panel: bootstrap": panel_case(ag.WildBootstrap("g", draws=199), absorb="i"),
    "panel: lag": Case(
        linear(ag.Cluster("i"), "y ~ lag(y) + x", "lag(y)", "x"), SLOPES, {}, ("y", "x"), ("x",)
    ),
    "LeastSquares": panel_case(ag.Robust(), estimator=ag.LeastSquares()),
    "RandomEffects": panel_case(ag.Cluster("i"), estimator=ag.RandomEffects(), far=MEANS),
    "Mundlak": panel_case(ag.Cluster("i"), estimator=ag.Mundlak(), far=MEANS),
    "Between": panel_case(ag.Robust(), estimator=ag.Between(), far=MEANS),
    "FirstDifference": panel_case(ag.Cluster("i"), estimator=ag.FirstDifference()),
    "poisson": Case(poisson_run(), {r"(estimate|std_error|conf_\w+)\[x\]": {"x": -1},
        r"(estimate|std_error|conf_\w+)\[z1\]": {"z1": -1}}, {}, ("n", "x", "z1"), BOTH),
    "poisson: absorbed": Case(poisson_run(absorb=["i", "t"]),
        {r"(estimate|std_error|conf_\w+)\[x\]": {"x": -1},
         r"(estimate|std_error|conf_\w+)\[z1\]": {"z1": -1}}, {}, ("n", "x", "z1"), BOTH),
    "poisson: weights": Case(weighted_poisson,
        {r"(clustered )?(estimate|std_error|conf_\w+)\[x\]": {"x": -1},
         r"(clustered )?(estimate|std_error|conf_\w+)\[z1\]": {"z1": -1}}, {},
        ("w", "x", "z1"), BOTH),
    "ControlFunction": Case(instrumented_poisson,
        {r"(estimate|std_error|conf_\w+)\[x\]": {"x": -1},
         r"(estimate|std_error|conf_\w+)\[residual\(x\)\]": {"x": -1}}, {}, ("n", "x", "z1"),
        BOTH),
    "iv": Case(lambda d: estimates(instrumented(d), "x"), SLOPES, {}, ("y", "x", "z1"), BOTH),
    "weak_instruments": Case(lambda d: one(ag.weak_instruments(instrumented(d))), {}, {},
        ("y", "x", "z1"), BOTH),
    "anderson_rubin": Case(lambda d: ends(ag.anderson_rubin(instrumented(d))),
        {r"end\d": {"y": 1, "x": -1}}, {}, ("y", "x", "z1"), BOTH),
    "anderson_rubin_test": Case(lambda d: one(ag.anderson_rubin_test(instrumented(d), [0.0])), {},
        {}, ("y", "x", "z1"), BOTH),
    "overidentification": Case(lambda d: one(ag.overidentification(instrumented(d))), {}, {},
        ("y", "x", "z1"), BOTH),
    "wild_iv": Case(
        lambda d: one(ag.wild_iv(instrumented(d), ag.WildBootstrap("g", draws=99))),
        {r"(estimate|std_error|conf_\w+)0": {"y": 1, "x": -1}}, {}, ("y", "x", "z1"), BOTH),
    "hausman": Case(hausman_run, {}, {}, THREE, BOTH, MEANS),
    "robust_hausman": Case(lambda d: one(ag.robust_hausman("y ~ x + z1", d, **KEYS)), {}, {},
        THREE, BOTH, MEANS),
    "u_test": Case(u_run, {r"slope_\w+0": {"y": 1, "x": -1}, r"(turning_point0|end\d)": {"x": 1}},
        {"shift x": NO_SQUARE}),
    "oster": Case(
        lambda d: one(ag.oster("y ~ x + z1 + z2", d, treatment="x")),
        {r"beta_\w+0": {"y": 1, "x": -1}}, {}, THREE, BOTH),
    "binned_scatter": Case(bins_run,
        {r"(y|std_error|conf_\w+|band_\w+)\d": {"y": 1}, r"x\d": {"x": 1}},
        {"shift x": "x on the axis moves with it"}, THREE, BOTH),
    "without_each": Case(
        lambda d: {"least": float(ag.without_each(ag.panel("y ~ x + z1", d, absorb="i"), "g")
            .query("term == 'x'").estimate.min())}, {"least": {"y": 1, "x": -1}}, {}, THREE, BOTH),
    "detectable_effect": Case(
        lambda d: one(ag.detectable_effect(ag.panel("y ~ x + z1", d, absorb="i"))),
        {r"\w+0": {"y": 1, "x": -1}, r"\w+1": {"y": 1, "z1": -1}}, {}, THREE, BOTH),
    "dynamic_panel": dynamic(1),
    "dynamic_panel: two steps": dynamic(2),
    "threshold_panel": Case(threshold_run,
        {"threshold": {"m": 1}, r"(estimate|std_error|conf_\w+)\[x": {"y": 1, "x": -1}},
        {"shift x": "the change of slope becomes a change of level, which the model has not"},
        ("y", "x", "m")),
    "panel: slopes": replace(panel_case(ag.Cluster("i"), absorb=["i[t]", "t"]), changes={
        "dates": "a slope needs a number", "quarters packed": "another line in another number"}),
    "panels": Case(lambda d: estimates(ag.panels("y + m ~ x + z1", d, cov=ag.Robust())["y"],
        "x", "z1"), SLOPES, {}, THREE, BOTH),
    "lincom": Case(lambda d: estimates(ag.lincom(ag.panel("y ~ x + z1", d, absorb="i"),
        twice={"x": 2.0}), "twice"), {r"(estimate|std_error|conf_\w+)": {"y": 1, "x": -1}}, {},
        THREE, BOTH),
    "avg_slopes": Case(lambda d: estimates(ag.avg_slopes(ag.panel("y ~ x * z1", d, absorb="i"),
        "x"), "x"), {r"(estimate|std_error|conf_\w+)": {"y": 1, "x": -1}},
        {"shift x": "far from zero, x times z1 is collinear with z1"}, ("y", "x"), ("x",)),
    "predict": Case(lambda d: {"first": float(ag.predict(ag.panel("y ~ x + z1", d,
        absorb=["i", "t"]), d).min())}, {"first": {"y": 1}}, {}, THREE, BOTH),
    "PairsBootstrap": Case(
        lambda d: one(ag.oster("y ~ x + z1 + z2", d, treatment="x",
            bootstrap=ag.PairsBootstrap("g", draws=99))),
        {r"(beta_\w+|std_error|conf_\w+)0": {"y": 1, "x": -1}}, {}, THREE, BOTH),
    "Liml": k_class(ag.Liml()),
    "Fuller": k_class(ag.Fuller(1.0)),
    "Fuller: two terms": with_constant(ag.Fuller(4.0)),
    "TwoStage": k_class(ag.TwoStage()),
    "tf": Case(lambda d: one(ag.tf(just_identified(d))),
        {r"(estimate|std_error|conf_\w+)0": {"y": 1, "x": -1}}, {}, ("y", "x", "z1"), BOTH),
    "wild_anderson_rubin": Case(lambda d: ends(ag.wild_anderson_rubin(*wild(d))),
        {r"end\d": {"y": 1, "x": -1}}, {}, ("y", "x", "z1"), BOTH),
    "wild_anderson_rubin_test": Case(lambda d: one(ag.wild_anderson_rubin_test(*wild(d))), {}, {},
        ("y", "x", "z1"), BOTH),
    "cluster_diagnostics": Case(diagnostics_run, {}, {}, THREE, BOTH),
    "conley_cutoff": Case(
        lambda d: {"km": ag.conley_cutoff(ag.panel("y ~ x", across(d))).km}, {}, {},
        ("y", "x"), ("x",)),
    "spatial_unit_root_test": Case(root_run(ag.spatial_unit_root_test), {}, ONE_PERIOD,
        ("y", "x"), ("x",)),
    "spatial_stationarity_test": Case(root_run(ag.spatial_stationarity_test), {}, ONE_PERIOD,
        ("y", "x"), ("x",)),
    "lbm_gls": Case(gls_run, SLOPES, ONE_PERIOD, ("y", "x"), ("x",)),
    "spatial_panel": Case(spatial_run, SLOPES, IDLE, ("y",), ()),
}  # fmt: skip

# results and values: what they hold is tested with the function that makes or takes them
MADE_BY = {
    "Regression": "panel", "IVRegression": "iv", "ControlFunctionRegression": "poisson",
    "ThresholdRegression": "threshold_panel",
    "Gmm": "dynamic_panel", "SpatialEstimates": "spatial_panel", "SpatialLag": "spatial_panel",
    "SpatialError": "spatial_panel", "SpatialDurbin": "spatial_panel",
    "NoDependence": "spatial_panel", "ClusterDiagnostics": "cluster_diagnostics",
}  # fmt: skip
# text alone, or answered for in another file
ELSEWHERE = {
    "from_columns": "a text, tested in test_formulas",
    "impacts": "draws from spatial_panel's covariance; tests/models/spatial",
    "lagrange_multipliers": "tests/models/spatial",
    "plot_threshold": "draws what threshold_panel answers",
}


def public_names() -> set[str]:
    """Return the public names that come from `agglometrics.models`."""
    text = Path(ag.__file__).with_name("__init__.pyi").read_text(encoding="utf-8")
    found = re.findall(r"from \.models[\w.]* import (\([^)]*\)|[^\n]*)", text)
    return {name for part in found for name in re.findall(r"\w+", part)}


def test_every_public_name_is_in_the_table():
    answered = {name.split(":")[0] for name in CASES} | set(MADE_BY) | set(ELSEWHERE)
    assert public_names() - answered == set()
    assert set(MADE_BY.values()) <= set(CASES)


@pytest.fixture(scope="module")
def base() -> Callable[[str], tuple[pd.DataFrame, Answers]]:
    """Return the table and the answer of a case on it, computed once."""
    data, seen = table(), {}

    def answer(name: str) -> tuple[pd.DataFrame, Answers]:
        if name not in seen:
            seen[name] = CASES[name].run(data)
        return data, seen[name]

    return answer


def compare(
    found: Answers,
    expected: Answers,
    powers: Mapping[str, int],
    case: Case,
    s: float,
    rel: float = 2e-6,
):
    """Assert that each answer is its old value times s to the power of the changed columns."""
    assert found.keys() == expected.keys()
    for name, old in expected.items():
        power = sum(
            columns.get(c, 0) * k
            for pattern, columns in case.powers.items()
            if re.match(pattern, name)
            for c, k in powers.items()
        )
        assert found[name] / s**power == pytest.approx(old, rel=rel, abs=1e-10), name


quiet = pytest.mark.filterwarnings("ignore::agglometrics.AgglometricsWarning")


@quiet
@pytest.mark.parametrize("name", CASES)
def test_units(base, name):
    case, (data, expected) = CASES[name], base(name)
    for column in case.columns:
        for s in SCALES:
            found = case.run(data.assign(**{column: data[column] * s}))
            compare(found, expected, {column: 1}, case, s)


@quiet
@pytest.mark.parametrize("name", [n for n, c in CASES.items() if c.shifted])
@pytest.mark.parametrize("times", [1e3, 1e6])
def test_a_constant_added_to_a_regressor(base, name, times):
    case, (data, expected) = CASES[name], base(name)
    for column in case.shifted:
        far = data.assign(**{column: data[column] + times * data[column].std()})
        if f"shift {column}" not in case.changes:
            rel = case.far if times == 1e6 else 2e-6
            compare(case.run(far), expected, {}, case, 1.0, rel)


def relabelled(data: pd.DataFrame, dtype: str) -> pd.DataFrame:
    """Return the table with its keys in another dtype."""
    return data.assign(i=data.i.astype(dtype), g=data.g.astype(dtype))


def rows_only(data: pd.DataFrame, **changed: object) -> pd.DataFrame:
    """Return a copy of the last row with other keys and an unknown outcome."""
    return data.iloc[[-1]].assign(y=np.nan, n=np.nan, **changed)


SAME = {
    "rows permuted": lambda d: d.sample(frac=1, random_state=3),
    "keys as text": lambda d: relabelled(d, "str"),
    "keys as floats": lambda d: relabelled(d, "float64"),
    "keys as categories": lambda d: relabelled(d, "str").astype({"i": "category", "g": "category"}),
    "index of text": lambda d: d.set_axis([f"r{k}" for k in range(len(d))], axis=0),
    "dates": lambda d: d.assign(t=pd.to_datetime(d.t.astype(str))),
    "periods counted from one": lambda d: d.assign(t=d.t - 1999),
    "every second year": lambda d: d.assign(t=2 * d.t),
    "quarters packed": lambda d: d.assign(t=(2000 + (d.t - 2000) // 4) * 10 + (d.t - 2000) % 4 + 1),
    "idle unit": lambda d: pd.concat([d, rows_only(d, i=N + 1, g=N, lon=100.0)]),
    "idle period": lambda d: pd.concat([d, rows_only(d, t=2000 + T)]),
}


@quiet
@pytest.mark.parametrize("name", CASES)
def test_order_dtypes_and_idle_rows(base, name):
    case, (data, expected) = CASES[name], base(name)
    for change, moved in SAME.items():
        if change not in case.changes:
            compare(case.run(moved(data)), expected, {}, case, 1.0)


DRAWS = (
    "PairsBootstrap",
    "panel: bootstrap",
    "wild_iv",
    "wild_anderson_rubin",
    "wild_anderson_rubin_test",
    "threshold_panel",
)  # labels number the groups that draw


@quiet
@pytest.mark.parametrize("name", [n for n in CASES if n not in DRAWS])
def test_labels_renamed(base, name):
    case, (data, expected) = CASES[name], base(name)
    renamed = data.assign(
        i=[f"county {(7 * k) % 17}" for k in data.i], g=[f"city {9 - k}" for k in data.g]
    )
    compare(case.run(renamed), expected, {}, case, 1.0)
