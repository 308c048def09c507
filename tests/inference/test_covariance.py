"""Covariances of panels: by hand, by identity, against R, and where peers differ."""

import numpy as np
import pandas as pd
import pytest

from agglometrics import (
    CR3,
    Bartlett,
    Cluster,
    Conley,
    DriscollKraay,
    FixestRules,
    Homoskedastic,
    LinearmodelsRules,
    NeweyWest,
    PlmRules,
    Robust,
    StataAregRules,
    StataXtregRules,
    panel,
)
from agglometrics.errors import AgglometricsWarning, IdentificationError, InputError
from agglometrics.inference.small_sample import SmallSample
from agglometrics.linalg.symmetric import nearest_psd

# pyfixest and spreg use arguments that pandas will drop
pytestmark = pytest.mark.filterwarnings("ignore:The inplace keyword:DeprecationWarning")


def places(seed: int = 3, P: int = 40, T: int = 3) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    place, time = np.divmod(np.arange(P * T), T)
    lon, lat = rng.uniform(108, 116, P), rng.uniform(24, 31, P)
    x, y = rng.normal(size=(2, P * T))
    frame = {"place": place, "time": time, "x": x, "y": y + 0.5 * x}
    region = place % 12
    return pd.DataFrame(frame | {"lon": lon[place], "lat": lat[place], "region": region})


def test_cluster_by_hand():
    # y on a constant: clusters {0, 0}, {1, 3}, {2, 6}; mean 2; sums of u: -4, 0, 4; meat 32
    data = pd.DataFrame({"g": [1, 1, 2, 2, 3, 3], "y": [0.0, 0, 1, 3, 2, 6]})
    with pytest.warns(AgglometricsWarning, match="3 clusters in 'g'"):
        fit = panel("y ~ 1", data, cov=Cluster("g"))
    # bread 1/6; (n-1)/(n-1) = 1; G/(G-1) = 3/2
    assert fit.std_errors == pytest.approx([np.sqrt(32 / 36 * 1.5)])
    assert fit.covariance.df == 2


def brute_conley(fit, data, km, kernel, radius, same_time=False, lags=0):
    """Sum the pairs one by one, distances by haversine."""
    X, u = fit.fit.X, fit.fit.u
    lon, lat, time = np.radians(data.lon), np.radians(data.lat), data.time.to_numpy()
    meat = 0
    for a in range(len(data)):
        for b in range(len(data)):
            h = np.sin((lat[a] - lat[b]) / 2) ** 2
            h += np.cos(lat[a]) * np.cos(lat[b]) * np.sin((lon[a] - lon[b]) / 2) ** 2
            d = 2 * radius * np.arcsin(np.sqrt(h))
            weight = (1 - d / km) * (d < km) if kernel == "bartlett" else float(d <= km)
            if same_time and time[a] != time[b]:
                gap = abs(time[a] - time[b])
                weight = max(0, 1 - gap / (lags + 1)) * (d == 0) if lags else 0.0
            meat = meat + weight * np.outer(X[a] * u[a], X[b] * u[b])
    return fit.fit.bread @ meat @ fit.fit.bread


@pytest.mark.parametrize("kernel", [None, Bartlett()])
def test_conley_equals_the_sum_over_pairs(kernel):
    data = places()
    fit = panel("y ~ x", data, absorb="time", cov=Robust(), rule=PlmRules())
    spec = Conley(km=150) if kernel is None else Conley(km=150, kernel=kernel)
    truth = brute_conley(fit, data, 150, "bartlett" if kernel else "uniform", spec.radius)
    assert fit.with_cov(spec).covariance.matrix == pytest.approx(truth, rel=1e-9)


def test_conley_panel_with_lags_equals_the_sum_over_pairs():
    data = places()
    fit = panel("y ~ x", data, cov=Robust(), rule=PlmRules())
    spec = Conley(km=150, kernel=Bartlett(), time="time", lags=1)
    truth = brute_conley(fit, data, 150, "bartlett", spec.radius, same_time=True, lags=1)
    assert fit.with_cov(spec).covariance.matrix == pytest.approx(truth, rel=1e-9)


