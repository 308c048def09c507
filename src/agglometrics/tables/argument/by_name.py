"""Arguments whose names say what numbers they take: levels, draws, seeds, counts."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import pandas as pd

from agglometrics.errors import InputError
from agglometrics.tables.argument.kinds import is_real, is_whole
from agglometrics.tables.argument.words import found

MOST_DRAWS = 10_000_000


MOST_SEED = 2**64


def level(name: str, value: object) -> None:
    """Raise `InputError` unless `value` is a number between 0 and 1, both excluded."""
    if not (is_real(value) and 0 < value < 1):  # type: ignore[operator]
        raise InputError(
            f"{name} must lie between 0 and 1; found {found(value)}. For example {name}=0.95."
        )


def draws(name: str, value: object) -> None:
    """Raise `InputError` unless `value` is a whole number of draws that can be made."""
    least = 0 if name == "simulations" else 1
    if not (is_whole(value) and least <= value <= MOST_DRAWS):  # type: ignore[operator]
        raise InputError(
            f"{name} must be a whole number from {least} to {MOST_DRAWS:,}; found {found(value)}. "
            f"For example {name}=999."
        )


def seed(name: str, value: object) -> None:
    """Raise `InputError` unless `value` is a whole number not below zero, or a generator."""
    whole = is_whole(value) and 0 <= value < MOST_SEED  # type: ignore[operator]
    if not (whole or isinstance(value, np.random.Generator) or value is None):
        raise InputError(
            f"{name} must be a whole number from 0 to 2**64 - 1, or a numpy random generator; "
            f"found {found(value)}. For example {name}=1."
        )


def positive(name: str, value: object) -> None:
    """Raise `InputError` unless `value` is a whole number above zero that fits in memory."""
    if not (is_whole(value) and 0 < value <= MOST_DRAWS):  # type: ignore[operator]
        raise InputError(
            f"{name} must be a whole number from 1 to {MOST_DRAWS:,}; found {found(value)}. "
            f"For example {name}=20."
        )


def not_negative(name: str, value: object) -> None:
    """Raise `InputError` unless `value` is a whole number not below zero."""
    if not (is_whole(value) and 0 <= value <= MOST_DRAWS):  # type: ignore[operator]
        raise InputError(
            f"{name} must be a whole number not below zero; found {found(value)}. "
            f"For example {name}=2."
        )


def above_zero(name: str, value: object) -> None:
    """Raise `InputError` unless `value` is a finite number above zero."""
    if not (is_real(value) and 0 < value < np.inf):  # type: ignore[operator]
        raise InputError(
            f"{name} must be positive and finite; found {found(value)}. For example {name}=1."
        )


def share(name: str, value: object) -> None:
    """Raise `InputError` unless `value` is a share, from 0 to 1."""
    if not (is_real(value) and 0 <= value <= 1):  # type: ignore[operator]
        raise InputError(
            f"{name} must be a share from 0 to 1; found {found(value)}. For example {name}=0.8."
        )


def trimmed(name: str, value: object) -> None:
    """Raise `InputError` unless `value` is a share that leaves a middle when cut at both ends."""
    if not (is_real(value) and 0 <= value < 0.5):  # type: ignore[operator]
        raise InputError(
            f"{name} must be a share from 0 to below 0.5; found {found(value)}. "
            f"For example {name}=0.05."
        )


def label(name: str, value: object) -> None:
    """Raise `InputError` unless `value` can be a label: one text, number or date."""
    if not (value is None or pd.api.types.is_scalar(value) or hasattr(value, "isoformat")):
        raise InputError(
            f"{name} must be one label of the table, a text, a number or a date; found "
            f"{found(value)}. Pass one, and call once per label for several."
        )


def labels(name: str, value: object) -> None:
    """Raise `InputError` unless `value` is a label or a list of labels."""
    for each in value if isinstance(value, list | tuple | np.ndarray | pd.Index) else [value]:
        label(name, each)


def several_labels(name: str, value: object) -> None:
    """Raise `InputError` unless `value` is a list or set of labels; a text is one, not several."""
    one = isinstance(value, str | bytes | pd.DataFrame) or not hasattr(value, "__iter__")
    if one or not hasattr(value, "__contains__"):
        raise InputError(
            f"{name} must be a list of labels; found {found(value)}. Pass {name}=['label']."
        )
    for each in value:  # type: ignore[attr-defined]
        label(name, each)


def not_blank(name: str, value: object) -> None:
    """Raise `InputError` if the name of a column is an empty text."""
    if isinstance(value, str) and not value.strip():
        raise InputError(f"{name} must name a column; found {value!r}. Pass {name}='{name}'.")


BY_TYPE = frozenset({"bandwidth", "columns", "radius", "target", "neighbor", "entity", "time"})
"""Names whose numbers are checked by name and whose other values by the type declared."""

BY_NAME: Mapping[str, Callable[[str, object], None]] = {
    "level": level,
    "range_level": level,
    "power": level,
    "draws": draws,
    "simulations": draws,
    "seed": seed,
    "bins": positive,
    "grid": positive,
    "n_locations": positive,
    "n_sectors": positive,
    "per_cluster": positive,
    "most": positive,
    "bandwidth": lambda name, value: not_negative(name, value) if is_whole(value) else None,
    "lags": not_negative,
    "rings": positive,
    "columns": lambda name, value: positive(name, value) if is_whole(value) else None,
    "least": positive,
    "radius": above_zero,
    "entity": not_blank,
    "time": not_blank,
    "neighbor": label,
    "target": labels,
    "highlight": several_labels,
    "trim": trimmed,
    "minimum_coverage": share,
}
