"""Shift-share: decompositions of growth, and instruments with inference."""

from agglometrics.shiftshare.decomposition import shift_share, shift_share_path
from agglometrics.shiftshare.decomposition_allocation import allocation_types
from agglometrics.shiftshare.decomposition_methods import (
    Arcelus,
    Dunn,
    Dynamic,
    EstebanMarquillas,
    Gerfin,
    Spatial,
    Stochastic,
)
from agglometrics.shiftshare.decomposition_plots import plot_components, plot_quadrant
from agglometrics.shiftshare.decomposition_stochastic import stochastic_shift_share
from agglometrics.shiftshare.decomposition_totals import component_totals

__all__ = [
    "Arcelus",
    "Dunn",
    "Dynamic",
    "EstebanMarquillas",
    "Gerfin",
    "Spatial",
    "Stochastic",
    "allocation_types",
    "component_totals",
    "plot_components",
    "plot_quadrant",
    "shift_share",
    "shift_share_path",
    "stochastic_shift_share",
]
