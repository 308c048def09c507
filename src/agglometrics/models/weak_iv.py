"""How weak instruments are, and whether they agree with each other.

Everything is computed with the exogenous terms and the absorbed effects partialled out. (The
effective F of pyfixest 0.60 leaves the controls in: 88.89 where 54.75 is right on Mroz's data;
linearmodels' robust first-stage statistic is a chi-square, not an F.)
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from agglometrics.errors import InputError
from agglometrics.models.covariance import Homoskedastic, WildBootstrap
from agglometrics.models.estimates import Estimates
from agglometrics.models.iv import IVRegression, System, system_of
from agglometrics.models.linear import LinearFit, inverse_gram
from agglometrics.models.rules import SmallSample, parameters, residual_df
from agglometrics.models.sandwich import covariance
from agglometrics.tables import Array


def joint_covariance(
    system: System, targets: Array, Z: Array, spec: Any, rule: SmallSample
) -> tuple[Array, Array, float | None]:
    """Return the coefficients of several targets on Z, their joint covariance, and its df.

    targets : (N, M)    Z : (N, L)    returns (M, L), (M L, M L)

    Homoskedastic: Sigma x inv(Z'Z). Otherwise the sandwich of the stacked scores Z e_m, with
    the same clusters, distances and small-sample rule as any regression.
    """
    bread = inverse_gram(Z)
    pi = (bread @ (Z.T @ targets)).T
    errors = targets - Z @ pi.T
    M, L = pi.shape
    counts = system.counts(L + system.W.shape[1])
    if isinstance(spec, WildBootstrap):
        raise InputError("this needs a covariance matrix: say Cluster(...), not WildBootstrap.")
    if isinstance(spec, Homoskedastic):
        left = residual_df(counts, parameters(rule, counts))
        V = np.asarray(np.kron(errors.T @ errors / left, bread), dtype=np.float64)
        return pi, V, float(left)
    scores = np.column_stack([Z * e[:, None] for e in errors.T])
    stacked_bread = np.asarray(np.kron(np.eye(M), bread), dtype=np.float64)
    stacked = LinearFit(
        tuple(f"{m}:{j}" for m in range(M) for j in range(L)),
        scores,
        np.ones(len(Z)),
        np.ones(len(Z)),
        stacked_bread,
        counts,
        system.design.sample,
        system.sqrt_w,
        least_squares=False,
    )
    found = covariance(spec, stacked, rule)
    return pi, found.matrix, found.df


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


def kleibergen_paap(pi: Array, V: Array, X: Array, Z: Array) -> float:
    """Return the rk Wald statistic of Kleibergen and Paap (2006, Theorem 1), chi2(L - K + 1).

    It tests that the (L, K) matrix of first-stage coefficients has rank K - 1.

    pi : (K, L)    V : (K L, K L)    X : (N, K)    Z : (N, L), both with controls partialled out
    """
    G, F = np.linalg.cholesky(Z.T @ Z).T, np.linalg.inv(np.linalg.cholesky(X.T @ X))
    theta = G @ pi.T @ F.T
    turn = np.kron(F, G)
    W = turn @ V @ turn.T
    K = X.shape[1]
    U, _, right = np.linalg.svd(theta, full_matrices=True)
    A, b = U[:, K - 1 :], right[K - 1]
    part = A.T @ theta @ b
    pick = np.kron(b, A.T)
    return float(part @ np.linalg.solve(pick @ W @ pick.T, part))


def weak_instruments(fit: IVRegression) -> pd.DataFrame:
    """Return how strong the instruments are, one row an endogenous term.

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
    >>> from agglometrics.models import Robust, iv, weak_instruments
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
        row["f"] = wald(pi[k], V[own, own]) / L
        row["f_homoskedastic"] = wald(pi[k], simple[own, own]) / L
        F, critical = effective_f(pi[k], V, Z) if K == 1 else (np.nan, np.nan)
        rows.append(
            {**row, "effective_f": F, "effective_f_critical": critical, "kleibergen_paap": rank}
        )
    return pd.DataFrame(rows)


def wald(b: Array, V: Array) -> float:
    """Return b' inv(V) b."""
    return float(b @ np.linalg.solve(V, b))


def overidentification(fit: IVRegression) -> pd.DataFrame:
    """Return Hansen's J test that all instruments are exogenous (Sargan's, if homoskedastic).

    J is at the two-step efficient GMM estimate, its weights from the estimate's covariance.
    Columns: statistic, df, p_value.

    Examples
    --------
    >>> import numpy as np, pandas as pd
    >>> from agglometrics.models import Robust, iv, overidentification
    >>> z1, z2, e = np.random.default_rng(3).normal(size=(3, 200))
    >>> data = pd.DataFrame({"z1": z1, "z2": z2, "x": z1 + z2 + e, "y": z1 + z2 + 3 * e})
    >>> fit = iv("y ~ [x ~ z1 + z2]", data, cov=Robust())
    >>> overidentification(fit).round(3)
       statistic  df  p_value
    0      0.645   1    0.422
    """
    from scipy import stats

    system = system_of(fit)
    y, X, Z = system.partial()
    L, K = Z.shape[1], X.shape[1]
    if L == K:
        raise InputError(
            f"{L} instruments just identify {K} coefficients: nothing is left to test."
        )
    u = y - X @ fit.params[:K]
    S = _moment_covariance(system, Z, u, fit)
    XZ, Zy = X.T @ Z, Z.T @ y
    weight = np.linalg.inv(S)
    b = np.linalg.solve(XZ @ weight @ XZ.T, XZ @ weight @ Zy)
    g = Zy - XZ.T @ b
    J = float(g @ weight @ g)
    return pd.DataFrame([{"statistic": J, "df": L - K, "p_value": stats.chi2.sf(J, L - K)}])


def _moment_covariance(system: System, Z: Array, u: Array, fit: Estimates) -> Array:
    spec = fit.covariance.spec
    if isinstance(spec, Homoskedastic):
        return np.asarray(Z.T @ Z * (u @ u) / len(u))
    plain = SmallSample(observations=False, clusters=False)
    moments = LinearFit(
        tuple(map(str, range(Z.shape[1]))),
        Z,
        u,
        u,
        np.eye(Z.shape[1]),
        system.counts(Z.shape[1]),
        system.design.sample,
        system.sqrt_w,
        least_squares=False,
    )
    return covariance(spec, moments, plain).matrix
