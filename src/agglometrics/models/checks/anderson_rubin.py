"""Tests and confidence sets that hold however weak the instruments are (Anderson and Rubin 1949).

Computed with the exogenous terms and the absorbed effects partialled out.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import pandas as pd

from agglometrics.errors import InputError
from agglometrics.inference.estimates import Interval
from agglometrics.inference.sets import Pieces, quadratic_set
from agglometrics.linalg.symmetric import quadratic_form, units_of
from agglometrics.models.checks.joint_covariance import joint_covariance
from agglometrics.models.iv import IVRegression, system_of
from agglometrics.notation import Array
from agglometrics.tables.arguments import checked


@checked
def anderson_rubin_test(fit: IVRegression, null: Sequence[float]) -> pd.DataFrame:
    """Return the Anderson-Rubin (1949) test that the endogenous coefficients equal `null`.

    It has the right size whatever the strength of the instruments, in large samples. With few
    clusters it rejects too often: at 5 percent, with two instruments that vary between clusters
    of 10 rows, .107 with 50 clusters and .163 with 12 (400 samples, Monte Carlo errors .015 and
    .018); in the same samples `wild_anderson_rubin_test` rejects .068 and .048. Columns:
    statistic (F), df_num, df_denom, p_value.

    Examples
    --------
    >>> import numpy as np, pandas as pd
    >>> from agglometrics import Robust, iv, anderson_rubin_test
    >>> z1, z2, e = np.random.default_rng(3).normal(size=(3, 200))
    >>> data = pd.DataFrame({"z1": z1, "z2": z2, "x": z1 + z2 + e, "y": z1 + z2 + 3 * e})
    >>> fit = iv("y ~ [x ~ z1 + z2]", data, cov=Robust())
    >>> anderson_rubin_test(fit, [1.0]).round(3)
       statistic  df_num  df_denom  p_value
    0      1.166       2     197.0    0.314
    """
    from scipy import stats

    system = system_of(fit)
    y, X, Z = system.partial()
    if len(null) != X.shape[1]:
        raise InputError(
            f"null must give {X.shape[1]} values, for {list(system.endogenous)}; "
            f"found {len(null)}. Pass one value for each of these."
        )
    pi, V, df = joint_covariance(
        system, (y - X @ np.asarray(null, dtype=float))[:, None], Z, fit.covariance.spec, fit.rule
    )
    L = Z.shape[1]
    F = quadratic_form(pi[0], V)[0] / L
    if not fit.rule.t:
        df = None
    p = stats.chi2.sf(F * L, L) if df is None else stats.f.sf(F, L, df)
    row = {"statistic": F, "df_num": L, "df_denom": np.inf if df is None else df, "p_value": p}
    return pd.DataFrame([row])


@checked
def anderson_rubin(fit: IVRegression, level: float = 0.95) -> Interval:
    """Return the Anderson-Rubin confidence set of the one endogenous coefficient, as it is.

    The set of nulls that `anderson_rubin_test` does not reject: an interval, two rays, the
    whole line, or (with more instruments than one, where they contradict each other) empty.
    Its ends solve a quadratic eigenvalue problem; nothing is searched on a grid.

    Parameters
    ----------
    fit : an `iv` estimate with one endogenous term
    level : nominal coverage

    Raises
    ------
    InputError
        With several endogenous terms: test points with `anderson_rubin_test` instead.

    Examples
    --------
    >>> import numpy as np, pandas as pd
    >>> from agglometrics import Robust, iv, anderson_rubin
    >>> z1, z2, e = np.random.default_rng(3).normal(size=(3, 200))
    >>> data = pd.DataFrame({"z1": z1, "z2": z2, "x": z1 + z2 + e, "y": z1 + z2 + 3 * e})
    >>> fit = iv("y ~ [x ~ z1 + z2]", data, cov=Robust())
    >>> print(anderson_rubin(fit))
    [0.592839, 1.09155]
    """
    system = system_of(fit)
    if len(system.endogenous) > 1:
        raise InputError(
            f"the Anderson-Rubin set of {len(system.endogenous)} coefficients is not a set on the "
            "line. Test points with anderson_rubin_test(fit, null=[...])."
        )
    y, X, Z = system.partial()
    pi, V, df = joint_covariance(system, np.column_stack([y, X]), Z, fit.covariance.spec, fit.rule)
    critical = _critical(level, Z.shape[1], df if fit.rule.t else None)
    pieces = accepted(pi, V, critical)
    return Interval(pieces, level, f"Anderson-Rubin, {fit.covariance.name}")


def _critical(level: float, L: int, df: float | None) -> float:
    from scipy import stats

    return float(stats.chi2.ppf(level, L) if df is None else L * stats.f.ppf(level, L, df))


def accepted(pi: Array, V: Array, critical: float) -> tuple[tuple[float, float], ...]:
    """Return where p(b)' inv(Omega(b)) p(b) <= critical.

    With p(b) = pi_y - b pi_x and Omega(b) its covariance, the ends are the real roots of
    ``det(Omega(b) - p(b) p(b)' / critical)``, a quadratic eigenvalue problem of size L. It is
    solved in units in which the coefficient and each instrument are of order one. With L = 1 it
    is a quadratic inequality, and never empty: it holds at pi_y / pi_x.

    pi : (2, L)    V : (2 L, 2 L)
    """
    L = pi.shape[1]
    spread = units_of(V).reshape(2, L)
    unit = float(np.exp(np.mean(np.log(spread[0] / spread[1]))))  # of the coefficient
    own = np.sqrt(spread[0] ** 2 + (unit * spread[1]) ** 2)  # of each instrument's moment
    moment = np.stack([pi[0], pi[1] * unit]) / own
    turn = np.concatenate([1 / own, unit / own])
    scaled = V * turn[:, None] * turn
    if L == 1:
        pieces = _one_instrument(moment[:, 0], scaled, critical)
    else:
        pieces = _several_instruments(moment, scaled, critical)
    return tuple((float(low * unit), float(high * unit)) for low, high in pieces)


def _one_instrument(p: Array, V: Array, critical: float) -> Pieces:
    """Return where (a - x b)^2 <= critical Omega(x), a quadratic inequality, p (2,)."""
    a, b = p
    pieces = quadratic_set(
        float(b * b - critical * V[1, 1]),
        float(a * b - critical * V[0, 1]),
        float(a * a - critical * V[0, 0]),
    )
    # rounding may hide the one point of a perfect fit
    return pieces or ((float(a / b), float(a / b)),)


def _several_instruments(p: Array, V: Array, critical: float) -> Pieces:
    """Return the pieces between the roots at whose middle the null is accepted, p (2, L)."""
    from scipy.linalg import eigvals

    L = p.shape[1]
    a, b = p
    A, C, B = V[:L, :L], V[L:, L:], V[:L, L:]
    M0 = A - np.outer(a, a) / critical
    M1 = -(B + B.T) + (np.outer(a, b) + np.outer(b, a)) / critical
    M2 = C - np.outer(b, b) / critical
    zero, one = np.zeros((L, L)), np.eye(L)
    roots = eigvals(np.block([[zero, one], [-M0, -M1]]), np.block([[one, zero], [zero, M2]]))
    real = roots[np.isfinite(roots) & (np.abs(roots.imag) < 1e-7 * (1 + np.abs(roots)))].real
    edges = np.concatenate([[-np.inf], np.unique(real), [np.inf]])

    def statistic(x: float) -> float:
        return quadratic_form(a - x * b, A - x * (B + B.T) + x * x * C)[0]

    pieces: list[tuple[float, float]] = []
    for low, high in pairwise(edges.tolist()):
        if statistic(_between(low, high)) <= critical:
            if pieces and pieces[-1][1] == low:
                low = pieces.pop()[0]  # a double root is not an end
            pieces.append((float(low), float(high)))
    return tuple(pieces)


def _between(low: float, high: float) -> float:
    """Return a point inside (low, high), either end possibly infinite."""
    if np.isinf(low) and np.isinf(high):
        return 0.0
    if np.isinf(low):
        return high - 1 - abs(high)
    return low + 1 + abs(low) if np.isinf(high) else (low + high) / 2
