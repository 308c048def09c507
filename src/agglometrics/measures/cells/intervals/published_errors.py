"""Published relative standard errors, put where the cells and totals are that they belong to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from numbers import Real

import numpy as np
import pandas as pd

from agglometrics.errors import InputError, caution
from agglometrics.measures.cells.references import Axis
from agglometrics.notation import Array
from agglometrics.tables import Cube, listed, numeric, require_columns, require_keys, to_frame

PER = {"percent": 100.0, "fraction": 1.0}
"""What one is, in the unit in which relative standard errors are given."""


@dataclass(frozen=True)
class Published:
    """Relative standard errors as they were published: of cells, or of one kind of total.

    Attributes
    ----------
    argument : the argument that they came in, for messages
    given : the table, or one number for all
    axes : what the estimates run over; a period is a key where the table has its column
    given_in : ``"percent"`` or ``"fraction"``
    """

    argument: str
    given: object
    axes: tuple[Axis, ...]
    given_in: str

    def fractions(self, cube: Cube, t: int) -> Array:
        """Return c of period t, NaN where none is published: (R or 1, I or 1).

        Raises
        ------
        InputError
            If the table does not fit the cube, or does not hold relative standard errors.
        """
        shape = tuple(len(self._labels(cube, axis)) for axis in ("region", "industry"))
        if isinstance(self.given, Real) and not isinstance(self.given, bool | np.bool_):
            one: Array = np.asarray([self.given], dtype=np.float64)
            self._require_possible(one, None)
            found = np.broadcast_to(one, shape)
        else:
            found = self._placed(cube, t, np.full(shape, np.nan))
        return found / PER[self.given_in]

    def _labels(self, cube: Cube, axis: Axis) -> pd.Index:
        labels = cube.regions if axis == "region" else cube.industries
        return labels if axis in self.axes else labels[:1]

    def _placed(self, cube: Cube, t: int, out: Array) -> Array:
        frame, keys = self._of_period(cube, t)
        column = self._column(frame, [*keys, cube.time])
        values: Array = np.asarray(numeric(frame, column), dtype=np.float64)
        self._require_possible(values, frame[[*keys, column]])
        names = {"region": cube.region, "industry": cube.industry}
        at = [
            self._labels(cube, axis).get_indexer(pd.Index(frame[names[axis]]))
            if axis in self.axes
            else np.zeros(len(frame), dtype=int)
            for axis in names
        ]
        known = (at[0] >= 0) & (at[1] >= 0)
        out[at[0][known], at[1][known]] = values[known]
        return out

    def _of_period(self, cube: Cube, t: int) -> tuple[pd.DataFrame, list[str]]:
        """Return the rows of period t, each key once, and the names of the keys."""
        names = {"region": cube.region, "industry": cube.industry}
        keys = [names[axis] for axis in self.axes]
        frame = self._frame(keys)
        require_columns(frame, keys)
        if cube.time in frame.columns:
            frame = frame[frame[cube.time] == cube.times[t]]
        elif not keys:
            raise InputError(
                f"{self.argument} must be one number, or a table with a row per period; found a "
                f"table with the columns {list(frame.columns)}. For example {self.argument}=0.1."
            )
        require_keys(frame, keys or [cube.time])  # type: ignore[list-item]
        return frame, keys

    def _frame(self, keys: Sequence[str]) -> pd.DataFrame:
        if isinstance(self.given, pd.Series) and self.given.index.nlevels == len(keys) == 1:
            return self.given.rename_axis(keys[0]).rename("rse").reset_index()
        return to_frame(self.given)

    def _column(self, frame: pd.DataFrame, keys: Sequence[str | None]) -> str:
        rest = [column for column in frame.columns if column not in keys]
        if len(rest) != 1:
            raise InputError(
                f"{self.argument} must have its keys and exactly one column of relative standard "
                f"errors; found {rest} beside the keys. Select the one you mean."
            )
        return str(rest[0])

    def _require_possible(self, values: Array, rows: pd.DataFrame | None) -> None:
        """Raise `InputError` for a negative error, or one of more than the estimate itself."""
        most = PER[self.given_in]
        wrong = np.asarray((values < 0) | (values > most) | np.isinf(values))
        if not wrong.any():
            return
        records = values if rows is None else rows[wrong].to_dict("records")
        raise InputError(
            f"{self.argument}: a relative standard error given in {_plural(self.given_in)} lies "
            f"between 0 and {most:g}; found {listed(records)}. Correct these, or pass "
            "given_in='percent' if they are percentages. An estimate whose standard error is as "
            "large as itself has no interval by the delta method: leave its error out, with "
            "missing='nan'."
        )


def _plural(unit: str) -> str:
    return "percent" if unit == "percent" else "fractions"


def require_published(cube: Cube, t: int, published: Published, lacking: Array) -> None:
    """Raise `InputError` if estimates that are `lacking` (a mask) have no published error."""
    if not lacking.any():
        return
    period = {} if cube.time is None else {cube.time: cube.times[t]}
    rows = [
        period
        | ({cube.region: cube.regions[int(r)]} if "region" in published.axes else {})
        | ({cube.industry: cube.industries[int(i)]} if "industry" in published.axes else {})
        for r, i in np.argwhere(lacking)
    ]
    raise InputError(
        f"{published.argument} has no relative standard error for {len(rows)} estimates above "
        f"zero: {listed(rows)}. Names must be equal in both tables; pass missing='nan' to leave "
        "their intervals out."
    )


def warn_of_fractions(cells: Array) -> None:
    """Warn if no cell has as much as one per cent, which surveys of cells rarely reach."""
    if cells.size and np.nanmax(cells, initial=0.0) > 0 and np.nanmax(cells, initial=0.0) < 0.01:
        caution(
            f"no relative standard error of a cell reaches one per cent; the largest is "
            f"{100 * np.nanmax(cells):.3g} per cent. If the numbers are fractions, pass "
            "given_in='fraction'."
        )
