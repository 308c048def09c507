"""Columns of linearmodels' fits (7.1): panel estimators, instruments, absorbed least squares."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from linearmodels.iv.results import AbsorbingLSResults, IVResults, OLSResults
from linearmodels.panel.results import PanelEffectsResults, PanelResults

from agglometrics.report.columns.column import Column, clustered, coefficients, known

COVARIANCES: Mapping[str, str] = {
    "unadjusted": "homoskedastic",
    "robust": "robust",
    "clustered": clustered(()),
    "driscoll-kraay": "Driscoll-Kraay",
    "kernel": "HAC",
}
METHODS: Mapping[str, str] = {
    "PanelOLS": "least squares",
    "PooledOLS": "least squares",
    "OLS": "least squares",
    "Absorbing LS": "least squares",
    "RandomEffects": "random effects",
    "BetweenOLS": "between",
    "FirstDifferenceOLS": "first differences",
    "IV-2SLS": "two-stage least squares",
    "IV-LIML": "LIML",
    "IV-GMM": "GMM",
    "IV-GMM-CUE": "continuously updated GMM",
}


def columns_of_linearmodels(fit: object) -> list[Column] | None:
    """Return the column of a fit; None for anything else."""
    if isinstance(fit, PanelResults):
        return [_panel(fit)]
    if isinstance(fit, OLSResults | AbsorbingLSResults):
        return [_cross_section(fit)]
    return None


def _column(fit: Any, facts: Mapping[str, Any], *rest: Any) -> Column:
    table = coefficients(fit.params.index, fit.params, fit.std_errors, fit.pvalues)
    return Column(table, known({**facts, "n_obs": int(fit.nobs)}), *rest)


def _panel(fit: Any) -> Column:
    """Return a panel estimate: its ``rsquared`` is what effects leave, and so ours within."""
    dependent = fit.model.dependent
    effects: tuple[str, ...] = ()
    r2 = {"r2": float(fit.rsquared)}
    if isinstance(fit, PanelEffectsResults) and fit.included_effects:
        effects = tuple(_effect(name, dependent.index.names) for name in fit.included_effects)
        r2 = {"r2": float(fit.rsquared_inclusive), "r2_within": float(fit.rsquared)}
    facts = {
        "outcome": str(dependent.vars[0]),
        "method": METHODS.get(fit.name, fit.name),
        "covariance": COVARIANCES.get(fit._cov_type.lower(), fit._cov_type),
        **r2,
    }
    return _column(fit, facts, effects)


def _effect(name: str, keys: Any) -> str:
    """Return an effect under the name of its key; others are ``Other Effect (name)``."""
    where = {"Entity": keys[0], "Time": keys[1]}
    inside = name.removeprefix("Other Effect (").removesuffix(")")
    return str(where.get(name) or inside)


def _cross_section(fit: Any) -> Column:
    method, instrumented = fit._method, isinstance(fit, IVResults)
    absorbing = isinstance(fit, AbsorbingLSResults)
    facts = {
        "outcome": str(fit.model.dependent.cols[0]),
        "method": METHODS.get(method, method),
        "covariance": COVARIANCES.get(fit.cov_type.lower(), fit.cov_type),
        # with instruments it is not a share of variation
        "r2": None if instrumented else float(fit.rsquared),
    }
    effects = tuple(map(str, fit.model._absorb_inter.cat.columns)) if absorbing else ()
    return _column(fit, facts, effects, _first_stage_f(fit) if instrumented else {})


def _first_stage_f(fit: Any) -> dict[str, float]:
    """Return F by endogenous term; a chi-square of linearmodels is divided by its df."""
    table = fit.first_stage.diagnostics
    found = {}
    for term, row in table.iterrows():
        law = str(row["f.dist"])
        df = float(law[len("chi2(") : -1]) if law.startswith("chi2(") else 1.0
        found[str(term)] = float(row["f.stat"]) / df
    return found
