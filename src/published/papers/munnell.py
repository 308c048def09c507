"""Munnell's (1990) public capital and output of 48 states, 1970-86, as Baltagi and plm print it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd

from agglometrics.inference.specifications import Homoskedastic
from agglometrics.models.panel import panel
from agglometrics.models.random_effects import RandomEffects
from published.comparison import Computed, Paper, of_fit

FORMULA = "log(gsp) ~ log(pcap) + log(pc) + log(emp) + unemp"


def compute(folder: Path) -> Computed:
    """Return the pooled, within and random-effects estimates."""
    data, plain = pd.read_csv(folder / "panel" / "Produc.csv"), Homoskedastic()
    keys: dict[str, Any] = {"entity": "state", "time": "year"}
    fits = {
        "pooling": panel(FORMULA, data, cov=plain),
        "within": panel(FORMULA, data, absorb="state", cov=plain),
        "random": panel(FORMULA, data, estimator=RandomEffects(), cov=plain, **keys),
    }
    return {("plm", name): of_fit(f.terms, f.params, f.std_errors) for name, f in fits.items()}


PAPER = Paper("Munnell (1990)", "munnell", compute)
