"""From three long tables to a sparse share matrix: every row finds its place by label.

Nothing here trusts the order of rows. A share of a location that the table of locations does
not have, or of a sector without a shock, is an error; a location without shares has zero
exposure and is named in the notes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import sparse

from agglometrics.errors import InputError
from agglometrics.tables import Array, listed, numeric, ratio, require_columns, require_keys

COMPLETE = 1e-6  # shares add up to one within this
SPAN_TOLERANCE = 1e-4  # of the largest |z|: room for instruments stored in single precision


@dataclass(frozen=True)
class Keys:
    """The names of the key columns."""

    location: str
    sector: str
    time: str | None

    @property
    def of_locations(self) -> list[str]:
        """Columns that identify a row of `locations`."""
        return [self.location] if self.time is None else [self.location, self.time]

    @property
    def of_sectors(self) -> list[str]:
        """Columns that identify a shock."""
        return [self.sector] if self.time is None else [self.sector, self.time]


@dataclass(frozen=True)
class Aligned:
    """The arrays of a design.

    Attributes
    ----------
    W : (N, I) sparse shares, rows in the order of the locations
    z : (N, L) instruments
    g : (I, L) shocks; None where only z is known
    local : L sparse (N, I) products of share and shock, where a shock differs by location
    sectors : (I, ...) frame of keys and other columns of the shocks, sorted by key
    notes : what the user should know
    """

    W: sparse.csr_array
    z: Array
    g: Array | None
    local: tuple[sparse.csr_array, ...] | None
    sectors: pd.DataFrame
    notes: tuple[str, ...]


def label_codes(
    table: pd.DataFrame, labels: pd.DataFrame, keys: list[str], what: str, home: str
) -> NDArray[np.intp]:
    """Return, for each row of `table`, the row of `labels` with the same keys.

    Raises
    ------
    InputError
        Naming the labels of `what` that `home` does not have.
    """
    if len(keys) == 1:
        codes = pd.Index(labels[keys[0]]).get_indexer(pd.Index(table[keys[0]]))
    else:
        codes = _pair_codes(table, labels, keys)
    lost = codes < 0
    if lost.any():
        names = table.loc[lost, keys].drop_duplicates()
        raise InputError(
            f"{len(names)} labels {keys} of {what} are not in {home}: "
            f"{listed(names.to_dict('records'))}. Labels must match in value and type "
            f"(here {_types(table, keys)} against {_types(labels, keys)}); "
            f"add the rows to {home}, or leave them out of {what}."
        )
    return np.asarray(codes, dtype=np.intp)


def _pair_codes(table: pd.DataFrame, labels: pd.DataFrame, keys: list[str]) -> NDArray[np.intp]:
    """Match two-column keys through one integer a row, which is faster than a MultiIndex."""
    combined_table = np.zeros(len(table), dtype=np.int64)
    combined_labels = np.zeros(len(labels), dtype=np.int64)
    known = np.ones(len(table), dtype=bool)
    for key in keys:
        values = pd.Index(labels[key].unique())
        inside = values.get_indexer(pd.Index(table[key]))
        known &= inside >= 0
        combined_table = combined_table * len(values) + inside
        combined_labels = combined_labels * len(values) + values.get_indexer(pd.Index(labels[key]))
    codes = pd.Index(combined_labels).get_indexer(pd.Index(combined_table))
    return np.where(known, codes, -1)


def _types(frame: pd.DataFrame, keys: list[str]) -> str:
    return ", ".join(str(frame[key].dtype) for key in keys)


def known(frame: pd.DataFrame, column: str, where: str) -> Array:
    """Return a numeric or boolean column as floats; refuse a NaN in it.

    Raises
    ------
    InputError
        If the column is absent, text, infinite, or unknown in some row.
    """
    require_columns(frame, [column])
    boolean = pd.api.types.is_bool_dtype(frame[column])
    values = frame[column].astype("float64") if boolean else numeric(frame, column)
    missing = int(values.isna().sum())
    if missing:
        raise InputError(
            f"column {column!r} of {where} is missing in {missing} of {len(frame)} rows, first at "
            f"row {int(np.argmax(values.isna().to_numpy()))}. Fill it in, or drop these rows."
        )
    return np.asarray(values, dtype=np.float64)


def share_matrix(
    shares: pd.DataFrame,
    locations: pd.DataFrame,
    sectors: pd.DataFrame,
    keys: Keys,
    values: Array,
) -> sparse.csr_array:
    """Return the (N, I) sparse matrix of `values`, one a row of `shares`.

    Raises
    ------
    InputError
        For repeated (location, [time], sector) rows and for labels without a home.
    """
    rows = label_codes(shares, locations, keys.of_locations, "shares", "locations")
    columns = label_codes(shares, sectors, keys.of_sectors, "shares", "shocks")
    entries = sparse.coo_array((values, (rows, columns)), shape=(len(locations), len(sectors)))
    matrix = entries.tocsr()
    if matrix.nnz < len(values):  # tocsr() sums repeats: name them instead
        require_keys(shares, list(dict.fromkeys([*keys.of_locations, keys.sector])))
    return matrix


def spread_over_time(shares: pd.DataFrame, locations: pd.DataFrame, keys: Keys) -> pd.DataFrame:
    """Return `shares` with the time key: shares without it hold in every period."""
    if keys.time is None or keys.time in shares.columns:
        return shares
    periods = locations[[keys.location, keys.time]]
    unknown = ~shares[keys.location].isin(periods[keys.location])
    if unknown.any():
        label_codes(shares, locations, [keys.location], "shares", "locations")
    return shares.merge(periods, on=keys.location)


def sector_table(shares: pd.DataFrame, shocks: pd.DataFrame | None, keys: Keys) -> pd.DataFrame:
    """Return one row a shock, sorted by key, with the other columns of `shocks`."""
    by = keys.of_sectors
    if shocks is None:
        table = shares[by].drop_duplicates()
    elif keys.location in shocks.columns:
        table = shocks.drop_duplicates(by).drop(columns=keys.location)
    else:
        table = shocks
    return table.sort_values(by, ignore_index=True)


def sector_column(
    sectors: pd.DataFrame, shares: pd.DataFrame, keys: Keys, column: str
) -> pd.Series[Any]:
    """Return a column of the shocks, or one of `shares` that is constant within each sector.

    Raises
    ------
    InputError
        If neither table has it, if it varies within a sector, or if it is missing somewhere.
    """
    if column in sectors.columns:
        values = sectors[column]
    elif column in shares.columns:
        pairs = shares[[*keys.of_sectors, column]].drop_duplicates()
        require_keys(pairs, keys.of_sectors)
        values = sectors[keys.of_sectors].merge(pairs, on=keys.of_sectors, how="left")[column]
    else:
        raise InputError(
            f"column {column!r} is neither in the shocks {list(map(str, sectors.columns))} nor in "
            f"the shares {list(map(str, shares.columns))}. Add it to the table of shocks."
        )
    missing = values.isna()
    if missing.any():
        lost = sectors.loc[missing.to_numpy(), keys.of_sectors].to_dict("records")
        raise InputError(
            f"column {column!r} is missing for {len(lost)} of {len(sectors)} shocks: "
            f"{listed(lost)}. Fill it in; a shock without a group would be dropped silently."
        )
    return values


@dataclass(frozen=True)
class Tables:
    """The three tables of a design and the names of their columns."""

    locations: pd.DataFrame
    shares: pd.DataFrame
    shocks: pd.DataFrame | None
    keys: Keys
    share: str
    shocks_named: tuple[str, ...]
    instruments_named: tuple[str, ...]


def align(tables: Tables) -> Aligned:
    """Check the tables and return their arrays.

    Raises
    ------
    InputError
        See `ShiftShareDesign`.
    """
    keys, locations = tables.keys, tables.locations
    require_columns(locations, [*keys.of_locations, *tables.instruments_named])
    require_keys(locations, keys.of_locations)
    require_columns(tables.shares, [keys.location, keys.sector, tables.share])
    shares = spread_over_time(tables.shares, locations, keys)
    sectors = _checked_sectors(tables, shares)
    values = known(shares, tables.share, "shares")
    W = share_matrix(shares, locations, sectors, keys, values)
    g, local = _shocks(tables, shares, sectors, W, values)
    z = _instruments(tables, W, g, local)
    return Aligned(W, z, g, local, sectors, _notes(locations, sectors, W, keys))


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
            f"{made.shape[1]} shocks {list(tables.shocks_named)}. Name one a shock, in order."
        )
    gap = np.abs(given - made)
    if (gap.max(axis=0) > SPAN_TOLERANCE * np.abs(made).max(axis=0)).any():
        row, column = np.unravel_index(int(gap.argmax()), gap.shape)
        keys = tables.locations[tables.keys.of_locations].iloc[int(row)].to_dict()
        raise InputError(
            f"instrument {tables.instruments_named[column]!r} is not the sum of shares times "
            f"shocks: at {keys} it is {given[row, column]:.6g}, the sum {made[row, column]:.6g}. "
            "Leave instrument= away to use the sum, or correct the tables."
        )


def _notes(
    locations: pd.DataFrame, sectors: pd.DataFrame, W: sparse.csr_array, keys: Keys
) -> tuple[str, ...]:
    """Return what a user should know about the shares."""
    filled = np.diff(W.indptr)
    empty = locations.loc[filled == 0, keys.of_locations].to_dict("records")
    seen = np.bincount(W.indices, minlength=W.shape[1])
    idle = sectors.loc[seen == 0, keys.of_sectors].to_dict("records")
    sums = np.asarray(W.sum(axis=1)).ravel()
    notes = []
    if empty:
        notes.append(f"{len(empty)} locations have no shares: {listed(empty)}")
    if idle:
        notes.append(f"{len(idle)} shocks have no shares: {listed(idle)}")
    if (W.data < 0).any():
        notes.append(f"{int((W.data < 0).sum())} shares are negative")
    if np.abs(sums - 1).max() > COMPLETE:
        notes.append(
            f"shares are incomplete: they add up to between {sums.min():.4g} and {sums.max():.4g}"
        )
    return tuple(notes)
