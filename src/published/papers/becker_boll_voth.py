"""Becker, Boll and Voth: spatial unit roots and what to do about them, on commuting zones."""

from __future__ import annotations

from pathlib import Path

from agglometrics.inference.small_sample import PlmRules
from agglometrics.inference.specifications import Robust
from agglometrics.models.checks.spatial.unit_roots import (
    lbm_gls,
    spatial_stationarity_test,
    spatial_unit_root_test,
)
from agglometrics.models.panel import panel
from published.comparison import Computed, Paper
from published.zones import zones


def compute(folder: Path) -> Computed:
    """Return four tests' statistics and p-values, and the slope after the transformation."""
    data = zones(folder)
    tests = {
        "i0": spatial_stationarity_test("am", data),
        "i1": spatial_unit_root_test("am", data),
        "i0resid": spatial_stationarity_test("am ~ fracblack", data),
        "i1resid": spatial_unit_root_test("am ~ fracblack", data),
    }
    moved = lbm_gls(data, ["am", "fracblack"])
    fit = panel("am ~ 0 + fracblack", moved, cov=Robust(), rule=PlmRules())
    found = {
        ("Tests", name): {
            "LR": float(t.statistic),
            "alternative": float(t.alternative),
            "p-value": float(t.p_value),
        }
        for name, t in tests.items()
    }
    slope = {"slope": float(fit.params[0]), "HC0": float(fit.std_errors[0])}
    return found | {("LBM-GLS", "am on fracblack"): slope}


PAPER = Paper("Becker, Boll and Voth", "becker_boll_voth", compute)