def test_conley_of_a_tiny_distance_is_clustering_by_place():
    data = places()
    fit = panel("y ~ x", data, cov=Cluster("place"), rule=PlmRules())
    near = fit.with_cov(Conley(km=1e-3))
    assert near.std_errors == pytest.approx(fit.std_errors, rel=1e-10)


def test_conley_across_the_date_line():
    data = places().assign(lon=lambda d: np.where(d.place % 2, 179.9, -179.9))
    shifted = data.assign(lon=lambda d: np.where(d.place % 2, 0.0, 0.2))
    a = panel("y ~ x", data, cov=Conley(km=300))
    b = panel("y ~ x", shifted, cov=Conley(km=300))
    assert a.std_errors == pytest.approx(b.std_errors, rel=1e-10)


def test_conley_radius_moves_the_edge():
    # two places 1 degree of latitude apart: 111.19 km on 6371.01, 111.28 km on fixest's 6376
    data = pd.DataFrame({"y": [1.0, 2, 4, 9], "lon": 110.0, "lat": [25.0, 25, 26, 26]})
    inside = panel("y ~ 1", data, cov=Conley(km=111.25))
    outside = inside.with_cov(Conley(km=111.25, radius=6376))
    # all four near: residuals sum to zero; place by place: sums -5 and 5
    assert inside.std_errors == pytest.approx([0], abs=1e-12)
    assert outside.std_errors == pytest.approx([np.sqrt(50) / 4])


def test_multiway_covariance_is_inclusion_and_exclusion():
    data = places()
    fit = panel("y ~ x", data, cov=Robust(), rule=PlmRules())
    data["both"] = data.region * 10 + data.time
    region = fit.with_cov(Cluster("region")).covariance.matrix
    with pytest.warns(AgglometricsWarning, match="3 clusters in 'time'"):
        three = fit.with_cov(Cluster("region", "time")).covariance.matrix
        time = fit.with_cov(Cluster("time")).covariance.matrix
    both = panel("y ~ x", data, cov=Cluster("both"), rule=PlmRules()).covariance.matrix
    units = np.sqrt(np.diag(region + time + both))
    assert three == pytest.approx(nearest_psd(region + time - both, units)[0], rel=1e-9)


def test_weighted_jackknife_equals_leaving_out_by_hand():
    data = places().assign(w=lambda d: 1 + d.index % 4)
    how = {"absorb": ["place", "time"], "weights": "w"}
    fit = panel("y ~ x", data, cov=CR3("region"), **how)
    away = [
        panel("y ~ x", data[data.region != g], cov=Robust(), **how).params[0] for g in range(12)
    ]
    truth = np.sqrt(11 / 12 * np.sum((np.array(away) - fit.params[0]) ** 2))
    assert fit.std_errors == pytest.approx([truth], rel=1e-8)


def test_jackknife_equals_leaving_out_by_hand():
    data = places()
    fit = panel("y ~ x", data, absorb=["place", "time"], cov=CR3("region"))
    away = [
        panel("y ~ x", data[data.region != g], absorb=["place", "time"], cov=Robust()).params[0]
        for g in range(12)
    ]
    truth = np.sqrt(11 / 12 * np.sum((np.array(away) - fit.params[0]) ** 2))
    assert fit.std_errors == pytest.approx([truth], rel=1e-8)
    inside = panel("y ~ x", data, absorb=["place"], cov=CR3("region"))
    away = [
        panel("y ~ x", data[data.region != g], absorb=["place"], cov=Robust()).params[0]
        for g in range(12)
    ]
    truth = np.sqrt(11 / 12 * np.sum((np.array(away) - inside.params[0]) ** 2))
    assert inside.std_errors == pytest.approx([truth], rel=1e-9)


def test_clusters_may_be_a_list():
    assert Cluster(["place", "time"]) == Cluster("place", "time")
    with pytest.raises(InputError, match=r"Cluster takes names of columns; found 5"):
        Cluster(5)


def test_driscoll_kraay_without_lags_is_clustering_by_time():
    data = places(T=12)
    fit = panel("y ~ x", data, cov=Cluster("time"))
    assert fit.with_cov(DriscollKraay(0, "time")).std_errors == pytest.approx(fit.std_errors)


