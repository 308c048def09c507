"""Which periods a decomposition steps through."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd

from agglometrics.errors import InputError
from agglometrics.tables import listed, require_columns
from agglometrics.tables.checks import require_labels


def check_ends(frame: pd.DataFrame, time: str, start: Any, end: Any) -> pd.Index[Any]:
    """Return the sorted periods of `frame`.

    Raises
    ------
    InputError
        If a period is unknown, start or end is not among them, or start is not before end.
    """
    require_columns(frame, [time])
    require_labels(frame[time], time)
    unknown = int(frame[time].isna().sum())
    if unknown:
        raise InputError(
            f"key {time!r} is missing in {unknown} of {len(frame)} rows. "
            "Fill it in, or drop these rows yourself."
        )
    times: pd.Index[Any] = pd.Index(frame[time].unique()).sort_values()
    for name, label in (("start", start), ("end", end)):
        if label not in times:
            raise InputError(
                f"{name}={label!r} is not a period of column {time!r}, "
                f"which has {listed(times, 12)}. Choose one of these."
            )
    if list(times).index(start) >= list(times).index(end):
        raise InputError(
            f"start must come before end; found start={start!r}, end={end!r}. Exchange them."
        )
    return times


def chain(
    times: pd.Index[Any], start: Any, end: Any, periods: Sequence[Any] | None = None
) -> list[Any]:
    """Return the periods from start to end: those asked for, or all of `times` between.

    Raises
    ------
    InputError
        If the periods asked for do not lead from start to end through `times`, or those of
        the table, being whole numbers, are not equally spaced.
    """
    every = list(times)
    between = every[every.index(start) : every.index(end) + 1]
    if periods is None:
        _require_equal_steps(between)
        return between
    asked = list(periods)
    absent = [period for period in asked if period not in between]
    if absent or asked != [t for t in between if t in asked] or {start, end} - set(asked):
        raise InputError(
            f"periods of Dynamic must lead in order from start={start!r} to end={end!r}; found "
            f"{listed(asked, 12)}, while the table has {listed(between, 12)} there."
        )
    return asked


def _require_equal_steps(periods: list[Any]) -> None:
    if not all(isinstance(period, int | np.integer) for period in periods):
        return
    steps = [int(b - a) for a, b in pairwise(periods)]
    if len(set(steps)) > 1:
        gaps = [f"{a} to {b}" for a, b in pairwise(periods) if b - a != min(steps)]
        raise InputError(
            f"Dynamic needs every period between start and end; steps are {min(steps)} except "
            f"{listed(gaps)}. Add the missing periods, or name the chain you accept: "
            "Dynamic(..., periods=[...])."
        )
