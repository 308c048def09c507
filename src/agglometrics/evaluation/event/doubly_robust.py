"""A cell with covariates: the doubly robust estimator of Sant'Anna and Zhao (2020), panel data.

Trends need be parallel only among units with the same covariates x. With D treatment, p(x) the
logit probability of it, m(x) the regression of the controls' change on x, ``e = change - m(x)``
and ``h_i = p_i / (1 - p_i)`` of the controls, made to sum to one::

    ATT = mean over treated of e - sum over controls of h_i e_i

which is right if either p or m is. This is their estimator with the logit by maximum likelihood and
m by least squares, the default of the programs did and csdid, with its influence: that of the two
means, plus what the estimation of p and of m adds.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from agglometrics.errors import IdentificationError
from agglometrics.linalg.least_squares import identified
from agglometrics.notation import Array, Codes

Truth = np.ndarray[Any, np.dtype[np.bool_]]

STEPS = 50
"""Newton steps of the logit; a logit that needs more is separated."""


def doubly_robust(
    change: Array, treated: Codes, controls: Codes, X: Array
) -> tuple[float, Array, Array]:
    """Return the effect, weights w (N,) with ``effect = w'change``, and influences (N,).

    change : (N,)    treated, controls : units of the cell    X : (K, N) covariates

    Raises
    ------
    IdentificationError
        If covariates are collinear among the controls, or separate treated from controls.
    """
    units = np.concatenate([treated, controls])
    D, Z = np.arange(len(units)) < len(treated), design(X[:, units], len(treated))
    p = propensity(D, Z)
    h = np.where(D, 0.0, p / (1 - p))
    h /= h.sum()
    inverse = np.linalg.inv(Z[~D].T @ Z[~D])
    of_treated, of_weighted = Z[D].mean(axis=0), h @ Z
    by_regression = np.where(D, 0.0, Z @ inverse @ (of_treated - of_weighted))
    w = D / len(treated) - h - by_regression
    y = change[units]
    e = y - Z @ (inverse @ (Z[~D].T @ y[~D]))
    influence = D * (e - e[D].mean()) / len(treated) - by_regression * e
    off = h * (e - h @ e)
    information = (Z * (p * (1 - p))[:, None]).T @ Z
    influence -= off + (D - p) * (Z @ np.linalg.solve(information, off @ Z))
    return float(w @ y), _spread(w, units, len(change)), _spread(influence, units, len(change))


def _spread(values: Array, units: Codes, N: int) -> Array:
    out = np.zeros(N)
    out[units] = values
    return out


def design(X: Array, treated: int) -> Array:
    """Return a constant and the covariates (K, n), scaled, as (n, K + 1); the treated come first.

    Units of measurement then change nothing.
    """
    spread = X.std(axis=1)
    scaled = (X - X.mean(axis=1)[:, None]) / np.where(spread > 0, spread, 1.0)[:, None]
    Z = np.vstack([np.ones(X.shape[1]), scaled]).T
    among = Z[treated:, 1:]
    lost = identified(among, level=np.ones(len(among)))[1] if len(X) else {}
    if lost or len(among) <= len(X):
        why = next(iter(lost.values()), "leaves no degree of freedom")
        raise IdentificationError(
            f"controls={len(X)} covariates cannot be told apart among the {len(among)} control "
            f"units of a comparison: covariate {next(iter(lost), 0) + 1} {why}. Pass fewer "
            "controls, or controls=NotYetTreated() for more units."
        )
    return np.asarray(Z)


def propensity(D: Truth, Z: Array) -> Array:
    """Return the logit probability of treatment (n,), by Newton's method. Z : (n, K + 1).

    Raises
    ------
    IdentificationError
        If covariates separate the treated from the controls: then no logit exists.
    """
    beta = np.zeros(Z.shape[1])
    beta[0] = np.log(D.mean() / (1 - D.mean()))
    for _ in range(STEPS):
        p = 1 / (1 + np.exp(-np.clip(Z @ beta, -40, 40)))
        information = (Z * (p * (1 - p))[:, None]).T @ Z
        if np.linalg.eigvalsh(information)[0] <= 1e-10 * len(Z):
            break
        step = np.linalg.solve(information, Z.T @ (D - p))
        beta = beta + step
        if np.abs(step).max() <= 1e-11 * (1 + np.abs(beta).max()):
            return np.asarray(1 / (1 + np.exp(-(Z @ beta))))
    raise IdentificationError(
        f"the covariates separate the {int(D.sum())} treated units of a cohort from its "
        f"{int((~D).sum())} controls, so that no probability of treatment can be estimated. Pass "
        "fewer controls, or estimator=Imputation(), which extrapolates."
    )
