"""What regressions refuse, and the corners that other tests do not reach."""

import numpy as np
import pandas as pd
import pytest

import agglometrics as ag

pytestmark = pytest.mark.filterwarnings("ignore:.*clusters in.*:UserWarning")


def table() -> pd.DataFrame:
    rng = np.random.default_rng(0)
    unit, time = np.divmod(np.arange(60), 6)
    x, z, e = rng.normal(size=(3, 60))
    frame = {"i": unit, "t": time, "x": x + z, "z": z, "y": x + e, "w": 1.0, "g": unit % 4}
    return pd.DataFrame(frame)


DATA = table()
KEYS = {"entity": "i", "time": "t"}


@pytest.mark.parametrize(
    ("call", "error", "words"),
    [
        (
            lambda: ag.panel("y", DATA),
            ag.InputError,
            "must read 'outcome ~ terms', with one '~'; found 'y'",
        ),
        (lambda: ag.panel(3, DATA), ag.InputError, "formula must be a text.*; found 3"),
        (
            lambda: ag.panel("y ~ x", DATA.assign(x=np.nan)),
            ag.InputError,
            "no row is left for 'y ~ x': 60 of 60 rows left out: a value is unknown",
        ),
        (
            lambda: ag.poisson("y ~ x", DATA.assign(y=DATA.y**2), absorb=["i", "t", "z"]),
            ag.InputError,
            "no row is left for 'y ~ x': 60 singleton rows left out",
        ),
        (
            lambda: ag.panel("y ~ x", DATA, cov=ag.Cluster()),
            ag.InputError,
            "Cluster needs at least one column",
        ),
        (
            lambda: ag.panel("y ~ x", DATA, cov=ag.ShiftShare("a design")),
            ag.InputError,
            "needs a ShiftShareDesign; found 'a design'",
        ),
        (
            lambda: ag.Conley(km=100, lags=1),
            ag.InputError,
            "lags=1 needs lags >= 0 and the column of periods",
        ),
        (
            lambda: ag.Conley(km=100, lags=-1, time="t"),
            ag.InputError,
            "lags must be a whole number not below zero; found -1",
        ),
        (
            lambda: ag.panel("y ~ x", DATA).wald("q"),
            ag.InputError,
            r"terms \['q'\] were not estimated; terms are \['Intercept', 'x'\]",
        ),
        (
            lambda: ag.panel("y ~ x + z + t + x:z", DATA, cov=ag.Cluster("g")).wald(),
            ag.InputError,
            "5 coefficients cannot be tested together with 3 degrees of freedom",
        ),
        (
            lambda: ag.panel("y ~ x", DATA[DATA.i < 2], **KEYS, estimator=ag.RandomEffects()),
            ag.IdentificationError,
            "2 units and 12 rows do not determine the variance components of 2 terms",
        ),
        (
            lambda: ag.panel(
                "y ~ x", DATA[DATA.t.isin([0, 2, 5])], **KEYS, estimator=ag.FirstDifference()
            ),
            ag.IdentificationError,
            "no unit is seen in two consecutive periods",
        ),
        (
            lambda: ag.panel("y ~ x", DATA, **KEYS, absorb="i", estimator=ag.FirstDifference()),
            ag.InputError,
            "first differences takes neither weights= nor absorb=",
        ),
        (
            lambda: ag.panel("y ~ x", DATA, **KEYS, weights="w", estimator=ag.Between()),
            ag.InputError,
            "takes neither weights= nor absorb=",
        ),
        (
            lambda: ag.iv("y ~ [x ~ z]", DATA, cov=ag.Robust()).first_stage("q"),
            ag.InputError,
            r"'q' is not endogenous; these are \['x'\]",
        ),
        (
            lambda: ag.weak_instruments(ag.iv("y ~ [x ~ z]", DATA, cov=ag.WildBootstrap("g"))),
            ag.InputError,
            r"this needs a covariance matrix: .* not WildBootstrap",
        ),
        (
            lambda: ag.dynamic_panel("y ~ lag(y)", DATA, **KEYS, gmm=ag.Gmm("y"), steps=3),
            ag.InputError,
            "steps must be 1 or 2; found 3",
        ),
        (
            lambda: ag.spatial_panel(
                "y ~ x", DATA[DATA.t == 0], weights=np.ones((10, 10)) - np.eye(10), **KEYS
            ),
            ag.IdentificationError,
            "at least two periods; found one",
        ),
        (
            lambda: ag.hausman(
                ag.panel("y ~ x", DATA, absorb="i", cov=ag.Homoskedastic()),
                ag.panel(
                    "y ~ z",
                    DATA,
                    **KEYS,
                    estimator=ag.RandomEffects(),
                    cov=ag.Homoskedastic(),
                ),
            ),
            ag.InputError,
            r"no shared term: \['x'\] and \['Intercept', 'z'\]",
        ),
    ],
)
def test_errors_say_what_was_found(call, error, words):
    with pytest.raises(error, match=words):
        call()


def test_differences_keep_the_constant_as_a_trend():
    # the mean of differences is the trend that the constant of the differenced equation is
    found = ag.panel("y ~ 1", DATA, **KEYS, estimator=ag.FirstDifference())
    change = DATA.sort_values(["i", "t"]).groupby("i")["y"].diff().mean()
    assert found.terms == ("Intercept",)
    assert found.params == pytest.approx([change])


