"""Covariances as values: what the caller says, before looking, about how errors are related.

Each is frozen data. `sandwich` makes it a matrix.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from agglometrics.errors import InputError
from agglometrics.inference.dependence.bootstraps import Rademacher as Rademacher
from agglometrics.inference.dependence.bootstraps import Webb as Webb
from agglometrics.inference.dependence.bootstraps import WildBootstrap as WildBootstrap
from agglometrics.inference.dependence.groups import CR2 as CR2
from agglometrics.inference.dependence.groups import CR3 as CR3
from agglometrics.inference.dependence.groups import Cluster as Cluster
from agglometrics.inference.dependence.over_space import SCPC as SCPC
from agglometrics.inference.dependence.over_space import Bartlett as Bartlett
from agglometrics.inference.dependence.over_space import Conley as Conley
from agglometrics.inference.dependence.over_space import Uniform as Uniform
from agglometrics.inference.dependence.over_time import DriscollKraay as DriscollKraay
from agglometrics.inference.dependence.over_time import NeweyWest as NeweyWest
from agglometrics.tables.arguments import checked


@checked
@dataclass(frozen=True)
class Homoskedastic:
    """Independent errors of one variance."""


@checked
@dataclass(frozen=True)
class Robust:
    """Heteroskedasticity-robust (Eicker-Huber-White)."""


@checked
@dataclass(frozen=True)
class ShiftShare:
    """Errors correlated between places with similar shares (Adao, Kolesar and Morales 2019).

    For terms that are shift-share variables of the design, or are instrumented by them; other
    terms get no standard error. The table must hold the design's location (and time) columns.

    Attributes
    ----------
    design : a `ShiftShareDesign`
    cluster : column(s) of its shocks with groups of sectors; None for each sector on its own,
        its periods together
    """

    design: Any = field(repr=False)
    cluster: str | Sequence[str] | None = None

    def __post_init__(self) -> None:
        if not hasattr(self.design, "aligned"):
            raise InputError(
                f"ShiftShare needs a ShiftShareDesign; found {self.design!r}. "
                "Pass ShiftShare(design)."
            )


@checked
@dataclass(frozen=True)
class Windmeijer:
    """Two-step GMM's robust covariance, corrected for its estimated weights (Windmeijer 2005).

    Few units and many instruments are beyond it. Simulated (difference GMM, two variances among
    the units, 200 panels): 95 percent intervals of the lag cover .94 with 300 units, and .88 with
    31 units and every lag as instrument (Monte Carlo errors .017 and .023); uncorrected ones cover
    .92 and .42.
    """


CovarianceSpec = (
    Homoskedastic
    | Robust
    | Cluster
    | CR2
    | CR3
    | NeweyWest
    | DriscollKraay
    | Conley
    | SCPC
    | ShiftShare
    | WildBootstrap
    | Windmeijer
)
