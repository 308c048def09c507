"""The spread of a regressor once effects are absorbed: by hand, weights, errors."""

import numpy as np
import pandas as pd
import pytest

from agglometrics import Cluster, Covariance, Estimates, Robust, panel, poisson
from agglometrics.errors import InputError
from agglometrics.models.checks.regressor_spread import regressor_spread


def test_the_spread_is_that_of_the_demeaned_regressor() -> None:
    rng = np.random.default_rng(3)
    data = pd.DataFrame({"g": np.repeat(range(12), 5), "x": rng.normal(size=60)})
    data["y"] = data["x"] + rng.normal(size=60)
    within = data["x"] - data.groupby("g")["x"].transform("mean")
    table = regressor_spread(panel("y ~ x", data, absorb="g", cov=Cluster("g")))
    assert table["regressor_sd"].item() == pytest.approx(within.std(ddof=0), rel=1e-12)


def test_rows_weigh_as_in_the_regression() -> None:
    data = pd.DataFrame({"x": [0.0, 0, 1, 1], "n": [1, 3, 8, 12]})
    table = regressor_spread(poisson("n ~ x", data, cov=Robust()))
    # means 2, 2, 10, 10: the regressor has the square sum 20 of 24
    assert table["regressor_sd"][1] == pytest.approx(np.sqrt(20 / 24), rel=1e-8)


def test_estimates_without_arrays_are_refused() -> None:
    bare = Estimates(("x",), np.array([1.0]), Covariance(np.eye(1), "given"), "y", "m", 5)
    with pytest.raises(InputError, match="keeps its residuals"):
        regressor_spread(bare)
