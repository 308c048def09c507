"""Sun and Abraham (2021, Journal of Econometrics 225): the example of fixest, base_stagg."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd

from agglometrics.evaluation.event.regression import SunAbraham
from agglometrics.evaluation.event_study import event_study
from published.comparison import Computed, Paper, of_fit


def compute(folder: Path) -> Computed:
    """Return the effects by event time, their standard errors and p-values."""
    data = pd.read_csv(folder / "panel" / "base_stagg.csv")
    data = data.assign(on=(data["year"] >= data["year_treated"]).astype(int))
    rule: Any = SunAbraham()
    fit = event_study(data, estimator=rule, outcome="y", unit="id", time="year", treated="on")
    tidy = fit.tidy()
    p = {f"p({term})": value for term, value in zip(tidy["term"], tidy["p_value"], strict=True)}
    effects = of_fit(tidy["term"], tidy["estimate"], tidy["std_error"])
    return {("fixest", "by event time"): effects | p}


PAPER = Paper("Sun and Abraham (2021)", "sun_abraham", compute)
