"""How far an event study's test can be trusted on the panel at hand: size and power.

Under a true null: the never treated units alone, some of which, drawn at random, are given the
starts of the treated ones. The estimator is run as before; how often its 5 percent test of the ATT
rejects is its size here, and the smallest constant effect that it would have found with a given
probability is its power.
"""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
from scipy import special

from agglometrics.errors import IdentificationError, InputError
from agglometrics.evaluation.event.cohorts import EventEstimator
from agglometrics.evaluation.panel import TreatedPanel
from agglometrics.notation import Array, Codes
from agglometrics.random.progress import watched
from agglometrics.random.seeds import Seed

FEWEST = 3
"""Treated (or control) units below which a covariance by unit is refused."""

LONG = 2_000_000
"""Observations over all draws from which on a progress bar is shown."""


def calibrate(
    panel: TreatedPanel,
    X: Array,
    estimator: EventEstimator,
    *,
    level: float,
    power: float,
    draws: int,
    seed: Seed,
) -> pd.DataFrame:
    """Return the row that `EventStudy.calibrate` describes, for X (K, N, T)."""
    donors, starts = np.flatnonzero(~panel.ever), panel.first[panel.ever]
    found = placements(panel, X, estimator, draws, seed)[1]
    if len(found) < draws / 2:
        raise IdentificationError(
            f"the estimate exists in {len(found)} of {draws} placements among the never treated: "
            "covariates separate so few treated units. Pass fewer controls."
        )
    draws = len(found)
    att, se, critical = found.T
    if len(starts) < FEWEST:
        se = np.full_like(se, np.nan)
    half = _critical(critical, level) * se
    rejects = np.abs(att) > half
    size = math.nan if np.isnan(half).any() else float(rejects.mean())
    ways = _placements(len(donors), starts)
    row = {
        "donors": len(donors), "treated": len(starts), "placements": ways, "draws": draws,
        "nominal": 1 - level, "size": size, "mc_error": math.sqrt(size * (1 - size) / draws),
        "placebo_sd": float(att.std(ddof=1)),
        "detectable_effect": float(np.quantile(half - att, power)), "power": power,
        "smallest_p_value": 1 / (1 + ways),
    }  # fmt: skip
    return pd.DataFrame([row])


def placements(
    panel: TreatedPanel, X: Array, estimator: EventEstimator, draws: int, seed: Seed
) -> tuple[Codes, Array]:
    """Return the places (B, m) of never treated units given the starts, and what came of it.

    The second is ATT, standard error and degrees of freedom, (B, 3), of draws where they exist.

    Raises
    ------
    InputError
        If there are fewer never treated units than treated ones plus two.
    """
    donors, starts = np.flatnonzero(~panel.ever), panel.first[panel.ever]
    if len(donors) < len(starts) + 2:
        raise InputError(
            f"size is calibrated on units that are never treated: {len(starts) + 2} are needed to "
            f"stand in for {len(starts)} treated units; found {len(donors)}. Add untreated units."
        )
    rng = np.random.default_rng(seed)
    slow = draws * len(donors) * panel.Y.shape[1] > LONG
    chosen = np.array([rng.permutation(len(donors))[: len(starts)] for _ in range(draws)])
    found = np.array([
        _placebo(estimator, panel.Y[donors], X[:, donors], starts, row)
        for row in watched(chosen, draws, "size and power", slow=slow)
    ])  # fmt: skip
    exists = ~np.isnan(found[:, 0])
    return donors[chosen[exists]], found[exists]


def _placebo(
    estimator: EventEstimator, Y: Array, X: Array, starts: Codes, at: Codes
) -> tuple[float, float, float]:
    """Return ATT, standard error, degrees of freedom of `starts` placed on donors, or unknown."""
    first = np.full(len(Y), Y.shape[1], dtype=np.intp)
    first[at] = starts
    try:
        pieces = estimator.fit(Y, first, X)
    except IdentificationError:
        return math.nan, math.nan, math.nan
    se = math.sqrt(pieces.covariance[-1, -1])
    return float(pieces.params[-1]), se, math.inf if pieces.df is None else pieces.df


def _critical(df: Array, level: float) -> Array:
    upper = 0.5 + level / 2
    return np.where(np.isinf(df), special.ndtri(upper), special.stdtrit(np.minimum(df, 1e9), upper))


def _placements(donors: int, starts: Codes) -> int:
    """Return how many ways there are to place the starts on donors: a multinomial coefficient."""
    sizes = np.unique(starts, return_counts=True)[1]
    total, left = 1, donors
    for n in map(int, sizes):
        total *= math.comb(left, n)
        left -= n
    return total


def size_text(table: pd.DataFrame) -> str:
    """Return in words what `calibrate` found: size, smallest p-value, and detectable effect."""
    row = table.iloc[0]
    few = math.isnan(row["size"])
    size = f"{int(row['treated'])} treated: no test by unit, and no size or power of it"
    if not few:
        size = (
            f"t test of att: rejects {row['size']:.3f} at {row['nominal']:.3g} (standard error "
            f"{row['mc_error']:.3f}, {int(row['draws'])} placements of the starts on "
            f"{int(row['donors'])} never treated)"
        )
    lines = [size, f"smallest p-value of a permutation test: {row['smallest_p_value']:.4g}"]
    if not few:
        level, power = 1 - row["nominal"], row["power"]
        lines.append(
            f"effect found with probability {power:.2g} at level {level:.3g}: "
            f"{row['detectable_effect']:.4g}"
        )
    return "\n".join(lines)
