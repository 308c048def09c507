"""Power and leaving groups out."""

import numpy as np
import pandas as pd
import pytest

from agglometrics import (
    Cluster,
    Homoskedastic,
    Robust,
    detectable_effect,
    from_columns,
    panel,
    without_each,
)
from agglometrics import poisson as ppml
from agglometrics.errors import InputError


def simulated(seed=0, beta=0.0):
    rng = np.random.default_rng(seed)
    unit, time = np.divmod(np.arange(160), 4)
    x, e = rng.normal(size=(2, 160))
    frame = {"i": unit, "t": time, "g": unit % 5, "x": x, "y": beta * x + e + unit / 10}
    return pd.DataFrame(frame)


def test_detectable_effect_is_detected_as_often_as_it_says():
    # 300 samples whose slope is the effect that a first one names: Monte Carlo error .023,
    # and the first one's standard error is itself off by some 6 per cent
    fit = panel("y ~ x", simulated(), absorb="i", cov=Homoskedastic())
    effect = detectable_effect(fit)["detectable_effect"][0]
    found = [
        panel("y ~ x", simulated(seed, effect), absorb="i", cov=Homoskedastic()).tidy()["p_value"][
            0
        ]
        < 0.05
        for seed in range(1, 301)
    ]
    assert np.mean(found) == pytest.approx(0.8, abs=0.1)
    with pytest.raises(InputError, match="between 0 and 1"):
        detectable_effect(fit, power=80)


@pytest.mark.parametrize("absorb", ["i", ["i", "t"]])
def test_without_each_equals_estimating_again(absorb):
    data = simulated(beta=1.0)
    fit = panel("y ~ x", data, absorb=absorb, cov=Cluster("i"))
    found = without_each(fit, "g").set_index("g")["estimate"]
    for g in range(5):
        again = panel("y ~ x", data[data.g != g], absorb=absorb, cov=Cluster("i"))
        assert found[g] == pytest.approx(again.params[0], rel=1e-9)
    with pytest.raises(InputError, match="is for least squares"):
        without_each(ppml("z ~ x", data.assign(z=np.exp(data.y / 9)), cov=Robust()), "g")


def test_columns_with_any_name():
    data = simulated(beta=1.0).rename(columns={"x": "GDP per head (10 000)", "y": "y/x"})
    fit = panel(from_columns("y/x", ["GDP per head (10 000)"]), data, absorb="i")
    plain = panel("y ~ x", simulated(beta=1.0), absorb="i")
    assert fit.terms == ("GDP per head (10 000)",)
    assert fit.params == pytest.approx(plain.params)
