"""The wild cluster bootstrap with the null imposed, and its confidence bounds by inversion.

The trick of Roodman, MacKinnon, Nielsen and Webb (2019, section 5): numerator and cluster
scores of every bootstrap t are linear in the G weights of a draw, so no regression is run
again. After N K^2 once, a draw costs G^2, whatever N; testing another null costs a pass over
three numbers per draw.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial, singledispatch

import numpy as np

from agglometrics.errors import InputError
from agglometrics.inference.clusters import clustered, count_clusters
from agglometrics.inference.estimates import Covariance, Interval
from agglometrics.inference.linear_fit import LinearFit
from agglometrics.inference.sandwich import covariance
from agglometrics.inference.small_sample import SmallSample
from agglometrics.inference.specifications import Rademacher, WildBootstrap
from agglometrics.linalg.demeaning import demean
from agglometrics.linalg.least_squares import least_squares, residualize
from agglometrics.notation import Array, Codes
from agglometrics.tables.codes import n_levels, nested_in
from agglometrics.tables.rounding import above

BLOCK = 2048  # draws handled at once


@dataclass(frozen=True)
class NullFamily:
    """Bootstrap t statistics of one coefficient under every null b at once.

    For a draw with weights v the numerator is ``(n0 + b n1)' v`` and the squared standard
    error the squared length of ``(S0 + b S1) v``.

    Attributes
    ----------
    n : (2, B) numerators, constant and slope in b
    q : (3, B) squared standard errors: constant, linear and square part in b
    estimate, std_error : of the sample
    """

    n: Array
    q: Array
    estimate: float
    std_error: float

    def p_value(self, b: float) -> float:
        """Return the share of bootstrap t at least as far from zero as the sample's under b."""
        t = abs(self.estimate - b) / self.std_error
        top = np.abs(self.n[0] + b * self.n[1])
        spread = np.sqrt(np.maximum(self.q[0] + b * self.q[1] + b * b * self.q[2], 0.0))
        # ties (the draw of ones) count, rounding aside
        return float(np.mean(top >= t * spread * (1 - 1e-10)))


def draw_weights(spec: WildBootstrap, G: int) -> tuple[Array, str]:
    """Return weights (G, B): random, or all 2^G sign patterns where those are fewer."""
    if isinstance(spec.weights, Rademacher) and spec.draws >= 2**G:
        patterns = np.arange(2**G)[None, :] >> np.arange(G)[:, None] & 1
        return np.where(patterns == 1, 1.0, -1.0), f"all {2**G} sign patterns"
    rng = np.random.default_rng(spec.seed)
    points = np.array(spec.weights.points)
    return rng.choice(points, size=(G, spec.draws)), f"{spec.draws} draws"


@covariance.register
def _wild_bootstrap(spec: WildBootstrap, fit: LinearFit, rule: SmallSample) -> Covariance:
    codes = fit.sample.codes(spec.column)
    count_clusters([spec.column], [codes])
    return bootstrapped(fit, spec, clustered([spec.column], [codes], fit, rule))


@singledispatch
def bootstrapped(fit: LinearFit, spec: WildBootstrap, base: Covariance) -> Covariance:
    """Return `base` (by cluster) with p-values and confidence bounds from the wild bootstrap."""
    if not fit.least_squares:
        raise InputError(
            "WildBootstrap is for panel() by least squares and for iv(). Use Cluster here."
        )
    codes = fit.sample.codes(spec.column)
    v, how = draw_weights(spec, n_levels(codes))
    _refuse_coarse(v.shape[1], n_levels(codes))
    families = [null_family(fit, codes, k, v) for k in range(len(fit.terms))]
    p = np.array([family.p_value(0.0) for family in families])
    by_term = dict(zip(fit.terms, families, strict=True))
    method = f"wild cluster bootstrap ({spec.column}), {how}"
    weights = type(spec.weights).__name__
    name = f"wild bootstrap ({spec.column}), {n_levels(codes)}, {weights}, {how}"
    return replace(base, name=name, p_values=p, confidence_set=partial(_inverted, by_term, method))


def _inverted(families: Mapping[str, NullFamily], method: str, term: str, level: float) -> Interval:
    return invert(families[term], level, method)


