"""Inference on location quotients of counts: each interval names its random experiment.

A provincial table of output is complete, and its quotients have no sampling error. Counts of
plants or persons can be seen as draws; what is drawn, and what is held fixed, is the caller's
statement, made by the choice of the object and of its ``unit``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from agglometrics.errors import InputError
from agglometrics.measures.references import Reference
from agglometrics.tables import Array, Cube, listed, ratio


class QuotientInterval(Protocol):
    """What `location_quotient` asks of an interval."""

    @property
    def experiment(self) -> str:
        """The random experiment, as the answer states it."""
        ...

    def infer(self, E: Array, p: Array, reference: Reference) -> dict[str, Array]:
        """Return std_error, conf_low, conf_high, p_value: (R, I) each."""
        ...


def binomial_limits(k: Array, n: Array, level: float) -> tuple[Array, Array]:
    """Clopper and Pearson (1934) limits of a probability after k successes in n draws.

    low solves P(X >= k) = (1 - level) / 2, high solves P(X <= k) = (1 - level) / 2.
    """
    from scipy.special import betaincinv

    tail = (1 - level) / 2
    with np.errstate(invalid="ignore"):
        low = np.where(k > 0, betaincinv(np.maximum(k, 1), n - k + 1, tail), 0.0)
        high = np.where(k < n, betaincinv(k + 1, np.maximum(n - k, 1), 1 - tail), 1.0)
    return low, high


def binomial_p_value(k: Array, n: Array, probability: Array) -> Array:
    """Twice the smaller tail of the binomial distribution, at most one.

    It is below 1 - level exactly where `binomial_limits` leave the probability out.
    """
    from scipy.special import betainc

    at_least = np.where(k > 0, betainc(np.maximum(k, 1), n - k + 1, probability), 1.0)
    at_most = np.where(k < n, betainc(np.maximum(n - k, 1), k + 1, 1 - probability), 1.0)
    return np.asarray(np.minimum(1.0, 2 * np.minimum(at_least, at_most)))


def delta_std_error(E: Array) -> Array:
    """Delta-method standard error of LQ (Moineddin, Beyene and Boyle 2003).

    Regions draw E_r units each, independently; a unit is of industry i with probability q_ri.
    LQ = q / p, p = sum_r w_r q_r, w_r = E_r / E_tot, v_r = q_r (1 - q_r) / E_r:
    var LQ = LQ^2 [v_r / q_r^2 + sum_k w_k^2 v_k / p^2 - 2 w_r v_r / (q_r p)].

    E : (R, I) counts    -> (R, I)
    """
    E_r = E.sum(axis=1, keepdims=True)
    q, w = ratio(E, E_r), E_r / E.sum()
    p = E.sum(axis=0) / E.sum()
    v = ratio(q * (1 - q), E_r)
    spread = np.nansum(w**2 * v, axis=0)
    variance = ratio(v, p**2) + ratio(q, p) ** 2 * ratio(spread, p**2) - ratio(2 * w * v * q, p**3)
    return np.sqrt(np.maximum(variance, 0.0))


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

    def infer(self, E: Array, p: Array, reference: Reference) -> dict[str, Array]:
        """Return std_error, conf_low, conf_high, p_value: (R, I) each."""
        if reference.name == "including":
            total = E.sum()
            n, base = E.sum(axis=0, keepdims=True), E.sum(axis=1, keepdims=True) / total
        elif reference.outside == "industry":
            n, base = E.sum(axis=1, keepdims=True), np.atleast_2d(p)
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

    def infer(self, E: Array, p: Array, reference: Reference) -> dict[str, Array]:
        """Return std_error, conf_low, conf_high, p_value: (R, I) each."""
        from scipy.special import ndtr, ndtri

        if reference.name != "including":
            raise _wrong_reference(self, reference, "'including'")
        E_r = E.sum(axis=1, keepdims=True)
        lq = ratio(ratio(E, E_r), p)
        se = np.where((E > 0) & (E_r > E), delta_std_error(E), np.nan)
        half = ndtri(0.5 + self.level / 2) * se
        p_value = 2 * ndtr(-np.abs(lq - 1) / se)
        return {
            "std_error": se,
            "conf_low": lq - half,
            "conf_high": lq + half,
            "p_value": p_value,
        }


def _check(unit: str, level: float) -> None:
    if not isinstance(unit, str) or not unit:
        raise InputError(
            f"unit= must name what is drawn, such as 'plants' or 'persons'; found {unit!r}."
        )
    if not 0 < level < 1:
        raise InputError(f"level must lie between 0 and 1; found {level}. For example level=0.95.")


def _wrong_reference(interval: QuotientInterval, reference: Reference, allowed: str) -> InputError:
    return InputError(
        f"{type(interval).__name__} has no random experiment for reference={reference.name!r}; "
        f"it needs {allowed}."
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


def holm(p_value: Array) -> Array:
    """Holm's (1979) adjusted p-values over all known cells: family-wise, any dependence."""
    known = ~np.isnan(p_value)
    p = p_value[known]
    order = np.argsort(p, kind="stable")
    steps = np.maximum.accumulate(p[order] * np.arange(len(p), 0, -1))
    adjusted = np.empty_like(p)
    adjusted[order] = np.minimum(1.0, steps)
    out = np.full(p_value.shape, np.nan)
    out[known] = adjusted
    return out