def test_newey_west_by_hand():
    # one unit, y on a constant: u = -2, 0, 2; sum u^2 = 8; lag one: 0; weight 1/2; lags 1
    data = pd.DataFrame({"i": [1, 1, 1, 1], "t": [1, 2, 3, 4], "y": [0.0, 3, 1, 4]})
    fit = panel("y ~ 1", data, cov=NeweyWest(1, "i", "t"), rule=PlmRules())
    u = np.array([-2.0, 1, -1, 2])
    meat = u @ u + 2 * 0.5 * (u[1:] @ u[:-1])
    assert fit.std_errors == pytest.approx([np.sqrt(meat) / 4])


def test_rules_count_what_they_say():
    # n = 120, 40 places, 3 periods, clusters = places: K = 1 + 1 + 2 | 1 + 1 + 39 + 2 | 2
    data = places()
    fits = {
        rule: panel("y ~ x", data, absorb=["place", "time"], cov=Cluster("place"), rule=rule)
        for rule in (SmallSample(), StataAregRules(), StataXtregRules(), PlmRules())
    }
    base = fits[PlmRules()].std_errors[0]
    for rule, K in [(SmallSample(), 4), (StataAregRules(), 43), (StataXtregRules(), 2)]:
        factor = 119 / (120 - K) * 40 / 39
        assert fits[rule].std_errors[0] == pytest.approx(base * np.sqrt(factor), rel=1e-10)


def test_degrees_of_freedom_are_of_the_clusters_or_of_the_residuals():
    # n = 120: 39 from 40 clusters; n - K with all of 1 + 40 + 2 counted
    data = places()
    for rule, df in [(SmallSample(), 39), (PlmRules(), 77), (LinearmodelsRules(), 77)]:
        fit = panel("y ~ x", data, absorb=["place", "time"], cov=Cluster("place"), rule=rule)
        assert fit.covariance.df == df
    assert fit.with_cov(Homoskedastic()).covariance.df == 77
    normal = panel("y ~ x", data, cov=Robust(), rule=PlmRules(t=False))
    assert normal.covariance.df is None


def test_pyfixest_counts_effects_as_its_hash_seed_has_it():
    # fixest (its source): nparams less nested levels, K = (1 + 40 + 3 - 1) - (40 - 1) = 4. pyfixest
    # 0.60 keeps effects in the order of a set and looks them up in the order of the formula: its K
    # is 4 with PYTHONHASHSEED=1, 2 with 0 (on Grunfeld's data 22 or 3: errors 5 per cent apart)
    pyfixest = pytest.importorskip("pyfixest")
    data = places().rename(columns={"place": "unit"})
    cov = Cluster("unit")
    ours = panel("y ~ x", data, absorb=["unit", "time"], cov=cov, rule=FixestRules())
    theirs = pyfixest.feols("y ~ x | unit + time", data, vcov={"CRV1": "unit"})
    factor = (120 - theirs._df_k) / (120 - 4)
    assert ours.std_errors**2 * factor == pytest.approx(theirs.se().to_numpy() ** 2, rel=1e-9)


def test_presets_of_linearmodels():
    # linearmodels 7.1 run here: standard errors and p-values
    from linearmodels.panel import PanelOLS

    data = places()
    indexed = data.set_index(["place", "time"])
    clustered = {"cov_type": "clustered", "cluster_entity": True}
    cases = [
        (False, clustered | {"debiased": True}, LinearmodelsRules(), Cluster("place")),
        (True, clustered | {"debiased": True}, LinearmodelsRules("all"), Cluster("place")),
        (False, clustered | {"debiased": False}, PlmRules(t=False), Cluster("place")),
        (True, {"cov_type": "unadjusted"}, LinearmodelsRules(), Homoskedastic()),
        (False, {"cov_type": "robust"}, LinearmodelsRules(), Robust()),
    ]
    for both, asked, rule, cov in cases:
        model = PanelOLS(indexed["y"], indexed[["x"]], entity_effects=True, time_effects=both)
        theirs = model.fit(**asked)
        absorb = ["place", "time"] if both else "place"
        ours = panel("y ~ x", data, absorb=absorb, cov=cov, rule=rule).tidy()
        assert ours["std_error"].to_numpy() == pytest.approx(theirs.std_errors, rel=1e-9), asked
        assert ours["p_value"].to_numpy() == pytest.approx(theirs.pvalues, rel=1e-7), asked


