"""The binned scatter against binsreg 3.2.1 (PyPI), the program of the method's authors.

binsreg was run with ``dots=(0, 0), ci=(0, 0), vce="HC1"``, controls at their means, and the knots
of `binned_scatter`: its own rule puts knots on observations and counts these in both neighbours.
"""

import numpy as np
import pandas as pd
import pytest

import agglometrics as ag

N, BINS = 300, 8

MEANS = [
    -0.9382409576, -0.1321050869, -0.2575609899, 0.3598545971,
    1.4987031689, 2.0064524531, 2.8489017468, 4.1237363209,
]  # fmt: skip
MEAN_ERRORS = [
    0.26854126, 0.3537084, 0.25600581, 0.31370441, 0.28011727, 0.24244481, 0.29225573, 0.26181543,
]  # fmt: skip
WITH_CONTROLS = [
    0.3326494023, 0.5863670268, 0.7105638698, 0.7944541443,
    1.0106062305, 1.2779792545, 1.9522778504, 2.8387474428,
]  # fmt: skip
WITH_EFFECTS = [
    0.3314382591, 0.6175920506, 0.7108722559, 0.7884959147,
    0.9999276571, 1.2563430183, 1.9466915612, 2.8525213974,
]  # fmt: skip
X_MEANS = [
    -2.00038572, -1.28999182, -0.69892719, -0.30043747,
    0.16169362, 0.74528475, 1.28927056, 2.00988526,
]  # fmt: skip


def wave(a: float) -> np.ndarray:
    """Return numbers that look random and are the same in every language: sin(a k^2)."""
    return np.sin(a * np.arange(1, N + 1) ** 2)


def waves() -> pd.DataFrame:
    w1 = wave(0.53)
    x = 1.5 * wave(0.73) + w1
    w2 = 0.4 * x + wave(0.37)
    y = np.exp(0.5 * x) + 2 * w2 - w1 + wave(0.29)
    return pd.DataFrame({"x": x, "w1": w1, "w2": w2, "g": np.arange(N) // 30, "y": y})


@pytest.mark.parametrize(
    ("formula", "absorb", "printed"),
    [
        ("y ~ x", None, MEANS),
        ("y ~ x + w1 + w2", None, WITH_CONTROLS),
        ("y ~ x + w1 + w2", "g", WITH_EFFECTS),  # there: nine dummies among the controls
    ],
)
def test_points_as_binsreg(formula, absorb, printed):
    found = ag.binned_scatter(formula, waves(), x="x", bins=BINS, absorb=absorb, cov=ag.Robust())
    assert found["n"].tolist() == [38, 37, 38, 37, 37, 38, 37, 38]
    assert found["x"].to_numpy() == pytest.approx(X_MEANS, abs=1e-8)
    assert found["y"].to_numpy() == pytest.approx(printed, abs=1e-9)


def test_standard_errors_as_binsreg_but_for_the_mean():
    # binsreg's are of a bin's level, ours of its distance from the mean of all. Without controls
    # bins are independent: Var(m_b - sum_c s_c m_c) = (1 - s_b)^2 V_b + the sum of the others'
    # s_c^2 V_c
    found = ag.binned_scatter("y ~ x", waves(), x="x", bins=BINS, cov=ag.Robust())
    share, V = found["n"].to_numpy() / N, np.square(MEAN_ERRORS)
    distance = (1 - share) ** 2 * V + (share**2 * V).sum() - share**2 * V
    assert found["std_error"].to_numpy() == pytest.approx(np.sqrt(distance), rel=1e-7)


def test_taking_controls_out_of_x_first_is_another_curve():
    # what older programs draw (Cattaneo et al. 2024, section 2.3) is far from binsreg's points
    data = waves()
    W = np.column_stack([np.ones(N), data["w1"], data["w2"]])
    rest = data[["x", "y"]] - W @ np.linalg.lstsq(W, data[["x", "y"]].to_numpy())[0]
    old = (
        ag.binned_scatter("y ~ x", rest, x="x", bins=BINS, cov=ag.Robust())["y"] + data["y"].mean()
    )
    assert np.abs(old - WITH_CONTROLS).max() > 0.5
