"""The smallest detectable effect: by hand, against its meaning in simulation, errors."""

import numpy as np
import pandas as pd
import pytest

from agglometrics.errors import InputError
from agglometrics.models import Cluster, Homoskedastic, Robust, panel, poisson
from agglometrics.models.power import detectable_effect, multiple_of_error


def test_the_normal_multiple_is_the_textbooks() -> None:
    # Bloom (1995, table 1): 2.80 for a two-sided test at .05 with power .80; 2.49 one-sided,
    # which is a two-sided level of .10
    assert multiple_of_error(None, 0.8, 0.05) == pytest.approx(2.80, abs=0.005)
    assert multiple_of_error(None, 0.8, 0.10) == pytest.approx(2.49, abs=0.005)


def test_the_design_detects_its_effect_as_often_as_it_says() -> None:
    """With the effect set to the detectable one, four of five samples reject.

    2,000 samples of known errors: Monte Carlo standard error .009; three of them are allowed.
    """
    rng = np.random.default_rng(7)
    x = rng.normal(size=40)
    X = np.column_stack([np.ones(40), x])
    error = float(np.sqrt(np.linalg.inv(X.T @ X)[1, 1]))  # sigma = 1
    effect = multiple_of_error(None, 0.8, 0.05) * error
    y = effect * x + rng.normal(size=(2000, 40))
    slope = np.linalg.lstsq(X, y.T)[0][1]
    assert np.mean(np.abs(slope / error) > 1.959964) == pytest.approx(0.8, abs=3 * 0.009)


def test_the_spread_is_that_of_the_demeaned_regressor() -> None:
    rng = np.random.default_rng(3)
    data = pd.DataFrame({"g": np.repeat(range(12), 5), "x": rng.normal(size=60)})
    data["y"] = data["x"] + rng.normal(size=60)
    table = detectable_effect(panel("y ~ x", data, absorb="g", cov=Cluster("g")))
    within = data["x"] - data.groupby("g")["x"].transform("mean")
    assert table["regressor_sd"].item() == pytest.approx(within.std(ddof=0), rel=1e-12)
    t_quantiles = 2.200985 + 0.875530  # t(11) at .975 and .8, R 4.4 qt()
    assert table["detectable"].item() == pytest.approx(
        t_quantiles * table["std_error"].item(), rel=1e-5
    )


def test_rows_weigh_as_in_the_regression() -> None:
    data = pd.DataFrame({"x": [0.0, 0, 1, 1], "n": [1, 3, 8, 12]})
    table = detectable_effect(poisson("n ~ x", data, cov=Robust()))
    # means 2, 2, 10, 10: the regressor around zero has the square sum 20 of 24
    assert table["regressor_sd"][1] == pytest.approx(np.sqrt(20 / 24), rel=1e-8)


@pytest.mark.parametrize(("power", "level"), [(0.8, 1.2), (0.01, 0.05), (1.0, 0.05)])
def test_powers_that_mean_nothing_are_refused(power: float, level: float) -> None:
    data = pd.DataFrame({"x": [0.0, 0, 1, 1], "y": [0.0, 1, 2, 4]})
    fit = panel("y ~ x", data, cov=Homoskedastic())
    with pytest.raises(InputError, match="power must lie"):
        detectable_effect(fit, power=power, level=level)
