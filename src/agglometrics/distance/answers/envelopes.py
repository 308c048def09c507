"""Curves of distance, with local and global envelopes of a simulated null."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from agglometrics.errors import InputError
from agglometrics.labels import PLAIN, Labels, Lang, as_labels
from agglometrics.notation import Array
from agglometrics.tables import listed
from agglometrics.tables.arguments import checked
from agglometrics.tables.rounding import ROUNDING

if TYPE_CHECKING:
    from matplotlib.figure import Figure


@dataclass(frozen=True)
class DistanceCurve:
    """A function of distance, with the envelopes of a null.

    Attributes
    ----------
    curve : `distance, observed, local_low, local_high, global_low, global_high` (the envelopes
        are NaN without simulations)
    method, target : what was measured, of which industry
    n_points : number of reference points
    bandwidth : of the smoothing; None where there is none
    null, simulations, level : the random experiment, its draws, the level of the envelopes
    p_value : of the global test that the curve is one of the null's; NaN without simulations
    unit : of the distances
    notes : what else is to be known about the numbers
    simulated : (B, D) curves of the null, for `goodness_of_fit`; None without simulations
    """

    curve: pd.DataFrame
    method: str
    target: object
    n_points: int
    bandwidth: float | None
    null: str
    simulations: int
    level: float
    p_value: float
    unit: str = "unit of the coordinates"
    notes: tuple[str, ...] = ()
    simulated: Array | None = field(default=None, repr=False, compare=False)

    @property
    def localized(self) -> bool:
        """Whether the curve rises above the global envelope at any distance."""
        self._require_simulations()
        return bool((self.curve["observed"] > self.curve["global_high"]).any())

    @property
    def dispersed(self) -> bool:
        """Whether it falls below the global envelope somewhere, and never rises above it."""
        below = bool((self.curve["observed"] < self.curve["global_low"]).any())
        return not self.localized and below

    def _require_simulations(self) -> None:
        if not self.simulations:
            raise InputError(
                "no envelope without a simulated null: call with simulations=999, for example."
            )

    @checked
    def plot(
        self,
        *,
        unit: str = "",
        lang: Lang = "en",
        labels: Labels | Mapping[Any, Any] = PLAIN,
    ) -> Figure:
        """Draw the curve and its envelopes.

        Parameters
        ----------
        unit : unit of distances, for the axis; by default that of the curve
        lang, labels : language, and what to print for the industry
        """
        from agglometrics.distance.answers.pictures import draw_curve

        return draw_curve(self, unit, lang, as_labels(labels))


def local_envelope(curves: Array, level: float) -> tuple[Array, Array]:
    """Pointwise quantiles (1 -+ level) / 2 of simulated curves (B, D), NaN left out (type 7)."""
    tails = [(1 - level) / 2, 1 - (1 - level) / 2]
    unknown = np.isnan(curves)
    if not unknown.any():
        low, high = np.quantile(curves, tails, axis=0)
        return low, high
    known = ~unknown.all(axis=0)
    low, high = np.full((2, curves.shape[1]), np.nan)
    if known.any():
        low[known], high[known] = np.nanquantile(curves[:, known], tails, axis=0)
    return low, high


def tied_places(curves: Array) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return how many curves, (C, D), are below each at its distance, and how many not above it.

    Both (C, D); values that are equal within rounding are tied: which of two equal sums is larger
    in floating point depends on the unit of the data. Unknown values (NaN) come last and are of
    no use.
    """
    values = np.ascontiguousarray(curves.T)
    order = np.argsort(values, axis=1)
    ordered, place = np.take_along_axis(values, order, axis=1), np.arange(values.shape[1])
    new = np.ones(values.shape, dtype=bool)
    lower, upper = ordered[:, :-1], ordered[:, 1:]
    new[:, 1:] = ~(upper - lower <= ROUNDING * np.maximum(np.abs(lower), np.abs(upper)))
    last = np.roll(new, -1, axis=1)
    first = np.maximum.accumulate(np.where(new, place, 0), axis=1)
    ends = np.where(last, place + 1, place.size)[:, ::-1]
    below, upto = np.empty(values.shape, np.int64), np.empty(values.shape, np.int64)
    np.put_along_axis(below, order, first, axis=1)
    np.put_along_axis(upto, order, np.minimum.accumulate(ends, axis=1)[:, ::-1], axis=1)
    return below.T, upto.T


def pointwise_ranks(curves: Array) -> Array:
    """Two-sided rank of each value among the curves at its distance, (C, D); 1 is an end.

    Ties take the larger rank, so that a value that many curves share is not extreme; an unknown
    value (NaN) never is.
    """
    unknown = np.isnan(curves)
    below, upto = tied_places(curves)
    ranks = np.minimum(upto, (~unknown).sum(axis=0) - below)
    return np.where(unknown, float(len(curves)), ranks)


