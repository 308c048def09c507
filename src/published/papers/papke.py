"""Papke (1994, Journal of Public Economics 54): enterprise zones and unemployment claims.

Monthly claims in Anderson Township, 1980-88: Wooldridge's Computer Exercise C5, Chapter 10.
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from agglometrics.inference.specifications import Homoskedastic
from agglometrics.models.panel import panel
from published.comparison import Computed, Paper, of_fit

MONTHS = "feb + mar + apr + may + jun + jul + aug + sep + oct + nov + dec"
TABLE = "Anderson Township, monthly claims"


def compute(folder: Path) -> Computed:
    """Return the trend of claims, and the zone's effect beside a monthly trend."""
    data = pd.read_csv(folder / "published" / "wooldridge" / "ezanders.csv.bz2")
    data["t"] = range(len(data))
    plain = Homoskedastic()
    trend = panel(f"luclms ~ year + {MONTHS}", data, cov=plain)
    zone = panel(f"luclms ~ ez + t + {MONTHS}", data, cov=plain)
    return {
        (TABLE, "trend"): of_fit(trend.terms, trend.params, trend.std_errors),
        (TABLE, "trend and zone"): of_fit(zone.terms, zone.params, zone.std_errors),
    }


PAPER = Paper("Papke (1994)", "papke", compute)
