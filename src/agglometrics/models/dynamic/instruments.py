"""The equations and instruments of a dynamic panel, on its calendar."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from agglometrics.errors import IdentificationError, InputError
from agglometrics.linalg.least_squares import identified
from agglometrics.models.dynamic import gmm as kernel
from agglometrics.models.formulas import CONSTANT, evaluate
from agglometrics.notation import Array, Codes
from agglometrics.tables.arguments import checked
from agglometrics.tables.periods import read_calendar

MOSTLY_EMPTY = 20
"""Steps of the calendar for each period with rows, beyond which the calendar is refused."""


@checked
@dataclass(frozen=True)
class Gmm:
    """Lagged levels of a variable as instruments of the differenced equation.

    In a system its lagged difference also instruments the levels.

    Attributes
    ----------
    variable : a column, or an expression as in a formula, ``"log(emp)"``
    first, last : the lags; ``last=None`` takes all that there are
    collapse : one column per lag, not one per lag and period (Roodman 2009)
    """

    variable: str
    first: int = 2
    last: int | None = None
    collapse: bool = False

    def __post_init__(self) -> None:
        if self.first < 1 or (self.last is not None and self.last < self.first):
            raise InputError(
                f"Gmm({self.variable!r}): lags must satisfy 1 <= first <= last; found "
                f"first={self.first}, last={self.last}. "
                f"For example Gmm({self.variable!r}, first=2, last=4)."
            )


@dataclass(frozen=True)
class Grid:
    """A panel on its calendar: N units by T periods, NaN where there is no row.

    Attributes
    ----------
    y : (N, T)    X : (N, T, K)    terms, sources : of the K regressors
    periods : labels of the T periods
    outcome : its name
    gaps : number of units with a period missing between two that they have
    note : what was taken for a period
    """

    y: Array
    X: Array
    terms: tuple[str, ...]
    sources: tuple[str, ...]
    periods: tuple[Any, ...]
    outcome: str
    gaps: int
    note: str = ""


def to_grid(values: Array, unit: Codes, period: Codes, N: int, T: int) -> Array:
    """Return values (n, ...) on the calendar, (N, T, ...), NaN where there is no row."""
    out: Array = np.full((N, T, *values.shape[1:]), np.nan)
    out[unit, period] = values
    return out


def read_grid(
    formula: str, frame: pd.DataFrame, entity: str, time: str
) -> tuple[Grid, Codes, Codes]:
    """Return the panel on its calendar, and the unit and period of each row of the table."""
    unit = np.asarray(pd.factorize(frame[entity])[0], dtype=np.intp)
    found = read_calendar(frame[time])
    period = found.codes
    N, T = int(unit.max()) + 1, int(period.max()) + 1
    _refuse_empty_calendar(frame[time], T)
    y, X, terms, sources, outcome = evaluate(formula, frame, entity, time)
    seen = to_grid(np.ones(len(frame)), unit, period, N, T)
    there = ~np.isnan(seen)
    span = T - there.argmax(axis=1) - there[:, ::-1].argmax(axis=1)
    gaps = int((span > there.sum(axis=1)).sum())
    names = dict(zip(period.tolist(), frame[time], strict=True))
    labels = tuple(_label(names[t]) if t in names else f"no row ({t})" for t in range(T))
    put = [to_grid(v, unit, period, N, T) for v in (y, X)]
    return Grid(put[0], put[1], terms, sources, labels, outcome, gaps, found.note), unit, period


def _refuse_empty_calendar(periods: pd.Series[Any], T: int) -> None:
    """Raise `InputError` if nearly all of the T periods have no row: equations would be empty."""
    held = periods.nunique()
    if MOSTLY_EMPTY * held < T:
        raise InputError(
            f"periods {periods.name!r} run from {periods.min()} to {periods.max()} in {T} steps, "
            f"{held} of them with rows. Correct a mistyped period, or number them 1, 2, 3, ..."
        )


def _label(value: Any) -> Any:
    """Return a period as a name shows it: a whole number without its point."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _differences(values: Array) -> Array:
    """Return changes along the calendar, (N, T - 1, ...)."""
    return np.diff(values, axis=1)


def lag_instruments(v: Array, spec: Gmm) -> Array:
    """Return the instruments of the differenced equations, (N, T - 1, L): v at t - l.

    v : (N, T)    equations of periods 1 to T - 1; what is not there is zero
    """
    N, T = v.shape
    last = T - 1 if spec.last is None else min(spec.last, T - 1)
    columns = []
    for lag in range(spec.first, last + 1):
        shifted = np.zeros((N, T - 1))
        shifted[:, lag - 1 :] = np.nan_to_num(v[:, : T - lag])
        columns.append(shifted)
    if not columns:
        raise IdentificationError(
            f"Gmm({spec.variable!r}) begins at lag {spec.first}, and {T} periods have no change "
            "with a value so far before it: there is no instrument. Take more periods, or a "
            "smaller first=."
        )
    stacked = np.stack(columns, axis=2)
    return stacked if spec.collapse else _one_a_period(stacked)


def level_instruments(v: Array, spec: Gmm) -> Array:
    """Return the instruments of the levels, (N, T, L): the change of v at t - first + 1."""
    N, T = v.shape
    shifted = np.zeros((N, T, 1))
    shifted[:, spec.first :, 0] = np.nan_to_num(_differences(v)[:, : T - spec.first])
    return shifted if spec.collapse else _one_a_period(shifted)


