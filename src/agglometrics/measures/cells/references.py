"""The reference that shares are compared with: the total, the others, or totals from outside.

A *unit* is what is measured (an industry in `concentration`, a region in `specialization`), a
*part* is what its shares run over. The same rules serve both: activity is (U, K) in a period.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import pandas as pd

from agglometrics.errors import InputError
from agglometrics.measures.cells.inequality import row_shares, sum_of_others
from agglometrics.notation import Array
from agglometrics.tables import (
    Cube,
    listed,
    numeric,
    ratio,
    require_columns,
    require_keys,
    to_frame,
)
from agglometrics.tables.cells import Cells

Axis = Literal["region", "industry"]


def including(activity: Array) -> Array:
    """Shares of the total over all units, the unit itself in it: (U, K) -> (K,)."""
    total = activity.sum(axis=0)
    return ratio(total, total.sum())


def excluding(activity: Array) -> Array:
    """Shares of the total over the other units: (U, K) -> (U, K)."""
    others = sum_of_others(activity, axis=0)
    return ratio(others, others.sum(axis=1, keepdims=True))


def mean_of_others(activity: Array) -> Array:
    """Unweighted mean of the other units' shares (Farhauer and Kroell 2013): (U, K)."""
    s = np.nan_to_num(row_shares(activity))
    active = activity.sum(axis=1, keepdims=True) > 0
    return ratio(sum_of_others(s, axis=0), active.sum() - active)


def uniform(activity: Array) -> Array:
    """Give every part with any activity in the period the same share: (U, K) -> (K,)."""
    present = activity.any(axis=0)
    return ratio(present, present.sum())


RULES: dict[str, Callable[[Array], Array]] = {
    "including": including,
    "excluding": excluding,
    "mean_of_others": mean_of_others,
    "uniform": uniform,
}
NEEDS_OTHERS = ("excluding", "mean_of_others")


@dataclass(frozen=True)
class Reference:
    """Where reference shares come from.

    Attributes
    ----------
    name : as it is named in the answer
    shares : from (t, activity (U, K)) to reference shares (K,) or (U, K)
    outside : the axis of the cube that totals from outside run over, or None
    totals : (T, K) these totals, or None
    """

    name: str
    shares: Callable[[int, Array], Array]
    outside: Axis | None = None
    totals: Array | None = None

    def known(self, axis: Axis) -> Array | Literal[0]:
        """(T, K) totals from outside over `axis`; 0 where there are none."""
        return self.totals if self.totals is not None and axis == self.outside else 0


def resolve(cube: Cube, reference: object, parts: Axis) -> tuple[Cube, Reference]:
    """Return the `Reference` that the user means, and the cube over all its parts.

    Raises
    ------
    InputError
        For an unknown name, or a table of totals that does not fit the cells.
    """
    if isinstance(reference, str):
        if reference not in RULES:
            raise InputError(
                f"reference={reference!r} is unknown; choose one of {list(RULES)}, "
                f"or give a table with {_labels(cube, parts)[0]!r} and one column of totals."
            )
        rule = RULES[reference]
        return cube, Reference(reference, lambda _, activity: rule(activity))
    totals = aligned(cube, reference, parts, "the reference table")
    cube = _extend(cube, totals.columns, parts)
    array = totals.to_numpy(dtype=np.float64)
    _refuse_activity_without_reference(cube, array, parts)
    outside = ratio(array, array.sum(axis=1, keepdims=True))
    return cube, Reference("external", lambda t, _: outside[t], parts, array)


def name_reference(answer: pd.DataFrame, reference: Reference) -> pd.DataFrame:
    """Add the column ``reference``, the name of the reference in every row."""
    return constant(answer, "reference", reference.name)


def constant(answer: pd.DataFrame, column: str, text: str) -> pd.DataFrame:
    """Add a column of one text in every row, as a category: one byte per row."""
    codes = np.zeros(len(answer), dtype=np.int8)
    return answer.assign(**{column: pd.Categorical.from_codes(codes, pd.Index([text]))})


def _labels(cube: Cube | Cells, axis: Axis) -> tuple[str, pd.Index]:
    if axis == "region":
        return cube.region, cube.regions
    return cube.industry, cube.industries


def aligned(cube: Cube | Cells, table: object, axis: Axis, what: str) -> pd.DataFrame:
    """Return one number per label, known and not negative, as a frame of periods by labels.

    table : Series with the labels as index, or a table of label (and time) and one column; it
        must have the cube's labels and may have more
    what : the table's name in an error

    Raises
    ------
    InputError
        If it does not fit the cube.
    """
    key, labels = _labels(cube, axis)
    if isinstance(table, pd.Series) and table.index.nlevels == 1:
        table = table.rename_axis(key).rename("total").reset_index()
    frame = to_frame(table)
    keys = [key] if cube.time is None or cube.time not in frame.columns else [key, cube.time]
    require_columns(frame, keys)
    require_keys(frame, keys)
    rest = [column for column in frame.columns if column not in keys]
    if len(rest) != 1:
        raise InputError(
            f"{what} must have {keys} and exactly one column more; "
            f"found {rest} beside the keys. Select the one you mean."
        )
    values = _known(frame, keys, rest[0], what)
    lacking = labels.difference(pd.Index(values.index.get_level_values(key)))
    if len(lacking):
        raise InputError(
            f"{what} lacks {key} {listed(lacking)}. Names must be equal in both "
            "tables; add the rows, or correct the names."
        )
    if len(keys) == 1:
        return pd.DataFrame([values] * len(cube.times), index=cube.times)
    return _complete(cube, values.unstack(key).reindex(cube.times), what)


def _known(frame: pd.DataFrame, keys: list[str], column: str, what: str) -> pd.Series[float]:
    values = numeric(frame, column)
    wrong = frame.loc[~(values >= 0).to_numpy(), [*keys, column]]
    if len(wrong):
        raise InputError(
            f"{column!r} of {what} must be known and not negative; found "
            f"{listed(wrong.to_dict('records'))}. Correct these rows."
        )
    return values.set_axis(frame.set_index(keys).index).sort_index()


def _complete(cube: Cube | Cells, totals: pd.DataFrame, what: str) -> pd.DataFrame:
    t, k = np.nonzero(totals.isna().to_numpy())
    if len(t):
        period, label = totals.index[t[:1]], totals.columns[k[:1]]
        raise InputError(
            f"{what} has no row for {cube.time} {listed(period)}, "
            f"{totals.columns.name} {listed(label)} ({len(t)} such cells). "
            "Add them: zero is a row with 0."
        )
    return totals


def _extend(cube: Cube, labels: pd.Index, parts: Axis) -> Cube:
    """Return the cube over `labels`, zero in parts that only the reference has."""
    _, known = _labels(cube, parts)
    axis = 1 if parts == "region" else 2
    shape = list(cube.values.shape)
    shape[axis] = len(labels)
    values = np.zeros(shape)
    where = labels.get_indexer(known)
    np.moveaxis(values, axis, 0)[where] = np.moveaxis(cube.values, axis, 0)
    if parts == "region":
        return replace(cube, values=values, regions=labels)
    return replace(cube, values=values, industries=labels)


def _refuse_activity_without_reference(cube: Cube, totals: Array, parts: Axis) -> None:
    key, labels = _labels(cube, parts)
    activity = cube.values.sum(axis=2 if parts == "region" else 1)
    wrong = ((activity > 0) & (totals == 0)).any(axis=0)
    if wrong.any():
        raise InputError(
            f"the reference is zero where there is activity, in {key} {listed(labels[wrong])}: "
            "dividing by it gives infinity. Correct the totals or leave these rows out."
        )
