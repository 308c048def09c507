"""The wild cluster bootstrap and its weights."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from agglometrics.errors import InputError
from agglometrics.tables.arguments import checked


@dataclass(frozen=True)
class Rademacher:
    """Bootstrap weights +1 and -1: only 2^G different samples of G clusters."""

    points: tuple[float, ...] = (-1.0, 1.0)


@dataclass(frozen=True)
class Webb:
    """Bootstrap weights of six points (Webb 2023), for fewer than about twelve clusters."""

    points: tuple[float, ...] = (
        -(1.5**0.5),
        -1.0,
        -(0.5**0.5),
        0.5**0.5,
        1.0,
        1.5**0.5,
    )


@checked
@dataclass(frozen=True)
class WildBootstrap:
    """The wild cluster bootstrap with the null imposed (Cameron, Gelbach and Miller 2008).

    p-values and confidence bounds come from the bootstrap distribution of t, term by term;
    the matrix stays that of `Cluster(column)`.

    Attributes
    ----------
    column : the clustering column
    draws : number of bootstrap samples
    weights : `Webb()` or `Rademacher()`
    seed : a seed or a numpy Generator
    """

    column: str
    draws: int = 9999
    weights: Rademacher | Webb = field(default_factory=Webb)
    seed: Any = 0

    def __post_init__(self) -> None:
        if self.draws < 99:
            raise InputError(
                f"WildBootstrap: draws must be at least 99; found {self.draws}. "
                "For example draws=9999."
            )
