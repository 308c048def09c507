"""Abadie and Gardeazabal (2003, American Economic Review 93): the Basque Country."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from agglometrics.evaluation.matching import Predictor, Predictors
from agglometrics.evaluation.panel import read_panel
from published.comparison import Computed, Paper

SCHOOLS = ["illit", "prim", "med", "high", "post.high"]
SECTORS = [
    "agriculture",
    "energy",
    "industry",
    "construction",
    "services.venta",
    "services.nonventa",
]


def predictors() -> list[Predictor]:
    """Return the predictors of the article, with the years over which each is averaged."""
    return [
        *(Predictor(f"school.{each}", 1964, 1969) for each in SCHOOLS),
        Predictor("invest", 1964, 1969),
        Predictor("gdpcap", 1960, 1969),
        *(Predictor(f"sec.{each}", 1961, 1969) for each in SECTORS),
        Predictor("popdens", 1969, 1969),
    ]


def compute(folder: Path) -> Computed:
    """Return the donors' weights and the mean squared gap of 1960-69."""
    data = pd.read_csv(folder / "panel" / "basque.csv").query("regionno != 1")
    treated = (data["regionno"] == 17) & (data["year"] >= 1970)
    panel = read_panel(
        data.assign(treated=treated.astype(int)),
        outcome="gdpcap",
        unit="regionname",
        time="year",
        treated="treated",
    )
    rule = Predictors(predictors(), 1960, 1969).importance(panel)
    w, _, gap = rule(panel.Y, int(np.flatnonzero(panel.ever)[0]), ~panel.ever, 15)
    weights = {str(k): float(x) for k, x in zip(panel.units[~panel.ever], w, strict=True)}
    return {("Synthetic control", "weights"): weights | {"loss 1960-69": float(gap)}}


PAPER = Paper("Abadie and Gardeazabal (2003)", "basque", compute)
