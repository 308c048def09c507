"""Poisson pseudo-maximum likelihood with absorbed effects (PPML), separation reported.

Iterated weighted least squares on pyfixest's demeaning kernel (Correia, Guimaraes and Zylkin
2020, section 3). Own iterations, because pyfixest 0.60 returns without a word when its
iterations run out. Cost: one weighted demeaning an iteration, five to ten iterations.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from agglometrics.errors import ConvergenceError, IdentificationError, InputError
from agglometrics.inference.linear_fit import LinearFit
from agglometrics.inference.small_sample import Counts, SmallSample
from agglometrics.inference.specifications import CovarianceSpec
from agglometrics.linalg.demeaning import demean, extra_components, keep_without_singletons
from agglometrics.linalg.least_squares import (
    identified,
    inverse_gram,
    least_squares,
    residualize,
)
from agglometrics.models.design import Design, build, refuse_empty, refuse_no_terms
from agglometrics.models.estimators import dropped_notes, imprecise_notes, level_of
from agglometrics.models.regression import Regression, assemble, default_covariance
from agglometrics.notation import Array, Codes
from agglometrics.tables.arguments import checked
from agglometrics.tables.codes import n_levels, recode

Rows = np.ndarray[tuple[int], np.dtype[np.bool_]]

CONVERGED = 1e-10  # relative change of the deviance
ITERATIONS = 200
# A step that overshoots may leave mu of a positive outcome at 1e-40: y / mu would drown eta in
# rounding error. Its weight is held at this share of y, which shortens the step, and moves neither
# the gradient nor the estimate.
OVERSHOT = 1e-6
SEPARATED = 1e-5  # what counts as positive in the iterative rectifier


@dataclass(frozen=True)
class Iterated:
    """The end of the iterations: coefficients (K,), means mu (N,), demeaned X (N, K)."""

    beta: Array
    mu: Array
    X: Array
    deviance: float
    iterations: int


def deviance(y: Array, mu: Array, w: Array) -> float:
    """Return 2 sum w [y ln(y / mu) - (y - mu)]."""
    positive = y > 0
    logs = w[positive] * y[positive] * np.log(y[positive] / mu[positive])
    return float(2 * (logs.sum() - w @ (y - mu)))


def iterate(y: Array, X: Array, effects: Sequence[Codes], offset: Array, w: Array) -> Iterated:
    """Return the PPML estimate by iterated weighted least squares.

    y, offset, w : (N,)    X : (N, K), every column identified

    y is divided by its mean on the way and the offset moved by the mean's logarithm: the
    tolerances are then relative to y.

    Raises
    ------
    ConvergenceError
        If the deviance still moves after 200 iterations.
    """
    unit = float(np.average(y, weights=w))
    y, offset = y / unit, offset - np.log(unit)
    mu = (y + 1) / 2
    eta, last, tolerance = np.log(mu), np.inf, 1e-4
    for step in range(ITERATIONS):
        held = np.maximum(mu, OVERSHOT * y)
        z = eta - offset + y / held - mu / held
        weights = w * held
        within = demean(np.column_stack([z, X]), effects, weights, tolerance)
        root = np.sqrt(weights)[:, None]
        scaled = within * root
        beta, residual, _ = least_squares(scaled[:, 1:], scaled[:, 0])
        eta, mu, now = _advance(y, w, eta, z + offset - residual / root[:, 0], last)
        change = abs(now - last) / (0.1 + abs(now))
        if change < CONVERGED and tolerance <= 1e-10:
            return Iterated(beta, mu * unit, within[:, 1:], now * unit, step + 1)
        last, tolerance = now, max(min(tolerance, 1e-4 * change), 1e-11)
    raise ConvergenceError(
        f"Poisson iterations did not converge in {ITERATIONS} steps (the deviance still moves by "
        f"{change:.1e}). Rescale the regressors, or look for a term that predicts zeros perfectly."
    )


def _advance(y: Array, w: Array, old: Array, new: Array, last: float) -> tuple[Array, Array, float]:
    """Return eta, mu and the deviance after a step, halved while the deviance rises."""
    for _ in range(30):
        mu = np.exp(new.clip(-700, 700))
        now = deviance(y, mu, w)
        if now <= last * (1 + 1e-8) + 1e-8:
            break
        new = (old + new) / 2
    return new, mu, now


def keep_without_zero_groups(
    y: Array, effects: Sequence[Codes]
) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Return which rows stay when groups whose outcomes are all zero, and singletons, go."""
    keep = np.ones(len(y), dtype=bool)
    while effects:
        before = int(keep.sum())
        for codes in effects:
            totals = np.bincount(codes[keep], y[keep], minlength=n_levels(codes))
            keep &= totals[codes] > 0
        if keep.any():
            keep[keep] = keep_without_singletons([recode(codes[keep]) for codes in effects])
        if int(keep.sum()) == before:
            break
    return keep


