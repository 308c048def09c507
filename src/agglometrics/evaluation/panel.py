"""`TreatedPanel`: a long table with a policy in it, as arrays; `read_panel` crosses over once."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pandas as pd

from agglometrics.errors import IdentificationError, InputError
from agglometrics.notation import Array, Codes
from agglometrics.tables import listed, numeric, require_columns, require_keys, to_frame
from agglometrics.tables.canonical import canonical_codes
from agglometrics.tables.periods import read_calendar

Truth = np.ndarray[Any, np.dtype[np.bool_]]


@dataclass(frozen=True)
class TreatedPanel:
    """A panel of N units over T periods in which a policy starts, and stays.

    Attributes
    ----------
    Y : (N, T) outcome; NaN where the table has no row or no value
    units : (N,) labels, in an order that does not depend on the order of rows
    periods : (T,) labels, ascending
    first : (N,) place in `periods` of a unit's first treated period; T if it is never treated
    calendar : (T,) periods as whole numbers from zero, gaps kept
    place : (N, T) row of `frame`; -1 where there is none
    outcome, unit, time, treated : names of the columns
    frame : the table that was read
    """

    Y: Array = field(repr=False)
    units: pd.Index
    periods: pd.Index
    first: Codes = field(repr=False)
    calendar: Codes = field(repr=False)
    place: Codes = field(repr=False)
    outcome: str
    unit: str
    time: str
    treated: str
    frame: pd.DataFrame = field(repr=False)

    @property
    def ever(self) -> Truth:
        """(N,) whether a unit is treated in some period."""
        return np.asarray(self.first < len(self.periods))

    @property
    def on(self) -> Truth:
        """(N, T) whether a unit is treated in a period."""
        return np.asarray(np.arange(len(self.periods)) >= self.first[:, None])

    def column(self, name: str) -> Array:
        """Return another numeric column as (N, T); NaN where it has no value.

        Raises
        ------
        InputError
            If the table has no such column, or it is not numeric.
        """
        require_columns(self.frame, [name])
        values = np.asarray(numeric(self.frame, name), dtype=np.float64)
        return np.where(self.place >= 0, values[self.place], np.nan)

    def with_first(self, first: Codes) -> TreatedPanel:
        """Return the panel with other first treated periods (N,): placebos, exposed units."""
        return replace(self, first=first)

    def take(self, units: Codes | Truth) -> TreatedPanel:
        """Return the panel of some units."""
        keep = np.arange(len(self.units))[units]
        return replace(
            self,
            Y=self.Y[keep],
            units=self.units[keep],
            first=self.first[keep],
            place=self.place[keep],
        )


def read_panel(data: object, *, outcome: str, unit: str, time: str, treated: str) -> TreatedPanel:
    """Check a long table with one row per unit and period, and return it as a `TreatedPanel`.

    Parameters
    ----------
    data : long table
    outcome : column of the outcome
    unit, time : key columns
    treated : column that is 1 (or True) where a unit is treated in a period, and 0 elsewhere

    Raises
    ------
    InputError
        For unknown columns, repeated or unknown keys, an outcome that is text or infinite (the
        logarithm of zero), a `treated` that is unknown or neither 0 nor 1, and a treatment that
        ends or starts twice.
    IdentificationError
        If no unit is treated, or a treated unit has no period before its treatment.

    Examples
    --------
    >>> import pandas as pd
    >>> data = pd.DataFrame({"city": list("aabb"), "year": [1, 2, 1, 2], "gdp": [1.0, 2, 3, 5],
    ...                      "pilot": [0, 1, 0, 0]})
    >>> panel = read_panel(data, outcome="gdp", unit="city", time="year", treated="pilot")
    >>> panel.Y.tolist(), panel.first.tolist()
    ([[1.0, 2.0], [3.0, 5.0]], [1, 2])
    """
    frame = to_frame(data)
    names = [unit, time, outcome, treated]
    require_columns(frame, names)
    _require_different(names)
    require_keys(frame, [unit, time])
    if not len(frame):
        raise InputError("the table has no rows. Pass one row per unit and period.")
    at = canonical_codes(frame[unit])
    calendar, when = np.unique(read_calendar(frame[time]).codes, return_inverse=True)
    place = np.full((int(at.max()) + 1, len(calendar)), -1, dtype=np.intp)
    place[at, when] = np.arange(len(frame))
    values = _outcome(frame, outcome, unit, time)
    on = _treated(frame, treated)
    panel = TreatedPanel(
        np.where(place >= 0, values[place], np.nan), _labels(frame[unit], at),
        _labels(frame[time], when), _first(on, at, when, len(calendar)),
        np.asarray(calendar, dtype=np.intp), place, outcome, unit, time, treated, frame,
    )  # fmt: skip
    _require_lasting(panel, on)
    _require_before(panel)
    return panel


def _require_different(names: list[str]) -> None:
    if len(set(names)) < len(names):
        raise InputError(
            f"unit, time, outcome and treated must be four columns; found {names}. Name a "
            "different column for each."
        )


def _labels(values: pd.Series[Any], codes: Codes) -> pd.Index:
    """Return the label of each code, (number of codes,)."""
    row = np.zeros(int(codes.max()) + 1, dtype=np.intp)
    row[codes] = np.arange(len(codes))
    labels: pd.Index = pd.Index(values.iloc[row])
    return labels


def _outcome(frame: pd.DataFrame, outcome: str, unit: str, time: str) -> Array:
    """Return the outcome; minus infinity, the logarithm of zero, is refused where it is."""
    values = frame[outcome]
    if pd.api.types.is_float_dtype(values.dtype):
        low = np.isneginf(values.to_numpy(dtype=np.float64, na_value=np.nan))
        if low.any():
            cell = frame.loc[low, [unit, time]].iloc[0].to_dict()
            raise InputError(
                f"outcome {outcome!r} is minus infinity in {int(low.sum())} rows, first {cell}: "
                "the logarithm of zero. Use the level, drop the unit from the table, or choose "
                "an outcome that is positive everywhere."
            )
    return np.asarray(numeric(frame, outcome), dtype=np.float64)


def _treated(frame: pd.DataFrame, treated: str) -> Truth:
    """Return `treated` as (rows,) True or False."""
    values = frame[treated]
    if values.isna().any():
        raise InputError(
            f"treated column {treated!r} is unknown in {int(values.isna().sum())} of {len(frame)} "
            "rows. Fill in 0 or 1."
        )
    other = values[~values.isin([0, 1])]
    if len(other) or not (
        pd.api.types.is_numeric_dtype(values) or pd.api.types.is_bool_dtype(values)
    ):
        raise InputError(
            f"treated column {treated!r} must be 1 in treated unit-periods and 0 elsewhere; found "
            f"{listed(other.unique()) or values.dtype}. For two treatments make "
            "two calls: pass a 0/1 column of its own to each, without the units of the other."
        )
    return np.asarray(values.to_numpy(dtype=np.float64) == 1)


def _first(on: Truth, at: Codes, when: Codes, T: int) -> Codes:
    """Return the first treated period of each unit, T where there is none, (N,)."""
    first = np.full(int(at.max()) + 1, T, dtype=np.intp)
    np.minimum.at(first, at[on], when[on])
    return first


def _require_lasting(panel: TreatedPanel, on: Truth) -> None:
    """Raise `InputError` if a unit's treatment ends, or starts twice."""
    if not panel.ever.any():
        raise IdentificationError(
            f"no unit is treated: column {panel.treated!r} is 0 in every row. Set it to 1 in "
            "treated unit-periods."
        )
    there = panel.place >= 0
    stopped = panel.on & there & ~on[panel.place]
    if stopped.any():
        n, t = map(int, np.argwhere(stopped)[0])
        raise InputError(
            f"treatment must stay once it starts: unit {listed([panel.units[n]])} is treated from "
            f"{listed([panel.periods[panel.first[n]]])} and not in {listed([panel.periods[t]])}. "
            "End the table before the treatment ends; of two treatments, keep one column each."
        )


def _require_before(panel: TreatedPanel) -> None:
    """Raise `IdentificationError` naming units that are treated in the first period."""
    at_once = panel.first == 0
    if at_once.any():
        raise IdentificationError(
            f"units {listed(panel.units[at_once])} are treated in the first period, "
            f"{listed([panel.periods[0]])}, so that nothing is known of them untreated. Drop them, "
            "or add earlier periods."
        )
