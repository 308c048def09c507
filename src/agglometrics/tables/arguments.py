"""What an argument must be before a public function looks at its tables.

A function says in its signature what it takes; `checked` holds its callers to that, so that
a list where the name of a column belongs, ``level=95``, or a class where an object belongs is
refused in words at the door.
"""

from __future__ import annotations

import inspect
import math
import types
import typing
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import is_dataclass
from functools import wraps
from numbers import Integral, Real
from typing import Any, Literal, TypeVar

import numpy as np
import pandas as pd

from agglometrics.errors import InputError
from agglometrics.tables.advice import calls
from agglometrics.tables.advice.complaint import Arguments, ComplaintError

OWN_WORDS = frozenset(
    {
        "interval",
        "predictors",
        "inference",
        "rules",
        "variants",
        "trade",
        "base",
        "stars",
        "unit",
        "estimates",
        "locations",
        "shares",
        "shocks",
    }
)
"""Arguments whose functions name the choices themselves, with more than a signature knows."""

F = TypeVar("F", bound=Callable[..., Any])
MOST_DRAWS = 10_000_000
MOST_SEED = 2**64


def checked(function: F) -> F:
    """Return `function`, its arguments compared with its signature at each call.

    Raises
    ------
    InputError
        On a call, naming the argument, what it must be, what was found and an example.

    Examples
    --------
    >>> @checked
    ... def half(level: float) -> float:
    ...     return level / 2
    >>> half(95)  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    agglometrics.errors.InputError: level must lie between 0 and 1; found 95. For ...
    """
    if isinstance(function, type):
        function.__init__ = checked(function.__init__)  # type: ignore[misc]
        return function
    signature = inspect.signature(function)
    hints: dict[str, Any] = {}

    @wraps(function)
    def call(*arguments: Any, **options: Any) -> Any:
        if not hints:
            hints.update(_hints(function))
        try:
            given = signature.bind(*arguments, **options).arguments
        except TypeError as failure:
            raise _wrong_call(function, signature, failure, arguments, options, hints) from None
        _check_given(signature, given, hints)
        try:
            return function(*arguments, **options)
        except ComplaintError as complaint:
            raise InputError(complaint.say(_arguments(signature, given))) from None

    return typing.cast(F, call)


def _check_given(
    signature: inspect.Signature, given: Mapping[str, Any], hints: Mapping[str, Any]
) -> None:
    for name, value in given.items():
        kind = signature.parameters[name].kind
        if kind is not inspect.Parameter.VAR_KEYWORD:
            values = value if kind is inspect.Parameter.VAR_POSITIONAL else (value,)
            for each in values:
                check_argument(name, each, hints.get(name, Any), given)


def _arguments(signature: inspect.Signature, given: Mapping[str, Any]) -> Arguments:
    """Return what a call was given, the arguments of ``**options`` among the others."""
    flat: dict[str, Any] = {}
    for name, value in given.items():
        many = signature.parameters[name].kind is inspect.Parameter.VAR_KEYWORD
        flat |= value if many else {name: value}
    left = {
        name: parameter.default
        for name, parameter in signature.parameters.items()
        if name not in flat and parameter.default is not parameter.empty
    }
    return Arguments({name: value for name, value in flat.items() if name != "self"}, left)


