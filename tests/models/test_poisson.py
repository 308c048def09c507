"""PPML: by hand, by identity with dummies and statsmodels, separation, and against fixest."""

import numpy as np
import pandas as pd
import pytest

from agglometrics import CR3, Cluster, Homoskedastic, PlmRules, Robust, WildBootstrap
from agglometrics import poisson as ppml
from agglometrics.errors import ConvergenceError, IdentificationError, InputError
from agglometrics.models.counts.iterations import iterate

pytestmark = pytest.mark.filterwarnings("ignore:.*clusters in.*:UserWarning")


def patents(seed: int = 2, units: int = 30, periods: int = 6) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    unit, time = np.divmod(np.arange(units * periods), periods)
    x, z = rng.normal(size=(2, len(unit)))
    effect = rng.normal(size=units)[unit]
    mu = np.exp(1 + 0.5 * x - 0.3 * z + effect + 0.1 * time)
    frame = {"unit": unit, "time": time, "x": x, "z": z, "size": rng.uniform(1, 3, len(unit))}
    return pd.DataFrame(frame | {"y": rng.poisson(mu)})


def test_two_means_by_hand():
    # saturated: exp(a) = 2, exp(a + b) = 6; HC0 of b: sum (y - 2)^2 / 6^2 + sum (y - 6)^2 / 18^2
    data = pd.DataFrame({"x": [0, 0, 0, 1, 1, 1], "y": [1, 2, 3, 4, 6, 8]})
    fit = ppml("y ~ x", data, cov=Robust(), rule=PlmRules())
    assert fit.params == pytest.approx([np.log(2), np.log(3)])
    assert fit.std_errors[1] == pytest.approx(np.sqrt(2 / 36 + 8 / 324))


def test_equals_statsmodels():
    import statsmodels.api as sm

    data = patents()
    fit = ppml("y ~ x + z", data, cov=Homoskedastic(), rule=PlmRules(), offset="size")
    X = sm.add_constant(data[["x", "z"]])
    glm = sm.GLM(data.y, X, family=sm.families.Poisson(), offset=data["size"]).fit(tol=1e-12)
    assert fit.params == pytest.approx(glm.params.to_numpy(), rel=1e-8)
    assert fit.std_errors == pytest.approx(glm.bse.to_numpy(), rel=1e-7)
    assert fit.statistics["deviance"] == pytest.approx(glm.deviance)
    assert fit.statistics["log_likelihood"] == pytest.approx(glm.llf)
    robust = fit.with_cov(Robust())
    hc0 = sm.GLM(data.y, X, family=sm.families.Poisson(), offset=data["size"]).fit(cov_type="HC0")
    assert robust.std_errors == pytest.approx(hc0.bse.to_numpy(), rel=1e-6)


def test_absorbing_equals_dummies():
    data = patents()
    absorbed = ppml(
        "y ~ x + z", data, absorb=["unit", "time"], cov=Cluster("unit"), rule=PlmRules()
    )
    dummies = ppml("y ~ x + z + C(unit) + C(time)", data, cov=Cluster("unit"), rule=PlmRules())
    assert absorbed.params == pytest.approx(dummies.params[1:3], rel=1e-7)
    assert absorbed.std_errors == pytest.approx(dummies.std_errors[1:3], rel=1e-5)


def test_weights_repeat_rows():
    data = patents().assign(w=lambda d: 1 + d.index % 2)
    weighted = ppml("y ~ x", data, absorb="unit", weights="w", cov=Robust())
    repeated = ppml("y ~ x", data.loc[data.index.repeat(data.w)], absorb="unit", cov=Robust())
    assert weighted.params == pytest.approx(repeated.params, rel=1e-8)


def test_scaling_the_outcome_moves_only_the_constant():
    data = patents()
    one = ppml("y ~ x", data, cov=Robust())
    tenth = ppml("s ~ x", data.assign(s=data.y / 10), cov=Robust())
    assert tenth.params - one.params == pytest.approx([-np.log(10), 0], abs=1e-9)
    assert tenth.std_errors == pytest.approx(one.std_errors, rel=1e-7)


def test_groups_of_zeros_go_and_are_reported():
    data = patents()
    data.loc[data.unit.isin([3, 7]), "y"] = 0
    fit = ppml("y ~ x + z", data, absorb=["unit", "time"])
    alone = ppml("y ~ x + z", data[~data.unit.isin([3, 7])], absorb=["unit", "time"])
    assert fit.n_obs == 28 * 6
    assert fit.notes == (
        "12 rows left out: an absorbed group's outcomes are all zero (separation)",
    )
    assert fit.params == pytest.approx(alone.params, rel=1e-8)


def test_zeros_predicted_by_a_term_go_and_are_reported():
    # d = 1 only where y = 0: its coefficient would run to minus infinity
    data = patents()
    data["d"] = ((data.y == 0) & (data.index % 2 == 0)).astype(float)
    fit = ppml("y ~ x + d", data, absorb="time", cov=Robust())
    gone = int(data.d.sum())
    assert gone > 3
    assert f"{gone} rows left out: the terms and effects predict their zeros" in fit.notes[0]
    assert fit.terms == ("x",)
    alone = ppml("y ~ x", data[data.d == 0], absorb="time", cov=Robust())
    assert fit.params == pytest.approx(alone.params, rel=1e-7)


