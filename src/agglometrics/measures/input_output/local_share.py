"""Local share of what a region uses of each product, with bounds for cross-hauling."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from agglometrics.errors import IdentificationError, InputError
from agglometrics.measures.input_output.flow_tables import Mask, table_keys
from agglometrics.notation import Array
from agglometrics.tables import listed, numeric, ratio, require_columns, require_keys, to_frame
from agglometrics.tables.arguments import checked

ROUNDING = 1e-5  # of gross output: trade below zero or beyond output by less is a rounding error


@checked
@dataclass(frozen=True)
class Trade:
    """The columns with what a region sells to and buys from outside.

    Attributes
    ----------
    sales : columns that add up to all sales outside, abroad and to other regions
    purchases : columns that add up to all purchases from outside
    """

    sales: Sequence[str] = ("exports", "outflow")
    purchases: Sequence[str] = ("imports", "inflow")


def local_use(x: Array, X: Array, M: Array) -> Array:
    """Use of a product in the region: output less sales outside plus purchases, x - X + M."""
    return x - X + M


def local_share_bounds(x: Array, X: Array, M: Array, hauling: float) -> dict[str, Array]:
    """Share of the region's own output in what it uses, with bounds for cross-hauling.

    x, X, M : output, sales outside, purchases from outside, any shape; M and x - X not negative
    """
    d = local_use(x, X, M)
    two_way = np.minimum(X, M)
    return {
        "rate": 1 - ratio(M, d),
        "low": np.maximum(0.0, 1 - ratio(M + hauling * two_way, d)),
        "high": np.minimum(1.0, ratio(x, d)),
    }


@checked
def local_share(
    sectors: object,
    *,
    output: str = "gross_output",
    trade: Trade | None = None,
    hauling: float = 1.0,
    industry: str = "industry",
    region: str | None = "region",
    time: str | None = None,
) -> pd.DataFrame:
    """Share of local output in a region's use of each product.

    r_i = 1 - (IM + IF) / (GO - EX - OF + IM + IF): gross output GO, exports EX, outflow OF to
    other regions, imports IM, inflow IF from them. It takes recorded trade at face value: no
    purchase is re-sold outside, and none is missing.

    **Bounds for cross-hauling.** Let X and M be all sales and purchases outside, min(X, M) the
    trade that is recorded both ways. *Upper*: all of it is transit, so that no purchase replaces
    local output in local use: r = min(1, GO / use), the supply-demand pool
    (Isard 1953; Moore and Petersen 1955). *Lower*: beyond recorded trade, the same product
    crossed the border both ways unrecorded, up to `hauling` times min(X, M): regional tables
    that balance products net show too little of it (Kronenberg 2009). Without such a limit
    the lower bound is zero: all output might be sold outside.

    Parameters
    ----------
    sectors : table, one row per (industry[, region, time]); NaN in trade is unknown
    output, trade : columns; ``Trade(["outflow_and_exports"], ["inflow_and_imports"])`` where a
        table has one column each way; default exports, outflow, imports, inflow
    hauling : unrecorded two-way trade at most, as a multiple of the recorded
    industry, region, time : key columns

    Returns
    -------
    DataFrame
        [region], [time], industry, ``use`` (output less sales plus purchases, in the unit of the
        table), ``rate``, ``low``, ``high``; NaN where trade is unknown or nothing is used.

    Raises
    ------
    InputError
        If keys or values break a rule, trade is negative, or sales outside exceed output, by
        more than 1e-5 of output: less is a rounding error, and cut off.
    IdentificationError
        For a period in which a column of trade is unknown throughout.

    Examples
    --------
    >>> import pandas as pd
    >>> sectors = pd.DataFrame({
    ...     "industry": ["cars", "steel"], "gross_output": [100.0, 80], "exports": [10.0, 0],
    ...     "outflow": [40.0, 20], "imports": [5.0, 30], "inflow": [25.0, 10]})
    >>> local_share(sectors, region=None)
      industry    use   rate   low  high
    0     cars   80.0  0.625  0.25   1.0
    1    steel  100.0  0.600  0.40   0.8
    """
    require_trade(trade)
    by = table_keys(region, time)
    frame, x, X, M = _figures(sectors, output, trade or Trade(), [*by, industry], time)
    if not hauling >= 0:
        raise InputError(
            f"hauling must not be negative; found {hauling}. "
            "For example hauling=0, without transport costs."
        )
    found = local_share_bounds(x, X, M, hauling)
    return frame[[*by, industry]].assign(use=local_use(x, X, M), **found).reset_index(drop=True)


def require_trade(trade: object) -> None:
    """Raise `InputError` unless `trade` is None or a `Trade`."""
    if trade is not None and not isinstance(trade, Trade):
        raise InputError(
            f"trade must be Trade(sales, purchases), two lists of columns; found {trade!r}. "
            "For example Trade(['exports', 'outflow'], ['imports', 'inflow'])."
        )


def _figures(
    sectors: object, output: str, trade: Trade, keys: list[str], time: str | None
) -> tuple[pd.DataFrame, Array, Array, Array]:
    """Return the checked table, gross output, sales and purchases outside: (rows,) each."""
    frame = to_frame(sectors)
    columns = [*trade.sales, *trade.purchases]
    require_columns(frame, [*keys, output, *columns])
    require_keys(frame, keys)
    _require_published(frame, columns, time)
    x = _array(frame, output)
    refuse(frame, keys, x < 0, f"{output!r} is negative")
    for column in columns:
        refuse(frame, keys, _array(frame, column) < -ROUNDING * x, f"{column!r} is negative")
    X, M = (
        np.sum([_array(frame, column).clip(0) for column in side], axis=0)
        for side in (trade.sales, trade.purchases)
    )
    refuse(frame, keys, x * (1 + ROUNDING) < X, f"sales outside exceed {output!r}")
    return frame, x, np.minimum(X, x), M


def _array(frame: pd.DataFrame, column: str) -> Array:
    return np.asarray(numeric(frame, column), dtype=np.float64)


def _require_published(frame: pd.DataFrame, columns: list[str], time: str | None) -> None:
    """Raise where a column of trade is unknown in all rows of a period: it was not published."""
    periods = frame.groupby(time) if time is not None else [("the table", frame)]
    for period, part in periods:
        blank = [column for column in columns if part[column].isna().all()]
        if blank:
            raise IdentificationError(
                f"{blank} are unknown throughout {period}: the local supply rate needs gross sales "
                "and purchases outside. A net figure does not distinguish a region that trades "
                "nothing from one that sells all it makes and buys all it uses. Leave this period "
                "out, or name its columns with trade=Trade(sales, purchases)."
            )


def refuse(frame: pd.DataFrame, keys: list[str], rows: Mask, what: str) -> None:
    """Raise `InputError` naming the rows of which `what` is true, if there are any."""
    if rows.any():
        raise InputError(
            f"{what} in {int(rows.sum())} rows: "
            f"{listed(frame[keys].loc[rows].to_dict('records'))}. "
            "That cannot be what its column is called: correct it, or set it to NaN (unknown)."
        )
