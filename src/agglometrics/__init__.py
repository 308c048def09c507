"""agglometrics: measure agglomeration, explain regional growth, estimate what clusters do."""

from importlib.metadata import version

from agglometrics.errors import (
    AgglometricsError,
    AgglometricsWarning,
    ConvergenceError,
    IdentificationError,
    InputError,
)

__version__ = version("agglometrics")

__all__ = [
    "AgglometricsError",
    "AgglometricsWarning",
    "ConvergenceError",
    "IdentificationError",
    "InputError",
    "__version__",
]
