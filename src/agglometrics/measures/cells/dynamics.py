"""Dynamic index: an industry's growth in a region over its growth in the nation."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from agglometrics.errors import IdentificationError, InputError, caution
from agglometrics.measures.cells.rules import Undefined, require_two_regions
from agglometrics.notation import Array
from agglometrics.tables import (
    Cube,
    Missing,
    listed,
    numeric,
    ratio,
    require_columns,
    to_cube,
    to_frame,
)
from agglometrics.tables.argument.by_name import label as require_label
from agglometrics.tables.arguments import checked
from agglometrics.tables.checks import require_labels
from agglometrics.tables.periods import in_order, require_order
from agglometrics.tables.rounding import descending_ranks, one_if_even, whole_numbers, without_dust

Mask = NDArray[np.bool_]


def growth_rate(start: Array, end: Array) -> Array:
    """Growth over the whole period, end / start - 1; NaN where start is zero.

    It is zero where end and start differ by rounding alone.
    """
    return ratio(without_dust(end - start, start), start)


@checked
def dynamic_index(
    cells: object,
    *,
    value: str,
    time: str,
    start: Any,
    end: Any,
    region: str = "region",
    industry: str = "industry",
    tolerance: float = 0.01,
    undefined: Undefined = "raise",
    missing: Missing = "raise",
) -> pd.DataFrame:
    """How an industry grew in each region, in multiples of its growth in all of them.

    The dynamic agglomeration index of the Chinese literature (动态集聚指数):
    (E_ri,end / E_ri,start - 1) / (E_i,end / E_i,start - 1). Above one, activity moves to the
    region, as long as the industry grows: **where it declines in the nation the meaning is
    reversed** (above one is a faster decline), and ``status`` marks these cells.

    Parameters
    ----------
    cells : table, one row per (region, industry, time); a row that is not there is zero
    value : column of activity, in the same prices at start and end, or growth mixes both
    time, start, end : the time column and the two of its values to compare
    region, industry : key columns
    tolerance : national growth over the period, in absolute value, below which the index
        is refused: dividing by almost nothing is not informative. 0.01 is one percent.
    undefined : about an industry whose national growth is below `tolerance`, or that has no
        activity at the start
        ``"raise"``; or ``"nan"``: its growth rates are reported, its index and rank are NaN.
    missing : what a NaN at start or end means: ``"raise"``, ``"zero"`` or ``"drop_industry"``
        (then the industry is left out of the answer, with a warning)

    Returns
    -------
    DataFrame
        region, industry (every pair), ``growth``, ``reference_growth`` (both over the whole
        period, 0.5 is 50 percent), ``dynamic_index``, ``rank`` of the region within the
        industry by dynamic index (1 is the highest; equal values have the best rank they
        compete for), ``growth_rank`` (the same by growth), and ``status``:

        ``ok``; ``reference_declines`` (read `growth_rank`, not `rank`); ``reference_flat``
        (below the tolerance); ``entered`` (the region starts at zero: growth, index and ranks
        are NaN); ``absent`` (zero at start and end: NaN); ``reference_absent``.

    Raises
    ------
    InputError
        If keys or values break a rule, or start and end are not two periods of the table.
    IdentificationError
        For fewer than two regions, or an industry whose national growth is near zero.

    Examples
    --------
    >>> import pandas as pd
    >>> cells = pd.DataFrame({
    ...     "region": ["N", "S"] * 2, "industry": "cars",
    ...     "year": [2002, 2002, 2007, 2007], "output": [10.0, 30.0, 20.0, 40.0]})
    >>> answer = dynamic_index(cells, value="output", time="year", start=2002, end=2007)
    >>> answer[["region", "growth", "reference_growth", "dynamic_index", "rank"]]
      region    growth  reference_growth  dynamic_index  rank
    0      N  1.000000               0.5       2.000000     1
    1      S  0.333333               0.5       0.666667     2
    """
    if not tolerance >= 0:
        raise InputError(
            f"tolerance must not be negative; found {tolerance}. For example tolerance=0.01."
        )
    frame = _two_periods(cells, [region, industry], value, time, start, end)
    if missing == "drop_industry":
        frame = _without_unknown(frame, value, industry)
    cube = to_cube(frame, value=value, region=region, industry=industry, time=time, missing=missing)
    _require_comparable(cube)
    first, last = cube.values
    growth = growth_rate(first, last)
    national = growth_rate(first.sum(axis=0), last.sum(axis=0))
    flat = ~((np.abs(national) >= tolerance) & (national != 0))
    _require_growth(undefined, cube.industries, national, flat, tolerance)
    answer = pd.MultiIndex.from_product([cube.regions, cube.industries]).to_frame(
        index=False, name=[region, industry]
    )
    index = np.where(flat, np.nan, one_if_even(ratio(growth, national)))
    answer["growth"] = growth.ravel()
    answer["reference_growth"] = np.broadcast_to(national, growth.shape).ravel()
    answer["dynamic_index"] = index.ravel()
    answer["rank"] = whole_numbers(descending_ranks(index))
    answer["growth_rank"] = whole_numbers(descending_ranks(growth))
    answer["status"] = _status(first, last, national, flat).ravel()
    return answer


def _two_periods(
    cells: object, keys: list[str], value: str, time: str, start: Any, end: Any
) -> pd.DataFrame:
    require_label("start", start)
    require_label("end", end)
    frame = to_frame(cells)
    require_columns(frame, [*keys, time, value])
    require_labels(frame[time], time)
    periods = in_order(frame[time])
    require_order(periods, time)
    known = list(periods)
    unknown = [period for period in (start, end) if period not in known]
    if unknown:
        raise InputError(
            f"{listed(unknown)} is not in {time!r}, which has {listed(periods, 30)}. "
            "Choose start and end among them."
        )
    if not known.index(start) < known.index(end):
        raise InputError(
            f"start must come before end; found start={start!r}, end={end!r}. Exchange them."
        )
    return frame.loc[frame[time].isin([start, end]) | frame[time].isna()]


def _require_comparable(cube: Cube) -> None:
    require_two_regions(replace(cube, values=cube.values.sum(axis=0, keepdims=True), time=None))
    if len(cube.times) < 2:
        raise IdentificationError(
            f"without the industries left out, {cube.time!r} has only {listed(cube.times)}: "
            "nothing is known at both ends. Fill the unknown values in, or choose other years."
        )


def _without_unknown(frame: pd.DataFrame, value: str, industry: str) -> pd.DataFrame:
    """Leave out of both periods an industry with an unknown cell in either, with a warning.

    One period without it would look like entry or exit.
    """
    unknown = frame.loc[numeric(frame, value).isna(), industry].unique()
    if len(unknown):
        caution(f"left out because a cell is unknown: {listed(unknown)}")
    return frame.loc[~frame[industry].isin(unknown)]


def _require_growth(
    undefined: Undefined, industries: pd.Index, national: Array, flat: Mask, tolerance: float
) -> None:
    if undefined not in ("raise", "nan"):
        raise InputError(f"undefined={undefined!r} is unknown; choose 'raise' or 'nan'.")
    if undefined == "raise" and flat.any():
        found = listed(
            f"{name} ({rate:+.4f})"
            for name, rate in zip(industries[flat], national[flat], strict=True)
        )
        raise IdentificationError(
            f"national growth is undefined or below tolerance={tolerance:g} in absolute value: "
            f"{found}. Dividing by it is not informative: leave these industries out, pass "
            "undefined='nan' to have NaN there, or set tolerance=."
        )


def _status(first: Array, last: Array, national: Array, flat: Mask) -> NDArray[np.object_]:
    status = np.full(first.shape, "ok", dtype=object)
    status[:, national < 0] = "reference_declines"
    status[:, flat] = "reference_flat"
    status[(first == 0) & (last > 0)] = "entered"
    status[(first == 0) & (last == 0)] = "absent"
    status[:, np.isnan(national)] = "reference_absent"
    return status
