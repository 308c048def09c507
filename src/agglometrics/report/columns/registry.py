"""Which packages' fits a regression table takes; each is imported when a fit of it arrives."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from agglometrics.report.columns.column import Column
from agglometrics.report.columns.from_estimates import columns_of_estimate


def _pyfixest(fit: object) -> list[Column] | None:
    from agglometrics.report.columns.from_pyfixest import columns_of_pyfixest

    return columns_of_pyfixest(fit)


def _linearmodels(fit: object) -> list[Column] | None:
    from agglometrics.report.columns.from_linearmodels import columns_of_linearmodels

    return columns_of_linearmodels(fit)


def _statsmodels(fit: object) -> list[Column] | None:
    from agglometrics.report.columns.from_statsmodels import columns_of_statsmodels

    return columns_of_statsmodels(fit)


ADAPTERS: Mapping[str, Callable[[object], list[Column] | None]] = {
    "pyfixest": _pyfixest,
    "linearmodels": _linearmodels,
    "statsmodels": _statsmodels,
}
"""From the package in which a fit's class (or a base of it) is defined to what reads it."""


def columns_of(fit: object) -> list[Column] | None:
    """Return the columns of a fit, several for a multiple estimation; None for anything else."""
    packages = [base.__module__.partition(".")[0] for base in type(fit).__mro__]
    for package in packages:
        found = ADAPTERS[package](fit) if package in ADAPTERS else None
        if found is not None:
            return found
    return columns_of_estimate(fit)
