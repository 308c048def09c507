"""Groups of regions (macro-regions) or of industries (sectors), in whatever form they come."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from agglometrics.errors import InputError
from agglometrics.measures.cells.references import Axis
from agglometrics.notation import Array
from agglometrics.tables import Cube, listed, require_columns, require_keys, to_frame


def membership(cube: Cube, groups: object, axis: Axis) -> Array:
    """Return which region or industry belongs to which group: (K, groups), 0 or 1.

    groups : mapping or Series from label to group, or a table of the key column and one other

    Raises
    ------
    InputError
        If a label has no group, or the table has more than one column of groups.
    """
    key, labels = (
        (cube.region, cube.regions) if axis == "region" else (cube.industry, cube.industries)
    )
    group = group_of(groups, key).reindex(labels)
    lacking = labels[group.isna().to_numpy()]
    if len(lacking):
        raise InputError(
            f"no group for {key} {listed(lacking)}. Every {key} needs one; names must be equal "
            "in both tables. "
            "Add the missing ones to groups=."
        )
    code, names = pd.factorize(group, sort=True)
    return np.eye(len(names))[code]


def group_of(groups: object, key: str) -> pd.Series[str]:
    """Return the group of each label: a Series with the labels as index."""
    if isinstance(groups, Mapping):
        return pd.Series(dict(groups), dtype=object)
    if isinstance(groups, pd.Series):
        return _one_column(groups.rename_axis(key).rename("group").reset_index(), key)
    if isinstance(groups, str):
        raise InputError(
            f"groups= says which group each {key} belongs to; found the text {groups!r}. If that "
            f"is a column of your table, pass groups=frame[[{key!r}, {groups!r}]]"
            ".drop_duplicates(); else a mapping, groups={'a': 'north', 'b': 'south'}."
        )
    return _one_column(to_frame(groups), key)


def _one_column(frame: pd.DataFrame, key: str) -> pd.Series[str]:
    require_columns(frame, [key])
    require_keys(frame, [key])
    rest = [column for column in frame.columns if column != key]
    if len(rest) != 1:
        raise InputError(
            f"groups must have {key!r} and exactly one column of groups; found {rest} beside it. "
            "Select the one you mean."
        )
    return frame.set_index(key)[rest[0]]
