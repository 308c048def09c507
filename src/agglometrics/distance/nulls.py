"""Random experiments that a curve of distance is compared with, as values."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from agglometrics.distance.polygons import Window
from agglometrics.errors import InputError
from agglometrics.notation import Array
from agglometrics.tables.arguments import checked

Marks = NDArray[np.bool_]
Index = NDArray[np.int64]


@dataclass(frozen=True)
class Pattern:
    """Points in a window, and which of them are centres and counted.

    Attributes
    ----------
    xy : (N, 2) all points of the table
    centre, counted : (N,) marks
    window : the window
    """

    xy: Array
    centre: Marks
    counted: Marks
    window: Window

    @property
    def intra(self) -> bool:
        """Whether an industry is counted around itself."""
        return bool((self.centre == self.counted).all())


class Null(Protocol):
    """A random experiment: where industries, weights and points go."""

    @property
    def name(self) -> str:
        """What it does, as the answer says it."""

    def pattern(self, pattern: Pattern, rng: np.random.Generator) -> Pattern:
        """Return a random pattern, for K."""

    def places(self, centre: Marks, intra: bool, rng: np.random.Generator) -> tuple[Index, Index]:
        """Return, for each site, the point whose industry and whose weight it takes, for M."""


@checked
@dataclass(frozen=True)
class RandomPosition:
    """Points uniform in the window: complete spatial randomness; for `ripley` only.

    Examples
    --------
    >>> RandomPosition().name
    'points uniform in the window'
    """

    @property
    def name(self) -> str:
        """What it does."""
        return "points uniform in the window"

    def pattern(self, pattern: Pattern, rng: np.random.Generator) -> Pattern:
        """Return as many centres and counted points, uniform in the window."""
        marks = np.array([pattern.centre, pattern.counted])[:, pattern.centre | pattern.counted]
        xy = pattern.window.uniform(marks.shape[1], rng)
        return replace(pattern, xy=xy, centre=marks[0], counted=marks[1])

    def places(self, centre: Marks, intra: bool, rng: np.random.Generator) -> tuple[Index, Index]:
        """Refuse: M and m have no window."""
        raise InputError(
            "RandomPosition needs a window, which this measure does not have. Pass "
            "null=RandomLocation(), ShuffledLabels() or PopulationIndependence()."
        )


@checked
@dataclass(frozen=True)
class RandomLocation:
    """All points, each with its industry and its weight, on random sites of all points.

    Marcon and Puech (2010) within an industry; Duranton and Overman (2005) use the sites of all
    industries too.

    Examples
    --------
    >>> RandomLocation().name
    'all plants, with industry and weight, on random sites'
    """

    @property
    def name(self) -> str:
        """What it does."""
        return "all plants, with industry and weight, on random sites"

    def pattern(self, pattern: Pattern, rng: np.random.Generator) -> Pattern:
        """Return the marks in random order on the sites."""
        move = rng.permutation(len(pattern.xy))
        return replace(pattern, centre=pattern.centre[move], counted=pattern.counted[move])

    def places(self, centre: Marks, intra: bool, rng: np.random.Generator) -> tuple[Index, Index]:
        """Return one permutation for both."""
        move = rng.permutation(centre.size)
        return move, move


@checked
@dataclass(frozen=True)
class ShuffledLabels:
    """Random labelling: weights stay on their sites, and industries go to random ones.

    Sizes keep their geography, so that M then tests the industry alone; where plants have no
    weights it is the same as `RandomLocation`.

    Examples
    --------
    >>> ShuffledLabels().name
    'industries on random plants, which keep site and weight'
    """

    @property
    def name(self) -> str:
        """What it does."""
        return "industries on random plants, which keep site and weight"

    def pattern(self, pattern: Pattern, rng: np.random.Generator) -> Pattern:
        """Return the marks in random order on the sites."""
        return RandomLocation().pattern(pattern, rng)

    def places(self, centre: Marks, intra: bool, rng: np.random.Generator) -> tuple[Index, Index]:
        """Return a permutation of industries, and weights where they are."""
        return rng.permutation(centre.size), np.arange(centre.size)


@checked
@dataclass(frozen=True)
class PopulationIndependence:
    """Between two industries: the target stays, the other moves independently of it.

    For M and m all plants but the target's, each with industry and weight, go on random sites of
    theirs. For K the other industry is moved as a whole by a random vector, in a rectangle that is
    closed to a torus.

    Examples
    --------
    >>> PopulationIndependence().name
    'plants of the target stay, all others on random sites'
    """

    @property
    def name(self) -> str:
        """What it does."""
        return "plants of the target stay, all others on random sites"

    def pattern(self, pattern: Pattern, rng: np.random.Generator) -> Pattern:
        """Return the counted points moved by one vector on the torus."""
        self._require(pattern.intra)
        if not pattern.window.rectangular:
            raise InputError(
                "PopulationIndependence moves an industry on a torus, which needs a rectangular "
                "window; found a polygon. Pass null=ShuffledLabels() or RandomPosition()."
            )
        low, high = pattern.window.box
        moved = pattern.xy + rng.uniform(0, high - low)
        moved = low + np.mod(moved - low, high - low)
        return replace(pattern, xy=np.where(pattern.counted[:, None], moved, pattern.xy))

    def places(self, centre: Marks, intra: bool, rng: np.random.Generator) -> tuple[Index, Index]:
        """Return one permutation of all but the centres for both."""
        self._require(intra)
        places = np.arange(centre.size)
        others = np.flatnonzero(~centre)
        places[others] = rng.permutation(others)
        return places, places

    @staticmethod
    def _require(intra: bool) -> None:
        if intra:
            raise InputError(
                "PopulationIndependence moves one industry against another; found one industry. "
                "Pass neighbor=..., or null=RandomLocation() or ShuffledLabels()."
            )


def check_null(null: Any, default: Null) -> Null:
    """Return the null that is meant; refuse what is none, naming the choices."""
    if null is None:
        return default
    if isinstance(null, type) or not (hasattr(null, "places") and hasattr(null, "pattern")):
        raise InputError(
            "null must be RandomPosition(), RandomLocation(), ShuffledLabels() or "
            f"PopulationIndependence(); found {null!r}. For example null=RandomLocation()."
        )
    found: Null = null
    return found
