"""Covariances as values: what the caller says, before looking, about how errors are related.

Each is frozen data. How it becomes a matrix is the estimator's affair.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Homoskedastic:
    """Independent errors of one variance."""


@dataclass(frozen=True)
class Robust:
    """Heteroskedasticity-robust (Eicker-Huber-White)."""


@dataclass(frozen=True, init=False)
class Cluster:
    """Errors correlated within the groups of one or more columns.

    Attributes
    ----------
    columns : the clustering columns
    """

    columns: tuple[str, ...]

    def __init__(self, *columns: str) -> None:
        object.__setattr__(self, "columns", columns)
