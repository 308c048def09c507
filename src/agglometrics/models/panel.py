"""Linear panel regressions: pooled, fixed effects, random effects, Mundlak, between, differences.

Cost: demeaning (see `fixed_effects`) plus N K^2.
"""

from __future__ import annotations

from collections.abc import Sequence

from agglometrics.inference.small_sample import SmallSample
from agglometrics.inference.specifications import CovarianceSpec
from agglometrics.models.design import build, refuse_class
from agglometrics.models.estimators import Estimator, LeastSquares
from agglometrics.models.regression import Regression, assemble, default_covariance
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
    data : a long table, one row a unit and period
    absorb : columns whose effects are absorbed, any number; ``"industry^year"`` combines two
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
    design = build(formula, data, absorb=absorb, weights=weights, entity=entity, time=time)
    refuse_class("estimator", estimator)
    chosen = LeastSquares() if estimator is None else estimator
    out = chosen.fit(design)
    effects = f", {' and '.join(design.effect_names)} effects" if design.effects else ""
    return assemble(
        out.fit,
        out.params,
        outcome=design.outcome,
        method=chosen.method + effects,
        cov=default_covariance(design.sample, design.effect_names) if cov is None else cov,
        rule=SmallSample() if rule is None else rule,
        statistics=out.statistics,
        notes=design.notes + out.notes,
    )
