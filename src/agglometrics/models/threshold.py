"""Panel threshold regression (Hansen 1999): a slope that changes where another variable does."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, fields, replace
from typing import Any

import numpy as np

from agglometrics.errors import InputError
from agglometrics.inference.estimates import Interval
from agglometrics.inference.small_sample import SmallSample
from agglometrics.inference.specifications import CovarianceSpec
from agglometrics.linalg.demeaning import demean
from agglometrics.linalg.least_squares import identified
from agglometrics.models.design import Design, build
from agglometrics.models.estimators import LeastSquares
from agglometrics.models.regression import Regression, assemble, default_covariance
from agglometrics.notation import Array, Codes
from agglometrics.tables.arguments import checked
from agglometrics.tables.codes import n_levels


@dataclass(frozen=True, repr=False)
class ThresholdRegression(Regression):
    """`Regression` with a threshold: its estimate, its confidence set, and its test.

    Attributes
    ----------
    threshold : the estimate
    threshold_set : thresholds that the likelihood ratio does not reject
    """

    threshold: float = np.nan
    threshold_set: Interval | None = field(default=None, compare=False)


def bases(y_free: Array, X: Array, low: Array, effects: Sequence[Codes]) -> list[Array]:
    """Return an orthonormal basis of the regressors for each candidate threshold.

    y_free : (N, C) controls    X : (N, K) regressors that change    low : (N, M) whether q is at
    or below each of M candidates
    """
    out = []
    for below in low.T:
        split = np.column_stack([y_free, X * below[:, None], X * (1 - below)[:, None]])
        within = demean(split, effects)
        kept, _ = identified(within, split)
        out.append(np.linalg.qr(within[:, kept])[0])
    return out


def sums_of_squares(Q: Sequence[Array], Y: Array) -> Array:
    """Return residual sums of squares (M, B) of each column of Y (N, B) on each basis."""
    total = np.einsum("nb,nb->b", Y, Y)
    return np.stack([total - ((q.T @ Y) ** 2).sum(axis=0) for q in Q])


def bootstrap_p_value(
    Q: Sequence[Array], Q0: Array, u: Array, unit: Codes, F: float, draws: int, seed: Any
) -> float:
    """Return the share of bootstrap F at least as large (Hansen 1999, section 4).

    The residual paths of units are drawn with replacement among units seen as often.
    """
    rng = np.random.default_rng(seed)
    order = np.argsort(unit, kind="stable")
    sizes = np.bincount(unit)
    starts = np.concatenate([[0], np.cumsum(sizes)[:-1]])
    Y = np.empty((len(u), draws))
    for size in np.unique(sizes):
        alike = np.flatnonzero(sizes == size)
        at = starts[alike][:, None] + np.arange(size)
        picked = rng.integers(0, len(alike), size=(len(alike), draws))
        paths = u[order][at]
        Y[order[at].ravel()] = paths[picked].transpose(0, 2, 1).reshape(-1, draws)
    null = sums_of_squares([Q0], Y)[0]
    best = sums_of_squares(Q, Y).min(axis=0)
    ratio = (null - best) / best * (len(u) - n_levels(unit))
    return float(np.mean(ratio >= F))


@checked
def threshold_panel(
    formula: str,
    data: object,
    *,
    by: str,
    varying: Sequence[str],
    entity: str,
    time: str,
    absorb: Sequence[str] | str | None = None,
    trim: float = 0.05,
    grid: int = 200,
    draws: int = 499,
    seed: Any = 0,
    level: float = 0.95,
    cov: CovarianceSpec | None = None,
) -> ThresholdRegression:
    """Estimate one threshold in a panel with unit effects (Hansen 1999).

    Slopes of the `varying` terms differ where ``by <= threshold`` and above it. The threshold
    is the candidate with the least sum of squares; its confidence set holds those with
    ``LR = (S - S_min) / sigma^2 <= -2 ln(1 - sqrt(level))``, for homoskedastic independent
    errors.

    Parameters
    ----------
    formula, data, entity, time, cov : as in `panel`
    by : the threshold variable, a column
    varying : terms of the formula whose slope changes
    absorb : effects; default the unit's
    trim : share of rows that each regime keeps at least
    grid : number of candidates, quantiles of `by`
    draws, seed : of the bootstrap test of no threshold
    level : of the confidence set

    Returns
    -------
    ThresholdRegression
        Terms ``x[low]`` and ``x[high]``; ``threshold``, ``threshold_set``; in ``statistics``
        f_threshold and p_threshold, whose null is one slope.

    Raises
    ------
    InputError
        If `varying` names no term, or `by` has too few values.

    Examples
    --------
    >>> import numpy as np, pandas as pd
    >>> from agglometrics import threshold_panel
    >>> unit, time = np.divmod(np.arange(200), 10)
    >>> x, q, e = np.random.default_rng(0).normal(size=(3, 200))
    >>> data = pd.DataFrame({"i": unit, "t": time, "x": x, "q": q})
    >>> data["y"] = np.where(q > 0, 3, 1) * x + e
    >>> said = {"by": "q", "varying": ["x"], "entity": "i", "time": "t"}
    >>> fit = threshold_panel("y ~ x", data, draws=99, **said)
    >>> fit.terms, bool(abs(fit.threshold) < 0.1), fit.statistics["p_threshold"]
    (('x[low]', 'x[high]'), True, 0.0)
    """
    effects = entity if absorb is None else absorb
    design = build(formula, data, absorb=effects, entity=entity, time=time, extra=(by,))
    at = _positions(design, varying)
    q = design.sample.numbers(by)
    candidates = np.unique(np.quantile(q, np.linspace(trim, 1 - trim, grid), method="lower"))
    if len(candidates) < 5:
        raise InputError(
            f"by={by!r} has {len(candidates)} candidate values; it needs five or more."
        )
    found = search(design, at, q, candidates)
    p = bootstrap_p_value(found.Q, found.Q0, found.u, design.entity(), found.F, draws, seed)
    fit = _estimate(design, at, q <= candidates[found.best], cov)
    accepted = found.ratio <= -2 * np.log(1 - np.sqrt(level))
    gamma = float(candidates[found.best])
    kept = {f.name: getattr(fit, f.name) for f in fields(fit)}
    tests = {"threshold": gamma, "f_threshold": found.F, "p_threshold": p}
    return ThresholdRegression(
        **{**kept, "statistics": {**fit.statistics, **tests}},
        threshold=gamma,
        threshold_set=Interval(_runs(candidates, accepted), level, "likelihood ratio"),
    )


@dataclass(frozen=True)
class Search:
    """The least-squares search over M candidates.

    Attributes
    ----------
    Q : M bases (N, K)    Q0 : the basis without a threshold    best : the chosen candidate
    ratio : (M,) likelihood ratios    F : of no threshold    u : (N,) residuals at the best
    """

    Q: list[Array]
    Q0: Array
    best: int
    ratio: Array
    F: float
    u: Array


def search(design: Design, at: list[int], q: Array, candidates: Array) -> Search:
    """Return the search over thresholds of q (N,) for the terms `at`."""
    free = [k for k in range(design.X.shape[1]) if k not in at]
    low = (q[:, None] <= candidates).astype(float)
    Q = bases(design.X[:, free], design.X[:, at], low, design.effects)
    plain = demean(design.X, design.effects)
    Q0 = np.linalg.qr(plain[:, identified(plain, design.X)[0]])[0]
    y = demean(design.y[:, None], design.effects)
    S = sums_of_squares(Q, y)[:, 0]
    best = int(np.argmin(S))
    df = len(y) - n_levels(design.entity())
    F = float((sums_of_squares([Q0], y)[0, 0] - S[best]) / S[best] * df)
    u = (y - Q[best] @ (Q[best].T @ y))[:, 0]
    return Search(Q, Q0, best, (S - S[best]) / S[best] * df, F, u)


def _positions(design: Design, varying: Sequence[str]) -> list[int]:
    absent = [term for term in varying if term not in design.terms]
    if absent or not varying:
        raise InputError(
            f"varying={list(varying)} must name terms of the formula: {list(design.terms)}."
        )
    return [design.terms.index(term) for term in varying]


def _estimate(design: Design, at: list[int], low: Any, cov: CovarianceSpec | None) -> Regression:
    """Return least squares at the threshold."""
    free = [k for k in range(design.X.shape[1]) if k not in at]
    names = [design.terms[k] for k in at]
    X, below = design.X[:, at], low.astype(float)[:, None]
    wide = np.column_stack([X * below, X * (1 - below), design.X[:, free]])
    terms = [f"{name}[low]" for name in names] + [f"{name}[high]" for name in names]
    terms += [design.terms[k] for k in free]
    out = LeastSquares().fit(replace(design, X=wide, terms=tuple(terms)))
    return assemble(
        out.fit,
        out.params,
        outcome=design.outcome,
        method="threshold" + f", {' and '.join(design.effect_names)} effects",
        cov=default_covariance(design.sample, design.effect_names) if cov is None else cov,
        rule=SmallSample(),
        statistics=out.statistics,
        notes=design.notes + out.notes,
    )


def _runs(values: Array, accepted: Array) -> tuple[tuple[float, float], ...]:
    """Return the runs of consecutive accepted candidates."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], accepted.astype(int), [0]])))
    return tuple(
        (float(values[start]), float(values[stop - 1]))
        for start, stop in zip(edges[::2], edges[1::2], strict=True)
    )
