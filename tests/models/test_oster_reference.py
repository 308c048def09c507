"""Oster's bounds against psacalc's sample output, robomit, StatsPAI and regsensitivity.

The programs' data are not in this repository. Oster's formulas read a few second moments only, so
each test builds a table that has those moments exactly and gives it to `oster`.
"""

import numpy as np
import pandas as pd
import pytest

import agglometrics as ag


def orthonormal(n: int, k: int) -> np.ndarray:
    """Return (n, k) columns of mean zero, variance one and no correlation."""
    raw = np.column_stack([np.ones(n), np.random.default_rng(0).normal(size=(n, k))])
    return np.linalg.qr(raw)[0][:, 1:] * np.sqrt(n)


# ---- the Windsor houses: robomit, psacalc, StatsPAI -----------------------------------------

# variances and covariances (divided by N = 546) of log price, log lot size, bedrooms, bathrooms
# and driveway: Anglin and Gencay (1996), data HousePrices of the R package AER 1.2-10
HOUSES = np.array(
    [
        [0.1381193581461, 0.0856931932408, 0.10127249077767, 0.09036292285749, 0.0427319669534],
        [0.0856931932408, 0.1580533318018, 0.04407016085047, 0.04037245447332, 0.0458894680416],
        [0.10127249077767, 0.04407016085047, 0.54274510593192, 0.138147566719, -0.00307598384521],
        [0.09036292285749, 0.04037245447332, 0.138147566719, 0.25170068027211, 0.00732600732601],
        [0.0427319669534, 0.0458894680416, -0.00307598384521, 0.00732600732601, 0.12113740959895],
    ]
)


def houses(**options: float) -> pd.Series:
    names = ["price", "lot", "bedrooms", "bathrooms", "driveway"]
    table = orthonormal(546, 5) @ np.linalg.cholesky(HOUSES).T
    data = pd.DataFrame(table, columns=names)
    formula = "price ~ lot + bedrooms + bathrooms + driveway"
    return ag.oster(formula, data, treatment="lot", **options).iloc[0]


def test_houses_as_robomit_and_psacalc_print():
    # Schaub (2021), the article of the R package robomit, with R max = 1.3 x .5316: beta* .27,
    # delta* 1.99, "equivalent to those of the Stata command psacalc"; over R max delta* falls
    # from 3.83 at .54 to 1.005 at 1
    found = houses(r_max=0.5316 * 1.3)
    assert round(found["beta_star"], 2) == 0.27
    assert round(found["delta_zero"], 2) == 1.99
    assert round(houses(r_max=0.54)["delta_zero"], 2) == 3.83
    assert round(houses(r_max=1.0)["delta_zero"], 3) == 1.005


def test_houses_as_statspai():
    # StatsPAI 1.40.2, oster_bounds(..., r_max=.5316 * 1.3), method "exact"
    found = houses(r_max=0.5316 * 1.3)
    assert found["r2_short"] == pytest.approx(0.3363833150973785, rel=1e-9)
    assert found["r2_long"] == pytest.approx(0.5315712698742935, rel=1e-9)
    assert found["delta_zero"] == pytest.approx(1.991449322055471, rel=1e-9)
    assert found["beta_star"] == pytest.approx(0.2727643346771027, rel=1e-9)
    assert found["other_solutions"] == pytest.approx((1.6926795365668181,), rel=1e-9)


# ---- the frontier counties: regsensitivity --------------------------------------------------


def with_moments(b0: float, b1: float, r1: float, var_y: float, var_x: float, tau: float):
    """Return a table with the moments that Oster's propositions read.

    x = c w1 + sqrt(tau) v and y = b1 x + g w1 + k w2 + s e: g moves the short coefficient to b0,
    k (an index of the controls without relation to x) brings R squared with controls to r1.
    """
    w1, w2, v, e = orthonormal(400, 4).T
    c = np.sqrt(var_x - tau)
    g = (b0 - b1) * var_x / c
    k = np.sqrt(r1 * var_y - (b1**2 * var_x + 2 * b1 * g * c + g**2))
    x = c * w1 + np.sqrt(tau) * v
    y = b1 * x + g * w1 + k * w2 + np.sqrt((1 - r1) * var_y) * e
    return pd.DataFrame({"y": y, "x": x, "w1": w1, "w2": w2})


def frontier() -> pd.DataFrame:
    # moments to six decimals in the tests of the R package regsensitivity (data bfg2020, states
    # partialled out): b_short, b_med, R2_med, var(x | W) = k0, cov(y, x | W) = k1,
    # var(y | W) = k2; var(y) and var(x) follow from them
    b0, b1, r0, r1, k0, k1, k2 = (
        1.924555,
        2.054759,
        0.032815,
        0.105128,
        0.882336,
        1.812988,
        94.76834,
    )
    var_y = (k2 - k1**2 / k0) / (1 - r1)
    return with_moments(b0, b1, r1, var_y, r0 * var_y / b0**2, k0)


@pytest.mark.parametrize(
    ("delta", "printed"),
    [
        (-1.0, [0.69842]),
        (-0.8, [0.93048]),
        (-0.6, [1.18007]),
        (-0.4, [1.44903]),
        (-0.2, [1.73964]),
        (0.2, [2.39811]),
        (0.4, [2.77473]),
        (0.6, [3.19169]),
        (0.8, [3.65945]),
    ],
)
def test_frontier_coefficients_as_regsensitivity(delta, printed):
    # regsen_bounds(analysis="oster", delta=..., r2long=1): one real root below |delta| = 1.
    # Rounding of the moments in their last decimal moves the roots by up to 4e-4
    found = ag.oster("y ~ x + w1 + w2", frontier(), treatment="x", r_max=1.0, delta=delta).iloc[0]
    solutions = [found["beta_star"], *found["other_solutions"]]
    assert solutions == pytest.approx(printed, abs=4e-4)


def test_frontier_at_equal_selection_has_two_solutions_as_regsensitivity():
    # the cube of v drops out at delta = 1; roots 4.19438 and -46.17075, the second on a nearly flat
    # quadratic: rounding of the moments in their last decimal moves it by .02
    found = ag.oster("y ~ x + w1 + w2", frontier(), treatment="x", r_max=1.0, delta=1.0).iloc[0]
    assert found["beta_star"] == pytest.approx(4.19438, abs=1e-3)
    assert found["other_solutions"] == pytest.approx((-46.17075,), abs=0.02)


@pytest.mark.parametrize(
    ("r_max", "printed"),
    [(0.29334, 0.65067), (0.49334, 0.35327), (0.69334, 0.24246), (0.89334, 0.18456), (1, 0.16371)],
)
def test_delta_of_a_zero_coefficient_as_regsensitivity(r_max, printed):
    # regsen_summary with three controls: Beta 1.7078 and 1.3854, R2 (medium) .0718, Var(Y)
    # 136.3204, Var(X) 1.2574, Var(X_Residual) 1.1391. Its breakdown point for the sign is the
    # delta of a zero coefficient wherever that is below one; moments have four decimals
    data = with_moments(1.7078, 1.3854, 0.0718, 136.3204, 1.2574, 1.1391)
    found = ag.oster("y ~ x + w1 + w2", data, treatment="x", r_max=r_max).iloc[0]
    assert found["r2_short"] == pytest.approx(0.0269, abs=5e-5)
    assert found["delta_zero"] == pytest.approx(printed, rel=2e-3)
