"""How weak instruments are, and whether they agree with each other.

Everything is computed with the exogenous terms and the absorbed effects partialled out. (The
effective F of pyfixest 0.60 leaves the controls in: 88.89 where 54.75 is right on Mroz's data;
linearmodels' robust first-stage statistic is a chi-square, not an F.)
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from agglometrics.inference.specifications import Homoskedastic
from agglometrics.linalg.symmetric import quadratic_form
from agglometrics.models.checks.joint_covariance import joint_covariance
from agglometrics.models.checks.kleibergen_paap import kleibergen_paap
from agglometrics.models.iv import IVRegression, system_of
from agglometrics.notation import Array
from agglometrics.tables.arguments import checked


def effective_f(pi: Array, V: Array, Z: Array) -> tuple[float, float]:
    """Return the effective F of Montiel Olea and Pflueger (2013, eq. 3) and its critical value.

    ``F = pi' Z'Z pi / tr(V Z'Z)``; the critical value tests at 5 per cent that the Nagar bias
    exceeds 10 per cent of the worst case, by Patnaik's approximation (section 4, simplified).

    pi : (L,) first-stage coefficients    V : (L, L) their covariance    Z : (N, L)
    """
    from scipy import stats

    root = np.linalg.cholesky(Z.T @ Z)
    W = root.T @ V @ root
    trace, largest = float(np.trace(W)), float(np.linalg.eigvalsh(W)[-1])
    x = 10.0  # one over the tolerated relative bias
    K = trace**2 * (1 + 2 * x) / (float(np.sum(W * W)) + 2 * x * trace * largest)
    critical = float(stats.ncx2.ppf(0.95, K, K * x) / K)
    return float((root.T @ pi) @ (root.T @ pi)) / trace, critical


@checked
def weak_instruments(fit: IVRegression) -> pd.DataFrame:
    """Return how strong the instruments are, one row per endogenous term.

    Parameters
    ----------
    fit : an `iv` estimate; its covariance is the one used

    Returns
    -------
    DataFrame
        ``term``; ``partial_r2`` of the excluded instruments; ``f``, the F of the excluded
        instruments in its first stage under the estimate's covariance; ``f_homoskedastic``;
        ``effective_f`` with ``effective_f_critical`` (bias of 10 per cent at the 5 per cent
        level) for one endogenous term, NaN otherwise; ``kleibergen_paap``, the rk Wald F of
        the whole system (the same in every row).

    Examples
    --------
    >>> import numpy as np, pandas as pd
    >>> from agglometrics import Robust, iv, weak_instruments
    >>> z, e = np.random.default_rng(1).normal(size=(2, 200))
    >>> data = pd.DataFrame({"z": z, "x": z + e, "y": 2 * z + 3 * e})
    >>> weak_instruments(iv("y ~ [x ~ z]", data, cov=Robust()))["effective_f"].round(1).item()
    264.5
    """
    system = system_of(fit)
    _, X, Z = system.partial()
    pi, V, _ = joint_covariance(system, X, Z, fit.covariance.spec, fit.rule)
    _, simple, _ = joint_covariance(system, X, Z, Homoskedastic(), fit.rule)
    K, L = pi.shape
    rank = kleibergen_paap(pi, V, X, Z) / L
    rows = []
    for k, name in enumerate(system.endogenous):
        own = slice(k * L, (k + 1) * L)
        explained = float(np.sum((Z @ pi[k]) ** 2) / (X[:, k] @ X[:, k]))
        row = {"term": name, "partial_r2": explained}
        row["f"] = quadratic_form(pi[k], V[own, own])[0] / L
        row["f_homoskedastic"] = quadratic_form(pi[k], simple[own, own])[0] / L
        F, critical = effective_f(pi[k], V, Z) if K == 1 else (np.nan, np.nan)
        rows.append(
            {**row, "effective_f": F, "effective_f_critical": critical, "kleibergen_paap": rank}
        )
    return pd.DataFrame(rows)
