"""Triple differences: by hand, the regression they are, and what is refused."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import agglometrics as ag

KEYS = {"outcome": "y", "unit": "i", "group": "g", "time": "t", "treated": "on"}


def cells(seed: int, N: int = 24, G: int = 4, T: int = 6, effect: float = 2.0) -> pd.DataFrame:
    """Groups 0 and 1 of the first nine units are treated from period 3; all their groups boom."""
    rng = np.random.default_rng(seed)
    i, rest = np.divmod(np.arange(N * G * T), G * T)
    g, t = np.divmod(rest, T)
    pilot = (i < 9) & (t >= 3)
    on = pilot & (g < 2)
    y = (
        rng.normal(size=(N, G))[i, g]
        + rng.normal(size=(N, T))[i, t]
        + rng.normal(size=(G, T))[g, t]
    )
    y = y + 5.0 * pilot + effect * on + rng.normal(size=len(y))
    return pd.DataFrame({"i": i, "g": g, "t": 2000 + t, "y": y, "on": on.astype(int)})


def test_eight_means_by_hand() -> None:
    """Treated units: eligible 1 -> 10, others 2 -> 5; control units: 0 -> 4, 1 -> 2.

    (9 - 3) - (4 - 1) = 3.
    """
    means = {("p", "e"): (1, 10), ("p", "o"): (2, 5), ("c", "e"): (0, 4), ("c", "o"): (1, 2)}
    rows = [(f"{kind}{k}", g, t, values[t] + shift, int(kind == "p" and g == "e" and t == 1))
            for (kind, g), values in means.items() for k, shift in enumerate((-1.0, 0.0, 1.0))
            for t in (0, 1)]  # fmt: skip
    data = pd.DataFrame(rows, columns=["i", "g", "t", "y", "on"])
    with pytest.warns(ag.AgglometricsWarning):
        fit = ag.triple_difference(data, **KEYS)
    assert fit.params[-1] == pytest.approx(3.0)


def test_it_is_the_regression_with_three_pairs_of_effects() -> None:
    """Unit by period, group by period and unit by group absorbed, with one start."""
    data = cells(1)
    fit = ag.triple_difference(data, estimator=ag.TwoWay(), **KEYS)
    same = ag.panel("y ~ on", data, absorb=["i^t", "g^t", "i^g"], cov=ag.Cluster("i"))
    assert fit.params[-1] == pytest.approx(same.params[0])
    wrong = ag.event_study(data[data["g"] == 0], estimator=ag.TwoWay(), outcome="y", unit="i",
                           time="t", treated="on")  # fmt: skip
    assert abs(wrong.params[-1] - 7) < 1.5  # the boom of treated units is taken for the policy
    assert abs(fit.params[-1] - 2) < 4 * fit.std_errors[-1]


def test_coverage_with_shocks_that_hit_all_groups_of_a_unit() -> None:
    """150 panels: mean within 4 Monte Carlo standard errors of 2; 95 percent cover >= 0.88."""
    found = [ag.triple_difference(cells(seed), **KEYS) for seed in range(150)]
    att = np.array([fit.params[-1] for fit in found])
    assert abs(att.mean() - 2) < 4 * att.std() / np.sqrt(150)
    covered = np.mean([2.0 in fit.interval(term="att") for fit in found])
    assert covered >= 0.88


def test_order_and_labels_do_not_matter() -> None:
    data = cells(3)
    base = ag.triple_difference(data, **KEYS)
    mixed = data.sample(frac=1, random_state=2).assign(g=lambda f: "group " + f["g"].astype(str))
    moved = ag.triple_difference(mixed, **KEYS)
    np.testing.assert_allclose(moved.params, base.params)
    np.testing.assert_allclose(moved.std_errors, base.std_errors)


def test_what_is_refused() -> None:
    data = cells(4)
    with pytest.raises(ag.InputError, match=r"every group in every period, 24; .* the first 23"):
        ag.triple_difference(data.drop(index=5), **KEYS)
    alone = data.assign(on=data["on"] * (data["g"] == 0) + data["on"] * (data["i"] != 2) * (
        data["g"] == 1))  # fmt: skip
    with pytest.raises(ag.InputError, match="50% of them are"):
        ag.triple_difference(alone, **KEYS)
    with pytest.raises(ag.IdentificationError, match="no group of 'g' is treated"):
        ag.triple_difference(data.assign(on=0), **KEYS)
    with pytest.raises(ag.IdentificationError, match="every group of 'g' is treated"):
        ag.triple_difference(data.assign(on=((data["i"] < 9) & (data["t"] >= 2003)) * 1), **KEYS)
    with pytest.raises(ag.InputError, match="must be 1 in treated units"):
        ag.triple_difference(data.assign(on=2), **KEYS)
    with pytest.raises(ag.InputError, match="must be five columns"):
        ag.triple_difference(data, **{**KEYS, "group": "i"})
