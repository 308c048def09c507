"""What an interval of a location quotient must be, and which cells it needs: counts."""

from __future__ import annotations

from typing import Protocol, runtime_checkable

import numpy as np

from agglometrics.errors import InputError
from agglometrics.measures.cells.references import Reference
from agglometrics.notation import Array
from agglometrics.tables import Cube, listed
from agglometrics.tables.argument.words import found

UNITS = ("plants", "persons")
"""What an experiment can draw; money and the like have no units that choose."""


@runtime_checkable
class QuotientInterval(Protocol):
    """What `location_quotient` asks of an interval."""

    @property
    def experiment(self) -> str:
        """The random experiment, as the answer states it."""
        ...

    def infer(self, cube: Cube, t: int, reference: Reference) -> dict[str, Array]:
        """Return std_error, conf_low, conf_high, p_value of period t: (R, I) each."""
        ...


def check_unit(unit: str) -> None:
    """Raise `InputError` unless `unit` is what can be drawn."""
    if not isinstance(unit, str) or unit not in UNITS:
        raise InputError(
            f"unit= must name what is drawn, 'plants' or 'persons'; found {found(unit)}. "
            "For example unit='persons'."
        )


def require_interval(interval: object) -> None:
    """Raise `InputError` unless `interval` is None or an interval; the class of one is not."""
    known = isinstance(interval, QuotientInterval) and not isinstance(interval, type)
    if interval is not None and not known:
        raise InputError(
            f"interval must be Exact(...), Moineddin(...), PlantSizes(...) or "
            f"RelativeStandardErrors(...); found {interval!r}. Pass one of these."
        )


def wrong_reference(interval: QuotientInterval, reference: Reference, allowed: str) -> InputError:
    """Return the refusal of a reference that `interval` has no random experiment for."""
    return InputError(
        f"{type(interval).__name__} has no random experiment for reference={reference.name!r}; "
        f"it needs {allowed}. Pass reference={allowed}."
    )


def require_counts(cube: Cube, interval: object) -> None:
    """Raise unless every cell is a whole number: values have no units that could be drawn."""
    broken = cube.values != np.rint(cube.values)
    if broken.any():
        t, r, i = (axis[:3] for axis in np.nonzero(broken))
        raise InputError(
            f"{type(interval).__name__} draws whole units, but {int(broken.sum())} cells are not "
            f"counts, such as {listed(cube.values[t, r, i])} in {cube.region} "
            f"{listed(cube.regions[r])}, {cube.industry} {listed(cube.industries[i])}. "
            "Money values have no interval; count plants or persons."
        )
