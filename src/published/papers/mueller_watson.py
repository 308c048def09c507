"""Mueller and Watson (2022, 2023): inference under spatial correlation, on commuting zones."""

from __future__ import annotations

import warnings
from pathlib import Path

from agglometrics.errors import AgglometricsWarning
from agglometrics.inference.specifications import SCPC
from agglometrics.models.panel import panel
from published.comparison import Computed, Paper
from published.zones import zones

CASES = {
    "average correlation .03": SCPC(),
    "average correlation .05": SCPC(avc=0.05),
    "clustered by state": SCPC(cluster="state"),
}


def compute(folder: Path) -> Computed:
    """Return q, the critical value, c0 and the slope's row in three cases."""
    data = zones(folder)
    found: dict[tuple[str, str], dict[str, float]] = {}
    for name, spec in CASES.items():
        with warnings.catch_warnings():  # zones of one state lie apart, as is meant
            warnings.simplefilter("ignore", AgglometricsWarning)
            fit = panel("am ~ fracblack", data, cov=spec)
        whole, row = fit.glance().iloc[0], fit.tidy().iloc[1]
        found["SCPC", name] = {
            "q": float(whole["q"]), "critical value": float(whole["critical_value"]),
            "c0": float(whole["c0"]), "se(Intercept)": float(fit.std_errors[0]),
            "estimate": float(row["estimate"]), "std_error": float(row["std_error"]),
            "t": float(row["statistic"]), "p": float(row["p_value"]),
            "low": float(row["conf_low"]), "high": float(row["conf_high"]),
        }  # fmt: skip
    return found


PAPER = Paper("Mueller and Watson (2022)", "mueller_watson", compute)
