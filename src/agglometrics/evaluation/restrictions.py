"""What a trend may have done after treatment, as values: bounds set by what it did before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from agglometrics.errors import InputError
from agglometrics.evaluation.coefficients import EventCoefficients
from agglometrics.evaluation.event.relative_magnitudes import hull, relative_set
from agglometrics.evaluation.event.smoothness import fixed_length
from agglometrics.notation import Array
from agglometrics.tables.arguments import checked


@checked
@dataclass(frozen=True)
class RelativeMagnitudes:
    """Violations between periods after treatment are at most m times the worst before it.

    Attributes
    ----------
    m : the bounds to report; 1 allows for trends as bad as before
    """

    m: Sequence[float] = (0.5, 1.0, 1.5, 2.0)
    name = "relative magnitudes"

    def __post_init__(self) -> None:
        _require_bounds(self.m)

    def grid(self, sd: float) -> tuple[Array, float]:
        """Return the bounds, and the unit in which a breakdown value is looked for."""
        return np.asarray(self.m, dtype=np.float64), 1.0

    def interval(self, known: EventCoefficients, loading: Array, m: float, level: float) -> Ends:
        """Return the confidence set's lowest and highest value."""
        b, S, P = known.b, known.S, known.P
        found = relative_set(b, S, P, loading, m, 1 - level)
        sd = float(np.sqrt(loading @ S[P:, P:] @ loading))
        return hull(found, float(loading @ b[P:]), 4 * sd)

    def excludes_zero(
        self, known: EventCoefficients, loading: Array, m: float, level: float
    ) -> bool:
        """Return whether zero is outside the confidence set."""
        found = relative_set(known.b, known.S, known.P, loading, m, 1 - level)
        return not bool(found.holds(np.zeros(1))[0])


@checked
@dataclass(frozen=True)
class Smoothness:
    """The slope of the trend changes by at most m between consecutive periods.

    Attributes
    ----------
    m : the bounds to report, in units of the outcome per period; m = 0 is a linear trend. Default:
        0, 0.1, 0.25, 0.5 and 1 standard errors of the effect
    """

    m: Sequence[float] | None = None
    name = "smoothness"

    def __post_init__(self) -> None:
        if self.m is not None:
            _require_bounds(self.m)

    def grid(self, sd: float) -> tuple[Array, float]:
        """Return the bounds, and the unit in which a breakdown value is looked for."""
        if self.m is None:
            return sd * np.array([0.0, 0.1, 0.25, 0.5, 1.0]), sd
        return np.asarray(self.m, dtype=np.float64), sd

    def interval(self, known: EventCoefficients, loading: Array, m: float, level: float) -> Ends:
        """Return the ends of the fixed-length interval."""
        return fixed_length(known.b, known.S, known.P, loading, m, level)

    def excludes_zero(
        self, known: EventCoefficients, loading: Array, m: float, level: float
    ) -> bool:
        """Return whether zero is outside the interval."""
        low, high = self.interval(known, loading, m, level)
        return low > 0 or high < 0


Restriction = RelativeMagnitudes | Smoothness
Ends = tuple[float, float]


def _require_bounds(m: Sequence[float]) -> None:
    if not len(m) or any(not np.isfinite(each) or each < 0 for each in m):
        raise InputError(
            f"m must be a list of bounds, finite and not below zero; found {list(m)}. For "
            "example m=[0.5, 1, 2]."
        )
