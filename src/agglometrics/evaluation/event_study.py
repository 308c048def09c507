"""`event_study`: the effect of a policy by time since it began, and on average.

The estimators are values: `TwoWay`, `SunAbraham`, `CallawaySantAnna`, `Imputation`. With a balanced
panel and no covariates each is a few means or one small regression, so that they are written here
in linear algebra, on one screen each, and share their weights, their influence by unit and their
calibration; other programs serve as references in the tests.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from agglometrics.errors import InputError
from agglometrics.evaluation.event.cells import CallawaySantAnna
from agglometrics.evaluation.event.cohorts import EventEstimator
from agglometrics.evaluation.panel import TreatedPanel, read_panel
from agglometrics.evaluation.requirements import (
    require_balanced,
    require_comparison,
    require_no_gaps,
)
from agglometrics.evaluation.results.events import EventStudy, assemble
from agglometrics.notation import Array
from agglometrics.tables.arguments import checked


@checked
def event_study(
    data: object,
    *,
    outcome: str,
    unit: str,
    time: str,
    treated: str,
    estimator: EventEstimator | None = None,
    controls: Sequence[str] = (),
) -> EventStudy:
    """Estimate the effect of a policy that starts at different times, by time since its start.

    Parameters
    ----------
    data : long table, one row per unit and period, balanced
    outcome : column of the outcome
    unit, time : key columns; periods without gaps
    treated : column that is 1 in treated unit-periods and 0 elsewhere
    estimator : `CallawaySantAnna()` (default), `SunAbraham()`, `Imputation()` or `TwoWay()`;
        controls (`NeverTreated()`, `NotYetTreated()`) and anticipation are set there
    controls : columns of further regressors; for `CallawaySantAnna` covariates of its doubly
        robust cells, read in the base period

    Returns
    -------
    EventStudy
        One term per event time (``"event -2"``) and ``"att"``, the average over treated
        unit-periods; standard errors by unit. With one or two treated (or control) units
        standard errors are refused (NaN, with a warning): use `permutation_test`.

    Raises
    ------
    InputError
        For bad keys, values or unbalanced units, which are named, and for gaps between periods.
    IdentificationError
        Without controls, or without a period before treatment (and anticipation).

    References
    ----------
    Borusyak, Jaravel and Spiess (2024), Revisiting event-study designs; Callaway and Sant'Anna
    (2021), Difference-in-differences with multiple time periods; Sant'Anna and Zhao (2020), Doubly
    robust difference-in-differences estimators; Sun and Abraham (2021), Estimating dynamic
    treatment effects in event studies with heterogeneous treatment effects.

    Examples
    --------
    >>> import numpy as np, pandas as pd
    >>> from agglometrics import event_study
    >>> data = pd.DataFrame([(i, t) for i in range(30) for t in range(5)], columns=["i", "t"])
    >>> data["pilot"] = ((data["i"] < 12) & (data["t"] >= 3)).astype(int)
    >>> noise = np.random.default_rng(1).normal(size=150)
    >>> data["y"] = data["i"] + data["t"] ** 2 + 2 * data["pilot"] + 0.1 * noise
    >>> event_study(data, outcome="y", unit="i", time="t", treated="pilot").tidy()[
    ...     ["term", "event_time", "estimate"]].round(2)
           term  event_time  estimate
    0  event -3          -3     -0.03
    1  event -2          -2     -0.04
    2   event 0           0      1.97
    3   event 1           1      1.94
    4       att        <NA>      1.95
    """
    panel = read_panel(data, outcome=outcome, unit=unit, time=time, treated=treated)
    require_balanced(panel)
    require_no_gaps(panel)
    require_comparison(panel)
    chosen = CallawaySantAnna() if estimator is None else estimator
    X = _controls(panel, controls)
    pieces = chosen.fit(panel.Y, panel.first, X)
    return assemble(panel, X, chosen, pieces)


def _controls(panel: TreatedPanel, names: Sequence[str]) -> Array:
    """Return the columns of `names` as (K, N, T), all known."""
    X = np.empty((len(names), *panel.Y.shape))
    for k, name in enumerate(names):
        X[k] = panel.column(name)
        if np.isnan(X[k]).any():
            n, t = map(int, np.argwhere(np.isnan(X[k]))[0])
            raise InputError(
                f"control {name!r} is unknown in {int(np.isnan(X[k]).sum())} unit-periods, first "
                f"{panel.units[n]!r} in {panel.periods[t]!r}. Fill it in, or leave it out."
            )
    return X
