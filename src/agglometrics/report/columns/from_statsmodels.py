"""Columns of statsmodels' fits: whatever has coefficients, standard errors and p-values."""

from __future__ import annotations

from typing import Any

import numpy as np
from statsmodels.base.model import LikelihoodModelResults
from statsmodels.base.wrapper import ResultsWrapper
from statsmodels.discrete.discrete_model import DiscreteResults
from statsmodels.regression.linear_model import RegressionResults

from agglometrics.errors import InputError
from agglometrics.report.columns.column import Column, clustered, coefficients, known

METHODS = {
    "OLS": "least squares",
    "WLS": "weighted least squares",
    "GLS": "generalized least squares",
    "GLM": "generalized linear model",
    "MixedLM": "mixed model",
    "QuantReg": "quantile regression",
    "RLM": "robust linear model",
}


def columns_of_statsmodels(fit: object) -> list[Column] | None:
    """Return the column of a fit; None for anything else.

    Raises
    ------
    InputError
        For a fit with several coefficients per term.
    """
    inner = fit._results if isinstance(fit, ResultsWrapper) else fit
    if not isinstance(inner, LikelihoodModelResults):
        return None
    if np.ndim(inner.params) != 1:
        raise InputError(
            f"{type(inner).__name__} has several coefficients per term, {np.shape(inner.params)}; "
            "a regression table takes one. Put each equation into an estimate of its own."
        )
    linear, discrete = isinstance(inner, RegressionResults), isinstance(inner, DiscreteResults)
    name = type(inner.model).__name__
    quantile = name == "QuantReg"
    facts = {
        "outcome": str(inner.model.endog_names),
        "method": METHODS.get(name, name),
        "covariance": None
        if quantile
        else _covariance(inner, linear),  # statsmodels does not record which
        "n_obs": len(inner.model.endog),
        "r2": float(inner.rsquared) if linear and not quantile else None,
        "pseudo_r2": float(inner.prsquared) if discrete or quantile else None,
    }
    table = coefficients(_terms(fit, inner), inner.params, inner.bse, inner.pvalues)
    return [Column(table, known(facts))]


def _terms(fit: Any, inner: Any) -> list[str]:
    """Return the names of the coefficients, which may be more than those of the regressors."""
    index = fit.params.index if hasattr(fit.params, "index") else None
    return list(inner.model.exog_names if index is None else index)


def _covariance(inner: Any, linear: bool) -> str:
    kind = str(inner.cov_type) if hasattr(inner, "cov_type") else "nonrobust"
    if kind == "nonrobust":
        return "homoskedastic" if linear else "model-based"
    if kind == "cluster":
        groups = np.asarray(inner.cov_kwds["groups"])
        counts = [len(np.unique(column)) for column in groups.reshape(len(groups), -1).T]
        return clustered((), counts)
    return f"robust ({kind})" if kind.startswith("HC") else kind