def _wrong_call(
    function: Callable[..., Any],
    signature: inspect.Signature,
    failure: TypeError,
    arguments: tuple[Any, ...],
    options: Mapping[str, Any],
    hints: Mapping[str, Any],
) -> InputError:
    """Return what says why a call does not fit its function, the likeliest mistake first."""
    names = [name for name in signature.parameters if name != "self"]
    owner = function.__qualname__.removesuffix(".__init__")
    unknown = [name for name in options if name not in names]
    takes = f"It takes the arguments {names}."
    if unknown:
        hint = calls.unknown_keyword(unknown[0], names) or "Use only these."
        return InputError(f"{owner} has no argument {unknown[0]!r}. {takes} {hint}")
    placed = [
        name
        for name, parameter in signature.parameters.items()
        if parameter.kind is inspect.Parameter.POSITIONAL_OR_KEYWORD
    ]
    if len(arguments) > len(placed):
        free = [name for name in names if name not in (*placed, *options)]
        hint = calls.positional(arguments[len(placed) :], free)
        return InputError(
            f"{owner}: too many positional arguments; only {placed or 'none'} may be given by "
            f"place. {takes} {hint}"
        )
    with suppress(TypeError):
        _check_given(signature, signature.bind_partial(*arguments, **options).arguments, hints)
    return InputError(f"{owner}: {failure}. {takes} Write those it needs by name.")


def _hints(function: Callable[..., Any]) -> dict[str, Any]:
    """Return the types of a function's arguments; what is imported for types alone is any."""
    space = inspect.unwrap(function).__globals__
    found: dict[str, Any] = {"": None}  # not empty, so that it is looked up once
    for name, annotation in function.__annotations__.items():
        holder = types.SimpleNamespace(__annotations__={name: annotation})
        try:
            found |= typing.get_type_hints(holder, globalns=space)
        except (NameError, TypeError):
            found[name] = Any
    return found


def check_argument(
    name: str, value: object, kind: Any, given: Mapping[str, Any] | None = None
) -> None:
    """Raise `InputError` unless `value` may be the argument `name` of type `kind`.

    `given` holds the other arguments of the call, which may tell what was meant.
    """
    if name in _BY_NAME and not (value is None and _allows_none(kind)):
        _BY_NAME[name](name, value)
    elif not _has_own_words(name, value, kind) and not _fits(value, kind):
        raise InputError(_refusal(name, value, kind, given or {}))


def _has_own_words(name: str, value: object, kind: Any) -> bool:
    """Whether the function itself refuses a wrong value, saying more than its type."""
    covariance = name == "cov" and is_dataclass(value) and not isinstance(value, type)
    return covariance or name in OWN_WORDS or "Cutoff" in str(kind)


def _refusal(name: str, value: object, kind: Any, given: Mapping[str, Any]) -> str:
    maker = _MADE_BY.get(getattr(kind, "__name__", ""))
    if maker is None:
        way = (
            (f"Write {name}={value.__name__}(...)." if isinstance(value, type) else "")
            or (calls.covariance(value, given) if name == "cov" else "")
            or (_of_texts(name, value, given) if _takes_text(kind) else "")
            or _way(name, kind)
        )
        return f"{name} must be {_words(kind)}; found {_found(value)}. {way}"
    article = "an" if maker == "iv" else "a"
    return (
        f"{name} needs {article} {maker}() estimate; found {_found(value)}. "
        f"Pass {name}={maker}(...)."
    )


def _takes_text(kind: Any) -> bool:
    return kind is str or str in typing.get_args(kind)


def _of_texts(name: str, value: object, given: Mapping[str, Any]) -> str:
    return calls.swapped(name, value, given) or calls.column_itself(name, value)


_MADE_BY = {
    "Estimates": "panel",
    "Regression": "panel",
    "IVRegression": "iv",
    "SpatialEstimates": "spatial_panel",
}
"""Results that users get from a function, not from their class."""


def _allows_none(kind: Any) -> bool:
    return kind is Any or kind is object or type(None) in typing.get_args(kind)


def level(name: str, value: object) -> None:
    """Raise `InputError` unless `value` is a number between 0 and 1, both excluded."""
    if not (_is_real(value) and 0 < value < 1):  # type: ignore[operator]
        raise InputError(
            f"{name} must lie between 0 and 1; found {_found(value)}. For example {name}=0.95."
        )


