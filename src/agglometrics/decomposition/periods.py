"""Which periods a decomposition steps through."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd

from agglometrics.errors import InputError
from agglometrics.tables import listed, require_columns
from agglometrics.tables.checks import require_labels
from agglometrics.tables.packed import unpack
from agglometrics.tables.periods import in_order, require_order


def check_ends(frame: pd.DataFrame, time: str, start: Any, end: Any) -> pd.Index[Any]:
    """Return the sorted periods of `frame`.

    Raises
    ------
    InputError
        If a period is unknown or text without an order, start or end is not among them, or
        start is not before end.
    """
    require_columns(frame, [time])
    require_labels(frame[time], time)
    unknown = int(frame[time].isna().sum())
    if unknown:
        raise InputError(
            f"key {time!r} is missing in {unknown} of {len(frame)} rows. "
            f"Fill it in, or drop these rows yourself: frame.dropna(subset=[{time!r}])."
        )
    times: pd.Index[Any] = in_order(frame[time])
    require_order(times, time)
    known = list(times)  # "2010" is in an index of dates, by part of their text, and no label of it
    for name, label in (("start", start), ("end", end)):
        if not isinstance(label, Hashable) or label not in known:
            raise InputError(
                f"{name}={label!r} is not a period of column {time!r}, "
                f"which has {listed(times, 12)}. Choose one of these."
            )
    if known.index(start) >= known.index(end):
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
            f"{listed(asked, 12)}, while the table has {listed(between, 12)} there. "
            "Pass periods of the table in ascending order, both ends among them."
        )
    return asked


def _require_equal_steps(periods: list[Any]) -> None:
    if not all(isinstance(period, int | np.integer) for period in periods):
        return
    unit, counts = _counted(periods)
    steps = [b - a for a, b in pairwise(counts)]
    if len(set(steps)) > 1:
        gaps = [
            f"{a} to {b}"
            for (a, b), step in zip(pairwise(periods), steps, strict=True)
            if step != min(steps)
        ]
        raise InputError(
            "Dynamic needs every period between start and end; steps are "
            f"{min(steps)}{unit} except {listed(gaps)}. Add the missing periods, or name the "
            "chain you accept: "
            "Dynamic(..., periods=[...])."
        )


def _counted(periods: list[Any]) -> tuple[str, list[int]]:
    """Return whole numbers as counts; packed dates (200012, 200101) in months, quarters, days."""
    plain = np.asarray(periods, dtype=np.int64)
    if len(np.unique(np.diff(plain))) <= 1:
        return "", plain.tolist()
    found = unpack(plain, "of the chain")
    if found is None:
        return "", plain.tolist()
    if isinstance(found, pd.Series):
        return " (of days, read as yyyymmdd)", (found - found.iloc[0]).dt.days.tolist()
    counts, unit = found
    words, form = unit.rstrip(")").split(" (")
    return f" (of {words}, read as {form})", counts.tolist()


def step_note(periods: Sequence[Any], time: str) -> str:
    """Say how long the steps of a chain are, where they are whole numbers not one apart."""
    if len(periods) < 2 or not all(isinstance(period, int | np.integer) for period in periods):
        return ""
    unit, counts = _counted(list(periods))
    step = counts[1] - counts[0]
    if not unit and step == 1:
        return ""
    return f"a step is {step} of {time!r}{unit}: {periods[0]} to {periods[1]} and so on"
