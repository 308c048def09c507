"""Random effects: feasible GLS of Swamy and Arora, and Mundlak's device."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from agglometrics.errors import IdentificationError
from agglometrics.linalg.demeaning import group_mean
from agglometrics.linalg.least_squares import identified, least_squares
from agglometrics.models.design import Design
from agglometrics.models.estimators import Fitted, LeastSquares, refuse_extras
from agglometrics.notation import Array, Codes
from agglometrics.tables.arguments import checked
from agglometrics.tables.codes import n_levels


@checked
@dataclass(frozen=True)
class RandomEffects:
    """Feasible GLS with a random effect per unit, variance components of Swamy and Arora.

    Unbalanced panels follow Baltagi and Chang (1994), as plm and Stata's ``re sa`` do.
    """

    method: str = "random effects"

    def fit(self, design: Design) -> Fitted:
        """Return least squares of y_it - theta_i mean(y_i) on X, transformed in the same way."""
        refuse_extras(design, self.method)
        unit = design.entity()
        s2_e, s2_u = swamy_arora(design.y, design.X, unit)
        sizes = np.bincount(unit)
        theta = 1 - np.sqrt(s2_e / (sizes * s2_u + s2_e))
        both = np.column_stack([design.y, design.X])
        moved = both - theta[unit][:, None] * group_mean(both, unit)[unit]
        out = LeastSquares().fit(replace(design, y=moved[:, 0], X=moved[:, 1:]))
        share = {"sigma_e": np.sqrt(s2_e), "sigma_u": np.sqrt(s2_u)}
        theta_range = {"theta_min": float(theta.min()), "theta_max": float(theta.max())}
        return replace(out, statistics={**out.statistics, **share, **theta_range})


def swamy_arora(y: Array, X: Array, unit: Codes) -> tuple[float, float]:
    """Return the variances of the idiosyncratic error and of the unit effect.

    Swamy and Arora (1972); unbalanced, Baltagi and Chang (1994, eq. 2.18-2.19):
    ``s2_e = u_w' u_w / (N - n - K_w)`` and
    ``s2_u = (u_b' P u_b - (n - K) s2_e) / (N - tr[(X' P X)^-1 X' Z Z' X])``.

    y : (N,)    X : (N, K), with the constant    unit : (N,)
    """
    n, N = n_levels(unit), len(y)
    both = np.column_stack([y, X])
    means = group_mean(both, unit)
    within = both - means[unit]
    kept, _ = identified(within[:, 1:], X, np.ones(N))
    u = least_squares(within[:, 1:][:, kept], within[:, 0])[1] if len(kept) else within[:, 0]
    sizes = np.bincount(unit).astype(float)
    root = np.sqrt(sizes)[:, None]
    B = means[:, 1:] * root
    constant = np.flatnonzero((X == 1).all(axis=0))
    seen, _ = identified(B, level=B[:, constant[0]] if len(constant) else None)
    K = len(seen)
    if n <= K or n + len(kept) >= N:
        raise IdentificationError(
            f"{n} units and {N} rows do not determine the variance components of {K} terms. "
            "Use fewer terms or more units."
        )
    s2_e = float(u @ u) / (N - n - len(kept))
    _, u_b, bread = least_squares(B[:, seen], means[:, 0] * root[:, 0])
    Z = means[:, 1:][:, seen] * sizes[:, None]
    trace = float(np.trace(bread @ (Z.T @ Z)))
    s2_u = (float(u_b @ u_b) - (n - K) * s2_e) / (N - trace)
    return s2_e, max(s2_u, 0.0)


@checked
@dataclass(frozen=True)
class Mundlak:
    """Random effects with the unit means of the regressors added (Mundlak 1978).

    The coefficients of the regressors are those of fixed effects (balanced panels); those
    named ``mean(x)`` are zero where random effects are consistent: ``wald(...)`` of them is
    the robust Hausman test.
    """

    method: str = "Mundlak"

    def fit(self, design: Design) -> Fitted:
        """Return random effects of the equation with unit means."""
        unit = design.entity()
        means = group_mean(design.X, unit)[unit]
        varies = np.flatnonzero(np.ptp(design.X - means, axis=0) > 1e-12 * np.abs(means).max(0))
        names = tuple(f"mean({design.terms[k]})" for k in varies)
        wide = np.column_stack([design.X, means[:, varies]])
        return RandomEffects().fit(replace(design, X=wide, terms=design.terms + names))
