"""Dynamic panels: the difference GMM of Arellano and Bond, the system GMM of Blundell and Bond."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd

from agglometrics.errors import AgglometricsWarning, IdentificationError, InputError
from agglometrics.models import gmm as kernel
from agglometrics.models.covariance import Homoskedastic, Robust, Windmeijer
from agglometrics.models.design import CONSTANT, calendar, evaluate
from agglometrics.models.estimates import Covariance, Estimates
from agglometrics.models.linear import identified
from agglometrics.models.rules import Codes
from agglometrics.tables import Array, require_columns, require_keys, to_frame


@dataclass(frozen=True)
class Gmm:
    """Lagged levels of a variable as instruments of the differenced equation.

    In a system its lagged difference also instruments the levels.

    Attributes
    ----------
    variable : a column, or an expression as in a formula, ``"log(emp)"``
    first, last : the lags; ``last=None`` takes all that there are
    collapse : one column a lag, not one a lag and period (Roodman 2009)
    """

    variable: str
    first: int = 2
    last: int | None = None
    collapse: bool = False

    def __post_init__(self) -> None:
        if self.first < 1 or (self.last is not None and self.last < self.first):
            raise InputError(
                f"Gmm({self.variable!r}): lags must satisfy 1 <= first <= last; found "
                f"first={self.first}, last={self.last}."
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
    """

    y: Array
    X: Array
    terms: tuple[str, ...]
    sources: tuple[str, ...]
    periods: tuple[Any, ...]
    outcome: str
    gaps: int


def to_grid(values: Array, unit: Codes, period: Codes, N: int, T: int) -> Array:
    """Return values (n, ...) on the calendar, (N, T, ...), NaN where there is no row."""
    out: Array = np.full((N, T, *values.shape[1:]), np.nan)
    out[unit, period] = values
    return out


def _calendar(frame: pd.DataFrame, time: str) -> Codes:
    if not pd.api.types.is_numeric_dtype(frame[time]) or (frame[time] % 1 != 0).any():
        raise InputError(
            f"periods {time!r} must be whole numbers, so that a gap can be seen; found dtype "
            f"{frame[time].dtype}. Number them 1, 2, 3, ..."
        )
    return calendar(frame[time])


def _grid(formula: str, frame: pd.DataFrame, entity: str, time: str) -> tuple[Grid, Codes, Codes]:
    unit = np.asarray(pd.factorize(frame[entity])[0], dtype=np.intp)
    period = _calendar(frame, time)
    N, T = int(unit.max()) + 1, int(period.max()) + 1
    y, X, terms, sources, outcome = evaluate(formula, frame, entity, time)
    seen = to_grid(np.ones(len(frame)), unit, period, N, T)
    span = np.array([np.ptp(period[unit == i]) + 1 for i in range(N)])
    gaps = int((span > np.nansum(seen, axis=1)).sum())
    labels = tuple(range(int(frame[time].min()), int(frame[time].min()) + T))
    put = [to_grid(v, unit, period, N, T) for v in (y, X)]
    return Grid(put[0], put[1], terms, sources, labels, outcome, gaps), unit, period


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
    flat = m.X.reshape(-1, m.X.shape[2])
    kept, why = identified(flat, flat)
    notes = tuple(f"term {terms[k]!r} left out: it {why[k]}" for k in sorted(why) if k < user)
    Z = m.Z[:, :, np.abs(m.Z).sum(axis=(0, 1)) > 0]
    tall = Z.reshape(-1, Z.shape[2])
    Z = Z[:, :, identified(tall, tall)[0]]
    names = tuple(terms[k] for k in kept)
    if Z.shape[2] < len(names):
        raise IdentificationError(
            f"{len(names)} coefficients need as many instruments; {Z.shape[2]} are left. "
            "Take more lags, more periods, or fewer terms."
        )
    return kernel.Moments(m.y, m.X[:, :, kept], Z, m.H, m.differenced), names, notes


