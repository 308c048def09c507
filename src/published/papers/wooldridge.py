"""Examples of Wooldridge's textbooks: an incinerator, and grants for training.

Kiel and McClain (1995) on house prices, 1978 and 1981 (Introductory Econometrics, Example 13.3);
Holzer and others (1993) on scrap rates (Econometric Analysis of Cross Section and Panel Data,
Example 10.4; Introductory Econometrics, Example 14.1); Papke (1994) on claims in 22 cities
(Introductory Econometrics, Example 13.8).
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from agglometrics.inference.specifications import Homoskedastic
from agglometrics.models.panel import panel
from agglometrics.models.random_effects import RandomEffects
from published.comparison import Computed, Paper, of_fit


def compute(folder: Path) -> Computed:
    """Return the examples' estimates and standard errors."""
    data = folder / "published" / "wooldridge"
    plain = Homoskedastic()
    houses = pd.read_csv(data / "kielmc.csv.bz2")
    short = "rprice ~ nearinc + y81 + y81nrinc"
    long = f"{short} + age + agesq + intst + land + area + rooms + baths"
    firms = pd.read_csv(data / "jtrain.csv.bz2").dropna(subset=["lscrap"])
    random = panel(
        "lscrap ~ d88 + d89 + union + grant + grant_1",
        firms,
        entity="fcode",
        time="year",
        estimator=RandomEffects(),
        cov=plain,
    )
    within = panel("lscrap ~ d88 + d89 + grant + grant_1", firms, absorb="fcode", cov=plain)
    claims = pd.read_csv(data / "ezunem.csv.bz2")
    years = " + ".join(f"d{year}" for year in range(82, 89))
    fits = {
        ("Example 13.8", "first differences"): panel(f"guclms ~ {years} + cez", claims, cov=plain),
        ("Example 14.1", "fixed effects"): within,
        ("Example 13.3", "column 1"): panel(short, houses, cov=plain),
        ("Example 13.3", "column 3"): panel(long, houses, cov=plain),
        ("Example 10.4", "random effects"): random,
    }
    found = {key: of_fit(fit.terms, fit.params, fit.std_errors) for key, fit in fits.items()}
    found["Example 10.4", "random effects"] |= {
        "theta": float(random.statistics["theta_min"]),
        "sd idiosyncratic": float(random.statistics["sigma_e"]),
        "sd individual": float(random.statistics["sigma_u"]),
    }
    return found


PAPER = Paper("Wooldridge's examples", "wooldridge", compute)
