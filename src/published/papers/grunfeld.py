"""Grunfeld's (1958) investment of ten firms, 1935-54, in the forms of Baltagi's textbook."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd

from agglometrics.inference.estimates import Estimates
from agglometrics.inference.small_sample import PlmRules, SmallSample
from agglometrics.inference.specifications import (
    Cluster,
    CovarianceSpec,
    DriscollKraay,
    Homoskedastic,
    NeweyWest,
)
from agglometrics.models.checks.hausman import hausman, robust_hausman
from agglometrics.models.panel import panel
from agglometrics.models.random_effects import RandomEffects
from agglometrics.models.transformed import Between
from published.comparison import Computed, Paper, of_fit

KEYS: dict[str, Any] = {"entity": "firm", "time": "year"}
FORMULA = "inv ~ value + capital"


def _estimators(data: pd.DataFrame) -> dict[str, Estimates]:
    plain = Homoskedastic()
    return {
        "pooling": panel(FORMULA, data, cov=plain),
        "between": panel(FORMULA, data, estimator=Between(), cov=plain, **KEYS),
        "within": panel(FORMULA, data, absorb="firm", cov=plain),
        "random": panel(FORMULA, data, estimator=RandomEffects(), cov=plain, **KEYS),
        "between periods": panel(
            FORMULA, data, estimator=Between(), cov=plain, entity="year", time="firm"
        ),
        "within periods": panel(FORMULA, data, absorb="year", cov=plain),
        "two-way": panel(FORMULA, data, absorb=["firm", "year"], cov=plain),
    }


def _covariances(data: pd.DataFrame) -> dict[str, Estimates]:
    """Return the within estimate with the standard errors of several programs."""

    def within(cov: CovarianceSpec, rule: SmallSample | None = None) -> Estimates:
        return panel(FORMULA, data, absorb="firm", cov=cov, rule=rule, **KEYS)

    return {
        "within, clustered": within(Cluster("firm")),
        "within, clustered by firm and year": within(Cluster(["firm", "year"])),
        "within, HC0 by firm": within(Cluster("firm"), PlmRules()),
        "within, Driscoll-Kraay": within(DriscollKraay(bandwidth=2), PlmRules()),
        "within, Driscoll-Kraay, fixest": within(DriscollKraay(bandwidth=2)),
        "within, Newey-West, fixest": within(NeweyWest(bandwidth=2)),
    }


def compute(folder: Path) -> Computed:
    """Return estimates, standard errors, theta and Hausman's statistic."""
    data = pd.read_csv(folder / "panel" / "Grunfeld.csv")
    fits = _estimators(data)
    every = fits | _covariances(data)
    found = {("plm", name): of_fit(f.terms, f.params, f.std_errors) for name, f in every.items()}
    auxiliary = robust_hausman(FORMULA, data, cov=Homoskedastic(), rule=PlmRules(), **KEYS)
    test = hausman(fits["within"], fits["random"]).iloc[0]
    random = fits["random"].statistics
    found["plm", "random"] |= {
        "theta": float(random["theta_min"]),
        "sd idiosyncratic": float(random["sigma_e"]),
        "sd individual": float(random["sigma_u"]),
    }
    found["plm", "Hausman"] = {
        "chi-square": float(test["statistic"]),
        "p-value": float(test["p_value"]),
        "chi-square, auxiliary regression": float(auxiliary["statistic"].iloc[0]),
    }
    return found


PAPER = Paper("Grunfeld (1958)", "grunfeld", compute)
