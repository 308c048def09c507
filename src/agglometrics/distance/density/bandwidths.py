"""Bandwidths of K_d, as values: Silverman's rule, Sheather and Jones, and which pairs set them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from agglometrics.distance.density.lengths import Lengths
from agglometrics.distance.density.plants import Plants
from agglometrics.errors import ConvergenceError, IdentificationError, InputError
from agglometrics.notation import Array
from agglometrics.tables.arguments import checked


def silverman_rule(lengths: Lengths) -> float:
    """Return 0.9 min(sd, IQR / 1.34) n^(-1/5) (Silverman 1986, eq. 3.31), as R's bw.nrd0."""
    return float(0.9 * lengths.scale(1.34) * max(lengths.n, 1.0) ** -0.2)


def sheather_jones_rule(lengths: Lengths) -> float:
    """Return the bandwidth that solves the equation of Sheather and Jones (1991), as R's bw.SJ.

    h = (R(f) / (n S(alpha(h))))^(1/5) with R(f) = 1 / (2 sqrt(pi)) for a Gaussian kernel,
    alpha(h) = 1.357 (S(a) / T(b))^(1/7) h^(5/7), a = 1.24 s n^(-1/7), b = 1.23 s n^(-1/9),
    s = min(sd, IQR / 1.349); S and T estimate the integrals of f''^2 and -f'''^2 from the
    differences of all pairs of distances, here on a grid of 4,096 values.
    """
    from scipy.optimize import brentq

    n, s = lengths.n, lengths.scale(1.349)
    if s == 0.0:
        return 0.0
    differences = _differences(lengths)
    tail = -_functional(differences, lengths, 1.23 * s * n ** (-1 / 9), _SIXTH)
    alpha = 1.357 * (
        _functional(differences, lengths, 1.24 * s * n ** (-1 / 7), _FOURTH) / tail
    ) ** (1 / 7)

    def gap(h: float) -> float:
        curvature = _functional(differences, lengths, alpha * h ** (5 / 7), _FOURTH)
        return float((1 / (2 * np.sqrt(np.pi) * n * curvature)) ** 0.2 - h)

    low, high = 0.01 * s * n**-0.2, 4.0 * s * n**-0.2
    if not (tail > 0 and np.isfinite(alpha) and gap(low) * gap(high) < 0):
        raise ConvergenceError(
            "the equation of Sheather and Jones has no solution for these distances (few, or on a "
            "lattice). Pass bandwidth=Silverman() or a number."
        )
    return float(brentq(gap, low, high, rtol=1e-8))


_FOURTH = (3.0, -6.0, 1.0)
"""phi''''(u) / phi(u) = u^4 - 6 u^2 + 3, by powers of u^2."""

_SIXTH = (-15.0, 45.0, -15.0, 1.0)
"""The sixth derivative, likewise."""


def _differences(lengths: Lengths) -> Array:
    """Return the ordered pairs of distances by their difference, 0, step, ..., (FINE + 1,)."""
    from scipy.signal import fftconvolve

    both = fftconvolve(lengths.counts, lengths.counts[::-1])[lengths.counts.size - 1 :]
    both = np.maximum(both, 0.0)
    both[1:] *= 2
    both[0] -= lengths.n  # a distance with itself, which `_functional` adds
    return np.asarray(both)


def _functional(differences: Array, lengths: Lengths, h: float, powers: tuple[float, ...]) -> float:
    u = (np.arange(differences.size) * lengths.step / h) ** 2
    value = np.exp(-u / 2) * np.polynomial.polynomial.polyval(u, np.array(powers))
    n, order = lengths.n, 2 * len(powers) - 1
    total = differences @ value + n * powers[0]
    return float(total / (n * (n - 1) * h**order * np.sqrt(2 * np.pi)))


@checked
@dataclass(frozen=True)
class Silverman:
    """Silverman's rule of thumb on the distances between all pairs of the industry's plants.

    h = 0.9 min(sd, IQR / 1.34) n^(-1/5) over n distances (Silverman 1986, eq. 3.31; R's bw.nrd0).
    Every pair counts once, with or without weights. Up to 1,500 plants each distance is seen;
    above, quartiles are interpolated in a histogram of 4,096 bins.

    Parameters
    ----------
    within : float, optional
        Only distances up to this one set the bandwidth. dbmss takes twice the last distance that
        is asked for, so that its bandwidth changes with the question.

    Examples
    --------
    >>> Silverman().rule
    "Silverman's rule, all pairs"
    """

    within: float | None = None

    def __post_init__(self) -> None:
        _check_within(self.within)

    @property
    def rule(self) -> str:
        """What the output says of it."""
        return f"Silverman's rule, {_pairs(self.within)}"

    def bandwidth(self, plants: Plants, target: object, others: Plants | None = None) -> float:
        """Return h of the distances between an industry's plants, or from them to others."""
        h = silverman_rule(Lengths.of(plants, self.within, others))
        return _positive(h, self, target)


@checked
@dataclass(frozen=True)
class SheatherJones:
    """The bandwidth of Sheather and Jones (1991), by solving their equation; as R's bw.SJ.

    It follows several humps where Silverman's rule, made for one, smooths too much.

    Parameters
    ----------
    within : float, optional
        As in `Silverman`.

    Examples
    --------
    >>> SheatherJones(within=50).rule
    'Sheather and Jones, pairs within 50'
    """

    within: float | None = None

    def __post_init__(self) -> None:
        _check_within(self.within)

    @property
    def rule(self) -> str:
        """What the output says of it."""
        return f"Sheather and Jones, {_pairs(self.within)}"

    def bandwidth(self, plants: Plants, target: object, others: Plants | None = None) -> float:
        """Return h of the distances between an industry's plants, or from them to others."""
        h = sheather_jones_rule(Lengths.of(plants, self.within, others))
        return _positive(h, self, target)


@dataclass(frozen=True)
class Fixed:
    """A bandwidth that is given."""

    h: float

    @property
    def rule(self) -> str:
        """What the output says of it."""
        return "given"

    def bandwidth(self, plants: Plants, target: object, others: Plants | None = None) -> float:
        """Return h."""
        return self.h


LARGEST = 1e100
"""Squares of such numbers are numbers."""

Bandwidth = Silverman | SheatherJones | Fixed


def as_bandwidth(given: Any) -> Bandwidth:
    """Return a rule, a number, or None (Silverman's rule) as a `Bandwidth`."""
    if given is None:
        return Silverman()
    if isinstance(given, Silverman | SheatherJones | Fixed):
        return given
    if not 1 / LARGEST < given < LARGEST:
        raise InputError(
            f"bandwidth must be positive, up to {LARGEST:g}; found {given}. Pass a distance, "
            "Silverman() or SheatherJones()."
        )
    return Fixed(float(given))


def _check_within(within: float | None) -> None:
    if within is not None and not (np.isfinite(within) and within > 0):
        raise InputError(
            f"within must be a positive distance; found {within!r}. Leave it out for all pairs."
        )


def _pairs(within: float | None) -> str:
    return "all pairs" if within is None else f"pairs within {within:g}"


def _positive(h: float, rule: Silverman | SheatherJones, target: object) -> float:
    if not h > 0:
        raise IdentificationError(
            f"a bandwidth ({rule.rule}) needs different distances in industry {target!r}; found "
            "none, or all equal. Give bandwidth=."
        )
    return h
