"""What is asked of a fit: predictions, linear combinations, slopes; slopes and effects absorbed."""

import inspect
import warnings

import numpy as np
import pandas as pd
import pytest
import statsmodels.formula.api as smf

import agglometrics as ag
from agglometrics.errors import InputError
from agglometrics.models.postestimation.predict import level_effects

pytestmark = pytest.mark.filterwarnings("ignore:almost all variation")


def table(seed: int = 0, G: int = 10, T: int = 12) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    g, t = np.divmod(np.arange(G * T), T)
    x = rng.normal(size=G * T) + 0.1 * g * t
    w = rng.uniform(0.5, 2, G * T)
    treated = (g < G // 2).astype(float)
    event = np.clip(t - 6, -3, 3)
    y = 2 * x + 0.3 * g * t + g + 0.5 * treated * (event >= 0) + rng.normal(size=G * T)
    frame = {"g": g, "t": t, "x": x, "w": w, "treated": treated, "event": event, "y": y}
    return pd.DataFrame(frame)


@pytest.mark.parametrize(
    "cov", [ag.Robust(), ag.Cluster("g"), ag.CR2("g"), ag.DriscollKraay(2, "t")]
)
@pytest.mark.parametrize("weights", [None, "w"])
def test_absorbed_slopes_are_explicit_interactions(cov: object, weights: str | None) -> None:
    data = table()
    if weights and isinstance(cov, ag.CR2):
        pytest.skip("CR2 with absorbed effects takes no weights")
    absorbed = ag.panel("y ~ x", data, absorb=["g[t]", "t"], cov=cov, weights=weights)
    written = ag.panel("y ~ C(g):t + x", data, absorb=["g", "t"], cov=cov, weights=weights)
    at = written.terms.index("x")
    assert absorbed.terms == ("x",)
    assert absorbed.params[0] == pytest.approx(written.params[at], rel=1e-9)
    row, other = absorbed.tidy().iloc[0], written.tidy().iloc[at]
    for name in ("std_error", "p_value", "conf_low", "conf_high"):
        assert row[name] == pytest.approx(other[name], rel=1e-8), name
    again = absorbed.with_cov(ag.Homoskedastic()).std_errors[0]
    assert again == pytest.approx(written.with_cov(ag.Homoskedastic()).std_errors[at], rel=1e-9)
    pd.testing.assert_series_equal(absorbed.residuals(), written.residuals())
    assert absorbed.notes == ()


def test_absorbed_slopes_by_hand() -> None:
    # each group on its own line: y = 1 + 2 t and y = 5 - t, so that x has nothing to explain
    data = pd.DataFrame(
        {"g": [1, 1, 1, 2, 2, 2], "t": [0, 1, 2, 0, 1, 2], "x": [1.0, 5, 2, 0, 3, 1]}
    )
    data["y"] = np.where(data.g == 1, 1 + 2 * data.t, 5 - data.t) + 3 * data.x
    fit = ag.panel("y ~ x", data, absorb="g[t]", cov=ag.Robust())
    assert fit.params.tolist() == pytest.approx([3])


def instrumented(seed: int = 1) -> pd.DataFrame:
    """Return `table` with an endogenous p, instruments z1 and z2, and a count n."""
    rng = np.random.default_rng(seed)
    data, shock = table(seed), rng.normal(size=120)
    z = rng.normal(size=(2, 120)) + 0.05 * data["g"].to_numpy() * data["t"].to_numpy()
    p = z[0] + 0.5 * z[1] + shock + rng.normal(size=120) + 0.2 * data["g"] * data["t"]
    y = data["y"] + 1.5 * p + 2 * shock
    mean = np.exp(0.4 * data["x"] - 0.05 * data["g"] * data["t"] / 9 + 1)
    return data.assign(z1=z[0], z2=z[1], p=p, y=y, n=rng.poisson(mean))


@pytest.mark.parametrize("cov", [ag.Robust(), ag.Cluster("g"), ag.Homoskedastic()])
@pytest.mark.parametrize("weights", [None, "w"])
@pytest.mark.parametrize("way", [ag.TwoStage(), ag.Liml(), ag.Fuller()])
def test_absorbed_slopes_of_iv_are_explicit_interactions(
    cov: object, weights: str | None, way: object
) -> None:
    data = instrumented()
    options = {"cov": cov, "weights": weights, "estimator": way}
    absorbed = ag.iv("y ~ x + [p ~ z1 + z2]", data, absorb=["g[t]", "t"], **options)
    written = ag.iv("y ~ C(g):t + x + [p ~ z1 + z2]", data, absorb=["g", "t"], **options)
    assert absorbed.terms == ("p", "x") and absorbed.effects == ("t", "g", "g[t]")
    for term in absorbed.terms:
        one, two = (f.tidy().set_index("term").loc[term] for f in (absorbed, written))
        assert one.to_numpy(float) == pytest.approx(two.to_numpy(float), rel=1e-7), term
    stage, other = absorbed.first_stage("p"), written.first_stage("p")
    assert stage.terms == ("z1", "z2", "x")
    assert stage.params["z1"] == pytest.approx(other.params["z1"], rel=1e-8)
    assert absorbed.first_stage_f()["p"] == pytest.approx(written.first_stage_f()["p"], rel=1e-7)
    robust = absorbed.with_cov(ag.Robust()).std_errors["p"]
    assert robust == pytest.approx(written.with_cov(ag.Robust()).std_errors["p"], rel=1e-8)


def test_absorbed_slopes_of_iv_are_those_partialled_out_by_hand() -> None:
    # Frisch, Waugh and Lovell: residuals on dummies and slopes of numpy alone, then linearmodels
    linearmodels = pytest.importorskip("linearmodels.iv")
    data = instrumented(2)
    on = data["g"].to_numpy()[:, None] == np.arange(10)
    D = np.column_stack([on, on * data["t"].to_numpy()[:, None]]).astype(float)
    names = ["y", "p", "x", "z1", "z2"]
    left = data[names] - D @ np.linalg.lstsq(D, data[names].to_numpy(), rcond=None)[0]
    by_hand = linearmodels.IV2SLS(left["y"], left[["x"]], left[["p"]], left[["z1", "z2"]]).fit()
    fit = ag.iv("y ~ x + [p ~ z1 + z2]", data, absorb="g[t]", cov=ag.Robust())
    assert fit.params["p"] == pytest.approx(by_hand.params["p"], rel=1e-8)
    assert fit.params["x"] == pytest.approx(by_hand.params["x"], rel=1e-8)
    scale = np.sqrt(120 / (120 - 22))  # effects and slopes count as parameters here
    assert fit.std_errors["p"] == pytest.approx(by_hand.std_errors["p"] * scale, rel=1e-8)
    ar = ag.anderson_rubin_test(fit, [1.5])
    written = ag.iv("y ~ C(g):t + x + [p ~ z1 + z2]", data, absorb="g", cov=ag.Robust())
    pd.testing.assert_frame_equal(ar, ag.anderson_rubin_test(written, [1.5]))


@pytest.mark.parametrize("cov", [ag.Robust(), ag.Cluster("g")])
@pytest.mark.parametrize("weights", [None, "w"])
def test_absorbed_slopes_of_poisson_are_dummies_and_interactions(
    cov: object, weights: str | None
) -> None:
    data = instrumented(3)
    options = {"cov": cov, "weights": weights}
    absorbed = ag.poisson("n ~ x", data, absorb=["g[t]"], **options)
    written = ag.poisson("n ~ x + C(g):t", data, absorb=["g"], **options)
    assert absorbed.terms == ("x",) and absorbed.effects == ("g", "g[t]")
    one, two = absorbed.tidy().iloc[0], written.tidy().set_index("term").loc["x"]
    assert one.iloc[1:].to_numpy(float) == pytest.approx(two.to_numpy(float), rel=1e-6)
    assert absorbed.statistics["deviance"] == pytest.approx(written.statistics["deviance"])
    import statsmodels.api as sm

    model = smf.glm(
        "n ~ x + C(g) + C(g):t", data, family=sm.families.Poisson(),
        freq_weights=None if weights is None else data["w"].to_numpy(),
    )  # fmt: skip
    assert absorbed.params["x"] == pytest.approx(model.fit(tol=1e-12).params["x"], rel=1e-6)


def test_slopes_are_refused_where_they_are_not_absorbed_and_of_many_groups() -> None:
    data = instrumented()
    with pytest.raises(InputError, match="poisson\\(\\) without instruments; found 'g\\[t\\]'"):
        ag.poisson("n ~ [p ~ z1]", data, absorb=["g[t]"])
    with pytest.raises(InputError, match="in panel\\(\\) by least squares"):
        ag.panel("y ~ x", data, absorb="g[t]", entity="g", time="t",
                 estimator=ag.FirstDifference())  # fmt: skip
    many = pd.DataFrame({"g": np.repeat(np.arange(2001), 2), "t": np.tile([0, 1], 2001)})
    with pytest.raises(InputError, match="at most 2000 groups; 'g' has 2001"):
        ag.panel("y ~ x", many.assign(x=1.0 * many.t, y=1.0 * many.g), absorb=["g[t]"])


def test_slopes_elsewhere_are_terms_of_the_formula() -> None:
    """What the refusal names as the way out gives the slopes of panel."""
    data = table().assign(same=lambda d: d.x)
    said = "Write slopes of each group as a term of the formula, C\\(g\\):t"
    with pytest.raises(InputError, match=said):
        ag.poisson("y ~ [x ~ same]", data, absorb="g[t]")
    absorbed = ag.panel("y ~ x", data, absorb="g[t]", cov=ag.Robust())
    written = ag.iv("y ~ C(g):t + [x ~ same]", data, absorb="g", cov=ag.Robust())
    assert written.params[0] == pytest.approx(absorbed.params[0], rel=1e-8)
    assert written.std_errors[0] == pytest.approx(absorbed.std_errors[0], rel=1e-8)
    count = data.assign(n=np.round(np.exp(data.y / data.y.std())))
    one = ag.poisson("n ~ x + C(g):t", count, absorb="g", cov=ag.Robust())
    two = ag.poisson("n ~ x + C(g) + C(g):t", count, cov=ag.Robust(), rule=one.rule)
    assert one.params[0] == pytest.approx(two.params[two.terms.index("x")], rel=1e-7)


def test_effects_only() -> None:
    data = table()
    fit = ag.panel("y ~ 1", data, absorb=["g", "t"])
    dummies = smf.ols("y ~ C(g) + C(t)", data).fit()
    assert fit.residuals().to_numpy() == pytest.approx(dummies.resid.to_numpy(), abs=1e-9)
    assert fit.statistics["r2"] == pytest.approx(dummies.rsquared)
    assert fit.terms == ()
    assert fit.tidy().empty
    assert ag.predict(fit, data).to_numpy() == pytest.approx(dummies.fittedvalues.to_numpy())
    with pytest.raises(InputError, match="was not estimated"):
        fit.interval()


def test_predictions_for_new_rows() -> None:
    data = table()
    formula = "y ~ x * np.log(w) + C(event)"
    fit = ag.panel(formula, data.iloc[:-5], absorb=["g", "t"], cov=ag.Robust())
    dummies = smf.ols(formula + " + C(g) + C(t)", data.iloc[:-5]).fit()
    assert ag.predict(fit).to_numpy() == pytest.approx(dummies.fittedvalues.to_numpy(), rel=1e-8)
    new = data.sample(frac=1, random_state=0)
    found = ag.predict(fit, new)
    assert found.index.equals(new.index)
    assert found.to_numpy() == pytest.approx(dummies.predict(new).to_numpy(), rel=1e-7)


def test_rows_that_cannot_be_predicted() -> None:
    data = table()
    fit = ag.panel("y ~ x", data, absorb=["g", "t"], cov=ag.Robust())
    new = pd.DataFrame({"g": [0, 99, 1], "t": [0, 0, 1], "x": [1.0, 1.0, np.nan]})
    assert ag.predict(fit, new).isna().tolist() == [False, True, True]
    apart = data[(data.g < 5) == (data.t < 6)]  # no group of the one half in the other's periods
    fit = ag.panel("y ~ x", apart, absorb=["g", "t"], cov=ag.Robust())
    crossed = pd.DataFrame({"g": [0, 0], "t": [0, 11], "x": 1.0})
    assert ag.predict(fit, crossed).isna().tolist() == [False, True]
    with pytest.raises(InputError, match="another type in the new table"):
        ag.predict(fit, crossed.assign(g=["0", "0"]))
    sorts = ag.panel("y ~ C(event)", data, cov=ag.Robust())
    with pytest.raises(InputError, match="categories that the sample"):
        ag.predict(sorts, pd.DataFrame({"event": [17]}))
    slopes = ag.panel("y ~ x", data, absorb="g[t]", cov=ag.Robust())
    assert (ag.predict(slopes) + slopes.residuals()).to_numpy() == pytest.approx(data["y"])
    with pytest.raises(InputError, match="absorbed slopes"):
        ag.predict(slopes, data)
    with pytest.raises(InputError, match="needs estimates of panel\\(\\) by least squares"):
        ag.predict(ag.poisson("w ~ x", data))


def test_effects_add_up() -> None:
    rng = np.random.default_rng(1)
    a, b = rng.integers(0, 5, 200), rng.integers(0, 7, 200)
    sums = rng.normal(size=5)[a] + 1e6 * rng.normal(size=7)[b]
    one, two = level_effects((a, b), sums)
    assert one[a] + two[b] == pytest.approx(sums, rel=1e-9)


def test_linear_combinations_against_statsmodels() -> None:
    data = table()
    fit = ag.panel("y ~ x + w", data, cov=ag.Robust())
    reference = smf.ols("y ~ x + w", data).fit(cov_type="HC1", use_t=True)
    test = reference.t_test("x - 2 * w = 0")
    row = ag.lincom(fit, gap={"x": 1, "w": -2}).tidy().iloc[0]
    assert row["estimate"] == pytest.approx(test.effect[0])
    assert row["std_error"] == pytest.approx(test.sd[0, 0])
    assert row["p_value"] == pytest.approx(test.pvalue)
    assert (row["conf_low"], row["conf_high"]) == pytest.approx(tuple(test.conf_int()[0]))
    clustered = ag.lincom(fit, x={"x": 1}).with_cov(ag.Cluster("g"))
    assert clustered.std_errors == pytest.approx(fit.with_cov(ag.Cluster("g")).std_errors[1])
    with pytest.raises(InputError, match=r"terms \['z'\] were not estimated"):
        ag.lincom(fit, gap={"x": 1, "z": -1})
    with pytest.raises(InputError, match="lincom needs a combination"):
        ag.lincom(fit)
    with pytest.raises(InputError, match="not t statistics"):
        ag.lincom(fit.with_cov(ag.WildBootstrap("g", draws=99)), x={"x": 1})


@pytest.mark.parametrize("unit", [1e-6, 1.0, 1e6])
def test_average_slopes_in_a_variable_below_zero_in_any_unit(unit: float) -> None:
    data = table()
    data["x"] = unit * (data["x"] - data["x"].max() - 1)
    fit = ag.panel("y ~ I(x**3)", data, cov=ag.Robust())
    by_hand = 3 * fit.params[1] * (data["x"] ** 2).mean()
    assert ag.avg_slopes(fit, "x").params[0] == pytest.approx(by_hand, rel=1e-6)


def test_average_slopes_by_formula() -> None:
    data = table()
    fit = ag.panel("y ~ x * w + I(x**2) + np.log(w)", data, cov=ag.Robust())
    b = dict(zip(fit.terms, fit.params, strict=True))
    x, w = data["x"].mean(), data["w"].mean()
    found = ag.avg_slopes(fit)
    assert found.terms == ("x", "w")
    by_hand = [
        b["x"] + b["x:w"] * w + 2 * b["I(x ** 2)"] * x,
        b["w"] + b["x:w"] * x + b["np.log(w)"] * (1 / data["w"]).mean(),
    ]
    assert found.params.tolist() == pytest.approx(by_hand, rel=1e-6)
    same = ag.lincom(fit, x={"x": 1, "x:w": w, "I(x ** 2)": 2 * x})
    assert found.std_errors[0] == pytest.approx(same.std_errors[0], rel=1e-6)
    groups = ag.avg_slopes(fit, "x", by="treated")
    assert groups.terms == ("x[0.0]", "x[1.0]")
    assert groups.params.mean() == pytest.approx(found.params[0])  # halves of one size
    with pytest.raises(InputError, match="moves no term"):
        ag.avg_slopes(fit, "t")
    with pytest.raises(InputError, match="numeric variables"):
        ag.avg_slopes(fit, "kind") if "kind" in data else ag.avg_slopes(
            ag.panel("y ~ C(k) + x", data.assign(k="a"), cov=ag.Robust()), "k"
        )


def test_event_time_interactions() -> None:
    data = table()
    fit = ag.panel("y ~ x + i(event, treated, ref=-1)", data, absorb=["g", "t"])
    for e in (-3, -2, 0, 1, 2, 3):
        data[f"d{e + 3}"] = (data.event == e) * data.treated
    names = [f"d{e + 3}" for e in (-3, -2, 0, 1, 2, 3)]
    written = ag.panel("y ~ x + " + " + ".join(names), data, absorb=["g", "t"])
    assert fit.params == pytest.approx(written.params)
    assert fit.std_errors == pytest.approx(written.std_errors)
    assert "i(event, treated, ref=-1)[-3]" in fit.terms
    few = data[data.event > 1]
    assert ag.predict(fit, few).to_numpy() == pytest.approx(ag.predict(fit)[few.index].to_numpy())
    with pytest.raises(InputError, match=r"ref=9\): no row has that value; values are"):
        ag.panel("y ~ i(event, treated, ref=9)", data)


def test_several_outcomes() -> None:
    data = table().assign(z=lambda d: d["x"] - d["w"])
    data.loc[3, "z"] = np.nan
    found = ag.panels("np.exp(w + 0 * x) + z ~ x", data, absorb="g", cov=ag.Cluster("g"))
    assert list(found) == ["np.exp(w + 0 * x)", "z"]
    alone = ag.panel("z ~ x", data, absorb="g", cov=ag.Cluster("g"))
    assert found["z"].params == pytest.approx(alone.params)
    assert found["z"].n_obs == found["np.exp(w + 0 * x)"].n_obs - 1
    with pytest.raises(InputError, match="more than once"):
        ag.panels("z + z ~ x", data)


def test_no_seed_is_none() -> None:
    for name in ag.__all__:
        function = getattr(ag, name)
        if not callable(function):
            continue
        try:
            found = inspect.signature(function).parameters
        except (TypeError, ValueError):
            continue
        if "seed" in found:
            assert found["seed"].default is not None, name


def test_slopes_warn_of_reported_terms_alone() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        ag.panel("y ~ x", table(), absorb="g[t]", cov=ag.Cluster("g"))
