"""The five panels in which Goldsmith-Pinkham, Sorkin and Swift (2020) report Rotemberg weights."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from agglometrics.errors import InputError
from agglometrics.tables import require_columns
from agglometrics.tables.arguments import checked


@dataclass(frozen=True)
class RotembergPanels:
    """The five panels in which Goldsmith-Pinkham, Sorkin and Swift report the weights.

    Attributes
    ----------
    signs : A; sum, mean and share of absolute weight of negative and positive weights
    correlations : B; of alpha, shock, beta, f and share_sd over sectors
    periods : C; sum and mean of the weights of each period (of all, without periods)
    sectors : D; alpha, shock, beta, its confidence set and share_sd, largest alpha first
    estimates : E; beta by sign of the weight: alpha-weighted sum, its share, mean
    """

    signs: pd.DataFrame
    correlations: pd.DataFrame
    periods: pd.DataFrame
    sectors: pd.DataFrame
    estimates: pd.DataFrame


MEASURES = ["alpha", "shock", "beta", "f", "share_sd"]


@checked
def rotemberg_panels(
    weights: pd.DataFrame,
    by_period: pd.DataFrame | None = None,
    *,
    sector: str = "sector",
    time: str = "time",
) -> RotembergPanels:
    """Summarise what `ShiftShareDesign.rotemberg` returns, in panels A to E.

    Parameters
    ----------
    weights : one row per sector. In a design with periods that is ``rotemberg(..., by="sector")``:
        Goldsmith-Pinkham, Sorkin and Swift add up over periods before they summarise
    by_period : one row per sector and period, for panel C
    sector, time : names of the key columns

    Raises
    ------
    InputError
        If a sector is in several rows of `weights`.

    Examples
    --------
    >>> import pandas as pd
    >>> frame = pd.DataFrame({
    ...     "sector": ["s", "t"], "alpha": [1.5, -0.5], "beta": [2.0, 4.0],
    ...     "shock": [1.0, 2.0], "f": [10.0, 3.0], "share_sd": [0.1, 0.2],
    ... })
    >>> rotemberg_panels(frame).signs["sum"].tolist()
    [-0.5, 1.5]
    """
    require_columns(weights, [sector, *MEASURES])
    _refuse_periods(weights, sector)
    sign = np.where(weights["alpha"] < 0, "negative", "positive")
    parts = weights.assign(part=weights["alpha"] * weights["beta"].fillna(0.0), sign=sign)
    by_sign = parts.groupby("sign")
    signs = by_sign["alpha"].agg(["sum", "mean", "size"]).reset_index()
    signs["share"] = signs["sum"].abs() / weights["alpha"].abs().sum()
    estimates = by_sign.agg(alpha_weighted_sum=("part", "sum"), mean=("beta", "mean")).reset_index()
    estimates["share"] = estimates["alpha_weighted_sum"] / parts["part"].sum()
    return RotembergPanels(
        signs=signs,
        correlations=weights[MEASURES].corr(),
        periods=_periods(weights if by_period is None else by_period, time),
        sectors=weights.sort_values("alpha", ascending=False, ignore_index=True),
        estimates=estimates,
    )


def _refuse_periods(weights: pd.DataFrame, sector: str) -> None:
    repeats = int(weights[sector].duplicated().sum())
    if repeats:
        raise InputError(
            f"panels A, B, D and E have one row per sector; {repeats} rows repeat one. Add up over "
            f"periods with design.rotemberg(..., by={sector!r}), and give the weights by period "
            "as by_period=."
        )


def _periods(by_period: pd.DataFrame, time: str) -> pd.DataFrame:
    labels = by_period[time] if time in by_period else pd.Series("all", by_period.index, name=time)
    return by_period.groupby(labels)["alpha"].agg(["sum", "mean"]).reset_index()