def _one_a_period(columns: Array) -> Array:
    """Return (N, S, S C): each column of (N, S, C) split into one for every period."""
    N, S, C = columns.shape
    out = np.zeros((N, S, S, C))
    for s in range(S):
        out[:, s, s] = columns[:, s]
    return out.reshape(N, S, S * C)


def _is_instrumented(source: str, specs: Sequence[Gmm]) -> bool:
    """Return whether a term is a Gmm variable, or a lag of one."""
    term = source.replace(" ", "")
    names = [spec.variable.replace(" ", "") for spec in specs]
    return any(
        term == name or term in (f"lag({name})",) or term.startswith(f"lag({name},")
        for name in names
    )


def _stack(parts: Sequence[Array]) -> Array:
    return np.concatenate(parts, axis=2)


def build_moments(
    grid: Grid, specs: Sequence[Gmm], values: Sequence[Array], system: bool, effects: bool
) -> tuple[kernel.Moments, tuple[str, ...], tuple[str, ...]]:
    """Return the moments, the names of their coefficients, and notes.

    values : for each of `specs` its variable on the calendar, (N, T)
    """
    N, T = grid.y.shape
    own = [k for k, source in enumerate(grid.sources) if not _is_instrumented(source, specs)]
    X, terms = grid.X, grid.terms
    extra, names = _period_terms(grid, system, effects)
    X = _stack([X, np.broadcast_to(extra, (N, T, extra.shape[1]))])
    terms = terms + names
    dy, dX = _differences(grid.y), _differences(X)
    Z = _stack([*(lag_instruments(v, s) for v, s in zip(values, specs, strict=True))])
    D = np.diff(np.eye(T), axis=0)
    H, y = D @ D.T, dy
    if system:
        levels = _stack([*(level_instruments(v, s) for v, s in zip(values, specs, strict=True))])
        Z = np.concatenate([_wide(Z, levels.shape[2], 0), _wide(levels, 0, Z.shape[2])], axis=1)
        H = np.block([[H, D], [D.T, np.eye(T)]])
        y, dX = np.concatenate([dy, grid.y], axis=1), np.concatenate([dX, X], axis=1)
    there = ~(np.isnan(y) | np.isnan(dX).any(axis=2))
    differenced = np.arange(y.shape[1]) < T - 1
    Z = _stack([Z, np.nan_to_num(_standard(dX, own, len(grid.terms), differenced))])
    y, dX, Z = (np.where(there.reshape(N, -1, *[1] * (a.ndim - 2)), a, 0.0) for a in (y, dX, Z))
    return _without_empty(kernel.Moments(y, dX, Z, H, differenced), terms, len(grid.terms))


def _standard(X: Array, own: list[int], user: int, differenced: Any) -> Array:
    """Return the terms that instrument themselves; period effects of a system only in levels."""
    periods = X[:, :, user:]
    if not differenced.all():
        periods = np.where(differenced[None, :, None], 0.0, periods)
    return _stack([X[:, :, own], periods])


def _wide(Z: Array, after: int, before: int) -> Array:
    """Return Z with columns of zeros before and after it."""
    return np.pad(Z, ((0, 0), (0, 0), (before, after)))


def _period_terms(grid: Grid, system: bool, effects: bool) -> tuple[Array, tuple[str, ...]]:
    """Return dummies of periods (T, P), and the constant that only levels can have."""
    T = len(grid.periods)
    constant = np.ones((T, 1)) if system else np.zeros((T, 0))
    names: tuple[str, ...] = (CONSTANT,) if system else ()
    if not effects:
        return constant, names
    labels = tuple(f"period[{label}]" for label in grid.periods)
    return np.column_stack([constant, np.eye(T)]), names + labels


def _without_empty(
    m: kernel.Moments, terms: tuple[str, ...], user: int
) -> tuple[kernel.Moments, tuple[str, ...], tuple[str, ...]]:
    """Return the moments without empty or repeated columns; only the user's terms are noted."""
    rows = m.y.size
    flat = m.X.reshape(rows, m.X.shape[2])
    kept, why = identified(flat)
    notes = tuple(f"term {terms[k]!r} left out: it {why[k]}" for k in sorted(why) if k < user)
    Z = m.Z[:, :, np.abs(m.Z).sum(axis=(0, 1)) > 0]
    Z = Z[:, :, identified(Z.reshape(rows, Z.shape[2]))[0]] if Z.shape[2] else Z
    names = tuple(terms[k] for k in kept)
    if not names:
        raise IdentificationError(
            "no term is identified: no unit has the rows of an equation (a change needs two "
            "periods in a row, a lag one more), or no term varies. Add periods or terms."
        )
    if Z.shape[2] < len(names):
        raise IdentificationError(
            f"{len(names)} coefficients need as many instruments; {Z.shape[2]} are left. "
            "Take more lags, more periods, or fewer terms."
        )
    return kernel.Moments(m.y, m.X[:, :, kept], Z, m.H, m.differenced), names, notes


def on_calendar(
    spec: Gmm, frame: pd.DataFrame, entity: str, time: str, unit: Codes, period: Codes
) -> Array:
    """Return the variable of `spec` on the calendar, (N, T)."""
    v = evaluate(f"{spec.variable} ~ 0", frame, entity, time)[0]
    return to_grid(v, unit, period, int(unit.max()) + 1, int(period.max()) + 1)
