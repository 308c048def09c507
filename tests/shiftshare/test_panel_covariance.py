"""Shift-share errors of panels: those of the design's own fit, and their limits."""

import numpy as np
import pandas as pd
import pytest

from agglometrics import Robust, ShiftShare, iv, panel
from agglometrics.errors import InputError
from agglometrics.shiftshare.design import ShiftShareDesign
from agglometrics.shiftshare.inference.akm import AKM


def simulated(seed=0, N=120, S=15):
    rng = np.random.default_rng(seed)
    W = rng.dirichlet(np.full(S, 0.4), size=N)
    g = rng.normal(size=S)
    z, q = W @ g, rng.normal(size=N)
    u = W @ rng.normal(size=S) + 0.3 * rng.normal(size=N)
    x = z + 0.5 * u + 0.1 * rng.normal(size=N)
    place = [f"p{r:03d}" for r in range(N)]
    columns = {"place": place, "z": z, "x": x, "q": q, "y": 0.5 * x + q + u}
    columns |= {"g": np.arange(N) % 10, "w": rng.uniform(1, 3, N)}
    shares = pd.DataFrame(
        {"place": np.repeat(place, S), "sector": np.tile(np.arange(S), N), "share": W.ravel()}
    )
    shocks = pd.DataFrame({"sector": np.arange(S), "shock": g, "group": np.arange(S) // 2})
    locations = pd.DataFrame(columns)
    return locations, ShiftShareDesign(locations, shares, shocks, location="place")


@pytest.mark.parametrize("weights", [None, "w"])
@pytest.mark.parametrize("cluster", [None, "group"])
def test_equal_the_designs_own_fit(weights, cluster):
    data, design = simulated()
    shuffled = data.sample(frac=1, random_state=1)
    spec = ShiftShare(design, cluster)
    reduced = panel("y ~ z + q", shuffled, weights=weights, cov=spec)
    own = design.fit("y", controls=["q"], weights=weights, cov=AKM(cluster))
    assert reduced.params[1] == pytest.approx(own.params[0])
    assert reduced.std_errors[1] == pytest.approx(own.std_errors[0], rel=1e-8)
    two = iv("y ~ q + [x ~ z]", shuffled, weights=weights, cov=spec)
    own = design.fit("y", "x", controls=["q"], weights=weights, cov=AKM(cluster))
    assert two.std_errors[0] == pytest.approx(own.std_errors[0], rel=1e-7)


def test_absorbed_effects_equal_dummies():
    data, design = simulated()
    absorbed = panel("y ~ z + q", data, absorb="g", cov=ShiftShare(design))
    dummies = panel("y ~ z + q + C(g)", data, cov=ShiftShare(design))
    k = dummies.terms.index("z")
    assert absorbed.std_errors[0] == pytest.approx(dummies.std_errors[k], rel=1e-8)


def test_other_terms_get_none_and_strangers_are_refused():
    data, design = simulated()
    fit = panel("y ~ z + q", data, cov=ShiftShare(design))
    assert np.isnan(fit.std_errors[fit.terms.index("q")])
    with pytest.raises(InputError, match=r"none of the terms .* is \['shock'\]"):
        panel("y ~ q", data, cov=ShiftShare(design))
    with pytest.raises(InputError, match=r"columns \['place'\] are not in the table"):
        panel("y ~ z", data.drop(columns="place"), cov=ShiftShare(design))


def test_larger_than_robust_errors_where_shares_matter():
    data, design = simulated(3, N=400)
    fit = panel("y ~ z + q", data, cov=Robust())
    assert fit.with_cov(ShiftShare(design)).std_errors[1] > fit.std_errors[1]


def test_weights_with_absorbed_effects_are_repeated_rows():
    """The shift-share variable is demeaned with the weights, or no term would be one."""
    data, design = simulated()
    data["w"] = 1.0 + np.arange(len(data)) % 3
    weighted = panel("y ~ z + q", data, absorb="g", weights="w", cov=ShiftShare(design))
    rows = data.loc[data.index.repeat(data["w"].astype(int))]
    repeated = panel("y ~ z + q", rows, absorb="g", cov=ShiftShare(design))
    assert weighted.params == pytest.approx(repeated.params)
    assert weighted.std_errors[0] == pytest.approx(repeated.std_errors[0], rel=1e-8)
