"""From three long tables to a sparse share matrix: rows are matched by label.

Nothing here relies on the order of rows. A share of a location that the table of locations does
not have, or of a sector without a shock, is an error; a location without shares has zero
exposure and is named in the notes.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import sparse

from agglometrics.errors import InputError
from agglometrics.notation import Array
from agglometrics.tables import listed, numeric, require_columns, require_keys
from agglometrics.tables.canonical import canonical_codes

Columns = str | Sequence[str]


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
    """Match two-column keys through one integer per row, which is faster than a MultiIndex."""
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
        If the column is absent, text, infinite, or unknown in some row, or is not a name.
    """
    require_name(column, where)
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


def require_distinct_columns(**frames: pd.DataFrame | None) -> None:
    """Raise `InputError` if a frame, named by its argument, has two columns of one name."""
    for name, frame in frames.items():
        if frame is not None and not frame.columns.is_unique:
            twice = list(map(str, frame.columns[frame.columns.duplicated()].unique()))
            raise InputError(
                f"columns {twice} of {name} come more than once, so that their names do not show "
                "which is meant. Rename or drop the others."
            )


def require_name(column: object, where: str) -> None:
    """Raise `InputError` if `column` holds values, or several names, in place of one name."""
    if not isinstance(column, Hashable):
        raise InputError(
            f"name one column of {where}; found a {type(column).__name__} in place of its name. "
            f"Put values in a column of {where} first."
        )


def share_matrix(
    shares: pd.DataFrame,
    locations: pd.DataFrame,
    sectors: pd.DataFrame,
    keys: Keys,
    values: Array,
) -> sparse.csr_array:
    """Return the (N, I) sparse matrix of `values`, one per row of `shares`.

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
    matrix.sort_indices()
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
    """Return one row per shock, sorted by key, with the other columns of `shocks`."""
    by = keys.of_sectors
    if shocks is None:
        table = shares[by].drop_duplicates()
    elif keys.location in shocks.columns:
        table = shocks.drop_duplicates(by).drop(columns=keys.location)
    else:
        table = shocks
    return sorted_by(table, by)


def sorted_by(table: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    """Return the rows in the order of their keys, so that the caller's order does not matter.

    Raises
    ------
    InputError
        If labels of different types cannot be sorted.
    """
    try:
        for key in keys:
            sorted(table[key].unique())
    except TypeError as error:
        kinds = {key: sorted({type(label).__name__ for label in table[key]}) for key in keys}
        raise InputError(
            f"labels of each key must be of one type to be sorted; found {kinds}. Convert them, "
            "for example all to text."
        ) from error
    return table.sort_values(keys, key=canonical_codes, ignore_index=True)


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
