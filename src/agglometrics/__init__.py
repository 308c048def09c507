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
from agglometrics.shiftshare import (
    Arcelus,
    Dunn,
    Dynamic,
    EstebanMarquillas,
    Gerfin,
    Spatial,
    Stochastic,
    allocation_types,
    component_totals,
    plot_components,
    plot_quadrant,
    shift_share,
    shift_share_path,
    stochastic_shift_share,
)

__version__ = version("agglometrics")

__all__ = [
    "AgglometricsError",
    "AgglometricsWarning",
    "Arcelus",
    "ConvergenceError",
    "Dunn",
    "Dynamic",
    "EstebanMarquillas",
    "Gerfin",
    "IdentificationError",
    "InputError",
    "Spatial",
    "Stochastic",
    "__version__",
    "allocation_types",
    "collapse",
    "component_totals",
    "concentration",
    "dynamic_index",
    "location_quotient",
    "plot_components",
    "plot_quadrant",
    "regional_shares",
    "shift_share",
    "shift_share_path",
    "specialization",
    "stochastic_shift_share",
    "theil_decomposition",
]
