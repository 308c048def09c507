"""The formula function ``lag``: back by calendar time within the unit."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from agglometrics.errors import InputError
from agglometrics.notation import Array, Codes
from agglometrics.tables import listed
from agglometrics.tables.periods import calendar, lagged


def refuse_rows(formula: str, bad: Codes) -> None:
    """Raise `InputError` if there are rows (by position) without a number."""
    if len(bad):
        raise InputError(
            f"{formula!r} gives no number in {len(bad)} rows whose values are known (the "
            f"log of a negative number?), first at positions {listed(bad)}. Correct these rows, "
            "or set them to NaN to leave them out."
        )


def _numbers(x: pd.Series[Any]) -> Array:
    """Return what is to be lagged as numbers, or raise `InputError`."""
    try:
        return np.array(x, dtype=np.float64)
    except (TypeError, ValueError):
        first = listed(pd.unique(pd.Series(x).dropna())[:1])
        raise InputError(
            f"lag(x, k) goes back in a column of numbers; found {first}. Make 0/1 columns of its "
            "categories first, with pandas.get_dummies(...), and write the lag of each."
        ) from None


@dataclass(frozen=True)
class Lag:
    """The formula function ``lag(x, k)``: x of the same unit, k periods earlier.

    Attributes
    ----------
    frame, entity, time : the table and its keys
    known : (n,) rows of the table where all columns of the formula are known
    absent : (n,) rows where some lag has been found missing, filled in as the formula is read
    """

    frame: pd.DataFrame
    entity: str | None
    time: str | None
    known: np.ndarray[Any, Any]
    absent: np.ndarray[Any, Any] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "absent", np.zeros(len(self.frame), dtype=bool))

    def __call__(self, x: pd.Series[Any], k: int = 1) -> pd.Series[Any]:
        """Return x of the same unit, k periods earlier."""
        if self.entity is None or self.time is None:
            raise InputError(
                "lag() in a formula needs the panel's keys. Pass entity=..., time=... ."
            )
        if isinstance(k, bool) or not isinstance(k, (int, np.integer)):
            raise InputError(
                f"lag(x, k) goes back one whole number of periods; found k={k!r}. Write "
                "lag(x, 1) + lag(x, 2) for several."
            )
        values = _numbers(x)
        refuse_rows("lag(...)", np.flatnonzero(np.isnan(values) & self.known & ~self.absent))
        unit = pd.factorize(self.frame[self.entity])[0]
        out = lagged(values, unit, calendar(self.frame[self.time]), k)
        self.absent[np.isnan(out)] = True
        return pd.Series(out)
