"""Which year could undated shares be of? Every source and year is compared with them."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import pandas as pd

from agglometrics.errors import InputError
from agglometrics.notation import Array
from agglometrics.tables import listed


def root_mean_square(claimed: Array, computed: Array) -> float:
    """Return the root mean squared difference, in the unit of the shares."""
    return float(np.sqrt(np.mean((computed - claimed) ** 2)))


def root_mean_square_log(claimed: Array, computed: Array) -> float:
    """Return the root mean squared log ratio: relative errors, small regions count as large."""
    return float(np.sqrt(np.mean(np.log(computed / claimed) ** 2)))


def largest_difference(claimed: Array, computed: Array) -> float:
    """Return the largest absolute difference."""
    return float(np.max(np.abs(computed - claimed)))


def gap_to_first(claimed: Array, computed: Array) -> float:
    """Return the root mean squared difference of the ratios to the first region."""
    return float(np.sqrt(np.mean((computed / computed[0] - claimed / claimed[0]) ** 2)))


METRICS: Mapping[str, Callable[[Array, Array], float]] = {
    "rms_difference": root_mean_square,
    "rms_log_ratio": root_mean_square_log,
    "largest_difference": largest_difference,
    "gap_to_first": gap_to_first,
}


def date_search(
    claimed: pd.Series[float],
    candidates: pd.DataFrame,
    metrics: Mapping[str, Callable[[Array, Array], float]] = METRICS,
) -> pd.DataFrame:
    """Compare undated shares with every (source, time) that could be meant.

    Parameters
    ----------
    claimed : shares by region, in percent; its index are regions, the largest first
    candidates : source, time, region, share (percent); a (source, time) that lacks one of the
        claimed regions is left out
    metrics : distances by name

    Returns
    -------
    One row per (source, time): one column per metric, and ``ranks_agree`` (whether the regions
    are in the claimed order). The metrics are distances, not a test: they order candidates and say
    nothing of sampling error.
    """
    wide = candidates.pivot(index=["source", "time"], columns="region", values="share")
    lacking = [region for region in claimed.index if region not in wide.columns]
    if lacking:
        raise InputError(f"no candidate has the claimed regions {listed(lacking)}.")
    wide = wide[list(claimed.index)].dropna()
    target: Array = np.asarray(claimed, dtype=np.float64)
    order = np.argsort(-target, kind="stable")
    rows = [
        {
            **{name: metric(target, shares) for name, metric in metrics.items()},
            "ranks_agree": bool((np.argsort(-shares, kind="stable") == order).all()),
        }
        for shares in np.asarray(wide, dtype=np.float64)
    ]
    return pd.DataFrame(rows, index=wide.index).reset_index()


def best_dates(search: pd.DataFrame, metrics: Mapping[str, object] = METRICS) -> pd.DataFrame:
    """Return, for each source and metric, the time that fits best, with its distance."""
    rows = []
    for source, group in search.groupby("source", sort=True):
        for metric in metrics:
            best = group.iloc[int(np.argmin(group[metric]))]
            rows.append(
                {"source": source, "metric": metric, "time": best["time"], "distance": best[metric]}
            )
    return pd.DataFrame(rows)
