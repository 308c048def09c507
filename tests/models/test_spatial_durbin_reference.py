"""The spatial Durbin panel against spatialreg 1.2-6 (R 4.2.2), spreg, and SDPDmod's Cigar table.

spatialreg's ``lagsarlm(Durbin = TRUE, method = "eigen")`` took the panel as one map of N T places,
weights ``kron(I_T, W)``, and for unit effects the demeaned columns. Its likelihood then counts T
periods where Lee and Yu (2010) count T - 1: the same coefficients, standard errors smaller by
sqrt((T - 1) / T). splm, which does the same, could not be had.
"""

import warnings

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import minimize_scalar

import agglometrics as ag

N, T = 16, 5

# spreg uses arguments that pandas will drop
pytestmark = pytest.mark.filterwarnings("ignore:The inplace keyword:DeprecationWarning")


def wave(a: float) -> np.ndarray:
    """Return (T, N) numbers that look random and are the same in every language: sin(a k^2)."""
    return np.sin(a * np.arange(1, N * T + 1) ** 2).reshape(T, N)


def ring() -> np.ndarray:
    """Return weights of three neighbours on a ring, not symmetric, rows that sum to one."""
    eye = np.eye(N)
    return 0.5 * np.roll(eye, 1, 1) + 0.3 * np.roll(eye, -1, 1) + 0.2 * np.roll(eye, 5, 1)


def waves() -> pd.DataFrame:
    x, z, e, W = wave(0.73), wave(0.53), 0.7 * wave(0.29), ring()
    y = 1 + x - 0.5 * z + 0.6 * x @ W.T + 0.3 * z @ W.T + e
    y = y @ np.linalg.inv(np.eye(N) - 0.4 * W).T
    t, r = np.indices((T, N)).reshape(2, -1)
    return pd.DataFrame({"r": r, "t": t, "x": x.ravel(), "z": z.ravel(), "y": y.ravel()})


def durbin(absorb: str | None) -> ag.SpatialEstimates:
    said = {"weights": ring(), "entity": "r", "time": "t", "model": ag.SpatialDurbin()}
    return ag.spatial_panel("y ~ x + z", waves(), absorb=absorb, **said)


POOLED = [
    0.96686719373,
    1.07493921466,
    -0.46313477918,
    0.49253233526,
    0.12401216093,
    0.419710253936,
]
POOLED_ERRORS = [
    0.171520493841, 0.088577908478, 0.084531542832, 0.177277998406, 0.151983951436, 0.099301566954,
]  # fmt: skip
WITHIN = [1.123931981821, -0.516957119636, 0.574681137270, 0.046988607661, 0.34117173531]
WITHIN_ERRORS = [0.088272190158, 0.080575957846, 0.177917063152, 0.149245979669, 0.10212912434]


@pytest.mark.parametrize(
    ("absorb", "periods", "coefficients", "errors"),
    [(None, T, POOLED, POOLED_ERRORS), ("r", T - 1, WITHIN, WITHIN_ERRORS)],
)
def test_estimates_as_spatialreg(absorb, periods, coefficients, errors):
    found = durbin(absorb)
    assert found.terms[-5:] == ("x", "z", "W*x", "W*z", "rho")
    assert found.params == pytest.approx(coefficients, abs=1e-7)
    assert found.std_errors * np.sqrt(periods / T) == pytest.approx(errors, abs=1e-7)


def test_likelihood_as_spatialreg():
    # without effects both count the same observations
    found = durbin(None).statistics
    assert found["log_likelihood"] == pytest.approx(-62.342460501208, abs=1e-9)
    assert found["sigma2"] == pytest.approx(0.263229174621, abs=1e-8)


@pytest.mark.parametrize(
    ("absorb", "printed"),
    [
        (None, [1.20589696611, 1.49529077771, 2.70118774381, -0.47290014507, -0.11150207908]),
        ("r", [1.22827942647, 1.34995409830, 2.57823352477, -0.53104776344, -0.18229217226]),
    ],
)
def test_impacts_as_spatialreg(absorb, printed):
    # impacts(fit, listw), "mixed, exact": direct, indirect, total of x; direct, indirect of z
    found = ag.impacts(durbin(absorb), draws=50)
    assert found["estimate"].tolist()[:5] == pytest.approx(printed, abs=2e-7)


