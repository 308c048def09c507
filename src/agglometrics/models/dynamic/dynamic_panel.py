"""Dynamic panels: the difference GMM of Arellano and Bond, the system GMM of Blundell and Bond."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from agglometrics.errors import InputError, caution
from agglometrics.inference.display.by_term import by_term
from agglometrics.inference.estimates import Covariance, Estimates
from agglometrics.inference.specifications import Homoskedastic, Robust, Windmeijer
from agglometrics.models.dynamic import gmm as kernel
from agglometrics.models.dynamic.instruments import Gmm, Grid, build_moments, on_calendar, read_grid
from agglometrics.models.dynamic.windmeijer import windmeijer
from agglometrics.tables import require_columns, require_keys, to_frame
from agglometrics.tables.arguments import checked


@checked
def dynamic_panel(
    formula: str,
    data: object,
    *,
    entity: str,
    time: str,
    gmm: Sequence[Gmm] | Gmm,
    system: bool = False,
    steps: Literal[1, 2] = 1,
    time_effects: bool = True,
    cov: Robust | Windmeijer | Homoskedastic | None = None,
) -> Estimates:
    """Estimate a dynamic panel by difference or system GMM.

    Parameters
    ----------
    formula : ``"n ~ lag(n) + lag(n, 2) + w + lag(w)"``; ``lag`` goes by calendar time
    data : a long table, one row per unit and period; periods as in `panel`
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
        For periods without an order (text), or keys that repeat.
    IdentificationError
        If instruments are fewer than coefficients.

    References
    ----------
    Arellano and Bond (1991); Blundell and Bond (1998); Roodman (2009), How to do xtabond2;
    Windmeijer (2005).

    Examples
    --------
    >>> import numpy as np, pandas as pd
    >>> from agglometrics import Gmm, dynamic_panel
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
    specs = _specs(gmm)
    if steps not in (1, 2):
        raise InputError(
            f"steps must be 1 or 2; found {steps!r}. Pass steps=2 for the efficient weights."
        )
    grid, unit, period = read_grid(formula, frame, entity, time)
    values = [on_calendar(spec, frame, entity, time, unit, period) for spec in specs]
    moments, terms, notes = build_moments(grid, specs, values, system, time_effects)
    first = kernel.first_step(moments)
    last = first if steps == 1 else kernel.second_step(moments, first)
    recompute = _Recompute(moments, first, last, steps)
    spec = cov if cov is not None else (Robust() if steps == 1 else Windmeijer())
    found = recompute(spec)
    name = "system GMM" if system else "difference GMM"
    return Estimates(
        terms=terms,
        params=by_term(last.beta, terms),
        covariance=found,
        outcome=grid.outcome,
        method=f"{name}, {'one step' if steps == 1 else 'two steps'}",
        n_obs=_observations(moments),
        statistics=_diagnostics(moments, first, found, last, len(terms), steps),
        notes=_notes(grid, moments) + notes,
        recompute=recompute,
    )


def _specs(gmm: Sequence[Gmm] | Gmm) -> tuple[Gmm, ...]:
    """Return the instruments asked for, at least one, each a `Gmm`."""
    specs = (gmm,) if isinstance(gmm, Gmm) else tuple(gmm)
    if not specs or not all(isinstance(spec, Gmm) for spec in specs):
        raise InputError(f"gmm= must hold instruments, for example gmm=[Gmm('y')]; found {gmm!r}.")
    return specs


def _observations(m: kernel.Moments) -> int:
    """Return the number of equations in levels if there are any, else of differences."""
    used = np.abs(m.Z).sum(axis=2) + np.abs(m.X).sum(axis=2) > 0
    part = m.differenced if m.differenced.all() else ~m.differenced
    return int(used[:, part].sum())


def _notes(grid: Grid, m: kernel.Moments) -> tuple[str, ...]:
    used = int((np.abs(m.X).sum(axis=(1, 2)) > 0).sum())
    L = m.Z.shape[2]
    if used < L:
        caution(
            f"{L} instruments for {used} units: weights are estimated badly and Hansen's test "
            "never rejects. Limit the lags (last=) or collapse=True."
        )
    notes: tuple[str, ...] = ()
    if used < len(m.y):
        notes += (f"{len(m.y) - used} units give no equation: too short",)
    if grid.note:
        notes += (grid.note,)
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
            matrix = windmeijer(self.m, self.first, self.last)
            return Covariance(matrix, "two-step, Windmeijer")
        if isinstance(spec, Homoskedastic) and self.steps == 1:
            variance = kernel.error_variance(self.m, self.first)
            return Covariance(variance * self.first.bread, "homoskedastic")
        raise InputError(
            f"cov={spec!r} does not fit {self.steps}-step GMM. Pass Robust() or Homoskedastic() at "
            "one step, Windmeijer() or Robust() at two."
        )


def _diagnostics(
    m: kernel.Moments, first: kernel.Step, found: Covariance, last: kernel.Step, K: int, steps: int
) -> dict[str, float]:
    from scipy import stats

    L, df = m.Z.shape[2], m.Z.shape[2] - K
    second = last if steps == 2 else kernel.second_step(m, first)
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
