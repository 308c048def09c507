"""Abadie, Diamond and Hainmueller (2010), Arkhangelsky and others (2021): Proposition 99."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd

from agglometrics.evaluation.synthetic_control import synthetic_control
from agglometrics.evaluation.synthetic_did import synthetic_did
from published.comparison import Computed, Paper

NAMES: dict[str, Any] = {
    "outcome": "PacksPerCapita",
    "unit": "State",
    "time": "Year",
    "treated": "treated",
}


def _effects(gaps: pd.Series[float]) -> dict[str, float]:
    """Return the gaps of 1989 to 2000 by year, and their mean."""
    after = gaps[gaps.index >= 1989]
    by_year = {str(year): float(gap) for year, gap in after.items()}
    return by_year | {"mean": float(after.mean())}


def compute(folder: Path) -> Computed:
    """Return weights and yearly effects of synthetic control, and three methods' estimates."""
    data = pd.read_csv(folder / "panel" / "california_prop99.csv")
    control = synthetic_control(data, **NAMES)
    weights = control.weights.set_index("unit")["weight"]
    wide = data.pivot(index="Year", columns="State", values="PacksPerCapita")
    rounded = wide["California"] - wide[list(weights.index)] @ weights.round(3)
    before = float(control.placebos["rmspe_before"].iloc[0])
    methods = synthetic_did(data, **NAMES).methods.set_index("method")["estimate"]
    effects = _effects(control.gaps.set_index("time")["gap"])
    return {
        ("Synthetic control", "weights"): {str(k): float(w) for k, w in weights.items()},
        ("Synthetic control", "effects"): effects | {"RMSPE before": before},
        ("Synthetic control", "effects, weights of three decimals"): _effects(rounded),
        ("Synthetic DID", "estimates"): {
            "synthetic DID": float(methods["synthetic_did"]),
            "difference in differences": float(methods["difference_in_differences"]),
            "synthetic control": float(methods["synthetic_control"]),
        },
    }


PAPER = Paper("Arkhangelsky and others (2021)", "california", compute)