def separated_rows(y: Array, X: Array, effects: Sequence[Codes]) -> Rows:
    """Return rows with y = 0 that a combination of terms and effects predicts perfectly.

    If no term is collinear where y > 0, terms have no part in it: one effect cannot separate
    (its groups all have a positive outcome), two effects can, which a graph shows. Otherwise,
    and with three effects, the iterative rectifier of Correia, Guimaraes and Zylkin (2021).
    """
    positive = y > 0
    nothing: Rows = np.zeros(len(y), dtype=bool)
    if positive.all():
        return nothing
    if len(effects) < 3 and _terms_vary(
        X[positive], [recode(codes[positive]) for codes in effects]
    ):
        return separated_by_effects(positive, effects) if len(effects) == 2 else nothing
    return rectified(positive, X, effects)


def _terms_vary(X: Array, effects: Sequence[Codes]) -> bool:
    """Return whether no combination of terms (N, K) and effects is zero in all of these rows."""
    if not X.shape[1]:
        return True
    within = demean(X, effects)
    constant = bool(effects) or bool((X == 1).all(axis=0).any())
    level = np.ones(len(X)) if constant else None
    kept, _ = identified(within, X if effects else None, level)
    return bool(len(kept) == X.shape[1])


def separated_by_effects(positive: Rows, effects: Sequence[Codes]) -> Rows:
    """Return the rows with y = 0 that two effects alone predict perfectly: exact, no iterations.

    A combination a_i + b_j that is zero where y > 0 has one constant c in each connected
    component of the positive rows (a = c, b = -c); a row with y = 0 from component p to q then
    has c_p - c_q, which must not be negative. It can be positive, so that the row's mean goes to
    zero, unless the row lies on a directed cycle of such rows (a circulation; Correia, Guimaraes
    and Zylkin 2021, proposition 1, by Gordan's theorem).

    positive : (N,) y > 0; every level has such a row
    """
    from scipy.sparse import coo_matrix
    from scipy.sparse.csgraph import connected_components

    a, b = effects
    A, B = n_levels(a), n_levels(b)

    def graph(start: Any, end: Any, size: int) -> Any:
        return coo_matrix((np.ones(len(start)), (start, end)), shape=(size, size))

    _, part = connected_components(graph(a[positive], A + b[positive], A + B), directed=False)
    start, end = part[a], part[A + b]
    zeros = graph(start[~positive], end[~positive], A + B)
    _, cycle = connected_components(zeros, directed=True, connection="strong")
    return np.asarray(~positive & (cycle[start] != cycle[end]))


def rectified(positive: Rows, X: Array, effects: Sequence[Codes]) -> Rows:
    """Return the separated rows by the iterative rectifier (section 3.2).

    Raises
    ------
    ConvergenceError
        If it has not settled after 1000 iterations.
    """
    u, heavy = (~positive).astype(float), np.where(positive, 1e6, 1.0)
    for _ in range(1000):
        within = demean(np.column_stack([u, X]), effects, heavy)
        root = np.sqrt(heavy)[:, None]
        residual = residualize(within[:, 0] * root[:, 0], within[:, 1:] * root) / root[:, 0]
        fitted = u - residual
        if np.abs(residual).max() < SEPARATED:
            return ~positive & (fitted > 10 * SEPARATED)
        u = np.where(positive, 0.0, fitted.clip(min=0))
    raise ConvergenceError(
        "the search for rows that terms and effects predict perfectly did not settle in 1000 "
        "iterations. Absorb fewer effects, or leave out a term that is nearly zero where y > 0."
    )


def _select(design: Design, keep: np.ndarray[Any, Any], note: str) -> Design:
    """Return `design` at the rows to keep, with a note on the others."""
    if keep.all():
        return design
    at = np.flatnonzero(keep)
    return replace(
        design,
        y=design.y[at],
        X=design.X[at],
        weights=None if design.weights is None else design.weights[at],
        effects=tuple(recode(codes[at]) for codes in design.effects),
        sample=design.sample.take(at),
        notes=(*design.notes, f"{len(keep) - len(at)} rows left out: {note}"),
    )


def _check_outcome(design: Design) -> None:
    negative = int((design.y < 0).sum())
    if negative:
        raise InputError(
            f"outcome {design.outcome!r} must not be negative; found {negative} negative rows. "
            "Poisson models counts and other non-negative amounts: use panel() for this one."
        )
    if not design.y.any():
        raise IdentificationError(
            f"outcome {design.outcome!r} is zero in every row used. "
            "Choose rows in which something is counted."
        )


