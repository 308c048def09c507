"""Duranton and Turner (2011, American Economic Review 101): roads and vehicle kilometres.

228 metropolitan areas with interstate lanes in 1983, three decades; Tables 4 and 6.
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from agglometrics.inference.small_sample import PlmRules
from agglometrics.inference.specifications import Cluster
from agglometrics.models.checks.anderson_rubin import anderson_rubin_test
from agglometrics.models.checks.overidentification import overidentification
from agglometrics.models.checks.weak_instruments import weak_instruments
from agglometrics.models.iv import iv
from agglometrics.models.panel import panel
from published.comparison import Computed, Paper, of_fit

DECADES = {"83": "80", "93": "90", "03": "00"}  # of the roads, and of the census
INSTRUMENTS = ["l_rail1898", "l_hwy1947", "l_pix1835"]


def areas(folder: Path) -> pd.DataFrame:
    """Return one row per metropolitan area and decade."""
    path = folder / "published" / "duranton_turner_2011" / "Duranton_Turner_AER_2010.dta"
    wide = pd.read_stata(path)
    wide = wide[wide["ln_km_IH_83"] > 0]
    decades = [
        wide[["msa", *INSTRUMENTS]].assign(
            year=year, vkt=wide[f"l_vmt_IH_{year}"], l_ln=wide[f"l_ln_km_IH_{year}"],
            l_pop=wide[f"l_pop{census}"],
        )
        for year, census in DECADES.items()
    ]  # fmt: skip
    return pd.concat(decades, ignore_index=True)


def _instrumented(formula: str, data: pd.DataFrame) -> dict[str, float]:
    """Return an estimate, its standard error without a factor, and the tests ivreg2 prints."""
    plain = iv(formula, data, cov=Cluster("msa"), rule=PlmRules())
    fit = iv(formula, data, cov=Cluster("msa"))
    return of_fit(plain.terms, plain.params, plain.std_errors) | {
        "Kleibergen-Paap F": float(weak_instruments(fit)["kleibergen_paap"].iloc[0]),
        "Hansen J": float(overidentification(fit)["statistic"].iloc[0]),
        "Anderson-Rubin F": float(anderson_rubin_test(fit, [0.0])["statistic"].iloc[0]),
    }


def compute(folder: Path) -> Computed:
    """Return the numbers of Tables 4 and 6."""
    data, cluster = areas(folder), Cluster("msa")
    instrumented = f"[l_ln ~ {' + '.join(INSTRUMENTS)}]"
    fits = {
        "OLS1": panel("vkt ~ l_ln + C(year)", data, cov=cluster),
        "OLS2": panel("vkt ~ l_ln + l_pop + C(year)", data, cov=cluster),
        "FE5": panel("vkt ~ l_ln + C(year)", data, absorb="msa", cov=cluster),
    }
    found = {
        ("Table 4", name): of_fit(fit.terms, fit.params, fit.std_errors)
        for name, fit in fits.items()
    }
    return found | {
        ("Table 6", "column 1"): _instrumented(f"vkt ~ C(year) + {instrumented}", data),
        ("Table 6", "column 2"): _instrumented(f"vkt ~ l_pop + C(year) + {instrumented}", data),
    }


PAPER = Paper("Duranton and Turner (2011)", "duranton_turner", compute)
