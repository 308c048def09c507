"""From the three tables of a design to its arrays: shares and shocks in one order of keys."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
from scipy import sparse

from agglometrics.errors import InputError
from agglometrics.notation import Array
from agglometrics.shiftshare.alignment.aligned_design import SPAN_TOLERANCE, AlignedDesign, Tables
from agglometrics.shiftshare.alignment.doubts import notes_on_shares
from agglometrics.shiftshare.alignment.keys import (
    known,
    label_codes,
    require_distinct_columns,
    sector_table,
    share_matrix,
    sorted_by,
    spread_over_time,
)
from agglometrics.tables import ratio, require_columns, require_keys


def align(tables: Tables) -> AlignedDesign:
    """Check the tables and return their arrays.

    Raises
    ------
    InputError
        See `ShiftShareDesign`.
    """
    keys, locations = tables.keys, tables.locations
    require_distinct_columns(locations=locations, shares=tables.shares, shocks=tables.shocks)
    require_columns(locations, [*keys.of_locations, *tables.instruments_named])
    require_keys(locations, keys.of_locations)
    tables = replace(tables, locations=sorted_by(locations, keys.of_locations))
    locations = tables.locations
    if locations.empty or tables.shares.empty:
        raise InputError(
            f"a design needs locations and shares; found {len(locations)} and "
            f"{len(tables.shares)} rows. "
            "Pass one row per location, and one per location and sector."
        )
    require_columns(tables.shares, [keys.location, keys.sector, tables.share])
    shares = spread_over_time(tables.shares, locations, keys)
    sectors = _checked_sectors(tables, shares)
    values = known(shares, tables.share, "shares")
    W = share_matrix(shares, locations, sectors, keys, values)
    g, local = _shocks(tables, shares, sectors, W, values)
    z = _instruments(tables, W, g, local)
    notes = notes_on_shares(locations, sectors, W, keys)
    return AlignedDesign(W, z, g, local, sectors, notes, tables)


def _checked_sectors(tables: Tables, shares: pd.DataFrame) -> pd.DataFrame:
    shocks, keys = tables.shocks, tables.keys
    if shocks is not None:
        require_columns(shocks, keys.of_sectors)
        own = [keys.location] if keys.location in shocks.columns else []
        require_keys(shocks, [*own, *keys.of_sectors])
    return sector_table(shares, shocks, keys)


def _shocks(
    tables: Tables,
    shares: pd.DataFrame,
    sectors: pd.DataFrame,
    W: sparse.csr_array,
    values: Array,
) -> tuple[Array | None, tuple[sparse.csr_array, ...] | None]:
    """Return g (I, L), and the products of shares and shocks where shocks differ by location."""
    keys, shocks = tables.keys, tables.shocks
    if shocks is None or not any(name in shocks.columns for name in tables.shocks_named):
        return None, None
    if keys.location not in shocks.columns:
        return np.column_stack([known(sectors, c, "shocks") for c in tables.shocks_named]), None
    by = [*keys.of_locations, keys.sector]
    codes = label_codes(shares, shocks, by, "shares", "shocks")
    local = tuple(
        share_matrix(
            shares, tables.locations, sectors, keys, values * known(shocks, c, "shocks")[codes]
        )
        for c in tables.shocks_named
    )
    total = np.asarray(W.sum(axis=0)).ravel()
    means = [ratio(np.asarray(P.sum(axis=0)).ravel(), total) for P in local]
    return np.nan_to_num(np.column_stack(means)), local


def _instruments(
    tables: Tables,
    W: sparse.csr_array,
    g: Array | None,
    local: tuple[sparse.csr_array, ...] | None,
) -> Array:
    named = tables.instruments_named
    columns = [known(tables.locations, c, "locations") for c in named]
    if g is None:
        if not columns:
            raise InputError(
                f"without shocks (columns {list(tables.shocks_named)}) the instrument must be "
                "known: name its column in the locations with instrument='column'."
            )
        return np.column_stack(columns)
    made: Any = (
        W @ g if local is None else np.column_stack([np.asarray(P.sum(axis=1)) for P in local])
    )
    if columns:
        _refuse_other_instrument(np.column_stack(columns), made, tables)
    return np.asarray(made, dtype=np.float64).reshape(W.shape[0], -1)


def _refuse_other_instrument(given: Array, made: Array, tables: Tables) -> None:
    if given.shape != made.shape:
        raise InputError(
            f"{given.shape[1]} instruments {list(tables.instruments_named)} do not pair with "
            f"{made.shape[1]} shocks {list(tables.shocks_named)}. Name one per shock, in order."
        )
    gap = np.abs(given - made)
    if (gap.max(axis=0) > SPAN_TOLERANCE * np.abs(made).max(axis=0)).any():
        row, column = np.unravel_index(int(gap.argmax()), gap.shape)
        keys = tables.locations[tables.keys.of_locations].iloc[int(row)].to_dict()
        raise InputError(
            f"instrument {tables.instruments_named[column]!r} is not the sum of shares times "
            f"shocks: at {keys} it is {given[row, column]:.6g}, the sum {made[row, column]:.6g}. "
            "Leave instrument= out to use the sum, or correct the tables."
        )