def _prepare(design: Design) -> tuple[Design, tuple[str, ...]]:
    """Return the design without separated rows and without terms that are not identified."""
    _check_outcome(design)
    refuse_no_terms(design)
    while True:
        stay = keep_without_zero_groups(design.y, design.effects)
        design = _select(design, stay, "an absorbed group's outcomes are all zero (separation)")
        within, level = demean(design.X, design.effects), level_of(design, design.X, None)
        raw = design.X if design.effects else None
        kept, why = identified(within, raw, level)
        separated = separated_rows(design.y, design.X[:, kept], design.effects)
        if not separated.any():
            break
        which = "the terms and effects" if design.effects else "the terms"
        note = f"{which} predict their zeros perfectly (separation)"
        design = _select(design, ~separated, note)
    reasons = {design.terms[k]: reason for k, reason in why.items()}
    terms = tuple(design.terms[k] for k in kept)
    refuse_empty(terms, reasons)
    notes = dropped_notes(reasons) + imprecise_notes(
        terms, within[:, kept], design.X[:, kept], None if design.effects else level
    )
    return replace(design, X=design.X[:, kept], terms=terms), notes


@checked
def poisson(
    formula: str,
    data: object,
    *,
    absorb: Sequence[str] | str | None = None,
    cov: CovarianceSpec | None = None,
    entity: str | None = None,
    time: str | None = None,
    weights: str | None = None,
    offset: str | None = None,
    rule: SmallSample | None = None,
) -> Regression:
    """Estimate E[y] = exp(X b + effects + offset) by Poisson pseudo-maximum likelihood.

    The outcome need not be a count; the errors need not be Poisson (Santos Silva and Tenreyro
    2006), with any covariance but `Homoskedastic`. Statistics are normal.

    Parameters
    ----------
    formula, data, absorb, entity, time, weights, rule : as in `panel`
    cov : as in `panel` (not `CR3`, `WildBootstrap`); default: clusters of `entity`, else of
        the first absorbed effect, else robust
    offset : a column that enters with coefficient one, for example the log of population

    Returns
    -------
    Regression
        ``notes`` name separated rows: zeros that the model predicts perfectly.

    Raises
    ------
    InputError
        For a negative outcome, and as `panel`.
    IdentificationError
        If no term is identified.
    ConvergenceError
        If the iterations run out.

    Examples
    --------
    >>> import pandas as pd
    >>> from agglometrics import Robust, poisson
    >>> data = pd.DataFrame({"x": [0, 0, 0, 1, 1, 1], "patents": [1, 2, 3, 4, 6, 8]})
    >>> fit = poisson("patents ~ x", data, cov=Robust())   # ln(mean 2), ln(mean 6 / mean 2)
    >>> fit.tidy()[["term", "estimate"]].round(4)
            term  estimate
    0  Intercept    0.6931
    1          x    1.0986
    """
    extra = () if offset is None else (offset,)
    raw = build(
        formula, data, absorb=absorb, weights=weights, entity=entity, time=time, extra=extra
    )
    design, notes = _prepare(raw)
    N = len(design.y)
    w = np.ones(N) if design.weights is None else design.weights
    shift = np.zeros(N) if offset is None else design.sample.numbers(offset)
    end = iterate(design.y, design.X, design.effects, shift, w)
    effects = f", {' and '.join(design.effect_names)} effects" if design.effects else ""
    return assemble(
        _score_form(design, end, w),
        end.beta,
        outcome=design.outcome,
        method="Poisson" + effects,
        cov=default_covariance(design.sample, design.effect_names) if cov is None else cov,
        rule=SmallSample() if rule is None else rule,
        statistics=_statistics(design, end, w, shift),
        notes=design.notes + notes,
        effects=design.effect_names,
    )


def _score_form(design: Design, end: Iterated, w: Array) -> LinearFit:
    """Return the fit with scores w (y - mu) X and bread inv(X' diag(w mu) X)."""
    root = np.sqrt(w * end.mu)
    X = end.X * root[:, None]
    u = w * (design.y - end.mu) / root
    lost = extra_components(design.effects)
    counts = Counts(len(u), X.shape[1], design.effects, lost)
    return LinearFit(
        design.terms,
        X,
        u,
        X @ end.beta + u,
        inverse_gram(X),
        counts,
        design.sample,
        root,
        dispersion=1.0,
        least_squares=False,
    )


def _statistics(design: Design, end: Iterated, w: Array, offset: Array) -> dict[str, float]:
    """Return the deviance, the likelihood and McFadden's R squared against a constant + offset."""
    from scipy.special import gammaln

    y, exposure = design.y, np.exp(offset - offset.max())
    mean = exposure * float(w @ y) / float(w @ exposure)
    constant = gammaln(y + 1)
    value = float(w @ (y * np.log(end.mu) - end.mu - constant))
    null = float(w @ (y * np.log(mean) - mean - constant))
    return {
        "deviance": end.deviance,
        "log_likelihood": value,
        "pseudo_r2": 1 - value / null,
        "iterations": float(end.iterations),
    }