def test_components_count_exactly():
    # two halves that share neither place nor period: one parameter less than fixest counts
    data = places(T=4)
    data["time"] = data.time + 10 * (data.place % 2)
    ours = panel("y ~ x", data, absorb=["place", "time"], cov=Homoskedastic())
    dummies = panel("y ~ x + C(place) + C(time)", data, cov=Homoskedastic())
    fixest = panel("y ~ x", data, absorb=["place", "time"], cov=Homoskedastic(), rule=FixestRules())
    assert ours.std_errors[0] == pytest.approx(dummies.std_errors[1], rel=1e-9)
    ratio = fixest.std_errors[0] / ours.std_errors[0]
    assert ratio == pytest.approx(np.sqrt(ours.covariance.df / (ours.covariance.df - 1)))


def test_negative_variances_are_repaired_and_said():
    # in units of the diagonal [[1, 2], [2, -1]]: eigenvalues +-sqrt(5); the positive part is
    # sqrt(5)/2 I + half the matrix
    matrix = np.array([[1.0, 2.0], [2.0, -1.0]])
    fixed, words = nearest_psd(matrix)
    assert fixed == pytest.approx((np.sqrt(5) * np.eye(2) + matrix) / 2)
    assert "negative eigenvalues" in words
    # all variances positive, eigenvalues 3 and -1: the positive part is 3 (1, 1)'(1, 1) / 2
    fixed, words = nearest_psd(np.array([[1.0, 2.0], [2.0, 1.0]]))
    assert fixed == pytest.approx(np.full((2, 2), 1.5))
    assert "negative eigenvalues" in words
    assert nearest_psd(np.array([[1.0, 0.9], [0.9, 1.0]]))[1] == ""
    # no positive part at all
    fixed, words = nearest_psd(-np.eye(2))
    assert (fixed == 0).all()
    assert "negative eigenvalues" in words


def test_errors_say_what_to_do():
    data = places().assign(one=1, lat_wrong=200.0)
    fit = panel("y ~ x", data, cov=Robust())
    with pytest.raises(InputError, match=r"'place' is nested in 'region'\. Cluster by 'region'"):
        fit.with_cov(Cluster("place", "region"))
    with pytest.raises(IdentificationError, match="needs at least two clusters; found 1"):
        fit.with_cov(Cluster("one"))
    with pytest.raises(InputError, match=r"bandwidth must be whole, from 0 to .* found 3"):
        fit.with_cov(DriscollKraay(3, "time"))
    with pytest.warns(AgglometricsWarning, match="3 periods: Driscoll-Kraay standard errors need"):
        fit.with_cov(DriscollKraay(1, "time"))
    with pytest.raises(InputError, match="needs the column of periods"):
        fit.with_cov(DriscollKraay(1))
    with pytest.raises(InputError, match="places need degrees"):
        fit.with_cov(Conley(km=10, lat="lat_wrong"))
    with pytest.raises(InputError, match="km must be positive"):
        Conley(km=0)
    with pytest.raises(InputError, match="cov must be a covariance; found 'robust'"):
        fit.with_cov("robust")
    with pytest.raises(InputError, match=r"column 'gap' is missing in 1 of the 120 rows"):
        panel("y ~ x", data.assign(gap=[np.nan, *range(119)]), cov=Cluster("gap"))


def conley_coverage(replications: int, seed: int) -> float:
    """Cover a zero slope where x and the error are smooth over 15 x 15 places."""
    rng = np.random.default_rng(seed)
    side = np.arange(15)
    lon, lat = (grid.ravel() for grid in np.meshgrid(110 + side, 20 + side))
    gap = np.hypot(lon[:, None] - lon, lat[:, None] - lat)
    root = np.linalg.cholesky(np.clip(1 - gap / 2.5, 0, None) + 0.6 * np.eye(len(lon)))
    hits = 0
    for _ in range(replications):
        x, y = root @ rng.normal(size=(len(lon), 2)).T[0], root @ rng.normal(size=len(lon))
        data = pd.DataFrame({"x": x, "y": y, "lon": lon, "lat": lat})
        fit = panel("y ~ x", data, cov=Conley(km=400, kernel=Bartlett()))
        hits += 0 in fit.interval(0.95, "x")
    return hits / replications


