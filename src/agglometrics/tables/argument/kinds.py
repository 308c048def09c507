"""Whether a value is of the type that a signature names."""

from __future__ import annotations

import math
import types
import typing
from collections.abc import Callable, Sequence
from numbers import Integral, Real
from typing import Annotated, Any, Literal

import numpy as np
import pandas as pd

STATED = "the function itself says what a wrong value must be"
"""Marks, in an annotation, an argument that is not compared with its type."""

Stated = Annotated[str, STATED]
"""A statement of what an experiment draws: a text, and no name of a column."""


def is_real(value: object) -> bool:
    """Return whether `value` is a number and no truth value."""
    return isinstance(value, Real) and not isinstance(value, bool | np.bool_)


def is_whole(value: object) -> bool:
    """Return whether `value` is a whole number and no truth value."""
    return isinstance(value, Integral) and not isinstance(value, bool | np.bool_)


def fits(value: object, kind: Any) -> bool:
    """Return whether `value` is of the type `kind`, as an annotation names it."""
    origin = typing.get_origin(kind)
    if kind is Any or kind is object:
        return True
    if origin in (typing.Union, types.UnionType):
        return any(fits(value, each) for each in typing.get_args(kind))
    if origin is Literal:
        return isinstance(value, str | int)  # which ones there are, the function says itself
    if kind is type(None) or kind is None:
        return value is None
    if kind is float:
        return is_real(value) and _is_float(value)
    if kind is int:
        return is_whole(value)
    if kind is bool:
        return isinstance(value, bool | np.bool_)
    if origin is not None:
        return _fits_container(value, origin, typing.get_args(kind))
    if isinstance(kind, type) and getattr(kind, "_is_protocol", False):
        return not isinstance(value, type) and all(hasattr(value, n) for n in _members(kind))
    return isinstance(value, kind) if isinstance(kind, type) else True


def _fits_container(value: object, origin: Any, inside: tuple[Any, ...]) -> bool:
    if origin is Callable or origin is typing.get_origin(Callable[..., Any]):
        return callable(value) and not isinstance(value, type)
    if origin is tuple:
        return isinstance(value, tuple)
    if origin is list:
        return isinstance(value, list) and all(fits(each, inside[0]) for each in value)
    if origin is Sequence:
        rows = isinstance(value, list | tuple | range | np.ndarray | pd.Index | pd.Series)
        rows = rows and np.ndim(value) > 0 if isinstance(value, np.ndarray) else rows
        return rows and all(fits(each, inside[0]) for each in value)  # type: ignore[attr-defined]
    return isinstance(value, origin) if isinstance(origin, type) else True


def _is_float(value: Any) -> bool:
    """Return whether a number is known and not beyond double precision."""
    try:
        return not math.isnan(value)
    except OverflowError:
        return False


def _members(protocol: type) -> set[str]:
    parts = [each for each in protocol.__mro__ if getattr(each, "_is_protocol", False)]
    names = {
        name for each in parts for name in (*vars(each), *vars(each).get("__annotations__", ()))
    }
    return {name for name in names if not name.startswith("_")} - {"register"}
