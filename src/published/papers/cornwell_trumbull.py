"""Cornwell and Trumbull (1994), Baltagi (2006): crime in 90 counties of North Carolina, 1981-87.

Columns of Baltagi's (2013) Table 7.1, as plm's tests print them. Arrests and police have the mix
of offences and taxes as instruments.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from agglometrics.inference.specifications import Homoskedastic
from agglometrics.models.iv import iv
from agglometrics.models.panel import panel
from agglometrics.models.transformed import Between
from published.comparison import Computed, Paper, of_fit

ENDOGENOUS = ["lprbarr", "lpolpc"]
VARYING = ["lprbconv", "lprbpris", "lavgsen", "ldensity", "lwcon", "lwtuc", "lwtrd", "lwfir",
           "lwser", "lwmfg", "lwfed", "lwsta", "lwloc", "lpctymle"]  # fmt: skip
FIXED = ["lpctmin", "west", "central", "urban"]
INSTRUMENTS = ["ltaxpc", "lmix"]


def counties(folder: Path) -> pd.DataFrame:
    """Return one row per county and year, logarithms taken from the figures themselves."""
    data = pd.read_csv(folder / "panel" / "Crime.csv")
    data = data.assign(
        west=(data["region"] == "west") * 1.0,
        central=(data["region"] == "central") * 1.0,
        urban=(data["smsa"] == "yes") * 1.0,
    )
    names = [*ENDOGENOUS, *VARYING, *INSTRUMENTS, "lcrmrte", "lpctmin"]
    return data.assign(**{name: np.log(data[name.removeprefix("l")]) for name in names})


def compute(folder: Path) -> Computed:
    """Return the between, fixed-effects, FE2SLS, BE2SLS and differenced 2SLS columns."""
    data, plain = counties(folder), Homoskedastic()
    keys: dict[str, Any] = {"entity": "county", "time": "year"}
    names = [*ENDOGENOUS, *VARYING, *FIXED, *INSTRUMENTS, "lcrmrte"]
    means = data.groupby("county", as_index=False)[names].mean()
    changes = data[["county"]].join(data.groupby("county")[names].diff()).dropna()
    within = " + ".join([*ENDOGENOUS, *VARYING])
    instrumented = f"[{' + '.join(ENDOGENOUS)} ~ {' + '.join(INSTRUMENTS)}]"
    varying = f"lcrmrte ~ {' + '.join(VARYING)} + {instrumented}"
    every = f"lcrmrte ~ {' + '.join([*VARYING, *FIXED])} + {instrumented}"
    both = ["county", "year"]
    raw = data.drop(columns=names).join(
        pd.read_csv(folder / "panel" / "Crime.csv")[[n for n in names if n.startswith("l")]]
    )
    fits = {
        "Between": panel(
            f"lcrmrte ~ {within} + {' + '.join(FIXED)}",
            data,
            estimator=Between(),
            cov=plain,
            **keys,
        ),
        "Fixed Effects": panel(f"lcrmrte ~ {within}", data, absorb=both, cov=plain),
        "FE2SLS": iv(varying, data, absorb=both, cov=plain),
        "FE2SLS, logarithms of the file": iv(varying, raw, absorb=both, cov=plain),
        "BE2SLS": iv(every, means, cov=plain),
        "FD2SLS": iv(varying, changes, cov=plain),
    }
    return {
        ("Differences" if name == "FD2SLS" else "Table 7.1", name): of_fit(
            fit.terms, fit.params, fit.std_errors
        )
        for name, fit in fits.items()
    }


PAPER = Paper("Cornwell and Trumbull (1994)", "cornwell_trumbull", compute)