@pytest.mark.slow
def test_conley_covers_where_errors_are_spatial():
    # 200 draws: Monte Carlo error of a coverage of .93 is .018; a little under is its nature
    assert 0.876 < conley_coverage(200, 11) < 0.984


def test_jackknife_of_pyfixest_is_larger():
    # MacKinnon, Nielsen and Webb (2023): (G - 1) / G times the sum of squares. pyfixest 0.60
    # multiplies the bare sum by G / (G - 1) (n - 1) / (n - K)
    import pyfixest as pf

    data = places()
    theirs = pf.feols("y ~ x", data, vcov={"CRV3": "region"}).se().to_numpy()
    ours = panel("y ~ x", data, cov=CR3("region")).std_errors
    assert theirs == pytest.approx(ours * 12 / 11 * np.sqrt(119 / 118), rel=1e-8)


# ---- against other programs ----------------------------------------------------------------


@pytest.fixture(scope="module")
def grunfeld(reference):
    return pd.read_csv(reference / "panel" / "Grunfeld.csv")


def fit_grunfeld(data, cov, rule=None, absorb=("firm",)):
    return panel(
        "inv ~ value + capital",
        data,
        absorb=absorb,
        cov=cov,
        entity="firm",
        time="year",
        rule=rule,
    ).std_errors


@pytest.mark.external
def test_grunfeld_as_fixest(grunfeld):
    # R 4.2.2, fixest 0.14.2 (expected.json)
    cases = [
        (Cluster("firm"), [0.01519449, 0.05275177]),
        (Cluster("firm", "year"), [0.01171118, 0.04358999]),
        (DriscollKraay(2), [0.01866879, 0.036755]),
        (NeweyWest(2), [0.02264878, 0.05182682]),
    ]
    for cov, expected in cases:
        assert fit_grunfeld(grunfeld, cov) == pytest.approx(expected, abs=5e-9), cov
        assert fit_grunfeld(grunfeld, cov, FixestRules()) == pytest.approx(expected, abs=5e-9)


@pytest.mark.external
def test_grunfeld_as_plm(grunfeld):
    # R 4.2.2, plm 2.6-2: vcovHC(method="arellano", type="HC0"), vcovSCC(maxlag=2)
    hc0 = fit_grunfeld(grunfeld, Cluster("firm"), PlmRules())
    assert hc0 == pytest.approx([0.014342143712, 0.049792608724], rel=1e-9)
    scc = fit_grunfeld(grunfeld, DriscollKraay(2), PlmRules())
    assert scc == pytest.approx([0.017686032718, 0.034820146874], rel=1e-9)


@pytest.mark.external
def test_three_conventions_of_driscoll_kraay(grunfeld):
    # fixest .018669 = plm .017686 x sqrt(199/188 x 20/19); linearmodels .018242 = x sqrt(200/188)
    linear = fit_grunfeld(grunfeld, DriscollKraay(2), LinearmodelsRules())
    assert linear == pytest.approx([0.018242, 0.035914], abs=5e-7)


@pytest.mark.external
def test_linearmodels_counts_effects_nested_in_the_clusters(grunfeld):
    # linearmodels 7.1: 10 firms nested in the clusters and 20 years all count, K = 31, or none
    # does, K = 2; fixest and reghdfe count the constant and the years, K = 22: between the two
    from linearmodels.panel import PanelOLS

    indexed = grunfeld.set_index(["firm", "year"])
    model = PanelOLS(
        indexed["inv"], indexed[["value", "capital"]], entity_effects=True, time_effects=True
    )
    asked = {"cov_type": "clustered", "cluster_entity": True, "group_debias": True}
    default = model.fit(**asked, debiased=True)
    none = model.fit(**asked, debiased=True, auto_df=False, count_effects=False)
    ours = fit_grunfeld(grunfeld, Cluster("firm"), absorb=("firm", "year"))
    assert default.std_errors.to_numpy() == pytest.approx(ours * np.sqrt(178 / 169), rel=1e-6)
    assert none.std_errors.to_numpy() == pytest.approx(ours * np.sqrt(178 / 198), rel=1e-6)
