"""`Sample`: the rows that a regression used, and the table they came from."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from agglometrics.errors import InputError
from agglometrics.notation import Array, Codes
from agglometrics.tables import numeric, require_columns
from agglometrics.tables.canonical import canonical, canonical_among
from agglometrics.tables.codes import combine
from agglometrics.tables.periods import Calendar, read_calendar


@dataclass(frozen=True)
class Sample:
    """The rows that a regression used, and the table they came from.

    Attributes
    ----------
    frame : the user's table
    rows : (N,) positions in it
    entity, time : the panel's keys, where the caller named them
    """

    frame: pd.DataFrame = field(repr=False)
    rows: Codes = field(repr=False)
    entity: str | None = None
    time: str | None = None
    _keys: dict[str, tuple[Codes, pd.Index]] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )
    _combined: dict[str, Codes] = field(default_factory=dict, init=False, repr=False, compare=False)

    def at_rows(self, name: str) -> pd.Series[Any]:
        """Return a column of the table at the rows used."""
        values = self.frame[name]
        whole = len(self.rows) == len(values) and (np.diff(self.rows) == 1).all()
        return values if whole else values.iloc[self.rows]

    def column(self, name: str) -> pd.Series[Any]:
        """Return a column of the table at the rows used; it must be known there."""
        require_columns(self.frame, [name])
        values = self.at_rows(name)
        unknown = int(values.isna().sum())
        if unknown:
            raise InputError(
                f"column {name!r} is missing in {unknown} of the {len(self.rows)} rows used. "
                f"Fill it in, or drop these rows yourself: frame.dropna(subset=[{name!r}])."
            )
        return values

    def codes(self, name: str) -> Codes:
        """Return a column as codes from zero, in one order of its labels; ``a^b`` combines two.

        The order does not depend on the order of rows or on the dtype (see
        `agglometrics.tables.canonical`): the same seed gives the same draws to the same groups.
        """
        if name not in self._combined:
            self._combined[name] = combine([self._key(part) for part in name.split("^")])
        return self._combined[name]

    def _key(self, name: str) -> Codes:
        """Return a column as codes; found once, since effects and clusters are often the same."""
        if name not in self._keys:
            self._keys[name] = canonical(self.column(name))
        return self._keys[name][0]

    def numbers(self, name: str) -> Array:
        """Return a numeric column at the rows used."""
        return np.asarray(numeric(self.column(name).to_frame(), name), dtype=np.float64)

    def periods(self, name: str | None) -> Codes:
        """Return periods as integers from zero, gaps kept."""
        return self.calendar(name).codes

    def calendar(self, name: str | None) -> Calendar:
        """Return the calendar of the rows used; its step is that of the whole table."""
        column = self.time if name is None else name
        if column is None:
            raise InputError("this needs the column of periods. Pass its name: time='year'.")
        self.column(column)
        known = self.frame[column].notna().to_numpy()
        found = read_calendar(self.frame[column][known])
        codes = np.zeros(len(known), dtype=np.intp)
        codes[known] = found.codes
        used = codes[self.rows]
        return Calendar(used - used.min() if len(used) else used, found.note)

    def take(self, positions: Codes) -> Sample:
        """Return the sample of some of the rows."""
        some = Sample(self.frame, self.rows[positions], self.entity, self.time)
        for name, (codes, labels) in self._keys.items():
            some._keys[name] = canonical_among(codes, labels, positions)
        return some
