"""Columns of this package's estimates, and of whatever has ``tidy()`` and ``glance()``."""

from __future__ import annotations

from typing import Protocol, runtime_checkable

import pandas as pd

from agglometrics.inference.estimates import Estimates
from agglometrics.report.columns.column import Column


@runtime_checkable
class Estimated(Protocol):
    """What `compare` needs of an estimate: one row per term, and one row about the whole."""

    def tidy(self, level: float = 0.95) -> pd.DataFrame:
        """Return one row per term, with ``term``, ``estimate``, ``std_error``, ``p_value``."""

    def glance(self) -> pd.DataFrame:
        """Return one row about the whole estimate."""


def columns_of_estimate(fit: object) -> list[Column] | None:
    """Return the column of an estimate; None for any other object."""
    if isinstance(fit, type) or not isinstance(fit, Estimated):
        return None
    table, row = fit.tidy().set_index("term"), fit.glance().iloc[0]
    facts = {str(name): value for name, value in row.items()}
    if not isinstance(fit, Estimates):
        return [Column(table, facts)]
    effects = f", {' and '.join(fit.effects)} effects"
    facts["method"] = fit.method.removesuffix(effects)  # they have rows of their own
    return [Column(table, facts, fit.effects, fit.first_stage_f())]
