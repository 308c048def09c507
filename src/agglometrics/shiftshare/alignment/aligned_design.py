"""`AlignedDesign`: the checked tables of a design as arrays, and their columns by name."""

from __future__ import annotations

from dataclasses import dataclass
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
    require_name,
    sector_column,
    spread_over_time,
)
from agglometrics.shiftshare.alignment.partialling import Partialler, partial_out
from agglometrics.shiftshare.alignment.specification import Specification
from agglometrics.tables import require_columns
from agglometrics.tables.canonical import canonical_codes
from agglometrics.tables.codes import combine

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
        """One name per instrument: its column, or that of its shock."""
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

        Without `cluster` (None), the periods of a sector are one group: its shocks persist.
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


class HasAligned(Protocol):
    """A design as its reports see it: whatever holds an `AlignedDesign`."""

    @property
    def aligned(self) -> AlignedDesign:
        """The arrays behind the tables."""
