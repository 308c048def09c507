"""Columns of pyfixest's fits (0.60): feols, feols with instruments, fepois, feglm, several."""

from __future__ import annotations

from typing import Any

from pyfixest.estimation import Feiv, Feols, Fepois, FixestMulti

from agglometrics.report.columns.column import Column, clustered, coefficients, known

NAMES = {"iid": "homoskedastic", "hetero": "robust (HC1)", "HAC": "HAC", "nid": "nid"}
METHODS = {"feols": "least squares", "fepois": "Poisson"}


def columns_of_pyfixest(fit: object) -> list[Column] | None:
    """Return the column of a fit, or those of a multiple estimation; None for anything else."""
    if isinstance(fit, FixestMulti):
        return [column for each in fit.to_list() for column in _columns(each)]
    return _columns(fit) if isinstance(fit, Feols) else None


def _columns(fit: Any) -> list[Column]:
    tidy = fit.tidy()
    table = coefficients(tidy.index, tidy["Estimate"], tidy["Std. Error"], tidy["Pr(>|t|)"])
    instrumented = isinstance(fit, Feiv)
    poisson, method = isinstance(fit, Fepois), str(fit._method)
    facts = {
        "outcome": fit._depvar,
        "method": "two-stage least squares" if instrumented else METHODS.get(method, method),
        "covariance": _covariance(fit),
        "n_obs": int(fit._N),
        "r2": None if instrumented or poisson else float(fit._r2),
        "r2_within": None if instrumented or poisson else float(fit._r2_within),
        "pseudo_r2": float(fit._pseudo_r2) if poisson else None,
    }
    effects = tuple(fit._fixef.split("+")) if fit._fixef else ()
    first = {}
    if instrumented:
        endogenous = [str(name) for name in fit._coefnames if name not in fit._coefnames_z]
        first = dict.fromkeys(endogenous, float(fit._f_stat_1st_stage))
    return [Column(table, known(facts), tuple(name.strip() for name in effects), first)]


def _covariance(fit: Any) -> str:
    detail = str(fit._vcov_type_detail)
    if fit._vcov_type == "CRV":
        groups = list(fit._clustervar)  # of several it keeps the smallest count alone
        name = clustered(groups, fit._G[:1] if len(groups) == 1 else ())
        return name if detail == "CRV1" else f"{name}, {detail}"
    return NAMES.get(detail, detail)
