"""What an argument must be before a public function looks at its tables.

A function says in its signature what it takes; `checked` holds its callers to that, so that
a list where the name of a column belongs, ``level=95``, or a class where an object belongs is
refused before the function starts.
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
from typing import Any, TypeVar

from agglometrics.errors import InputError
from agglometrics.tables.advice import calls
from agglometrics.tables.advice.complaint import Arguments, ComplaintError
from agglometrics.tables.argument.by_name import BY_NAME, BY_TYPE
from agglometrics.tables.argument.kinds import STATED, fits
from agglometrics.tables.argument.plain import as_plain, takes
from agglometrics.tables.argument.words import refusal

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
        "estimates",
        "locations",
        "shares",
        "shocks",
    }
)
"""Arguments whose functions name the choices themselves, with more than a signature knows."""

F = TypeVar("F", bound=Callable[..., Any])


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
    numbers: dict[str, tuple[bool, bool]] = {}

    @wraps(function)
    def call(*arguments: Any, **options: Any) -> Any:
        if not hints:
            hints.update(_hints(function))
            numbers.update(_numbers(hints))
        try:
            bound = signature.bind(*arguments, **options)
        except TypeError as failure:
            raise _wrong_call(function, signature, failure, arguments, options, hints) from None
        given = bound.arguments
        if _made_plain(given, numbers):
            arguments, options = bound.args, bound.kwargs
        _check_given(signature, given, hints)
        try:
            return function(*arguments, **options)
        except ComplaintError as complaint:
            raise InputError(complaint.say(_arguments(signature, given))) from None

    return typing.cast(F, call)


def _numbers(hints: Mapping[str, Any]) -> dict[str, tuple[bool, bool]]:
    """Return the arguments that take numbers: whether whole ones, whether fractions."""
    found = {name: takes(kind) for name, kind in hints.items() if name != "seed"}
    return {name: each for name, each in found.items() if any(each)} | {"seed": (True, False)}


def _made_plain(given: dict[str, Any], numbers: Mapping[str, tuple[bool, bool]]) -> bool:
    """Put Python's own numbers in the place of others, and return whether there were others."""
    changed = False
    for name, (whole, fractions) in numbers.items():
        value = given.get(name)
        if value is not None:
            plain = as_plain(value, whole, fractions)
            if plain is not value:
                given[name], changed = plain, True
    return changed


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
        shown = [name for name in placed if name != "self"]
        free = [
            name
            for name, parameter in signature.parameters.items()
            if name not in ("self", *placed, *options)
            and parameter.kind is not parameter.VAR_KEYWORD
        ]
        free_names = any(p.kind is p.VAR_KEYWORD for p in signature.parameters.values())
        hint = calls.positional(arguments[len(placed) :], free, name_it=free_names)
        return InputError(
            f"{owner}: too many positional arguments; only {shown or 'none'} may be given by "
            f"place. {takes} {hint}"
        )
    with suppress(TypeError):
        _check_given(signature, signature.bind_partial(*arguments, **options).arguments, hints)
    said = str(failure).replace("required keyword-only argument", "required argument")  # 3.12 on
    return InputError(f"{owner}: {said}. {takes} Write {calls.lacking(said)}.")


def _hints(function: Callable[..., Any]) -> dict[str, Any]:
    """Return the types of a function's arguments; what is imported for types alone is any."""
    space = inspect.unwrap(function).__globals__
    found: dict[str, Any] = {"": None}  # not empty, so that it is looked up once
    for name, annotation in function.__annotations__.items():
        holder = types.SimpleNamespace(__annotations__={name: annotation})
        try:
            full = typing.get_type_hints(holder, globalns=space, include_extras=True)
            own = STATED in getattr(full[name], "__metadata__", ())
            found |= {name: Any} if own else typing.get_type_hints(holder, globalns=space)
        except (NameError, TypeError):
            found[name] = Any
    return found


def check_argument(
    name: str, value: object, kind: Any, given: Mapping[str, Any] | None = None
) -> None:
    """Raise `InputError` unless `value` may be the argument `name` of type `kind`.

    `given` holds the other arguments of the call, which may tell what was meant.
    """
    if name in BY_NAME and not (value is None and _allows_none(kind)):
        BY_NAME[name](name, value)
    if name in BY_TYPE or name not in BY_NAME:
        _check_type(name, value, kind, given)


def _check_type(name: str, value: object, kind: Any, given: Mapping[str, Any] | None) -> None:
    if type(value) is float and math.isinf(value) and not _may_be_infinite(name, kind):
        raise InputError(f"{name} must be finite; found {value}. For example {name}=1.")
    if not _has_own_words(name, value, kind) and not fits(value, kind):
        raise InputError(refusal(name, value, kind, given or {}))


def _may_be_infinite(name: str, kind: Any) -> bool:
    return name == "cap" or not takes(kind)[1]


def _has_own_words(name: str, value: object, kind: Any) -> bool:
    """Whether the function itself refuses a wrong value, saying more than its type."""
    if isinstance(kind, type) and kind in (str, bool) and not isinstance(value, str):
        return False
    if typing.get_origin(kind) is Sequence and not hasattr(value, "__len__"):
        return False
    covariance = name == "cov" and is_dataclass(value) and not isinstance(value, type)
    return covariance or name in OWN_WORDS or "Cutoff" in str(kind)


def _allows_none(kind: Any) -> bool:
    return kind is Any or kind is object or type(None) in typing.get_args(kind)
