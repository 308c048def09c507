"""Spatial panels by maximum likelihood: lag, error and Durbin models with absorbed effects.

Own likelihoods: the log-likelihood that spreg 1.9 prints for its fixed-effects lag model is
wrong, and it has no impacts. Cost: the eigenvalues of W once, N^3; then T N^2.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

import numpy as np
import pandas as pd

from agglometrics.errors import IdentificationError, InputError
from agglometrics.models.design import CONSTANT, Design, build, refuse_empty
from agglometrics.models.estimates import Covariance, Estimates
from agglometrics.models.linear import identified, least_squares
from agglometrics.models.spatial_weights import row_standardized, weights_matrix
from agglometrics.tables import Array, listed


@dataclass(frozen=True)
class Layout:
    """A balanced panel on a map, effects absorbed.

    Attributes
    ----------
    y : (T, N) outcome    X : (T, N, K) regressors, both demeaned
    Wy : (T, N) spatial lag of the outcome, demeaned
    W : (N, N) weights    roots : (N,) its eigenvalues
    periods : number of periods that carry information: T, less one if unit effects go
    both : whether period effects go, which takes the root 1 of W out of the likelihood
    spatial_lag : from (T, N, ...) to its demeaned spatial lag
    """

    y: Array
    X: Array
    Wy: Array
    W: Array
    roots: np.ndarray[Any, Any]
    periods: int
    both: bool
    spatial_lag: Callable[[Array], Array] = field(repr=False)

    @property
    def n(self) -> int:
        """Number of independent observations in the likelihood."""
        return self.periods * (len(self.W) - self.both)

    def log_det(self, rho: float) -> float:
        """Return the logarithm of the Jacobian of all periods."""
        value = float(np.log(np.abs(1 - rho * self.roots)).sum())
        return float(self.periods * (value - (np.log(1 - rho) if self.both else 0.0)))

    def log_likelihood(self, rho: float, ssr: float) -> float:
        """Return the log-likelihood at rho with sigma^2 = ssr / n."""
        value = self.log_det(rho) - self.n / 2 * (np.log(2 * np.pi * ssr / self.n) + 1)
        return float(value)

    def traces(self, rho: float) -> tuple[float, float]:
        """Return tr(G) and tr(G G + G'G) over periods, G = W inv(I - rho W), projected."""
        N = len(self.W)
        G = self.W @ np.linalg.inv(np.eye(N) - rho * self.W)
        if self.both:
            G = G - G.mean(axis=0)
            G = G - G.mean(axis=1, keepdims=True)
        return self.periods * float(np.trace(G)), self.periods * float(np.sum(G * (G.T + G)))

    def bounds(self) -> tuple[float, float]:
        """Return the interval of rho around zero where I - rho W is regular."""
        real = self.roots[np.abs(self.roots.imag) < 1e-9].real
        low = 1 / real.min() if real.size and real.min() < 0 else -1.0
        return low + 1e-6, 1 / real.max() - 1e-6


@dataclass(frozen=True)
class Solution:
    """Maximum likelihood: coefficients (K,), spatial parameter, covariance of both, sigma^2."""

    beta: Array
    rho: float
    V: Array
    sigma2: float
    log_likelihood: float
    residuals: Array


def _maximize(value: Callable[[float], float], bounds: tuple[float, float]) -> float:
    from scipy.optimize import minimize_scalar

    # a coarse grid first: the likelihood may have several peaks
    grid = np.linspace(*bounds, 41)[1:-1]
    best = int(np.argmax([value(rho) for rho in grid]))
    step = grid[1] - grid[0]
    near = (max(bounds[0], grid[best] - step), min(bounds[1], grid[best] + step))
    found = minimize_scalar(
        lambda rho: -value(rho), bounds=near, method="bounded", options={"xatol": 1e-11}
    )
    return float(found.x)


def fit_lag(at: Layout) -> Solution:
    """Return the lag model y = rho W y + X b + e (Ord 1975; Elhorst 2003, eq. 12-14)."""
    K = at.X.shape[2]
    X, y, Wy = at.X.reshape(-1, K), at.y.ravel(), at.Wy.ravel()
    b0, e0, _ = least_squares(X, y)
    bL, eL, _ = least_squares(X, Wy)

    def ssr(rho: float) -> float:
        return float(((e0 - rho * eL) ** 2).sum())

    rho = _maximize(lambda r: at.log_likelihood(r, ssr(r)), at.bounds())
    beta, sigma2 = b0 - rho * bL, ssr(rho) / at.n
    N = len(at.W)
    inverse = np.linalg.inv(np.eye(N) - rho * at.W)
    pull = at.spatial_lag((at.X @ beta) @ inverse.T).ravel()
    tr, tr2 = at.traces(rho)
    info = np.zeros((K + 2, K + 2))
    info[:K, :K] = X.T @ X / sigma2
    info[:K, K] = info[K, :K] = X.T @ pull / sigma2
    info[K, K] = tr2 + pull @ pull / sigma2
    info[K, K + 1] = info[K + 1, K] = tr / sigma2
    info[K + 1, K + 1] = at.n / (2 * sigma2**2)
    V = np.linalg.inv(info)[: K + 1, : K + 1]
    return Solution(beta, rho, V, sigma2, at.log_likelihood(rho, ssr(rho)), e0 - rho * eL)


def fit_error(at: Layout) -> Solution:
    """Return the error model y = X b + u, u = lambda W u + e (Anselin 1988; Elhorst 2003)."""
    K = at.X.shape[2]
    WX, Wy = at.spatial_lag(at.X).reshape(-1, K), at.Wy.ravel()
    X, y = at.X.reshape(-1, K), at.y.ravel()

    def gls(lam: float) -> tuple[Array, Array, Array]:
        return least_squares(X - lam * WX, y - lam * Wy)

    def value(lam: float) -> float:
        e = gls(lam)[1]
        return at.log_likelihood(lam, float(e @ e))

    lam = _maximize(value, at.bounds())
    beta, e, bread = gls(lam)
    ssr = float(e @ e)
    sigma2 = ssr / at.n
    tr, tr2 = at.traces(lam)
    info = np.array([[tr2, tr / sigma2], [tr / sigma2, at.n / (2 * sigma2**2)]])
    V = np.zeros((K + 1, K + 1))
    V[:K, :K] = sigma2 * bread
    V[K, K] = np.linalg.inv(info)[0, 0]
    return Solution(beta, lam, V, sigma2, at.log_likelihood(lam, ssr), e)


class SpatialModel(Protocol):
    """A spatial specification: a frozen value with a name, its parameter's name and a fit."""

    @property
    def method(self) -> str:
        """The name that a reader sees."""

    @property
    def parameter(self) -> str:
        """The name of the spatial coefficient."""

    def fit(self, at: Layout) -> Solution:
        """Return the maximum-likelihood solution."""


@dataclass(frozen=True)
class SpatialLag:
    """y = rho W y + X b + e."""

    method: str = "spatial lag"
    parameter: str = "rho"

    def fit(self, at: Layout) -> Solution:
        """Return the lag model's solution."""
        return fit_lag(at)


@dataclass(frozen=True)
class SpatialDurbin:
    """y = rho W y + X b + W X theta + e; terms ``W*x`` are theta."""

    method: str = "spatial Durbin"
    parameter: str = "rho"

    def fit(self, at: Layout) -> Solution:
        """Return the lag model's solution, spatial lags of X being among the regressors."""
        return fit_lag(at)


@dataclass(frozen=True)
class SpatialError:
    """y = X b + u, u = lambda W u + e."""

    method: str = "spatial error"
    parameter: str = "lambda"

    def fit(self, at: Layout) -> Solution:
        """Return the error model's solution."""
        return fit_error(at)


@dataclass(frozen=True, repr=False)
class SpatialEstimates(Estimates):
    """`Estimates` of a spatial panel, with the map that `impacts` and tests read."""

    layout: Layout | None = field(default=None, repr=False, compare=False)
    residuals: Array | None = field(default=None, repr=False, compare=False)


def _layout(design: Design, weights: object, entity: str, time: str) -> tuple[Layout, Array]:
    """Return the balanced panel on its map, and its regressors (T, N, K) before demeaning."""
    sample = design.sample
    regions = sorted(sample.column(entity).unique())
    N, T = len(regions), sample.column(time).nunique()
    _require_balanced(sample.column(entity), sample.column(time), N, T)
    order = np.lexsort((sample.column(entity), sample.column(time)))
    W = weights_matrix(weights, regions)
    units, periods = entity in design.effect_names, time in design.effect_names
    _check_effects(design.effect_names, entity, time, W, periods)

    def within(v: Array) -> Array:
        v = v - v.mean(axis=0, keepdims=True) if units else v
        return v - v.mean(axis=1, keepdims=True) if periods else v

    def spatial_lag(v: Array) -> Array:
        return within(np.asarray(np.einsum("ij,tj...->ti...", W, v, optimize=True)))

    y = design.y[order].reshape(T, N)
    X = design.X[order].reshape(T, N, -1)
    roots = np.linalg.eigvals(W)
    at = Layout(within(y), within(X), spatial_lag(y), W, roots, T - units, periods, spatial_lag)
    return at, X


def _require_balanced(entity: pd.Series[Any], time: pd.Series[Any], N: int, T: int) -> None:
    if len(entity) != N * T:
        counts = entity.value_counts()
        short = counts[counts < T]
        raise InputError(
            f"a spatial panel must be balanced: {N} regions x {T} periods need {N * T} rows; "
            f"found {len(entity)}. Incomplete: {listed(short.index)}. Leave out these regions "
            "(and their weights) or those periods."
        )
    if T < 2:
        raise IdentificationError("a spatial panel needs at least two periods; found one.")


def _check_effects(names: Sequence[str], entity: str, time: str, W: Array, periods: bool) -> None:
    other = [name for name in names if name not in (entity, time)]
    if other:
        raise InputError(
            f"absorb= takes {entity!r} and {time!r} here; found {other}. Write others as C(...) "
            "in the formula."
        )
    if periods and not row_standardized(W):
        raise InputError(
            "period effects need weights whose rows sum to one. Use row_standardize(weights), and "
            "leave out regions without neighbours."
        )


def _identify(
    at: Layout, raw: Array, terms: tuple[str, ...], model: SpatialModel
) -> tuple[Layout, tuple[str, ...], tuple[str, ...]]:
    """Return the layout with the model's identified regressors, their names, and notes."""
    X = at.X
    if isinstance(model, SpatialDurbin):
        own = [k for k, term in enumerate(terms) if term != CONSTANT]
        X = np.concatenate([X, at.spatial_lag(raw[:, :, own])], axis=2)
        raw = np.concatenate([raw, np.einsum("ij,tjk->tik", at.W, raw[:, :, own])], axis=2)
        terms = terms + tuple(f"W*{terms[k]}" for k in own)
    kept, why = identified(X.reshape(-1, X.shape[2]), raw.reshape(-1, X.shape[2]))
    reasons = {terms[k]: reason for k, reason in why.items()}
    names = tuple(terms[k] for k in kept)
    refuse_empty(names, reasons)
    notes = tuple(f"term {name!r} left out: it {reason}" for name, reason in reasons.items())
    return replace(at, X=X[:, :, kept]), names, notes


def spatial_panel(
    formula: str,
    data: object,
    *,
    weights: object,
    entity: str,
    time: str,
    absorb: Sequence[str] | str | None = None,
    model: SpatialModel | None = None,
) -> SpatialEstimates:
    """Estimate a spatial panel by (quasi) maximum likelihood.

    With absorbed effects the likelihood is that of Lee and Yu (2010), which has N (T - 1)
    (or (N - 1)(T - 1)) observations: with unit effects the coefficients are those of splm and
    spreg and the variances larger by T / (T - 1); with period effects coefficients differ too.

    Parameters
    ----------
    formula, data : as in `panel`; balanced
    weights : spatial weights: a DataFrame labelled by region, a libpysal ``W``, or a matrix
        in the sorted order of the regions
    entity, time : the region and period columns
    absorb : ``entity``, ``time`` or both; default: no effects
    model : `SpatialLag()` (default), `SpatialError()`, `SpatialDurbin()`

    Returns
    -------
    SpatialEstimates
        Terms of the formula (and ``W*x``), then ``rho`` or ``lambda``; `impacts` takes it.

    Raises
    ------
    InputError
        For an unbalanced panel, weights that do not fit, or period effects with weights whose
        rows do not sum to one.

    References
    ----------
    Elhorst (2014), Spatial Econometrics; Lee and Yu (2010), Estimation of spatial
    autoregressive panel data models with fixed effects.

    Examples
    --------
    >>> import numpy as np, pandas as pd
    >>> from agglometrics.models import spatial_panel
    >>> ring = np.roll(np.eye(20), 1, axis=1) / 2 + np.roll(np.eye(20), -1, axis=1) / 2
    >>> rng = np.random.default_rng(0)
    >>> x, e = rng.normal(size=(2, 10, 20))
    >>> y = (2 * x + e) @ np.linalg.inv(np.eye(20) - 0.4 * ring).T
    >>> t, r = np.indices((10, 20)).reshape(2, -1)
    >>> data = pd.DataFrame({"r": r, "t": t, "x": x.ravel(), "y": y.ravel()})
    >>> fit = spatial_panel("y ~ x", data, weights=ring, entity="r", time="t", absorb="r")
    >>> fit.terms
    ('x', 'rho')
    """
    chosen: SpatialModel = SpatialLag() if model is None else model
    design = build(formula, data, absorb=absorb, entity=entity, time=time)
    at, raw = _layout(design, weights, entity, time)
    at, terms, notes = _identify(at, raw, design.terms, chosen)
    found = chosen.fit(at)
    effects = f", {' and '.join(design.effect_names)} effects" if design.effects else ""
    return SpatialEstimates(
        terms=(*terms, chosen.parameter),
        params=np.append(found.beta, found.rho),
        covariance=Covariance(found.V, "maximum likelihood"),
        outcome=design.outcome,
        method=chosen.method + effects,
        n_obs=at.y.size,
        statistics={
            "log_likelihood": found.log_likelihood,
            "sigma2": found.sigma2,
            "n_regions": float(at.y.shape[1]),
            "n_periods": float(at.y.shape[0]),
        },
        notes=design.notes + notes,
        layout=at,
        residuals=found.residuals.reshape(at.y.shape),
    )
