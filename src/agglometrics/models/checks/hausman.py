"""Are random effects consistent? Hausman's contrast, and the test that any covariance allows."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from agglometrics.errors import IdentificationError, InputError
from agglometrics.inference.estimates import Estimates
from agglometrics.inference.small_sample import SmallSample
from agglometrics.inference.specifications import CovarianceSpec, Homoskedastic
from agglometrics.linalg.demeaning import group_mean
from agglometrics.linalg.symmetric import quadratic_form, units_of
from agglometrics.models.design import build
from agglometrics.models.estimators import LeastSquares
from agglometrics.models.formulas import CONSTANT
from agglometrics.models.random_effects import swamy_arora
from agglometrics.models.regression import Regression, assemble, default_covariance
from agglometrics.notation import Array, Codes
from agglometrics.tables.arguments import checked


@checked
def hausman(fixed: Estimates, random: Estimates) -> pd.DataFrame:
    """Return Hausman's (1978) test of the terms that both estimates share.

    It holds where the errors are homoskedastic and independent: both must be estimated with
    ``Homoskedastic()``; otherwise use `robust_hausman`. The null: unit effects are
    uncorrelated with the regressors. Columns: statistic, df, p_value.

    Raises
    ------
    InputError
        If the two estimates used other rows, if a covariance is robust or clustered (random
        effects are not efficient then, and the variance of the contrast is not the difference
        of the variances), if no term is shared, or if the contrast has no positive variance.

    Examples
    --------
    >>> from agglometrics import Homoskedastic, RandomEffects, hausman, panel
    >>> import numpy as np, pandas as pd
    >>> rng = np.random.default_rng(0)
    >>> unit, time = np.divmod(np.arange(60), 3)
    >>> x, e = rng.normal(size=(2, 60))
    >>> data = pd.DataFrame({"i": unit, "t": time, "x": x, "y": x + unit / 10 + e})
    >>> said = {"entity": "i", "time": "t", "cov": Homoskedastic()}
    >>> fixed = panel("y ~ x", data, absorb="i", **said)
    >>> random = panel("y ~ x", data, estimator=RandomEffects(), **said)
    >>> hausman(fixed, random).round(3)
       statistic  df  p_value
    0      0.021   1    0.884
    """
    from scipy import stats

    _require_homoskedastic(fixed, random)
    shared = [term for term in fixed.terms if term in random.terms and term != CONSTANT]
    if not shared:
        raise InputError(
            f"no shared term: {list(fixed.terms)} and {list(random.terms)}. "
            "Estimate both with at least one regressor in common."
        )
    _require_same_rows(fixed, random)
    f = [fixed.terms.index(term) for term in shared]
    r = [random.terms.index(term) for term in shared]
    gap = fixed.params[f] - random.params[r]
    V = fixed.covariance.matrix[np.ix_(f, f)] - random.covariance.matrix[np.ix_(r, r)]
    _require_positive(V)
    H = quadratic_form(gap, V)[0]
    row = {"statistic": H, "df": len(shared), "p_value": stats.chi2.sf(H, len(shared))}
    return pd.DataFrame([row])


def _require_same_rows(fixed: Estimates, random: Estimates) -> None:
    """Raise unless both used the same rows.

    Rows alone in their unit, fixed effects leave out; the between estimator has a row per unit.
    """
    rows = [_rows_per_unit(random), _rows_per_unit(fixed)]
    single = int((rows[0] == 1).sum())
    means = fixed.n_obs == len(rows[0]) or random.n_obs == len(rows[1])
    if random.n_obs - fixed.n_obs not in (0, single) and not means:
        raise InputError(
            f"Hausman's test compares two estimates from the same rows; found {fixed.n_obs} and "
            f"{random.n_obs}. Estimate both from one table, without the rows that one leaves out."
        )


def _rows_per_unit(estimate: Estimates) -> Codes:
    """Return how many rows of each unit an estimate used, none where it does not know units."""
    sample = estimate.fit.sample if isinstance(estimate, Regression) and estimate.fit else None
    if sample is None or sample.entity is None:
        return np.zeros(0, dtype=np.intp)
    return np.bincount(sample.codes(sample.entity))


def _require_positive(V: Array) -> None:
    """Raise unless the contrast's variance is positive; that of one fit with itself is zero."""
    scale = units_of(V)
    if np.linalg.eigvalsh(V / scale[:, None] / scale)[0] <= 0:
        raise InputError(
            "the variance of fixed minus random effects is not positive, so Hausman's statistic "
            "does not exist here. Use robust_hausman(...), and check that the two estimates are "
            "not the same one."
        )


