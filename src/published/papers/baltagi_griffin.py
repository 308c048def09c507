"""Baltagi and Griffin (1983, European Economic Review 22): demand for gasoline in 18 countries."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd

from agglometrics.inference.specifications import Homoskedastic
from agglometrics.models.panel import panel
from agglometrics.models.random_effects import RandomEffects
from agglometrics.models.transformed import Between
from published.comparison import Computed, Paper, of_fit

FORMULA = "lgaspcar ~ lincomep + lrpmg + lcarpcap"


def compute(folder: Path) -> Computed:
    """Return the pooled, within, between and random-effects estimates."""
    data, plain = pd.read_csv(folder / "panel" / "Gasoline.csv"), Homoskedastic()
    keys: dict[str, Any] = {"entity": "country", "time": "year"}
    fits = {
        "pooling": panel(FORMULA, data, cov=plain),
        "within": panel(FORMULA, data, absorb="country", cov=plain),
        "between": panel(FORMULA, data, estimator=Between(), cov=plain, **keys),
        "random": panel(FORMULA, data, estimator=RandomEffects(), cov=plain, **keys),
    }
    return {("Gasoline", name): of_fit(f.terms, f.params, f.std_errors) for name, f in fits.items()}


PAPER = Paper("Baltagi and Griffin (1983)", "baltagi_griffin", compute)
