"""agglometrics: measure agglomeration, explain regional growth, estimate what clusters do."""

from importlib.metadata import version

from agglometrics.collapse import collapse
from agglometrics.errors import (
    AgglometricsError,
    AgglometricsWarning,
    ConvergenceError,
    IdentificationError,
    InputError,
)
from agglometrics.measures import (
    concentration,
    dynamic_index,
    location_quotient,
    regional_shares,
    specialization,
    theil_decomposition,
)

__version__ = version("agglometrics")

__all__ = [
    "AgglometricsError",
    "AgglometricsWarning",
    "ConvergenceError",
    "IdentificationError",
    "InputError",
    "__version__",
    "collapse",
    "concentration",
    "dynamic_index",
    "location_quotient",
    "regional_shares",
    "specialization",
    "theil_decomposition",
]
