"""Millo and Piras (2012, Journal of Statistical Software 47): spatial errors in Munnell's panel."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from agglometrics.models.spatial.spatial_panel import spatial_panel
from agglometrics.models.spatial.specifications import SpatialError
from published.comparison import Computed, Paper, of_fit
from published.papers.munnell import FORMULA


def compute(folder: Path) -> Computed:
    """Return the within estimate with spatial errors, counting T - 1 or T periods."""
    data = pd.read_csv(folder / "panel" / "Produc.csv")
    W = pd.read_csv(folder / "panel" / "usaww.csv", index_col=0)
    fit = spatial_panel(
        FORMULA, data, weights=W, entity="state", time="year", absorb="state",
        model=SpatialError(),
    )  # fmt: skip
    T = data["year"].nunique()
    name = "within, spatial errors"
    return {
        ("splm", name): of_fit(fit.terms, fit.params, fit.std_errors),
        ("splm", f"{name}, T periods"): of_fit(
            fit.terms, fit.params, fit.std_errors * np.sqrt((T - 1) / T)
        ),
    }


PAPER = Paper("Millo and Piras (2012)", "millo_piras", compute)
