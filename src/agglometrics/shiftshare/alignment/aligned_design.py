"""`AlignedDesign`: the checked tables of a design as arrays, and their columns by name."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Protocol

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import sparse

from agglometrics.errors import InputError
from agglometrics.notation import Array, Codes
from agglometrics.shiftshare.alignment.keys import (
    Columns,
    Keys,
    known,
    label_codes,
    require_distinct_columns,
    require_name,
    sector_column,
    sector_table,
    share_matrix,
    sorted_by,
    spread_over_time,
)
from agglometrics.shiftshare.alignment.partialling import Partialler, partial_out
from agglometrics.shiftshare.alignment.specification import Specification
from agglometrics.tables import listed, ratio, require_columns, require_keys
from agglometrics.tables.canonical import canonical_codes
from agglometrics.tables.codes import combine

COMPLETE = 1e-6  # shares add up to one within this
SPAN_TOLERANCE = 1e-4  # of the largest |z|: room for instruments stored in single precision


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


@dataclass(frozen=True, eq=False)
class AlignedDesign:
    """A design as arrays.

    Attributes
    ----------
    W : (N, I) sparse shares, rows in the order of the locations' keys
    z : (N, L) instruments
    g : (I, L) shocks; None where only z is known
    local : L sparse (N, I) products of share and shock, where a shock differs by location
    sectors : (I, ...) frame of keys and other columns of the shocks, sorted by key
    notes : what the user should know
    tables : what it was made from, the locations sorted by key
    """

    W: sparse.csr_array
    z: Array
    g: Array | None
    local: tuple[sparse.csr_array, ...] | None
    sectors: pd.DataFrame
    notes: tuple[str, ...]
    tables: Tables

    @property
    def keys(self) -> Keys:
        """The names of the key columns."""
        return self.tables.keys

    @property
    def shock_names(self) -> tuple[str, ...]:
        """Columns of the shocks that are shocks; none where only z is known."""
        return self.tables.shocks_named if self.g is not None else ()

    @property
    def instrument_names(self) -> tuple[str, ...]:
        """One name an instrument: its column, or that of its shock."""
        return self.tables.instruments_named or self.tables.shocks_named

    @property
    def shock_values(self) -> Array:
        """(I, L) shocks; of shocks that differ by location, the share-weighted mean."""
        if self.g is None:
            raise InputError(
                f"the shocks are unknown, only the instrument {list(self.instrument_names)}. "
                "Pass the table of shocks with its shock column."
            )
        return self.g

    @cached_property
    def sums_of_shares(self) -> Array:
        """(N,) sums of shares of each location."""
        return np.asarray(self.W.sum(axis=1), dtype=np.float64).ravel()

    def exposures(self, weights: Array) -> Array:
        """Return (I,) sums over locations of weights (N,) times shares."""
        return np.asarray(self.W.T @ weights)

    def location_values(self, column: str) -> Array:
        """Return a column of the locations, or an instrument, as (N,) floats without a NaN."""
        require_name(column, "locations")
        if column in self.tables.locations.columns:
            return known(self.tables.locations, column, "locations")
        if column in self.instrument_names:
            z: Array = self.z[:, self.instrument_names.index(column)]
            return z
        require_columns(self.tables.locations, [column])
        raise AssertionError(column)

    def regressor(self, treatment: str | None) -> Array:
        """Return a treatment (N,), or the first instrument where there is none."""
        if treatment is not None:
            return self.location_values(treatment)
        z: Array = self.z[:, 0]
        return z

    def location_groups(self, column: str) -> NDArray[np.intp]:
        """Return (N,) codes of the groups in a column of the locations."""
        require_columns(self.tables.locations, [column])
        values = self.tables.locations[column]
        missing = int(values.isna().sum())
        if missing:
            raise InputError(
                f"group {column!r} is missing in {missing} of {len(values)} locations: they would "
                "be dropped silently. Fill it in, or drop these locations."
            )
        codes: NDArray[np.intp] = pd.factorize(values, sort=True)[0]
        if codes.max() == 0:
            raise InputError(
                f"column {column!r} has one group only; at least two are needed. "
                "Choose a finer column."
            )
        return codes

    def location_weights(self, column: str | None) -> Array:
        """Return (N,) regression weights, all above zero; ones without a column."""
        if column is None:
            return np.ones(len(self.tables.locations))
        weights = known(self.tables.locations, column, "locations")
        if not (weights > 0).all():
            raise InputError(
                f"weights {column!r} must be above zero; {int((weights <= 0).sum())} of "
                f"{len(weights)} are not. Drop these locations."
            )
        return weights

    def sector_values(self, column: str) -> pd.Series[Any]:
        """Return a column of the shocks, in the order of ``aligned.sectors``."""
        shares = self.tables.shares
        if column not in self.sectors.columns:
            shares = spread_over_time(self.tables.shares, self.tables.locations, self.keys)
        return sector_column(self.sectors, shares, self.keys, column)

    def sector_groups(self, column: str | None) -> NDArray[np.intp] | None:
        """Return (I,) codes of the groups of shocks in a column; None without a column."""
        if column is None:
            return None
        codes: NDArray[np.intp] = canonical_codes(pd.Series(self.sector_values(column)))
        if codes.max() == 0:
            raise InputError(
                f"column {column!r} has one group only; at least two are needed. "
                "Choose a finer column."
            )
        return codes

    def clusters(self, cluster: Columns | None) -> tuple[str, ...]:
        """Return the columns within whose groups shocks are dependent; none for independent ones.

        Where nothing is said (None), the periods of a sector are one group: its shocks persist.
        Every shock on its own is the group of both keys, ``[sector, time]``.
        """
        if cluster is None:
            return () if self.keys.time is None else (self.keys.sector,)
        return (cluster,) if isinstance(cluster, str) else tuple(cluster)

    def shock_groups(self, cluster: Columns | None) -> Codes | None:
        """Return (I,) codes of the independent groups of shocks; None where each is one."""
        codes = [self.sector_groups(column) for column in self.clusters(cluster)]
        return combine([c for c in codes if c is not None]) if codes else None

    def space(self, spec: Specification) -> Partialler:
        """Prepare the partialling of a constant, controls and fixed effects of the locations."""
        columns = [self.location_values(name) for name in spec.controls]
        matrix = np.column_stack(columns) if columns else np.empty((len(self.tables.locations), 0))
        effects = [self.location_groups(name) for name in spec.fixed_effects]
        return partial_out(matrix, spec.controls, effects, self.location_weights(spec.weights))


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
    notes = _notes(locations, sectors, W, keys)
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
    filled = W.astype(bool)  # a row of the table may say that a share is zero
    empty = locations.loc[filled.sum(axis=1) == 0, keys.of_locations].to_dict("records")
    idle = sectors.loc[filled.sum(axis=0) == 0, keys.of_sectors].to_dict("records")
    notes = []
    if empty:
        notes.append(f"{len(empty)} locations have no shares: {listed(empty)}")
    if idle:
        notes.append(f"{len(idle)} shocks have no shares: {listed(idle)}")
    notes += doubtful_shares(W)
    sums = np.asarray(W.sum(axis=1)).ravel()
    if sums.max() <= 1 + COMPLETE and sums.min() < 1 - COMPLETE:
        notes.append(
            f"shares are incomplete: they add up to between {sums.min():.4g} and {sums.max():.4g}"
        )
    return tuple(notes)


def doubtful_shares(W: sparse.csr_array) -> list[str]:
    """Return what no shares of a whole can be: negative, or more than one together."""
    sums = np.asarray(W.sum(axis=1)).ravel()
    above = int((sums > 1 + COMPLETE).sum())
    found = []
    if (W.data < 0).any():
        found.append(f"{int((W.data < 0).sum())} shares are negative")
    if above:
        found.append(
            f"sums of shares exceed one in {above} of {len(sums)} locations: they add up to "
            f"between {sums.min():.4g} and {sums.max():.4g}"
        )
    return found


class HasAligned(Protocol):
    """A design as its reports see it: whatever holds an `AlignedDesign`."""

    @property
    def aligned(self) -> AlignedDesign:
        """The arrays behind the tables."""
