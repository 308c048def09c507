"""Callaway and Sant'Anna (2021, J. of Econometrics 225): minimum wages and employment of teens."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd

from agglometrics.evaluation.event.cells import CallawaySantAnna, VaryingBase
from agglometrics.evaluation.event_study import event_study
from agglometrics.evaluation.results.events import EventStudy
from published.comparison import Computed, Paper, of_fit

NAMES: dict[str, Any] = {"outcome": "lemp", "unit": "countyreal", "time": "year", "treated": "on"}


def _effects(fit: EventStudy) -> tuple[dict[str, float], dict[str, float]]:
    """Return group-time effects by "group:year", and effects by event time."""
    cells = {f"{row['cohort']:.0f}:{row['year']:.0f}": float(row["estimate"])
             for row in fit.cells.to_dict("records")}  # fmt: skip
    tidy = fit.tidy()
    events = of_fit(tidy["term"], tidy["estimate"], tidy["std_error"])
    after = [events[f"event {e}"] for e in range(4)]
    return cells, events | {"mean": sum(after) / len(after)}


def compute(folder: Path) -> Computed:
    """Return effects without covariates, as did prints them, and with one, as csdid does."""
    data = pd.read_csv(folder / "panel" / "mpdta.csv")
    on = (data["first.treat"] > 0) & (data["year"] >= data["first.treat"])
    data = data.assign(on=on.astype(int))
    rule: Any = CallawaySantAnna(base=VaryingBase())
    found: dict[tuple[str, str], dict[str, float]] = {}
    for program, controls in (("did", []), ("csdid", ["lpop"])):
        fit = event_study(data, estimator=rule, controls=controls, **NAMES)
        cells, events = _effects(fit)
        found[program, "group-time effects"] = cells
        found[program, "by event time"] = events
    return found


PAPER = Paper("Callaway and Sant'Anna (2021)", "callaway_santanna", compute)