def _refuse_coarse(B: int, G: int) -> None:
    if B < 40:
        raise InputError(
            f"{G} clusters give only {B} sign patterns: no p-value below {2 / B:.2f} exists. "
            "Use weights=Webb()."
        )


def null_family(fit: LinearFit, codes: Codes, k: int, v: Array) -> NullFamily:
    """Return the bootstrap statistics of coefficient k for all nulls.

    fit : N rows, K terms    codes : (N,), G clusters    v : (G, B) weights
    """
    X, y, bread = fit.X, fit.y, fit.bread
    others = np.delete(X, k, axis=1)
    e_y, e_x = restricted(others, y), restricted(others, X[:, k])
    parts = [cluster_operators(fit, codes, e, bread[k]) for e in (e_y, -e_x)]
    estimate = float(least_squares(X, y)[0][k])
    own = np.bincount(codes, X @ bread[k] * fit.u)
    n = np.stack([row @ v for row, _ in parts])
    q = np.zeros((3, v.shape[1]))
    for start in range(0, v.shape[1], BLOCK):
        block = slice(start, start + BLOCK)
        s0, s1 = (operator @ v[:, block] for _, operator in parts)
        products = (s0 * s0, 2 * s0 * s1, s1 * s1)
        q[:, block] = np.stack([product.sum(axis=0) for product in products])
    # a draw that keeps or flips all residuals has the sample's scores under every null
    q[1:, np.equal(v, v[0]).all(axis=0)] = 0.0
    return NullFamily(n, q, estimate, float(np.sqrt(own @ own)))


def restricted(others: Array, target: Array) -> Array:
    """Return the residual of `target` (N,) on `others` (N, K - 1)."""
    return residualize(target, others)


def cluster_operators(fit: LinearFit, codes: Codes, e: Array, c: Array) -> tuple[Array, Array]:
    """Return what maps weights v to c'b* (G,) and to the cluster scores along c (G, G).

    The bootstrap outcome is v_g e. Its score in cluster g, along c = row k of inv(X'X), is
    ``c' X_g' M(v e)_g - c' X_g' X_g inv(X'X) sum_h X_h' e_h v_h`` with M the demeaning.
    """
    X, G, K = fit.X, n_levels(codes), fit.X.shape[1]
    sums = np.stack([np.bincount(codes, X[:, j] * e, minlength=G) for j in range(K)], axis=1)
    along = X @ c
    gram = np.stack([np.bincount(codes, along * X[:, j], minlength=G) for j in range(K)], axis=1)
    shift = demeaned_parts(fit, codes, e, along) - gram @ fit.bread @ sums.T
    return sums @ c, shift


def demeaned_parts(fit: LinearFit, codes: Codes, e: Array, along: Array) -> Array:
    """Return the (G, G) sums over cluster g of along * M(e of cluster h alone)."""
    G = n_levels(codes)
    effects = [f for f in fit.counts.absorbed if not nested_in(f, codes)]
    if not effects:
        return np.diag(np.bincount(codes, along * e, minlength=G))
    w = np.ones(len(e)) if fit.sqrt_w is None else fit.sqrt_w
    apart = np.zeros((len(e), G))
    apart[np.arange(len(e)), codes] = e / w
    moved = demean(apart, fit.counts.absorbed, w**2) * (w * along)[:, None]
    return np.stack([np.bincount(codes, column, minlength=G) for column in moved.T], axis=1)


def invert(family: NullFamily, level: float, method: str) -> Interval:
    """Return the nulls that are not rejected: one interval around the estimate, by bisection."""
    alpha = 1 - level
    low = _edge(family, alpha, -1.0)
    high = _edge(family, alpha, 1.0)
    return Interval(((low, high),), level, method)


def _edge(family: NullFamily, alpha: float, side: float) -> float:
    """Return where the p-value first falls to alpha, going outward from the estimate."""
    step = family.std_error
    inside, outside = family.estimate, family.estimate + side * step
    for _ in range(60):
        if not above(family.p_value(outside), alpha):
            break
        inside, step = outside, 2 * step
        outside = outside + side * step
    else:
        return side * np.inf
    for _ in range(50):
        middle = (inside + outside) / 2
        if not above(family.p_value(middle), alpha):
            outside = middle
        else:
            inside = middle
    return float(inside)
