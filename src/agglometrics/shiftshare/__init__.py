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
from agglometrics.shiftshare.design import ShiftShareDesign
from agglometrics.shiftshare.inference import AKM, AKM0, ShockLevel, ShockLevel0
from agglometrics.shiftshare.leave_out import leave_one_out_growth
from agglometrics.shiftshare.plots import plot_first_stage, plot_leave_one_out, plot_rotemberg
from agglometrics.shiftshare.recentering import Permutation, RandomizationTest, SignFlips
from agglometrics.shiftshare.rotemberg import rotemberg_panels
from agglometrics.shiftshare.simulate import simulate_shift_share

__all__ = [
    "AKM",
    "AKM0",
    "Arcelus",
    "Dunn",
    "Dynamic",
    "EstebanMarquillas",
    "Gerfin",
    "Permutation",
    "RandomizationTest",
    "ShiftShareDesign",
    "ShockLevel",
    "ShockLevel0",
    "SignFlips",
    "Spatial",
    "Stochastic",
    "allocation_types",
    "component_totals",
    "leave_one_out_growth",
    "plot_components",
    "plot_first_stage",
    "plot_leave_one_out",
    "plot_quadrant",
    "plot_rotemberg",
    "rotemberg_panels",
    "shift_share",
    "shift_share_path",
    "simulate_shift_share",
    "stochastic_shift_share",
]