def dynamic_panel(
    formula: str,
    data: object,
    *,
    entity: str,
    time: str,
    gmm: Sequence[Gmm],
    system: bool = False,
    steps: Literal[1, 2] = 1,
    time_effects: bool = True,
    cov: Any = None,
) -> Estimates:
    """Estimate a dynamic panel by difference or system GMM.

    Parameters
    ----------
    formula : ``"n ~ lag(n) + lag(n, 2) + w + lag(w)"``; ``lag`` goes by calendar time
    data : a long table, one row a unit and period; periods are whole numbers
    entity, time : its keys
    gmm : the instruments, one `Gmm` for each variable that is predetermined or endogenous;
        terms that are not lags of these instrument themselves
    system : add the equations in levels (Blundell and Bond 1998)
    steps : 1, or 2 for weights from the first step
    time_effects : effects of each period; in a system they instrument the levels only
    cov : `Robust()` (default at one step), `Windmeijer()` (default at two), `Homoskedastic()`
        at one; ``Robust()`` at two steps is not corrected, and too small

    Returns
    -------
    Estimates
        ``statistics``: n_units; n_instruments, without empty and repeated ones; sargan (one
        step, homoskedastic) and hansen (two steps) with overid_df, instruments less
        coefficients, and p-values; m1, m2 and theirs. z statistics are normal. (plm prints at
        one step a third statistic, one-step residuals with two-step weights.)

    Raises
    ------
    InputError
        For periods that are no whole numbers, or keys that repeat.
    IdentificationError
        If instruments are fewer than coefficients.

    References
    ----------
    Arellano and Bond (1991); Blundell and Bond (1998); Roodman (2009), How to do xtabond2;
    Windmeijer (2005).

    Examples
    --------
    >>> import numpy as np, pandas as pd
    >>> from agglometrics.models import Gmm, dynamic_panel
    >>> rng = np.random.default_rng(0)
    >>> y, rows = rng.normal(size=200), []
    >>> for t in range(6):
    ...     y = 0.5 * y + np.arange(200) / 200 + rng.normal(size=200)
    ...     rows.append(pd.DataFrame({"firm": range(200), "year": t, "y": y}))
    >>> fit = dynamic_panel("y ~ lag(y)", pd.concat(rows), entity="firm", time="year",
    ...                     gmm=[Gmm("y")])
    >>> fit.terms[0], int(fit.statistics["n_instruments"])
    ('lag(y)', 14)
    """
    frame = to_frame(data)
    require_columns(frame, [entity, time])
    require_keys(frame, [entity, time])
    if not gmm:
        raise InputError("gmm= must name an instrument, for example gmm=[Gmm('y')].")
    if steps not in (1, 2):
        raise InputError(f"steps must be 1 or 2; found {steps!r}.")
    grid, unit, period = _grid(formula, frame, entity, time)
    values = [_variable(spec, frame, entity, time, unit, period) for spec in gmm]
    moments, terms, notes = build_moments(grid, gmm, values, system, time_effects)
    first = kernel.first_step(moments)
    last = first if steps == 1 else kernel.second_step(moments, first)
    recompute = _Recompute(moments, first, last, steps)
    spec = cov if cov is not None else (Robust() if steps == 1 else Windmeijer())
    found = recompute(spec)
    name = "system GMM" if system else "difference GMM"
    return Estimates(
        terms=terms,
        params=last.beta,
        covariance=found,
        outcome=grid.outcome,
        method=f"{name}, {'one step' if steps == 1 else 'two steps'}",
        n_obs=_observations(moments),
        statistics=_diagnostics(moments, first, found, last, len(terms)),
        notes=_notes(grid, moments) + notes,
        recompute=recompute,
    )


def _variable(
    spec: Gmm, frame: pd.DataFrame, entity: str, time: str, unit: Codes, period: Codes
) -> Array:
    v = evaluate(f"{spec.variable} ~ 0", frame, entity, time)[0]
    return to_grid(v, unit, period, int(unit.max()) + 1, int(period.max()) + 1)


def _observations(m: kernel.Moments) -> int:
    """Return the number of equations in levels if there are any, else of differences."""
    used = np.abs(m.Z).sum(axis=2) + np.abs(m.X).sum(axis=2) > 0
    part = m.differenced if m.differenced.all() else ~m.differenced
    return int(used[:, part].sum())


def _notes(grid: Grid, m: kernel.Moments) -> tuple[str, ...]:
    used = int((np.abs(m.X).sum(axis=(1, 2)) > 0).sum())
    L = m.Z.shape[2]
    if used < L:
        warnings.warn(
            f"{L} instruments for {used} units: weights are estimated badly and Hansen's test "
            "never rejects. Limit the lags (last=) or collapse=True.",
            AgglometricsWarning,
            stacklevel=3,
        )
    notes: tuple[str, ...] = ()
    if used < len(m.y):
        notes += (f"{len(m.y) - used} units give no equation: too short",)
    if grid.gaps:
        notes += (f"{grid.gaps} units have gaps in time: no difference or lag spans a gap",)
    return notes


@dataclass(frozen=True)
class _Recompute:
    """From a covariance specification to the covariance of a step."""

    m: kernel.Moments
    first: kernel.Step
    last: kernel.Step
    steps: int

    def __call__(self, spec: Any) -> Covariance:
        if isinstance(spec, Robust) and self.steps == 1:
            return Covariance(kernel.robust(self.m, self.first), "robust")
        if isinstance(spec, Robust):
            return Covariance(self.last.bread, "two-step, not corrected")
        if isinstance(spec, Windmeijer) and self.steps == 2:
            matrix = kernel.windmeijer(self.m, self.first, self.last)
            return Covariance(matrix, "two-step, Windmeijer")
        if isinstance(spec, Homoskedastic) and self.steps == 1:
            variance = kernel.error_variance(self.m, self.first)
            return Covariance(variance * self.first.bread, "homoskedastic")
        raise InputError(
            f"cov={spec!r} does not fit {self.steps}-step GMM. Say Robust() or Homoskedastic() at "
            "one step, Windmeijer() or Robust() at two."
        )


def _diagnostics(
    m: kernel.Moments, first: kernel.Step, found: Covariance, last: kernel.Step, K: int
) -> dict[str, float]:
    from scipy import stats

    L, df = m.Z.shape[2], m.Z.shape[2] - K
    second = kernel.second_step(m, first)
    out = {
        "n_units": float((np.abs(m.X).sum(axis=(1, 2)) > 0).sum()),
        "n_instruments": float(L),
        "sargan": kernel.overidentifying(m, first.u, first.W) / kernel.error_variance(m, first),
        "hansen": kernel.overidentifying(m, second.u, second.W),
        "overid_df": float(df),
    }
    for test in ("sargan", "hansen"):
        out[f"{test}_p"] = float(stats.chi2.sf(out[test], df)) if df else np.nan
    for lag in (1, 2):
        z = kernel.serial_correlation(m, last, found.matrix, lag)
        out |= {f"m{lag}": z, f"m{lag}_p": 2 * float(stats.norm.sf(abs(z)))}
    return out
