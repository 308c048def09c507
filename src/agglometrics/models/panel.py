"""Linear panel regressions: pooled, fixed effects, random effects, Mundlak, between, differences.

Cost: demeaning (see `fixed_effects`) plus N K^2.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import pandas as pd

from agglometrics.inference.small_sample import SmallSample
from agglometrics.inference.specifications import CovarianceSpec
from agglometrics.models.absorbed_slopes import hide, split_slopes, with_slopes
from agglometrics.models.design import Design, build, refuse_class
from agglometrics.models.estimators import Estimator, LeastSquares
from agglometrics.models.regression import Regression, assemble, default_covariance
from agglometrics.tables import to_frame
from agglometrics.tables.arguments import checked


@checked
def panel(
    formula: str,
    data: object,
    *,
    absorb: Sequence[str] | str | None = None,
    cov: CovarianceSpec | None = None,
    entity: str | None = None,
    time: str | None = None,
    weights: str | None = None,
    estimator: Estimator | None = None,
    rule: SmallSample | None = None,
) -> Regression:
    """Estimate a linear panel regression.

    Parameters
    ----------
    formula : ``"y ~ x1 + log(x2) + C(group) + lag(x3)"``
    data : a long table, one row per unit and period
    absorb : columns whose effects are absorbed, any number; ``"industry^year"`` combines two;
        ``"region[time]"`` adds a slope in time for each region (at most 2000 of them; they count
        as parameters). With ``"y ~ 1"`` effects only: no coefficient, but residuals
    cov : a covariance: `Homoskedastic`, `Robust`, `Cluster`, `CR3`, `NeweyWest`,
        `DriscollKraay`, `Conley`, `WildBootstrap`. Default: clusters of `entity`, else of the
        first absorbed effect, else robust
    entity, time : the panel's keys
    weights : a column of positive (analytic) weights
    estimator : `LeastSquares()` (default), `RandomEffects()`, `Mundlak()`, `Between()`,
        `FirstDifference()`
    rule : the small-sample rule (default `SmallSample()`; see
        `agglometrics.inference.small_sample`)

    Returns
    -------
    Regression
        `Estimates` whose ``notes`` name the rows and terms that were left out.

    Raises
    ------
    InputError
        For columns that are not there, keys that repeat, weights of zero, infinite values.
    IdentificationError
        If no term is identified, or no degree of freedom is left.

    References
    ----------
    Correia (2015), Singletons, cluster-robust standard errors and fixed effects; Baltagi
    (2021), Econometric Analysis of Panel Data, chapters 2-3.

    Examples
    --------
    >>> import pandas as pd
    >>> from agglometrics import Homoskedastic, panel
    >>> data = pd.DataFrame({"firm": [1, 1, 1, 2, 2, 2], "year": [1, 2, 3, 1, 2, 3],
    ...                      "x": [1.0, 2, 4, 2, 5, 9], "y": [3.0, 5, 8, 9, 16, 23]})
    >>> fit = panel("y ~ x", data, absorb=["firm"], cov=Homoskedastic())
    >>> fit.tidy()[["term", "estimate", "std_error"]].round(4)
      term  estimate  std_error
    0    x    1.9318     0.1166
    """
    refuse_class("estimator", estimator)
    chosen = LeastSquares() if estimator is None else estimator
    keys: dict[str, Any] = {"weights": weights, "entity": entity, "time": time}
    if isinstance(chosen, LeastSquares):
        return _least_squares(formula, to_frame(data), absorb, keys, cov, rule)
    design = build(formula, data, absorb=absorb, **keys)
    return _estimate(design, chosen, cov, rule)


def _least_squares(
    formula: str,
    frame: pd.DataFrame,
    absorb: Sequence[str] | str | None,
    keys: Mapping[str, Any],
    cov: CovarianceSpec | None,
    rule: SmallSample | None,
) -> Regression:
    """Return least squares, absorbed slopes among the regressors and not among the terms."""
    effects, slopes = split_slopes(absorb, list(frame.columns))
    design = build(formula, frame, absorb=effects or None, extra=[x for _, x in slopes], **keys)
    if not slopes:
        return replace(_estimate(design, LeastSquares(), cov, rule), design=design)
    wider = with_slopes(design, slopes)
    fit = hide(_estimate(wider, LeastSquares(), cov, rule), wider.hidden)
    absorbed = (*fit.effects, *wider.slopes)
    return replace(fit, design=replace(design, slopes=wider.slopes), effects=absorbed)


def _estimate(
    design: Design, chosen: Estimator, cov: CovarianceSpec | None, rule: SmallSample | None
) -> Regression:
    out = chosen.fit(design)
    return assemble(
        out.fit,
        out.params,
        outcome=design.outcome,
        method=design.named(chosen.method),
        cov=default_covariance(design.sample, design.effect_names) if cov is None else cov,
        rule=SmallSample() if rule is None else rule,
        statistics=out.statistics,
        notes=design.notes + out.notes,
        effects=design.effect_names,
    )
