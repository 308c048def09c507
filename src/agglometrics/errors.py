"""Errors of the package: each names the thing, the rule, what was found and the way out."""

import inspect
import warnings

_PACKAGE = __name__.partition(".")[0]


class AgglometricsError(Exception):
    """Base of every error that the package raises on purpose."""


class InputError(AgglometricsError, ValueError):
    """The data or an argument break a stated rule."""


class IdentificationError(AgglometricsError):
    """The data are well formed but do not determine the quantity that was asked for."""


class ConvergenceError(AgglometricsError):
    """An iterative method stopped before it reached its tolerance."""


class AgglometricsWarning(UserWarning):
    """The answer stands, under a condition that the user should read."""


def caution(text: str) -> None:
    """Warn with `text`, at the line of whoever called the package.

    >>> import warnings
    >>> with warnings.catch_warnings(record=True) as said:
    ...     warnings.simplefilter("always")
    ...     caution("two regions share a label")
    >>> str(said[0].message)
    'two regions share a label'
    """
    frame, level, outermost = inspect.currentframe(), 0, 0
    while frame is not None:  # other libraries may stand between: dispatch, groupby
        level += 1
        if _is_ours(frame.f_globals.get("__name__", "")):
            outermost = level
        frame = frame.f_back
    warnings.warn(text, AgglometricsWarning, stacklevel=outermost + 1)


def _is_ours(module: str) -> bool:
    return module == _PACKAGE or module.startswith(f"{_PACKAGE}.")
