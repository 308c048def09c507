"""The parts of a decomposition: that they add up, and their sums."""

from __future__ import annotations

import numpy as np
import pandas as pd

from agglometrics.decomposition.formulas.rates import Parts
from agglometrics.errors import InputError
from agglometrics.notation import Array
from agglometrics.tables import ratio, require_columns, to_frame
from agglometrics.tables.arguments import checked
from agglometrics.tables.checks import floats_of, held_numbers
from agglometrics.tables.rounding import ROUNDING, without_dust

ROUNDED = 1e-6  # relative: loose enough for a table that was stored with few digits


@checked
def component_totals(frame: pd.DataFrame, by: str | list[str] = "region") -> pd.DataFrame:
    """Add up a decomposition by region, by industry, or by other keys of it.

    Parameters
    ----------
    frame : answer of `shift_share` or `shift_share_path`
    by : key column or columns to keep

    Returns
    -------
    DataFrame
        `by`, ``change`` and the parts. The net shift of a region is change less national. A sum
        that vanishes but for rounding error of its terms is zero.

    Raises
    ------
    InputError
        If `frame` is not a decomposition or has no column `by`.

    Examples
    --------
    >>> import pandas as pd
    >>> parts = pd.DataFrame(
    ...     {"region": ["A", "A"], "industry": ["x", "y"], "change": [3.0, 1.0],
    ...      "national": [2.0, 2.0], "industry_mix": [0.5, -0.5], "competitive": [0.5, -0.5]}
    ... )
    >>> component_totals(parts, by="region")
      region  change  national  industry_mix  competitive
    0      A     4.0       4.0           0.0          0.0
    """
    kept = [by] if isinstance(by, str) else list(by)
    frame = to_frame(frame)  # an index named like a key gives way to the column
    held = [name for name in frame.columns if held_numbers(frame[name]) and name not in kept]
    frame = frame.assign(**{name: floats_of(frame[name]) for name in held})
    components = component_names(frame)
    _require_keys_named(frame, kept)
    columns = ["change", *components]
    sums = frame.groupby(kept, sort=True, as_index=False)[columns].sum()
    size = frame.assign(**frame[columns].abs()).groupby(kept, sort=True, as_index=False)
    sums[columns] = without_dust(sums[columns], size[columns].sum()[columns])
    return sums


def _require_keys_named(frame: pd.DataFrame, kept: list[str]) -> None:
    """Raise `InputError` that lists the keys of the decomposition unless it has those of `by`."""
    keys = list(frame.columns[: frame.columns.get_loc("change")])
    if not kept:
        raise InputError(f"by names no key; the table has {keys}. Pass by={keys[0]!r} or another.")
    lacking = [name for name in kept if name not in frame.columns]
    if lacking:
        raise InputError(
            f"columns {lacking} are not in the table, whose keys are {keys}. Name the column or "
            f"columns to add up by{f': by={keys[0]!r}' if keys else ' with by='}."
        )


def component_names(frame: pd.DataFrame) -> list[str]:
    """Return the columns of a decomposition that add up to its ``change``.

    Raises
    ------
    InputError
        If there is no ``change``, or the columns after it do not add up to it.
    """
    require_columns(frame, ["change"])
    columns = list(frame.columns)
    names = columns[columns.index("change") + 1 :]
    gap = frame[names].sum(axis=1) - frame["change"]
    size = frame[names].abs().sum(axis=1) + frame["change"].abs()
    if not names or (gap.abs() > ROUNDED * size + ROUNDING * size.max()).any():
        raise InputError(
            f"the columns after 'change' must be parts that add up to it; found {names}. "
            "Give the answer of shift_share() with a method that adds up (not Gerfin)."
        )
    return names


def cleaned(parts: Parts, levels: Array) -> Parts:
    """Return parts, zero where they are rounding error of the activity of their cell.

    levels : (..., R, I). An idle cell is measured by what it would have in the average mix, which
    homothetic parts are made of.
    """
    rows, columns = levels.sum(axis=-1, keepdims=True), levels.sum(axis=-2, keepdims=True)
    scale = np.maximum(levels, ratio(rows * columns, levels.sum(axis=(-2, -1), keepdims=True)))
    return {name: without_dust(part, np.nan_to_num(scale)) for name, part in parts.items()}


def assert_adds_up(change: Array, parts: Parts, levels: Array) -> None:
    """Raise `ArithmeticError` unless the parts of every cell add up to its change.

    The measure of rounding is the size of the parts and, of the last axes, of the activity
    `levels` (T, R, I), whose differences changes are.
    """
    total = sum(parts.values())
    scale = levels.max(axis=0) + sum(np.abs(part) for part in parts.values())
    if not (np.abs(total - change) <= ROUNDING * scale).all():
        raise ArithmeticError("parts do not add up to the change: a fault of the package.")
