"""The numbers that a measure answers with, one row per key and statistic."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

import pandas as pd

from agglometrics.errors import InputError

Measure = Callable[..., pd.DataFrame]
Keys = dict[str, str | None]


def statistics_of(answer: pd.DataFrame, keys: Keys) -> pd.DataFrame:
    """Return one row per key and statistic: keys, ``statistic``, ``value``."""
    names = [key for key in keys.values() if key in answer.columns]
    numbers = answer.drop(columns=names).select_dtypes("number").columns
    return answer.melt(names, list(numbers), "statistic", "value").astype({"value": float})


def require_measure(measure: Measure, value: str, keys: Keys, options: dict[str, Any]) -> None:
    """Raise `InputError` unless `measure` can be called as measures of cells are.

    The package's own functions say themselves what they lack.
    """
    if hasattr(measure, "__wrapped__"):
        return
    try:
        inspect.signature(measure).bind(None, value=value, **keys, **options)
    except (TypeError, ValueError) as failure:
        raise InputError(
            f"measure must take a table, value=, {', '.join(f'{key}=' for key in keys)} and the "
            f"options given; {getattr(measure, '__name__', measure)!r} does not: {failure}. Pass "
            "for example measure=concentration."
        ) from None