def test_periods_at_times_of_day_are_one_common_step_apart():
    # 1 a.m., 7.30 a.m., ...: the greatest common step, six and a half hours, is the period
    hours = DATA.assign(
        t=pd.Timestamp("2020-01-01 01:00") + pd.to_timedelta(DATA.t * 6.5, unit="h")
    )
    one, other = (ag.panel("y ~ lag(x)", t, **KEYS, absorb="i") for t in (hours, DATA))
    assert one.n_obs == other.n_obs == 50
    assert one.params == pytest.approx(other.params, rel=1e-12)


def test_instruments_without_any_exogenous_term():
    # through the origin, b = z'y / z'x, and F = (z'x)^2 / (z'z s^2) with s^2 on n - 1
    fit = ag.iv("y ~ 0 + [x ~ z]", DATA, cov=ag.Homoskedastic())
    x, y, z = (DATA[c].to_numpy() for c in "xyz")
    assert fit.params == pytest.approx([z @ y / (z @ x)])
    row = ag.weak_instruments(fit).iloc[0]
    assert row["partial_r2"] == pytest.approx((z @ x) ** 2 / (z @ z) / (x @ x))
    s2 = (x @ x - (z @ x) ** 2 / (z @ z)) / 59
    assert row["f_homoskedastic"] == pytest.approx((z @ x) ** 2 / (z @ z) / s2)


def test_anderson_rubin_is_normal_where_the_rule_says_so():
    from scipy import stats

    fits = [
        ag.iv("y ~ [x ~ z]", DATA, cov=ag.Robust(), rule=ag.PlmRules(t=t)) for t in (True, False)
    ]
    with_t, normal = (ag.anderson_rubin_test(fit, [0.0]).iloc[0] for fit in fits)
    assert with_t["statistic"] == normal["statistic"]
    assert (with_t["df_denom"], normal["df_denom"]) == (58, np.inf)
    assert normal["p_value"] == pytest.approx(stats.chi2.sf(normal["statistic"], 1))
    assert with_t["p_value"] == pytest.approx(stats.f.sf(with_t["statistic"], 1, 58))


def test_a_bootstrap_that_rejects_no_value_has_no_end():
    # three clusters and an instrument that hardly moves x
    few = DATA.assign(g=DATA.i % 3)
    rng = np.random.default_rng(0)
    fit = ag.iv("y ~ 0 + [x ~ q]", few.assign(q=rng.normal(size=60)), cov=ag.Cluster("g"))
    row = ag.wild_iv(fit, ag.WildBootstrap("g", draws=999)).iloc[0]
    assert row["p_value"] > 0.05
    assert (row["conf_low"], row["conf_high"]) == (-np.inf, np.inf)


def test_an_empty_set_says_so():
    assert str(ag.Interval((), 0.95, "a test")) == "empty"
    two = ag.Interval(((-np.inf, 1.0), (2.0, np.inf)), 0.95, "a test")
    assert str(two) == "[-inf, 1] or [2, inf]"


def test_moran_needs_values_that_are_known_and_differ():
    W = np.ones((10, 10)) - np.eye(10)
    one = DATA[DATA.t == 0]
    with pytest.raises(ag.InputError, match="value 'y' is unknown in some regions"):
        ag.moran(one.assign(y=one.y.where(one.i > 0)), value="y", weights=W, region="i")
    with pytest.raises(ag.InputError, match="needs values that differ"):
        ag.moran(one, value="w", weights=W, region="i")


def test_conley_without_lags_adds_up_neighbours_of_one_period():
    # two places within reach of one another, the rest far: the two are one cluster a period
    data = DATA.assign(
        lat=np.where(DATA.i < 2, 0.0, 5.0 * DATA.i), lon=0.0,
        pair=np.where(DATA.i < 2, -1 - DATA.t, np.arange(60)),
    )  # fmt: skip
    fit = ag.panel("y ~ x", data, cov=ag.Conley(km=100, time="t"), rule=ag.PlmRules())
    clusters = fit.with_cov(ag.Cluster("pair"))
    assert fit.covariance.matrix == pytest.approx(clusters.covariance.matrix, rel=1e-10)
    assert fit.std_errors != pytest.approx(fit.with_cov(ag.Robust()).std_errors, rel=1e-6)


@pytest.mark.filterwarnings("error::RuntimeWarning")
def test_an_outcome_that_does_not_vary_is_refused():
    with pytest.raises(ag.IdentificationError, match="'w' is 1 in all 60 rows used: there is noth"):
        ag.panel("w ~ x", DATA, cov=ag.Homoskedastic())


def test_between_clusters_units():
    # the regression of unit means, its units clustered by their group
    groups = DATA.assign(g=DATA["i"] // 2)
    means = groups.groupby("i", as_index=False).mean()
    shuffled = groups.sample(frac=1, random_state=3)
    fit = ag.panel("y ~ x", shuffled, **KEYS, estimator=ag.Between(), cov=ag.Cluster("g"))
    known = ag.panel("y ~ x", means, cov=ag.Cluster("g"))
    assert fit.n_obs == 10
    assert fit.params == pytest.approx(known.params)
    assert fit.std_errors == pytest.approx(known.std_errors)


def test_what_has_no_group_no_second_bin_or_no_weight_is_refused():
    some = DATA.assign(g=DATA["g"].where(DATA.index > 4))
    fit = ag.panel("y ~ x", some)
    with pytest.raises(ag.InputError, match=r"by='g' is missing in 5 of the 60 rows.*dropna"):
        ag.avg_slopes(fit, by="g")
    with pytest.raises(ag.InputError, match=r"bins must be at least 2.*found 1\. For example"):
        ag.binned_scatter("y ~ x", DATA, x="x", bins=1)
    with pytest.raises(ag.InputError, match=r"'total' must be finite.*nan.*For example"):
        ag.lincom(fit, total={"x": float("nan")})
