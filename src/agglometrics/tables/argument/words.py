"""What a refusal of an argument says: what it must be, what was found, the way out."""

from __future__ import annotations

import types
import typing
from collections.abc import Callable, Mapping, Sequence
from numbers import Real
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pandas as pd

from agglometrics.tables.advice import calls

_MADE_BY = {
    "Estimates": "panel",
    "Regression": "panel",
    "IVRegression": "iv",
    "SpatialEstimates": "spatial_panel",
}
"""Results that users get from a function, not from their class."""


def refusal(name: str, value: object, kind: Any, given: Mapping[str, Any]) -> str:
    """Return what the argument `name` of type `kind` must be, what was found, and the way out."""
    maker = _MADE_BY.get(getattr(kind, "__name__", ""))
    if maker is None:
        way = (
            (f"Write {name}={value.__name__}(...)." if isinstance(value, type) else "")
            or ("Write labels={'lq': 'Quotient'}." if name == "labels" else "")
            or ("Write save_figure(figure, 'figure.png')." if name == "path" else "")
            or (calls.covariance(value, given) if name == "cov" else "")
            or (_of_texts(name, value, given) if _takes_text(kind) else "")
            or _way(name, kind)
        )
        return f"{name} must be {words(kind)}; found {found(value)}. {way}"
    article = "an" if maker == "iv" else "a"
    return (
        f"{name} needs {article} {maker}() estimate; found {found(value)}. "
        f"Pass {name}={maker}(...)."
    )


def _takes_text(kind: Any) -> bool:
    return kind is str or str in typing.get_args(kind)


def _of_texts(name: str, value: object, given: Mapping[str, Any]) -> str:
    return calls.swapped(name, value, given) or calls.column_itself(name, value)


def words(kind: Any) -> str:
    """Return a type in words."""
    origin, inside = typing.get_origin(kind), typing.get_args(kind)
    if origin in (typing.Union, types.UnionType):
        if {str, Path} <= set(inside):
            return "a text or a Path"
        return " or ".join(dict.fromkeys(words(each) for each in inside if each is not type(None)))
    if origin is Literal:
        return "one of " + ", ".join(map(repr, inside))
    if origin is Sequence:
        return "a list of texts" if inside == (str,) else f"a list of {words(inside[0])}"
    plain = {str: "a text (the name of a column, where it names one)", int: "a whole number",
             float: "a number", bool: "True or False"}  # fmt: skip
    if kind in plain:
        return plain[kind]
    plainly = str(getattr(origin or kind, "__name__", kind))
    if plainly in calls.CHOICES:
        return f"a value such as {calls.CHOICES[plainly]}"
    return f"{'an' if plainly[0] in 'AEIOU' else 'a'} {plainly}"


def _way(name: str, kind: Any) -> str:
    options = [each for each in (typing.get_args(kind) or (kind,)) if each is not type(None)]
    literals = [value for each in (kind, *options) if typing.get_origin(each) is Literal
                for value in typing.get_args(each)]  # fmt: skip
    if literals:
        return f"For example {name}={literals[0]!r}."
    if str in options:
        return f"Pass one text, as in {name}='{name}'."
    if int in options or float in options:
        return f"For example {name}=1."
    if bool in options:
        return f"Pass {name}=True or {name}=False."
    if Callable in (kind, typing.get_origin(kind)):
        return f"Pass the function itself, without quotes: {name}=concentration."
    classes = [each for each in options if isinstance(each, type)]
    if classes == [pd.DataFrame]:
        return f"Pass {name} as a pandas.DataFrame."
    made = getattr(classes[0], "__name__", "...") if classes else "..."
    if made in calls.CHOICES:
        return f"Pass an object, as in {name}={calls.CHOICES[made].split(',')[0].split(' ')[0]}."
    return f"Pass an object, as in {name}={made}(...)."


def found(value: object) -> str:
    """Return a value as a message shows it: itself if it is short, else its type."""
    if isinstance(value, type):
        return f"the class {value.__name__} itself"
    if isinstance(value, str | Real) or value is None:
        return repr(value.item() if isinstance(value, np.generic) else value)
    text = repr(value)
    short = len(text) <= 60 and "\n" not in text and " at 0x" not in text
    library = type(value).__module__.partition(".")[0]
    named = f"{library} " if type(value).__name__ == "DataFrame" and library != "pandas" else ""
    return f"{type(value).__name__} {text}" if short else f"a {named}{type(value).__name__}"