def test_estimates_as_spreg():
    # ML_Lag of the pooled panel with spatial lags of x among the regressors
    libpysal, spreg = pytest.importorskip("libpysal"), pytest.importorskip("spreg")
    data = waves()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # five maps side by side are no connected map
        W = libpysal.weights.util.full2W(np.kron(np.eye(T), ring()))
        theirs = spreg.ML_Lag(data[["y"]].to_numpy(), data[["x", "z"]].to_numpy(), W, slx_lags=1)
    found = durbin(None)
    assert found.params == pytest.approx(theirs.betas.ravel(), abs=2e-6)
    assert found.statistics["log_likelihood"] == pytest.approx(float(theirs.logll), abs=1e-8)


# ---- Munnell's states: spatialreg -----------------------------------------------------------


@pytest.mark.external
def test_munnell_with_state_effects_as_spatialreg(reference):
    folder = reference / "panel"
    data = pd.read_csv(folder / "Produc.csv")
    W = pd.read_csv(folder / "usaww.csv", index_col=0)
    found = ag.spatial_panel(
        "log(gsp) ~ log(pcap) + log(pc) + log(emp) + unemp",
        data,
        weights=W,
        entity="state",
        time="year",
        absorb="state",
        model=ag.SpatialDurbin(),
    )
    coefficients = [
        -0.0121363812963, 0.1771886600412, 0.7432465567641, -0.0015225217398, -0.0584961736184,
        0.0626288266693, -0.4102555568124, -0.0036405058008, 0.49330437216,
    ]  # fmt: skip
    errors = [
        0.0251444633491, 0.0253089850025, 0.0291966656051, 0.0012454219686, 0.0427996789479,
        0.0384985094085, 0.0489222206037, 0.0016131150522, 0.035638328769,
    ]  # fmt: skip
    assert found.params == pytest.approx(coefficients, abs=2e-7)
    assert found.std_errors * np.sqrt(16 / 17) == pytest.approx(errors, abs=1e-7)
    totals = ag.impacts(found, draws=50).query("impact == 'total'")["estimate"].tolist()
    printed = [-0.139398390343, 0.473296933177, 0.657181514219, -0.010189603496]
    assert totals == pytest.approx(printed, abs=1e-7)


# ---- the cigarette panel: SDPDmod -----------------------------------------------------------

# alphabetical numbers of the 46 states of Baltagi's panel; usaww.csv writes TENNESSE
CIGAR = """1 ALABAMA 3 ARIZONA 4 ARKANSAS 5 CALIFORNIA 7 CONNECTICUT 8 DELAWARE 9 DC 10 FLORIDA
11 GEORGIA 13 IDAHO 14 ILLINOIS 15 INDIANA 16 IOWA 17 KANSAS 18 KENTUCKY 19 LOUISIANA 20 MAINE
21 MARYLAND 22 MASSACHUSETTS 23 MICHIGAN 24 MINNESOTA 25 MISSISSIPPI 26 MISSOURI 27 MONTANA
28 NEBRASKA 29 NEVADA 30 NEW_HAMPSHIRE 31 NEW_JERSEY 32 NEW_MEXICO 33 NEW_YORK 35 NORTH_DAKOTA
36 OHIO 37 OKLAHOMA 39 PENNSYLVANIA 40 RHODE_ISLAND 41 SOUTH_CAROLINA 42 SOUTH_DAKOTA 43 TENNESSE
44 TEXAS 45 UTAH 46 VERMONT 47 VIRGINIA 48 WASHINGTON 49 WEST_VIRGINIA 50 WISCONSIN 51 WYOMING"""
CIGAR_TERMS = ("logp", "logy", "W*logp", "W*logy", "rho")


