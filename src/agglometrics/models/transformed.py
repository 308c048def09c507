"""Least squares on unit means and on first differences."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from agglometrics.errors import IdentificationError
from agglometrics.linalg.demeaning import group_mean
from agglometrics.models.design import Design
from agglometrics.models.estimators import Fitted, LeastSquares, refuse_extras
from agglometrics.models.formulas import CONSTANT
from agglometrics.tables.arguments import checked
from agglometrics.tables.codes import n_levels
from agglometrics.tables.periods import lagged


@checked
@dataclass(frozen=True)
class Between:
    """Least squares on the means of each unit, every unit with weight one."""

    method: str = "between"

    def fit(self, design: Design) -> Fitted:
        """Return least squares of unit means."""
        refuse_extras(design, self.method)
        unit = design.entity()
        means = group_mean(np.column_stack([design.y, design.X]), unit)
        first = np.unique(unit, return_index=True)[1]
        sample = design.sample.take(first)
        return LeastSquares().fit(replace(design, y=means[:, 0], X=means[:, 1:], sample=sample))


@checked
@dataclass(frozen=True)
class FirstDifference:
    """Least squares on changes from the period before; a gap gives no change.

    The constant, where the formula has one, is a common trend (as in plm); write ``- 1`` for
    none (as in linearmodels).
    """

    method: str = "first differences"

    def fit(self, design: Design) -> Fitted:
        """Return least squares of differences."""
        refuse_extras(design, self.method)
        unit, found = design.entity(), design.sample.calendar(None)
        period = found.codes
        both = np.column_stack([design.y, design.X])
        change = both - np.column_stack([lagged(v, unit, period, 1) for v in both.T])
        stay = np.flatnonzero(~np.isnan(change[:, 0]))
        if not len(stay):
            raise IdentificationError(
                "no unit is seen in two consecutive periods. "
                "Add the missing periods, or use LeastSquares() with absorbed unit effects."
            )
        if CONSTANT in design.terms:
            change[:, 1 + design.terms.index(CONSTANT)] = 1.0
        firsts = n_levels(unit)
        gaps = len(both) - firsts - len(stay)
        moved = replace(
            design, y=change[stay, 0], X=change[stay, 1:], sample=design.sample.take(stay)
        )
        out = LeastSquares().fit(moved)
        note: tuple[str, ...] = (
            (f"{gaps} rows follow a gap and give no difference",) if gaps else ()
        )
        note += (found.note,) if found.note and found.note not in design.notes else ()
        return replace(out, notes=out.notes + note)
