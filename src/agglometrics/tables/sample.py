"""`Sample`: the rows that a regression used, and the table they came from."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from agglometrics.errors import InputError
from agglometrics.notation import Array, Codes
from agglometrics.tables import numeric, require_columns
from agglometrics.tables.codes import combine
from agglometrics.tables.periods import calendar


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

    def column(self, name: str) -> pd.Series[Any]:
        """Return a column of the table at the rows used; it must be known there."""
        require_columns(self.frame, [name])
        values = self.frame[name].iloc[self.rows]
        unknown = int(values.isna().sum())
        if unknown:
            raise InputError(
                f"column {name!r} is missing in {unknown} of the {len(self.rows)} rows used. "
                "Fill it in, or drop these rows yourself."
            )
        return values

    def codes(self, name: str) -> Codes:
        """Return a column as codes from zero, in the order of its values; ``a^b`` combines two."""
        return combine([pd.factorize(self.column(part))[0] for part in name.split("^")])

    def numbers(self, name: str) -> Array:
        """Return a numeric column at the rows used."""
        return np.asarray(numeric(self.column(name).to_frame(), name), dtype=np.float64)

    def periods(self, name: str | None) -> Codes:
        """Return periods as consecutive integers from zero; whole numbers keep their gaps."""
        column = self.time if name is None else name
        if column is None:
            raise InputError("this needs the column of periods. Say time=... .")
        return calendar(self.column(column))

    def take(self, positions: Codes) -> Sample:
        """Return the sample of some of the rows."""
        return Sample(self.frame, self.rows[positions], self.entity, self.time)