def _require_homoskedastic(*estimates: Estimates) -> None:
    for found in estimates:
        spec = found.covariance.spec
        if spec is not None and not isinstance(spec, Homoskedastic):
            raise InputError(
                "Hausman's contrast needs cov=Homoskedastic() in both estimates; found "
                f"{found.covariance.name!r} for {found.method!r}. Estimate both with "
                "cov=Homoskedastic(), or use robust_hausman(...), which takes any covariance."
            )


@checked
def robust_hausman(
    formula: str,
    data: object,
    *,
    entity: str,
    time: str,
    cov: CovarianceSpec | None = None,
    rule: SmallSample | None = None,
) -> pd.DataFrame:
    """Return the Wald test that unit means add nothing to random effects, under any covariance.

    The auxiliary regression of Wooldridge (2010, section 10.7.3): y and X less theta times
    their unit means, with the deviations of X from its unit means added.

    Simulated with effects unrelated to x and a variance that rises with x, 5 periods, clusters by
    unit: at 5 percent it rejects .060 with 60 units (600 samples, Monte Carlo error .010), and too
    often with few, .098 with 12 (.012).

    Parameters
    ----------
    formula, data, entity, time, rule : as in `panel`
    cov : a covariance (default: clusters of `entity`)

    Returns
    -------
    DataFrame
        statistic (chi-square), df, p_value.

    Examples
    --------
    >>> from agglometrics import robust_hausman
    >>> import numpy as np, pandas as pd
    >>> rng = np.random.default_rng(0)
    >>> unit, time = np.divmod(np.arange(60), 3)
    >>> x, e = rng.normal(size=(2, 60))
    >>> data = pd.DataFrame({"i": unit, "t": time, "x": x, "y": x + unit / 10 + e})
    >>> robust_hausman("y ~ x", data, entity="i", time="t").round(3)
       statistic  df  p_value
    0      0.054   1    0.816
    """
    from scipy import stats

    design = build(formula, data, entity=entity, time=time)
    unit = design.entity()
    s2_e, s2_u = swamy_arora(design.y, design.X, unit)
    theta = 1 - np.sqrt(s2_e / (np.bincount(unit) * s2_u + s2_e))
    both = np.column_stack([design.y, design.X])
    means = group_mean(both, unit)[unit]
    moved = both - theta[unit][:, None] * means
    spread = np.ptp(both - means, axis=0)
    varies = [k for k in range(1, both.shape[1]) if spread[k] > 1e-12 * np.abs(both[:, k]).max()]
    names = tuple(f"within({design.terms[k - 1]})" for k in varies)
    wide = np.column_stack([moved[:, 1:], (both - means)[:, varies]])
    out = LeastSquares().fit(replace(design, y=moved[:, 0], X=wide, terms=design.terms + names))
    chosen = default_covariance(design.sample, ()) if cov is None else cov
    fit = assemble(
        out.fit,
        out.params,
        outcome=design.outcome,
        method="auxiliary regression",
        cov=chosen,
        rule=SmallSample() if rule is None else rule,
        statistics={},
        notes=(),
    )
    tested = [name for name in names if name in fit.terms]
    if not tested:
        raise IdentificationError(
            f"no term of {formula!r} varies both within and between the units of {entity!r}: "
            "there is nothing to compare. Add one that does."
        )
    row = fit.wald(*tested).iloc[0]
    q = int(row["df_num"])
    H = float(row["statistic"]) * q
    return pd.DataFrame([{"statistic": H, "df": q, "p_value": stats.chi2.sf(H, q)}])
