"""Speed of policy evaluation: bars in seconds, beside what a user would write with scipy.

`rows()` yields one dict per benchmark, with the columns of the other benchmark modules. Data are
made up here. Run alone with ``python tests/benchmarks/bench_evaluation.py``.

How cost grows: a synthetic control with its placebos with units^2 x periods (one small quadratic
programme per unit); with predictors times the evaluations of the search for their importance;
synthetic difference in differences with placebos x units x periods; permutations with
reassignments x units.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import numpy as np
import pandas as pd
from timing import row, timed

from agglometrics import (
    PermuteUnits,
    PlaceboVariance,
    Predictors,
    event_study,
    permutation_test,
    synthetic_control,
    synthetic_did,
)

KEYS = {"outcome": "y", "unit": "unit", "time": "time", "treated": "treated"}


def factor_panel(
    units: int, periods: int, treated: int, start: int, predictors: int = 0
) -> pd.DataFrame:
    """A panel of two factors, unit effects and noise, whose predictors are functions of both."""
    rng = np.random.default_rng(0)
    loadings, factors = rng.uniform(0, 1, (units, 2)), rng.normal(size=(2, periods)).cumsum(axis=1)
    Y = 10 + loadings @ factors + 0.3 * rng.normal(size=(units, periods))
    unit, time = np.divmod(np.arange(units * periods), periods)
    on = (unit < treated) & (time >= start)
    data = pd.DataFrame({"unit": unit, "time": time, "y": Y.ravel(), "treated": on.astype(int)})
    for k in range(predictors):
        slope = rng.normal(size=2)
        data[f"x{k}"] = (loadings @ slope)[unit] + 0.2 * rng.normal(size=len(data))
    return data


def by_nnls(data: pd.DataFrame, start: int) -> float:
    """All placebos of a synthetic control on outcomes by non-negative least squares, one by one.

    A heavy row holds the sum of the weights at one to ten digits. This is the fastest that scipy
    has: SLSQP, which most programs use, takes some thirty times as long.
    """
    from scipy.optimize import nnls

    Y = data.pivot(index="unit", columns="time", values="y").to_numpy()
    heavy = 1e4 * np.abs(Y).max()
    ratios = []
    for n in range(len(Y)):
        A, b = np.delete(Y, n, axis=0).T, Y[n]
        rows = np.vstack([A[:start], np.full(A.shape[1], heavy)])
        w = nnls(rows, np.append(b[:start], heavy))[0]
        gap = b - A @ w
        ratios.append(np.sqrt(np.mean(gap[start:] ** 2) / np.mean(gap[:start] ** 2)))
    return float(np.mean(np.array(ratios) >= ratios[0]))


def bench_outcomes() -> dict[str, object]:
    data = factor_panel(41, 30, 1, 20)

    def ours() -> object:
        return synthetic_control(data, **KEYS).tidy()

    mine, other = timed(ours), timed(lambda: by_nnls(data, 20))
    name = "synthetic control on outcomes, 40 donors x 30 years, all placebos, seconds at most"
    return bar(name, mine, 10.0, "scipy nnls by hand, not certified", other)


def bench_outcomes_size() -> dict[str, object]:
    data = factor_panel(41, 30, 1, 20)
    mine = timed(lambda: str(synthetic_control(data, **KEYS)))
    name = "the same with its size, power and sets printed, seconds at most"
    return bar(name, mine, 10.0)


def bench_predictors() -> dict[str, object]:
    data = factor_panel(41, 30, 1, 20, predictors=7)
    match = Predictors([f"x{k}" for k in range(7)])
    mine = timed(lambda: synthetic_control(data, match=match, **KEYS).tidy())
    name = "synthetic control, seven predictors, 64 starts, 40 donors x 30 years, all placebos"
    return bar(f"{name}, seconds at most", mine, 60.0)


def bench_sdid() -> dict[str, object]:
    data = factor_panel(60, 30, 5, 20)
    variance = PlaceboVariance(draws=500)
    mine = timed(lambda: synthetic_did(data, variance=variance, **KEYS).tidy())
    name = "synthetic DID, 500 placebos, 60 units x 30 years, 5 treated, seconds at most"
    return bar(name, mine, 5.0)


def by_hand(data: pd.DataFrame, draws: int, start: int) -> float:
    """The p-value of a permuted difference in differences in four lines of numpy, no set."""
    Y = data.pivot(index="unit", columns="time", values="y").to_numpy()
    change = Y[:, start:].mean(axis=1) - Y[:, :start].mean(axis=1)
    on = (np.arange(len(Y)) < 30) / 30 - (np.arange(len(Y)) >= 30) / (len(Y) - 30)
    mixed = np.random.default_rng(0).permuted(np.tile(on, (draws, 1)), axis=1)
    return float(np.mean(np.abs(np.append(mixed @ change, on @ change)) >= abs(on @ change)))


def bench_permutations() -> dict[str, object]:
    data = factor_panel(300, 20, 30, 12)
    over = PermuteUnits(draws=10_000)
    mine = timed(lambda: permutation_test(data, over=over, **KEYS).tidy())
    other = timed(lambda: by_hand(data, 10_000, 12))
    name = "10,000 permutations and the set, 300 units x 20 years, seconds at most"
    return bar(name, mine, 10.0, "permuted rows in numpy, p-value alone", other)


def bench_curve() -> dict[str, object]:
    """500 fits: donors x window x outcome x estimator, each with its inference."""
    base = factor_panel(40, 25, 2, 16)
    base["log"] = np.log(base["y"] - base["y"].min() + 1)
    estimators = (
        lambda d, k: synthetic_did(d, **k),
        lambda d, k: synthetic_control(d, **k),
        lambda d, k: event_study(d, **k),
        lambda d, k: permutation_test(d, **k),
    )

    def ours() -> list[float]:
        found = []
        choices = itertools.product(range(9), range(7), ("y", "log"), estimators)
        for drop, first, outcome, estimator in itertools.islice(choices, 500):
            data = base[(base["unit"] % 9 != drop) | (base["unit"] < 2)]
            data = data[data["time"] >= first]
            fit = estimator(data, {**KEYS, "outcome": outcome})
            found.append(float(fit.tidy().query("term == 'att'")["p_value"].iloc[0]))
        return found

    mine = timed(ours)
    name = "specification curve of 500 fits with their p-values, 40 units x 25 years"
    return bar(f"{name}, seconds at most", mine, 60.0)


def bar(
    name: str,
    mine: tuple[float, float],
    seconds: float,
    alternative: str = "",
    other: tuple[float, float] = (np.nan, np.nan),
) -> dict[str, object]:
    """Return a line of the report whose bar is in seconds, whatever the alternative takes."""
    return {**row(name, *mine, seconds, alternative, *other), "met": mine[0] <= seconds}


def rows() -> Iterator[dict[str, object]]:
    """Yield every benchmark of this module, once the solver of weights is compiled."""
    synthetic_control(factor_panel(12, 8, 1, 5), **KEYS)
    for bench in (
        bench_outcomes,
        bench_outcomes_size,
        bench_predictors,
        bench_sdid,
        bench_permutations,
        bench_curve,
    ):
        yield bench()


if __name__ == "__main__":
    print(pd.DataFrame(rows()).to_string(index=False))