def draws(name: str, value: object) -> None:
    """Raise `InputError` unless `value` is a whole number of draws that can be made."""
    least = 0 if name == "simulations" else 1
    if not (_is_whole(value) and least <= value <= MOST_DRAWS):  # type: ignore[operator]
        raise InputError(
            f"{name} must be a whole number from {least} to {MOST_DRAWS:,}; found {_found(value)}. "
            f"For example {name}=999."
        )


def seed(name: str, value: object) -> None:
    """Raise `InputError` unless `value` is a whole number not below zero, or a generator."""
    whole = _is_whole(value) and 0 <= value < MOST_SEED  # type: ignore[operator]
    if not (whole or isinstance(value, np.random.Generator) or value is None):
        raise InputError(
            f"{name} must be a whole number from 0 to 2**64 - 1, or a numpy random generator; "
            f"found {_found(value)}. For example {name}=1."
        )


def positive(name: str, value: object) -> None:
    """Raise `InputError` unless `value` is a whole number above zero that fits in memory."""
    if not (_is_whole(value) and 0 < value <= MOST_DRAWS):  # type: ignore[operator]
        raise InputError(
            f"{name} must be a whole number from 1 to {MOST_DRAWS:,}; found {_found(value)}. "
            f"For example {name}=20."
        )


def not_negative(name: str, value: object) -> None:
    """Raise `InputError` unless `value` is a whole number not below zero."""
    if not (_is_whole(value) and 0 <= value <= MOST_DRAWS):  # type: ignore[operator]
        raise InputError(
            f"{name} must be a whole number not below zero; found {_found(value)}. "
            f"For example {name}=2."
        )


_BY_NAME: Mapping[str, Callable[[str, object], None]] = {
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
    "bandwidth": lambda name, value: not_negative(name, value) if _is_whole(value) else None,
    "lags": not_negative,
}


def _is_real(value: object) -> bool:
    return isinstance(value, Real) and not isinstance(value, bool | np.bool_)


def _is_whole(value: object) -> bool:
    return isinstance(value, Integral) and not isinstance(value, bool | np.bool_)


def _fits(value: object, kind: Any) -> bool:
    origin = typing.get_origin(kind)
    if kind is Any or kind is object:
        return True
    if origin in (typing.Union, types.UnionType):
        return any(_fits(value, each) for each in typing.get_args(kind))
    if origin is Literal:
        return isinstance(value, str | int)  # which ones there are, the function says itself
    if kind is type(None) or kind is None:
        return value is None
    if kind is float:
        return _is_real(value) and not math.isnan(value)  # type: ignore[arg-type]
    if kind is int:
        return _is_whole(value)
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
    if origin is Sequence:
        rows = isinstance(value, list | tuple | range | np.ndarray | pd.Index | pd.Series)
        return rows and all(_fits(each, inside[0]) for each in value)  # type: ignore[attr-defined]
    return isinstance(value, origin) if isinstance(origin, type) else True


def _members(protocol: type) -> set[str]:
    parts = [each for each in protocol.__mro__ if getattr(each, "_is_protocol", False)]
    names = {
        name for each in parts for name in (*vars(each), *vars(each).get("__annotations__", ()))
    }
    return {name for name in names if not name.startswith("_")} - {"register"}


def _words(kind: Any) -> str:
    origin, inside = typing.get_origin(kind), typing.get_args(kind)
    if origin in (typing.Union, types.UnionType):
        return " or ".join(dict.fromkeys(_words(each) for each in inside if each is not type(None)))
    if origin is Literal:
        return "one of " + ", ".join(map(repr, inside))
    if origin is Sequence:
        return "a list of texts" if inside == (str,) else f"a list of {_words(inside[0])}"
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


def _found(value: object) -> str:
    if isinstance(value, type):
        return f"the class {value.__name__} itself"
    if isinstance(value, str | Real) or value is None:
        return repr(value.item() if isinstance(value, np.generic) else value)
    text = repr(value)
    short = len(text) <= 60 and "\n" not in text and " at 0x" not in text
    return f"{type(value).__name__} {text}" if short else f"a {type(value).__name__}"
