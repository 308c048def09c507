"""Does policy follow comparative advantage? The strengths of regions, and what zones promote."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from agglometrics.errors import IdentificationError, InputError
from agglometrics.inference.multiple_testing import holm
from agglometrics.notation import Array, Codes
from agglometrics.random.canonical import canonical_order
from agglometrics.random.seeds import Seed, root
from agglometrics.tables import listed, numeric, require_columns, require_keys, to_frame
from agglometrics.tables.arguments import checked
from agglometrics.tables.checks import require_labels
from agglometrics.tables.rounding import ROUNDING

DETECTABLE = 1.6449 + 0.8416  # normal quantiles of a one-sided 5 percent test with power .8
ALL = "all"
BLOCK = 2_000_000  # cells of drawn labels held in memory at once


def promoted_means(V: Array, n: Array, at: Codes, R: int) -> Array:
    """Mean score of what the zones of each region promote, and of all zones: (B, R + 1).

    V : (N, R) sum of scores that the industries of zone k would have in region r
    n : (N,) industries of zone k    at : (B, N) region of zone k in draw b
    """
    B, N = at.shape
    flat = (np.arange(B)[:, None] * R + at).reshape(-1)
    sums = np.bincount(flat, V[np.arange(N), at].reshape(-1), B * R).reshape(B, R)
    counts = np.bincount(flat, np.tile(n, B), B * R).reshape(B, R)
    return np.column_stack([sums / counts, sums.sum(axis=1) / n.sum()])


@checked
def policy_alignment(
    listings: object,
    scores: object,
    *,
    score: str = "lq",
    zone: str = "zone",
    region: str = "region",
    industry: str = "industry",
    draws: int = 9999,
    seed: Seed = 0,
) -> pd.DataFrame:
    """Whether a region's zones promote the industries in which it is strong.

    The statistic is the mean score, such as the location quotient, of the industries that zones
    list, each in the region of its zone. **Experiment**: zones are reassigned among the regions,
    each with its whole list, and every region keeps its number of zones. Industries that
    zones everywhere promote stay popular, and each list stays together; under this null the
    region does not matter for what a zone promotes. The p-value, (1 + draws at least as large) /
    (draws + 1), is one-sided (policy follows advantage) and exact for any number of draws
    (Phipson and Smyth 2010). A small one shows association: zones may follow advantage or create
    it. The cost is O(draws N) for N zones.

    Parameters
    ----------
    listings : table, one row per (zone, industry), with the region of the zone
    scores : table, one row per (region, industry), for every region and listed industry
    score : column of `scores`
    zone, region, industry : key columns
    draws : random reassignments
    seed : an integer, a numpy Generator, or None for a fresh one; the same seed gives the same
        answer in any order of rows and type of keys

    Returns
    -------
    DataFrame
        region (and ``"all"``), ``zones``, ``listings``, ``observed`` (mean score), ``expected``,
        ``null_low``, ``null_high`` (mean and central 95 percent of the draws), ``p_value``,
        ``p_adjusted`` (Holm, over the regions; that of all regions is not adjusted) and
        ``detectable``, the smallest ``observed - expected`` that a 5 percent test finds with
        probability .8 (normal approximation).

    Raises
    ------
    InputError
        If keys break a rule, a zone lies in two regions, or a score is unknown.
    IdentificationError
        For fewer than two regions with zones.

    Examples
    --------
    >>> import pandas as pd
    >>> listings = pd.DataFrame({
    ...     "zone": range(8), "region": ["N"] * 4 + ["S"] * 4,
    ...     "industry": ["cars"] * 4 + ["cloth"] * 4})
    >>> scores = pd.DataFrame({
    ...     "region": ["N", "N", "S", "S"], "industry": ["cars", "cloth"] * 2,
    ...     "lq": [1.5, 0.5, 0.5, 1.5]})
    >>> answer = policy_alignment(listings, scores, draws=999, seed=1)
    >>> answer[["region", "zones", "observed", "p_value"]].round(2)
      region  zones  observed  p_value
    0      N      4       1.5     0.02
    1      S      4       1.5     0.02
    2    all      8       1.5     0.02
    """
    frame, home, V, n, regions = _zones(listings, scores, score, zone, region, industry)
    if draws < 1:
        raise InputError(f"draws must be positive; found {draws}. For example draws=9999.")
    R = len(regions)
    observed = promoted_means(V, n, home[None, :], R)[0]
    drawn = _reassigned(V, n, home, R, draws, np.random.default_rng(root(seed)))
    extreme = (drawn >= observed - ROUNDING * np.abs(V).max()).sum(axis=0)
    low, high = np.quantile(drawn, [0.025, 0.975], axis=0)
    p = (1 + extreme) / (draws + 1)
    zones, listed_n = np.bincount(home, minlength=R), np.bincount(home, n, R).astype(np.intp)
    return pd.DataFrame(
        {
            region: [*regions, ALL],
            "zones": [*zones, len(home)],
            "listings": [*listed_n, len(frame)],
            "observed": observed,
            "expected": drawn.mean(axis=0),
            "null_low": low,
            "null_high": high,
            "p_value": p,
            "p_adjusted": [*holm(p[:-1]), p[-1]],
            "detectable": DETECTABLE * drawn.std(axis=0),
        }
    )


def _reassigned(
    V: Array, n: Array, home: Codes, R: int, draws: int, rng: np.random.Generator
) -> Array:
    """Reassign the zones among the regions: (draws, R + 1) mean scores."""
    found, left = [], draws
    while left:
        size = min(left, max(1, BLOCK // len(home)))
        at = rng.permuted(np.tile(home, (size, 1)), axis=1)
        found.append(promoted_means(V, n, at, R))
        left -= size
    return np.concatenate(found)


def _zones(
    listings: object, scores: object, score: str, zone: str, region: str, industry: str
) -> tuple[pd.DataFrame, Codes, Array, Array, list[str]]:
    """Return listings, region of each zone (N,), V (N, R), n (N,) and the regions."""
    frame = to_frame(listings)
    require_columns(frame, [zone, region, industry])
    for key in (zone, region, industry):
        require_labels(frame[key], key)
    require_keys(frame, [zone, industry])
    where = _regions_of_zones(frame, zone, region)
    home, regions = pd.factorize(where[region], sort=True)
    if len(regions) < 2:
        raise IdentificationError(
            f"all zones lie in {listed(regions)}: with one {region} there is nothing to "
            "reassign. Give the zones of others too."
        )
    wide = _scores(scores, score, region, industry, regions, sorted(frame[industry].unique()))
    k = pd.Index(where[zone]).get_indexer(pd.Index(frame[zone]))
    V = np.zeros((len(where), len(regions)))
    np.add.at(V, k, wide.to_numpy().T[wide.columns.get_indexer(pd.Index(frame[industry]))])
    n = np.bincount(k, minlength=len(where)).astype(np.float64)
    return frame, home, V, n, list(regions)


def _regions_of_zones(frame: pd.DataFrame, zone: str, region: str) -> pd.DataFrame:
    """Return the region of each zone, in the order in which zones are reassigned."""
    where = frame[[zone, region]].drop_duplicates()
    where = where.iloc[canonical_order(where[zone])]
    twice = where.loc[where[zone].duplicated(), zone]
    if len(twice):
        raise InputError(
            f"zones {listed(twice)} lie in more than one {region}. "
            f"Give zones of one name different labels, or assign each zone to one {region}."
        )
    return where


def _scores(
    scores: object, score: str, region: str, industry: str, regions: pd.Index, industries: list[Any]
) -> pd.DataFrame:
    """Return the scores of every listed industry in every region, all known."""
    table = to_frame(scores)
    require_columns(table, [region, industry, score])
    require_keys(table, [region, industry])
    at = pd.MultiIndex.from_frame(table[[region, industry]])
    known = pd.Series(numeric(table, score).to_numpy(), index=at).unstack()
    wide = known.reindex(index=regions, columns=industries)
    if wide.isna().any(axis=None):
        r, i = np.nonzero(wide.isna().to_numpy())
        pairs = zip(wide.index[r], wide.columns[i], strict=True)
        raise InputError(
            f"{score!r} is unknown for {listed(pairs)}: every listed {industry} needs a score in "
            f"every {region}, since zones are reassigned. Leave it out of the listings."
        )
    return wide
