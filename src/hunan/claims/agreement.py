"""How a computed value compares with a claim: within rounding, a tolerance, or a bound."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from agglometrics.errors import InputError

Agreement = Literal[
    "within rounding",
    "within tolerance",
    "consistent with a bound",
    "not",
    "not applicable",
]


@dataclass(frozen=True)
class Tolerance:
    """How far a computed value may lie from the claimed one: absolutely, or relative to it.

    Attributes
    ----------
    size : the half-width, in the claim's unit (absolute) or as a fraction (relative)
    relative : whether `size` is a fraction of the claimed value
    """

    size: float
    relative: bool = False

    def half_width(self, claimed: float) -> float:
        """Return the half-width in the unit of `claimed`."""
        return self.size * abs(claimed) if self.relative else self.size

    def __str__(self) -> str:
        return f"{100 * self.size:g} % of the value" if self.relative else f"{self.size:g}"


@dataclass(frozen=True)
class Bound:
    """A computed value that the claimed quantity cannot be below (lower) or above (upper).

    Attributes
    ----------
    side : ``"lower"`` or ``"upper"``
    """

    side: Literal["lower", "upper"]

    def allows(self, claimed: float, computed: float, rounding: float) -> bool:
        """Return whether the claimed value lies on its side of the bound, up to its rounding."""
        excess = computed - claimed if self.side == "lower" else claimed - computed
        return excess <= rounding * (1 + 1e-9)

    def __str__(self) -> str:
        return f"{self.side} bound"


def rounding_unit(printed: str) -> float:
    """Return half a unit of the last digit of a number as it was printed.

    >>> rounding_unit("14.62"), rounding_unit("37")
    (0.005, 0.5)
    """
    _, _, decimals = printed.partition(".")
    return float(0.5 * 10.0 ** -len(decimals))


def _gap(relation: str, low: float, high: float, computed: float, step: float) -> float:
    """Return how far `computed` lies outside what the claim says; zero when it is inside.

    "Over 66 million" says 66 to 67 million: it covers 99 units (`step`) of the last printed
    digit, and no more.
    """
    outside: Mapping[str, float] = {
        "=": abs(computed - low),
        "range": max(low - computed, computed - high, 0.0),
        ">": max(low - computed, computed - (low + 99 * step), 0.0),
        ">=": max(low - computed, 0.0),
        "<": max(computed - high, 0.0),
    }
    if relation not in outside:
        raise InputError(f"relation {relation!r} is unknown; choose one of {list(outside)}.")
    return outside[relation]


def agreement(
    printed: str, relation: str, computed: float, tolerance: Tolerance | Bound
) -> Agreement:
    """Judge a computed value against a claim.

    Parameters
    ----------
    printed : the claimed number as printed (``"14.62"``; ``"20-30"`` for a range): its last
        digit fixes what *within rounding* means
    relation : ``"="``, ``">"``, ``">="``, ``"<"`` or ``"range"``
    computed : the value from data; NaN where there is none
    tolerance : fixed before looking; a `Bound` where `computed` only bounds the quantity

    Examples
    --------
    >>> agreement("14.62", "=", 14.25, Tolerance(1.0))
    'within tolerance'
    >>> agreement("6600", ">", 6768.0, Tolerance(0.05, relative=True))
    'within tolerance'
    >>> agreement("7", "=", 5.8, Bound("lower"))
    'consistent with a bound'
    """
    if math.isnan(computed):
        return "not applicable"
    ends = printed.split("-") if relation == "range" else [printed, printed]
    low, high = float(ends[0]), float(ends[-1])
    half = rounding_unit(ends[0])
    if isinstance(tolerance, Bound):
        return "consistent with a bound" if tolerance.allows(low, computed, half) else "not"
    gap = _gap(relation, low, high, computed, 2 * half)
    # a hair above half a digit, so that a value that rounds to the printed one passes
    if gap <= half * (1 + 1e-9):
        return "within rounding"
    return "within tolerance" if gap <= tolerance.half_width(low) else "not"
