"""Errors of the package: each names the thing, the rule, what was found and the way out."""


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