@pytest.fixture(scope="module")
def cigarettes(reference):
    """The panel and its contiguity: that of usaww.csv, with DC beside Maryland and Virginia."""
    folder, words = reference / "panel", CIGAR.split()
    names = dict(zip(map(int, words[::2]), words[1::2], strict=True))
    raw = pd.read_csv(folder / "Cigar.csv")
    border = pd.read_csv(folder / "usaww.csv", index_col=0) > 0
    border = border.reindex(index=list(names.values()), columns=list(names.values())).eq(True)
    for state in ("MARYLAND", "VIRGINIA"):
        border.loc["DC", state] = border.loc[state, "DC"] = True
    assert border.to_numpy().sum() == 188  # 8.9 per cent of the cells, as in SDPDmod's usa46
    data = pd.DataFrame({"s": raw["state"].map(names), "t": raw["year"]})
    data["logc"] = np.log(raw["sales"])
    data["logp"], data["logy"] = np.log(raw["price"] / raw["cpi"]), np.log(raw["ndi"] / raw["cpi"])
    return data, ag.row_standardize(border.astype(float))


@pytest.mark.external
def test_cigarettes_as_sdpdmod_given_its_rho(cigarettes):
    # Printed by SDPDm(logc ~ logp + logy, model = "sdm", effect = "twoways") in a tutorial of
    # SDPDmod (Mendez, carlos-mendez.org/post/r_sdpdmod). Given rho the coefficients are those of
    # least squares of y - rho W y, so data, weights, lags and effects are all the same as here
    rho, printed = 0.222591, [-1.002878, 0.600876, 0.048490, -0.292794]
    data, W = cigarettes
    lagged = data.assign(
        **{f"W{c}": spatial_lag(data, W, c).to_numpy() for c in ("logc", "logp", "logy")}
    )
    lagged["left"] = lagged["logc"] - rho * lagged["Wlogc"]
    least = ag.panel("left ~ logp + logy + Wlogp + Wlogy", lagged, absorb=["s", "t"])
    assert least.params == pytest.approx(printed, abs=2e-6)


@pytest.mark.external
def test_cigarettes_maximize_the_exact_likelihood(cigarettes):
    # SDPDmod's rho itself is not matched: it takes the log-determinant from 30 random vectors
    # (-.394 at rho = .25 by its recipe, exactly -.382), and with LYtrans it corrects the
    # estimate's bias, rho = .262211 (standard error .032081), where Lee and Yu's likelihood of
    # the transformed data, with the exact determinant, is highest at .271178
    data, W = cigarettes
    found = ag.spatial_panel(
        "logc ~ logp + logy",
        data,
        weights=W,
        entity="s",
        time="t",
        absorb=["s", "t"],
        model=ag.SpatialDurbin(),
    )
    assert found.terms == CIGAR_TERMS
    order = sorted(W.index)
    cube = {c: data.pivot(index="t", columns="s", values=c)[order].to_numpy() for c in data}
    J, F = centred(46), centred(30)
    w = J.T @ W.loc[order, order].to_numpy() @ J
    y, p, q = (F.T @ cube[c] @ J for c in ("logc", "logp", "logy"))
    X = np.column_stack([v.ravel() for v in (p, q, p @ w.T, q @ w.T)])

    def minus(rho: float) -> float:
        left = (y - rho * y @ w.T).ravel()
        e = left - X @ np.linalg.lstsq(X, left)[0]
        return len(e) / 2 * np.log(e @ e) - 29 * np.linalg.slogdet(np.eye(45) - rho * w)[1]

    best = minimize_scalar(minus, bounds=(-0.9, 0.9), method="bounded", options={"xatol": 1e-9}).x
    assert best == pytest.approx(0.271178, abs=2e-6)
    assert found.params[-1] == pytest.approx(best, abs=1e-6)
    assert abs(found.params[-1] - 0.262211) < 0.032081 / 3


def centred(n: int) -> np.ndarray:
    """Return (n, n - 1) orthonormal columns that sum to zero: Lee and Yu's F."""
    values, vectors = np.linalg.eigh(np.eye(n) - 1 / n)
    return vectors[:, values > 0.5]


def spatial_lag(data: pd.DataFrame, W: pd.DataFrame, column: str) -> pd.Series:
    """Return the weighted mean over the neighbours, period by period, in the order of the rows."""
    cube = data.pivot(index="t", columns="s", values=column)[list(W.index)]
    lags = (cube @ W.T).stack()
    return lags.loc[list(zip(data["t"], data["s"], strict=True))]
