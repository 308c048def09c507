"""The wild restricted efficient bootstrap of one instrumented coefficient, few clusters.

Davidson and MacKinnon (2010), clustered as in Roodman et al. (2019, section 6.3). Everything
that a draw needs is a form in its G cluster weights, computed once for the outcome, the
endogenous regressor and each instrument; a null and a draw then cost L G^2, whatever N.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from agglometrics.errors import InputError
from agglometrics.inference.estimates import Covariance, Interval
from agglometrics.inference.specifications import WildBootstrap
from agglometrics.inference.wild_bootstrap import bootstrapped, draw_weights
from agglometrics.linalg.demeaning import demean
from agglometrics.linalg.groups import cluster_sums
from agglometrics.linalg.least_squares import residualize
from agglometrics.models.systems import InstrumentedFit, System
from agglometrics.notation import Array, Codes
from agglometrics.tables.codes import n_levels
from agglometrics.tables.rounding import above


@dataclass(frozen=True)
class Forms:
    """Moments of y, x and Z (V = 2 + L variables, exogenous terms partialled out).

    Attributes
    ----------
    gram : (V, V) sums of products
    own : (L, G, V) sums over cluster g of Z_l times each variable
    parts : (V, L, G, G) sums over cluster g of Z_l times M(variable in cluster h alone)
    """

    gram: Array
    own: Array
    parts: Array


def forms(system: System, codes: Codes) -> Forms:
    """Return the forms of a system with one endogenous regressor; codes has shape (N,)."""
    y, X, Z = system.partial()
    values = np.column_stack([y, X, Z])
    G, L = n_levels(codes), Z.shape[1]
    own = np.zeros((L, G, values.shape[1]))
    for m, z in enumerate(Z.T):
        own[m] = cluster_sums(z[:, None] * values, codes)
    parts = np.zeros((values.shape[1], L, G, G))
    for j, v in enumerate(values.T):
        alone = _alone(system, codes, v)
        for m, z in enumerate(Z.T):
            parts[j, m] = cluster_sums(z[:, None] * alone, codes)
    return Forms(values.T @ values, own, parts)


def _alone(system: System, codes: Codes, v: Array) -> Array:
    """Return v in each cluster alone, effects and exogenous terms partialled out, (N, G)."""
    w = np.ones(len(v)) if system.sqrt_w is None else system.sqrt_w
    alone = np.zeros((len(v), n_levels(codes)))
    alone[np.arange(len(v)), codes] = v / w
    alone = demean(alone, system.design.effects, w**2) * w[:, None]
    return residualize(alone, system.W)


def t_statistics(f: Forms, b: float, v: Array) -> Array:
    """Return bootstrap t statistics under the null b, one per column of v (G, B).

    Restricted residual u = y - b x. Efficient first stage: x on Z and u; its coefficients on
    Z are pi. Bootstrap data: x* = Z pi + v (x - Z pi), y* = b x* + v u.
    """
    V = len(f.gram)
    u = np.zeros(V)
    u[0], u[1] = 1.0, -b
    basis = np.column_stack([np.eye(V)[:, 2:], u])  # Z and u, in terms of the variables
    pi = np.linalg.solve(basis.T @ f.gram @ basis, basis.T @ f.gram[:, 1])[:-1]
    e = np.concatenate([[0.0, 1.0], -pi])
    Su = np.einsum("j,jlgh->lgh", u, f.parts) @ v
    Sx = np.einsum("j,jlgh->lgh", e, f.parts) @ v + (f.own[:, :, 2:] @ pi)[:, :, None]
    ZZ = f.gram[2:, 2:]
    a = np.linalg.solve(ZZ, Sx.sum(axis=1))
    top = np.einsum("lb,lb->b", a, Su.sum(axis=1))
    bottom = np.einsum("lb,lb->b", a, Sx.sum(axis=1))
    gap = top / bottom
    score = np.einsum("lb,lgb->gb", a, Su - gap * Sx)
    return np.asarray(top / np.sqrt(np.sum(score**2, axis=0)) * np.sign(bottom))


def sample_t(f: Forms, b: float) -> tuple[float, float, float]:
    """Return the t statistic of the null b, the 2SLS estimate and its cluster standard error."""
    ZZ = f.gram[2:, 2:]
    a = np.linalg.solve(ZZ, f.gram[2:, 1])
    bottom = float(a @ f.gram[2:, 1])
    estimate = float(a @ f.gram[2:, 0]) / bottom
    score = np.einsum("l,lg->g", a, f.own[:, :, 0] - estimate * f.own[:, :, 1])
    error = float(np.sqrt(score @ score)) / bottom
    return (estimate - b) / error, estimate, error


def p_value(f: Forms, b: float, v: Array) -> float:
    """Return the share of bootstrap t at least as far from zero as the sample's."""
    t, _, _ = sample_t(f, b)
    return float(np.mean(np.abs(t_statistics(f, b, v)) >= abs(t) * (1 - 1e-10)))


@bootstrapped.register
def wild_iv_covariance(fit: InstrumentedFit, spec: WildBootstrap, base: Covariance) -> Covariance:
    """Return `base` (by cluster) with the bootstrap's p-value and bounds of the endogenous term.

    The restricted efficient bootstrap tests that term; exogenous ones get NaN.
    """
    terms, system = fit.terms, fit.system
    require_one(system)
    codes = system.design.sample.codes(spec.column)
    f = forms(system, codes)
    v, how = draw_weights(spec, n_levels(codes))
    p = np.full(len(terms), np.nan)
    p[0] = p_value(f, 0.0, v)
    name = (
        f"wild bootstrap ({spec.column}), {n_levels(codes)}, {type(spec.weights).__name__}, {how}"
    )
    inverted = partial(_inverted, f, v, terms[0], name)
    return replace(base, name=name, p_values=p, confidence_set=inverted)


def _inverted(f: Forms, v: Array, endogenous: str, name: str, term: str, level: float) -> Interval:
    if term != endogenous:
        return Interval(((np.nan, np.nan),), level, f"{name}: not for exogenous terms")
    return Interval((bounds(f, v, level),), level, name)


def require_one(system: System) -> None:
    """Raise `InputError` unless one term is endogenous."""
    if len(system.endogenous) != 1:
        raise InputError(
            "the wild bootstrap with instruments is for one endogenous term; found "
            f"{list(system.endogenous)}. Test points with anderson_rubin_test."
        )


def bounds(f: Forms, v: Array, level: float) -> tuple[float, float]:
    """Return the bounds of the confidence set, by inversion outward from the estimate."""
    _, estimate, error = sample_t(f, 0.0)
    low, high = (_edge(f, v, 1 - level, estimate, side * error) for side in (-1, 1))
    return low, high


def _edge(f: Forms, v: Array, alpha: float, estimate: float, step: float) -> float:
    """Return where the p-value first falls to alpha, going by `step` from the estimate."""
    inside, outside = estimate, estimate + step
    for _ in range(12):
        if not above(p_value(f, outside, v), alpha):
            break
        inside, step = outside, 2 * step
        outside = outside + step
    else:
        return float(np.copysign(np.inf, step))
    for _ in range(25):
        middle = (inside + outside) / 2
        if not above(p_value(f, middle, v), alpha):
            outside = middle
        else:
            inside = middle
    return float(inside)