def test_zeros_predicted_by_a_term_less_the_effects_go_too():
    # d less a tenth of the unit's number is one only where y = 0: the effects take the rest, and
    # where y > 0 what remains of d is rounding error, not variation
    data = patents()
    zero = (data.y == 0) & (data.index % 2 == 0)
    data["d"] = zero + data.unit / 10
    fit = ppml("y ~ x + d", data, absorb="unit", cov=Robust())
    assert f"{int(zero.sum())} rows left out: the terms and effects predict" in " ".join(fit.notes)
    assert fit.terms == ("x",)
    alone = ppml("y ~ x", data[~zero], absorb="unit", cov=Robust())
    assert fit.params == pytest.approx(alone.params, rel=1e-7)


def test_a_term_collinear_among_positives_need_not_separate():
    # d is zero where y > 0 but takes both signs where y = 0: the estimate exists
    data = patents()
    zeros = np.flatnonzero(data.y == 0)
    data["d"] = 0.0
    data.loc[zeros, "d"] = np.where(np.arange(len(zeros)) % 2, 1.0, -1.0)
    fit = ppml("y ~ x + d", data, cov=Robust())
    assert fit.n_obs == len(data)
    assert fit.terms == ("Intercept", "x", "d")


def test_slope_is_found_in_simulated_panels():
    # 40 panels with effects correlated with x, truth .5
    draws = []
    for seed in range(40):
        data = patents(seed)
        data["x"] += 0.3 * data.unit / 10
        rng = np.random.default_rng(1000 + seed)
        data["y"] = rng.poisson(np.exp(0.5 * data.x + data.unit / 20))
        draws.append(ppml("y ~ x", data, absorb=["unit", "time"]).params[0])
    assert np.mean(draws) == pytest.approx(0.5, abs=3 * np.std(draws) / np.sqrt(40))


def test_errors_say_what_to_do():
    data = patents()
    with pytest.raises(InputError, match="must not be negative; found 1 negative rows"):
        ppml("y ~ x", data.assign(y=data.y.where(data.index > 0, -1)))
    with pytest.raises(
        IdentificationError, match="is 0 in all 180 rows used: there is nothing to explain"
    ):
        ppml("y ~ x", data.assign(y=0))
    with pytest.raises(InputError, match="CR3 is defined for panel"):
        ppml("y ~ x", data, cov=CR3("unit"))
    with pytest.raises(InputError, match="WildBootstrap is for panel"):
        ppml("y ~ x", data, cov=WildBootstrap("unit"))
    with pytest.raises(IdentificationError, match="no term is identified"):
        ppml("y ~ f", data.assign(f=data.unit), absorb="unit")


def test_running_out_of_iterations_is_an_error(monkeypatch):
    # pyfixest 0.60 returns its last step without a word
    monkeypatch.setitem(iterate.__globals__, "ITERATIONS", 2)
    data = patents()
    X = data[["x"]].to_numpy()
    with pytest.raises(ConvergenceError, match="did not converge in 2 steps"):
        iterate(data.y.to_numpy(float), X, [], np.zeros(len(X)), np.ones(len(X)))


@pytest.mark.external
def test_trade_as_fixest(reference):
    # R 4.2.2, fixest 0.14.2 (expected.json). Its iterations stop at a relative change of 1e-8
    # and its demeaning at 1e-6: the error agrees to 4e-6, and dummies give ours
    data = pd.read_csv(reference / "panel" / "trade.csv.gz")
    fit = ppml(
        "Euros ~ log(dist_km)",
        data,
        absorb=["Origin", "Destination", "Product", "Year"],
        cov=Cluster("Origin", "Destination"),
    )
    assert fit.params == pytest.approx([-1.527874], abs=5e-7)
    assert fit.std_errors == pytest.approx([0.1307336], rel=1e-5)


def test_effects_alone_separate_as_a_linear_programme_says():
    # separation_datasets/12.csv of ppmlhdfe marks the row (a=4, b=3, y=0); the rest by brute
    # force: is there z = a_i + b_j >= 0, zero where y > 0, positive in a row with y = 0?
    from scipy.optimize import linprog

    from agglometrics.models.counts.separation import keep_without_zero_groups, separated_by_effects
    from agglometrics.tables.codes import recode

    rng, seen = np.random.default_rng(0), 0
    for _ in range(40):
        y = (rng.random(30) < 0.5).astype(float)
        a, b = rng.integers(0, 7, size=(2, 30))
        keep = keep_without_zero_groups(y, [recode(a), recode(b)])
        if keep.sum() < 4:
            continue
        y, a, b = y[keep], recode(a[keep]), recode(b[keep])
        D = np.column_stack([np.eye(a.max() + 1)[a], np.eye(b.max() + 1)[b]])
        zero = y == 0
        expected = np.zeros(len(y), dtype=bool)
        for row in np.flatnonzero(zero):
            best = linprog(
                -D[row], A_ub=-D[zero], b_ub=np.zeros(zero.sum()), A_eq=D[~zero],
                b_eq=np.zeros((~zero).sum()), bounds=(-1, 1),
            )  # fmt: skip
            expected[row] = -best.fun > 1e-7
        assert (separated_by_effects(~zero, [a, b]) == expected).all()
        seen += int(expected.any())
    assert seen >= 3