def extremity(curves: Array) -> NDArray[np.int64]:
    """Return how many curves are as extreme as each, itself among them, (C, D) -> (C,).

    Curves are compared by their smallest rank, then by their second smallest, and so on: the
    extreme rank length of Myllymaki et al. (2017).
    """
    return by_smallest_ranks(pointwise_ranks(curves))


def by_smallest_ranks(ranks: Array) -> NDArray[np.int64]:
    """Return how many rows of ranks, (C, D), are as small as each, itself among them, (C,)."""
    ranks = np.sort(np.ascontiguousarray(ranks, dtype=np.int32), axis=1)
    order = np.lexsort(ranks.T[::-1])
    same = (ranks[order][1:] == ranks[order][:-1]).all(axis=1)
    position = np.arange(1, order.size + 1)
    for i in np.flatnonzero(same)[::-1]:
        position[i] = position[i + 1]
    count = np.empty(order.size, dtype=np.int64)
    count[order] = position
    return count


def global_envelope(observed: Array, curves: Array, level: float) -> tuple[Array, Array, Array]:
    """Global envelope by extreme rank length (Myllymaki et al. 2017), and the p-values of its test.

    observed : (D,)    curves : (B, D) of the null    p-values : (B + 1,), of the observed one first

    All B + 1 curves are ranked together, and the envelope spans those that are left without the
    most extreme: the chance that the observed one leaves it at any distance is at most 1 - level
    under the null, whatever B. It leaves it exactly if the p-value is at most 1 - level, ties
    apart.
    """
    together = np.vstack([observed, curves])
    extreme = extremity(together)
    allowed = int(np.floor((1 - level) * extreme.size + 1e-9))
    kept = together[extreme > allowed]
    low, high = np.full((2, observed.size), np.nan)
    known = ~np.isnan(kept).all(axis=0)
    low[known], high[known] = np.nanmin(kept[:, known], axis=0), np.nanmax(kept[:, known], axis=0)
    return low, high, extreme / extreme.size


def with_envelopes(
    distances: Array, observed: Array, curves: Array | None, level: float
) -> tuple[pd.DataFrame, float]:
    """Return the table of a curve with its envelopes, and the p-value of the global test."""
    unknown = np.full(observed.shape, np.nan)
    low = high = lowest = highest = unknown
    p_value = float("nan")
    if curves is not None:
        low, high = local_envelope(curves, level)
        lowest, highest, p_values = global_envelope(observed, curves, level)
        p_value = float(p_values[0])
    columns = {
        "distance": distances,
        "observed": observed,
        "local_low": low,
        "local_high": high,
        "global_low": lowest,
        "global_high": highest,
    }
    return pd.DataFrame(columns), p_value


def simulate_in_threads(part: Callable[[int, int], None], draws: int, work: float) -> None:
    """Call ``part(first, last)`` until all draws are done, in threads, with progress if long.

    `work` is the expected CPU time in seconds.
    """
    threads = min(os.cpu_count() or 1, 8, draws)
    pieces = max(threads, min(draws, round(work)))
    bounds = np.linspace(0, draws, pieces + 1).astype(int)
    with ThreadPoolExecutor(threads) as pool:
        done: Iterable[Any] = pool.map(part, bounds[:-1], bounds[1:])
        if work > 5:
            from tqdm import tqdm

            done = tqdm(done, total=pieces, desc="simulating the null")
        for _ in done:
            pass


def check_level(level: float, simulations: int) -> None:
    """Raise `InputError` unless so many simulations are enough for envelopes of this level."""
    needed = int(np.ceil(1 / (1 - level) - 1e-9)) - 1
    if 0 < simulations < needed:
        raise InputError(
            f"{simulations} simulations cannot give envelopes of level {level}: "
            f"take at least {needed}, better 999."
        )


LARGEST = 1e100
"""Squares of such distances are numbers."""


def check_distances(distances: object) -> Array:
    """Return distances as (D,) floats, checked to be known, not negative and ascending."""
    try:
        r = np.asarray(distances, dtype=np.float64)
    except (TypeError, ValueError, OverflowError):
        raise InputError(
            f"distances must be a list of numbers; found {type(distances).__name__}. "
            "For example distances=[10.0, 20.0]."
        ) from None
    if r.ndim != 1 or not r.size:
        raise InputError(
            f"distances must be a list of numbers; found shape {r.shape}. "
            "For example distances=[10.0, 20.0]."
        )
    if not np.isfinite(r).all() or (r < 0).any() or (np.diff(r) <= 0).any() or r[-1] == 0:
        raise InputError(
            "distances must be known, not negative and ascending, the last one positive; "
            f"found {listed(r)}. Sort them and drop repeats."
        )
    if not 1 / LARGEST <= r[-1] <= LARGEST:
        raise InputError(
            f"distances must end between {1 / LARGEST:g} and {LARGEST:g}, whose squares are "
            f"numbers; found {r[-1]:g}. Pass them in the unit of the coordinates."
        )
    return r
