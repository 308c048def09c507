"""The U test against its authors' programs: utest for R (0.4.0) and for Stata (1.3).

The tables of Lind and Mehlum (2010) could not be read; their programs stand for them.
"""

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm

import agglometrics as ag

N = 80


def wave(a: float) -> np.ndarray:
    """Return numbers that look random and are the same in every language: sin(a k^2)."""
    return np.sin(a * np.arange(1, N + 1) ** 2)


def waves() -> pd.DataFrame:
    x, z = 3 + 2 * wave(0.73), wave(0.53)
    y = 2 * x - 0.3 * x**2 + z + 2.5 * wave(0.29)
    return pd.DataFrame({"x": x, "xsq": x**2, "z": z, "y": y})


# uslopes(lm(y ~ x + xsq + z), c("x", "xsq")), R 4.2.2, with vcov() on the range of the data, and
# with sandwich's vcovHC(m, "HC1") on [.5, 6]: slopes, t and one-sided p at either end. The
# intervals are those of the formula in utest.ado, at 95 and 90 per cent, with R's qt()
CLASSICAL = {
    "slopes": (2.14631298903, -1.40923233639),
    "t": (3.31246705352, -2.21503575069),
    "p": (0.000708801453644, 0.014876560206599),
    0.95: (3.07619289710, 4.50714651657),
    0.90: (3.12647379187, 4.11074475799),
}
ROBUST = {
    "slopes": (2.59313309983, -2.30227338398),
    "t": (3.26197047376, -2.44125505618),
    "p": (0.000829111038934, 0.008481451495282),
    0.95: (3.07372159398, 4.51565692140),
    0.90: (3.12402457774, 4.11810764103),
}


@pytest.mark.parametrize(
    ("cov", "low", "high", "printed"),
    [
        (ag.Homoskedastic(), 1.00200338164, 4.99666641003, CLASSICAL),
        (ag.Robust(), 0.5, 6.0, ROBUST),
    ],
)
@pytest.mark.parametrize("level", [0.95, 0.90])
def test_slopes_tests_and_turning_set_as_utest(cov, low, high, printed, level):
    fit = ag.panel("y ~ x + xsq + z", waves(), cov=cov)
    found = ag.u_test(fit, linear="x", square="xsq", low=low, high=high, level=level).iloc[0]
    assert found["shape"] == "inverted U"
    assert (found["slope_low"], found["slope_high"]) == pytest.approx(printed["slopes"], rel=1e-9)
    assert (found["t_low"], found["t_high"]) == pytest.approx(printed["t"], rel=1e-9)
    assert found["p_value"] == pytest.approx(max(printed["p"]), rel=1e-9)
    (piece,) = found["turning_set"].pieces
    assert piece == pytest.approx(printed[level], rel=1e-9)


def test_an_extremum_outside_the_interval_never_rejects():
    # utest stops with "trivial failure to reject H0"; here that is a p-value above one half
    fit = ag.panel("y ~ x + xsq + z", waves(), cov=ag.Homoskedastic())
    found = ag.u_test(fit, linear="x", square="xsq", low=1.0, high=3.0).iloc[0]
    assert found["turning_point"] == pytest.approx(3.41339, abs=1e-5)
    assert found["p_value"] > 0.5


def test_as_utest_prints_in_stata():
    # a forum thread (bbs.pinggu.org 4667505) shows utest's whole answer: a U on
    # [-156.6146, 519.1631] with slopes -13.54852 and 44.90505, t -1.0813 and 1.081918, extreme
    # point .0188902, overall t 1.08 and p .14. Slopes give the coefficients; t gives the variance
    # of the slope at either end, and any covariance between the ends will do
    low, high = -156.6146, 519.1631
    ends = np.array([[1, 2 * low], [1, 2 * high]])
    slopes, t = np.array([-13.54852, 44.90505]), np.array([-1.0813, 1.081918])
    back = np.linalg.inv(ends)
    V = back @ np.diag((slopes / t) ** 2) @ back.T
    fit = ag.Estimates(
        ("x", "x2"), back @ slopes, ag.Covariance(V, "as printed"), "y", "regress", 5000
    )
    found = ag.u_test(fit, linear="x", square="x2", low=low, high=high).iloc[0]
    assert found["shape"] == "U"
    assert found["turning_point"] == pytest.approx(0.0188902, abs=5e-4)
    # .1397904 there, with degrees of freedom that the thread does not show
    assert found["p_value"] == pytest.approx(0.1397904, abs=5e-4)
    # the square is not clear of zero: a set that is unbounded on both sides
    assert found["turning_set"].pieces[0][0] == -np.inf
    assert found["turning_set"].pieces[-1][1] == np.inf


def test_slopes_as_statsmodels():
    data = waves()
    theirs = sm.OLS(data["y"], sm.add_constant(data[["x", "xsq", "z"]])).fit(
        cov_type="HC1", use_t=True
    )
    fit = ag.panel("y ~ x + xsq + z", data, cov=ag.Robust())
    found = ag.u_test(fit, linear="x", square="xsq", low=2.0, high=4.5).iloc[0]
    for end, slope in ((2.0, "low"), (4.5, "high")):
        test = theirs.t_test(np.array([0.0, 1.0, 2 * end, 0.0]))
        assert found[f"slope_{slope}"] == pytest.approx(float(test.effect[0]), rel=1e-9)
        assert found[f"t_{slope}"] == pytest.approx(float(np.squeeze(test.tvalue)), rel=1e-9)
