"""Inference on location quotients of counts: each interval names its random experiment.

A provincial table of output is complete, and its quotients have no sampling error. Counts of
plants or persons can be seen as draws; what is drawn, and what is held fixed, is the caller's
statement, made by the choice of the object and of its ``unit``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol, runtime_checkable

import numpy as np

from agglometrics.errors import InputError
from agglometrics.measures.cells.proportions import (
    binomial_limits,
    binomial_p_value,
    delta_std_error,
    wilson_limits,
)
from agglometrics.measures.cells.references import Reference, aligned
from agglometrics.notation import Array
from agglometrics.tables import Cube, listed, ratio
from agglometrics.tables.arguments import checked

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


@checked
@dataclass(frozen=True)
class Exact:
    """Exact binomial interval of a location quotient, given the reference shares.

    With the regions' shares x of the total as reference, every one of the industry's E_i
    units chooses a region by itself, region r with probability s_r: E_ri is binomial
    (E_i, s_r) and LQ = s_r / x_r. With a nation's table as reference, every one of the
    region's E_r units is of industry i with probability q_i, and LQ = q_i / p_i. The
    reference is held fixed; so with the default reference the industry should be a small
    part of the total. The interval is Clopper and Pearson's (1934), which covers at least
    at its level; the p-value of LQ = 1 (the dartboard of Ellison and Glaeser 1997; Guimaraes,
    Figueiredo and Woodward 2009) is twice the smaller tail.

    Parameters
    ----------
    unit : what is drawn, ``"plants"`` or ``"persons"``: a statement that the answer repeats
        Persons of one plant do not choose alone: taking them as units makes the interval
        too short wherever plants are large.
    level : coverage, 0.95 unless told
    """

    unit: str
    level: float = 0.95

    def __post_init__(self) -> None:
        _check(self.unit, self.level)

    @property
    def experiment(self) -> str:
        """The random experiment, as the answer states it."""
        return f"exact binomial, {self.unit} drawn, reference given"

    def infer(self, cube: Cube, t: int, reference: Reference) -> dict[str, Array]:
        """Return std_error, conf_low, conf_high, p_value of period t: (R, I) each."""
        require_counts(cube, self)
        E = cube.values[t]
        if reference.name == "including":
            total = E.sum()
            n, base = E.sum(axis=0, keepdims=True), E.sum(axis=1, keepdims=True) / total
        elif reference.outside == "industry":
            n, base = E.sum(axis=1, keepdims=True), np.atleast_2d(reference.shares(t, E))
        else:
            raise _wrong_reference(self, reference, "'including' or a table of national totals")
        n, base = np.broadcast_to(n, E.shape), np.broadcast_to(base, E.shape)
        share = ratio(E, n)
        low, high = binomial_limits(E, n, self.level)
        known = (n > 0) & (base > 0)
        found = {
            "std_error": ratio(np.sqrt(ratio(share * (1 - share), n)), base),
            "conf_low": ratio(low, base),
            "conf_high": ratio(high, base),
            "p_value": binomial_p_value(E, n, base),
        }
        return {name: np.where(known, values, np.nan) for name, values in found.items()}


@checked
@dataclass(frozen=True)
class Moineddin:
    """Asymptotic interval of a location quotient (Moineddin, Beyene and Boyle 2003).

    Every region draws its E_r units independently, and a unit is of industry i with
    probability q_ri; the nation is the sum of the regions, so its share is drawn too.
    LQ +- z se by the delta method, and the p-value of LQ = 1 from the normal. Where
    E_ri is 0 or E_r the method knows no variance, and answers NaN: use `Exact` there. It needs
    many units: with an expected count of 5 it is a rough guide.

    Parameters
    ----------
    unit : what is drawn, ``"plants"`` or ``"persons"``: a statement that the answer repeats
    level : nominal coverage, 0.95 unless told
    """

    unit: str
    level: float = 0.95

    def __post_init__(self) -> None:
        _check(self.unit, self.level)

    @property
    def experiment(self) -> str:
        """The random experiment, as the answer states it."""
        return f"delta method, {self.unit} drawn within regions"

    def infer(self, cube: Cube, t: int, reference: Reference) -> dict[str, Array]:
        """Return std_error, conf_low, conf_high, p_value of period t: (R, I) each."""
        from scipy.special import ndtr, ndtri

        if reference.name != "including":
            raise _wrong_reference(self, reference, "'including'")
        require_counts(cube, self)
        E = cube.values[t]
        E_r = E.sum(axis=1, keepdims=True)
        lq = ratio(ratio(E, E_r), reference.shares(t, E))
        se = np.where((E > 0) & (E_r > E), delta_std_error(E), np.nan)
        half = ndtri(0.5 + self.level / 2) * se
        p_value = 2 * ndtr(-np.abs(lq - 1) / se)
        return {
            "std_error": se,
            "conf_low": lq - half,
            "conf_high": lq + half,
            "p_value": p_value,
        }


@checked
@dataclass(frozen=True)
class PlantSizes:
    """Dartboard interval of a location quotient where plants choose, and differ in size.

    Each plant of the industry chooses region r with probability s_r, whatever its size; the
    cells hold its employees. With H the plants' Herfindahl index, s_r is estimated with
    variance H s_r (1 - s_r), and LQ = s_r / x_r, x_r given. Under LQ = 1 the standard error is
    sqrt(H (1 - x_r) / x_r) (Guimaraes, Figueiredo and Woodward 2009, "Dartboard tests for the
    location quotient"); ``std_error`` is this one. The interval inverts the same score test
    (Wilson 1927, with 1 / H for the number of draws), so that both agree. Normal
    approximation: it needs many plants, none of them dominant, and is rough for H > 0.05.

    Parameters
    ----------
    herfindahl : the plants' Herfindahl index, in (0, 1]
        Series with the industries as index, or a table of industry (and time) and one column,
        for example ``ellison_glaeser(...)[["industry", "herfindahl"]]``.
    level : nominal coverage, 0.95 unless told
    """

    herfindahl: object
    level: float = 0.95

    def __post_init__(self) -> None:
        _check_level(self.level)

    @property
    def experiment(self) -> str:
        """The random experiment, as the answer states it."""
        return "plants of their sizes drawn by the dartboard, reference given"

    def infer(self, cube: Cube, t: int, reference: Reference) -> dict[str, Array]:
        """Return std_error, conf_low, conf_high, p_value of period t: (R, I) each."""
        from scipy.special import ndtr, ndtri

        if reference.name != "including":
            raise _wrong_reference(self, reference, "'including'")
        H = self._indices(cube)[t]
        E = cube.values[t]
        s, x = ratio(E, E.sum(axis=0)), E.sum(axis=1, keepdims=True) / E.sum()
        se = np.sqrt(ratio(H * (1 - x), x))
        low, high = wilson_limits(s, H, ndtri(0.5 + self.level / 2))
        return {
            "std_error": np.where(np.isnan(s), np.nan, se),
            "conf_low": ratio(low, x),
            "conf_high": ratio(high, x),
            "p_value": 2 * ndtr(-np.abs(ratio(ratio(s, x) - 1, se))),
        }

    def _indices(self, cube: Cube) -> Array:
        """Return H of each period and industry: (T, I)."""
        table = aligned(cube, self.herfindahl, "industry", "the Herfindahl table")
        H = table[cube.industries].to_numpy(dtype=np.float64)
        wrong = np.asarray(~((H > 0) & (H <= 1)).all(axis=0))
        if wrong.any():
            raise InputError(
                f"a plant Herfindahl index lies in (0, 1]; found others in {cube.industry} "
                f"{listed(cube.industries[wrong])}. Compute it as the sum of squared plant shares."
            )
        return H


def _check(unit: str, level: float) -> None:
    if unit not in UNITS:
        raise InputError(
            f"unit= must name what is drawn, 'plants' or 'persons'; found {unit!r}. "
            "For example unit='persons'."
        )
    _check_level(level)


def _check_level(level: float) -> None:
    if not 0 < level < 1:
        raise InputError(f"level must lie between 0 and 1; found {level}. For example level=0.95.")


def require_interval(interval: object) -> None:
    """Raise `InputError` unless `interval` is None or an interval; the class of one is not."""
    known = isinstance(interval, QuotientInterval) and not isinstance(interval, type)
    if interval is not None and not known:
        raise InputError(
            f"interval must be Exact(...), Moineddin(...) or PlantSizes(...); found {interval!r}. "
            "Pass one of these."
        )


def _wrong_reference(interval: QuotientInterval, reference: Reference, allowed: str) -> InputError:
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
            f"{type(interval).__name__} draws whole units, but {int(broken.sum())} cells are no "
            f"counts, such as {listed(cube.values[t, r, i])} in {cube.region} "
            f"{listed(cube.regions[r])}, {cube.industry} {listed(cube.industries[i])}. "
            "Money values have no interval; count plants or persons."
        )
