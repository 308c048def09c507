"""Arellano and Bond (1991, Review of Economic Studies 58): employment of 140 firms, Table 4."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd

from agglometrics.inference.specifications import Robust
from agglometrics.models.dynamic.dynamic_panel import dynamic_panel
from agglometrics.models.dynamic.instruments import Gmm
from published.comparison import Computed, Paper, of_fit

A = (
    "log(emp) ~ lag(log(emp)) + lag(log(emp), 2) + log(wage) + lag(log(wage)) + log(capital)"
    " + lag(log(capital)) + lag(log(capital), 2) + log(output) + lag(log(output))"
    " + lag(log(output), 2)"
)
B = (
    "log(emp) ~ lag(log(emp)) + lag(log(emp), 2) + log(wage) + lag(log(wage)) + log(capital)"
    " + log(output) + lag(log(output))"
)


def compute(folder: Path) -> Computed:
    """Return columns a1, a2 and b, with and without corrected standard errors, and the tests."""
    data = pd.read_csv(folder / "panel" / "EmplUK.csv")
    columns: dict[str, tuple[str, dict[str, Any]]] = {
        "a1, robust": (A, {}),
        "a2": (A, {"steps": 2, "cov": Robust()}),
        "a2, corrected": (A, {"steps": 2}),
        "b": (B, {"steps": 2, "cov": Robust()}),
        "b, corrected": (B, {"steps": 2}),
        "b, one step, robust": (B, {}),
    }
    found: dict[tuple[str, str], dict[str, float]] = {}
    for name, (formula, options) in columns.items():
        fit = dynamic_panel(
            formula, data, gmm=Gmm("log(emp)"), entity="firm", time="year", **options
        )
        tests = {key: float(fit.statistics[key]) for key in ("m1", "m2", "hansen")
                 if key in fit.statistics}  # fmt: skip
        numbers = of_fit(fit.terms, fit.params, fit.std_errors)
        found["Table 4", name] = numbers | tests | {"observations": float(fit.n_obs)}
    for name in ("a1, robust", "b, one step, robust"):
        found["plm's tests after one step", name] = found["Table 4", name]
    return found


PAPER = Paper("Arellano and Bond (1991)", "arellano_bond", compute)
