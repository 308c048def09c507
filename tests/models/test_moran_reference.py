"""Moran's I against esda 2.9.0 (PyPI) and spdep 1.2-7 (R 4.2.2)."""

import numpy as np
import pandas as pd
import pytest

import agglometrics as ag

COLUMNS = ["moran", "expected", "std_error", "statistic", "p_value"]


def directed_map() -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return 25 regions with a value, and weights that are neither symmetric nor standardized."""
    regions = np.arange(25)
    W = np.zeros((25, 25))
    for i in regions:
        for j in ((i + 1) % 25, (i + 5) % 25, (7 * i + 3) % 25):
            W[i, j] = (1 + i % 3) * (i != j)
    x = np.sin(0.73 * np.arange(1, 26) ** 2) ** 3 + 0.1 * regions
    return pd.DataFrame({"region": regions, "x": x}), pd.DataFrame(W, regions, regions)


def test_directed_weights_as_esda_and_spdep():
    # esda.Moran(x, w, transformation="O"): I, EI, VI_rand, z_rand, p_rand; spdep's moran.test
    # with mat2listw(W), two-sided, agrees with it to all its twelve digits
    data, W = directed_map()
    found = ag.moran(data, value="x", weights=W)[COLUMNS].iloc[0].tolist()
    theirs = [0.176994498052868, -1 / 24, 0.0139090743099844**0.5, 1.854054701935526]
    assert found == pytest.approx([*theirs, 0.06373133440450579], rel=1e-10)


@pytest.mark.parametrize(
    ("transform", "printed"),
    [
        ("r", [0.5001885571828611, 0.008689289201332044**0.5, 5.58938267504451]),
        ("b", [0.515461436886279, 0.0074543943427878515**0.5, 6.211512737303755]),
    ],
)
def test_columbus_as_esda(transform, printed):
    # esda.Moran(CRIME, w, transformation="R" and "B"), on the map that libpysal brings
    libpysal = pytest.importorskip("libpysal")
    table = libpysal.io.open(libpysal.examples.get_path("columbus.dbf"))
    crime = np.array(table.by_col("CRIME"))
    w = libpysal.io.open(libpysal.examples.get_path("columbus.gal")).read()
    w.transform = transform
    data = pd.DataFrame({"region": w.id_order, "crime": crime})
    found = ag.moran(data, value="crime", weights=w).iloc[0]
    assert found[["moran", "std_error", "statistic"]].tolist() == pytest.approx(printed, rel=1e-9)


def test_standard_error_is_that_of_random_permutations():
    # 20,000 permutations: the simulated standard deviation is off by some .5 per cent
    data, W = directed_map()
    rng = np.random.default_rng(2)
    x, w = data["x"].to_numpy() - data["x"].mean(), W.to_numpy()
    drawn = rng.permuted(np.tile(x, (20_000, 1)), axis=1)
    simulated = 25 / w.sum() * np.einsum("bi,ij,bj->b", drawn, w, drawn, optimize=True) / (x @ x)
    found = ag.moran(data, value="x", weights=W).iloc[0]
    assert found["expected"] == pytest.approx(simulated.mean(), abs=0.004)
    assert found["std_error"] == pytest.approx(simulated.std(), rel=0.02)
