"""The numbers that a measure answers with, one row per key and statistic."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd

Measure = Callable[..., pd.DataFrame]
Keys = dict[str, str | None]


def statistics_of(answer: pd.DataFrame, keys: Keys) -> pd.DataFrame:
    """Return one row per key and statistic: keys, ``statistic``, ``value``."""
    names = [key for key in keys.values() if key in answer.columns]
    numbers = answer.drop(columns=names).select_dtypes("number").columns
    return answer.melt(names, list(numbers), "statistic", "value").astype({"value": float})
