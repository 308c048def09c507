"""What every regression on a design holds fixed: controls, weights and effects."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from agglometrics.errors import InputError


@dataclass(frozen=True)
class Specification:
    """Names of columns.

    Attributes
    ----------
    controls, fixed_effects : columns of the locations, taken out with a constant
    weights : column of the locations with regression weights; None for equal ones
    shock_controls : columns of the shocks, taken out with a constant; None leaves the shocks
        as they are
    """

    controls: tuple[str, ...]
    fixed_effects: tuple[str, ...]
    weights: str | None
    shock_controls: tuple[str, ...] | None


def specification(
    controls: str | Sequence[str],
    fixed_effects: str | Sequence[str],
    weights: str | None,
    shock_controls: str | Sequence[str] | None,
) -> Specification:
    """Return a `Specification` whose lists name each column once."""
    return Specification(
        distinct(controls, "controls"),
        distinct(fixed_effects, "fixed_effects"),
        weights,
        None if shock_controls is None else distinct(shock_controls, "shock_controls"),
    )


def names_of(value: str | Sequence[str] | None) -> tuple[str, ...]:
    """Return one name, several, or none as a tuple."""
    if value is None:
        return ()
    return (value,) if isinstance(value, str) else tuple(value)


def distinct(names: str | Sequence[str], argument: str) -> tuple[str, ...]:
    """Return one name or several as a tuple.

    Raises
    ------
    InputError
        For a name that comes twice.
    """
    listed = names_of(names)
    twice = sorted({name for name in listed if listed.count(name) > 1})
    if twice:
        raise InputError(f"{argument} names {twice} more than once. Name each column once.")
    return listed
