"""A bootstrap of Oster's bounds: rows, or clusters of them, drawn with replacement."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from agglometrics.errors import InputError
from agglometrics.notation import Array, Codes
from agglometrics.random.seeds import Seed
from agglometrics.tables.arguments import checked
from agglometrics.tables.codes import n_levels, recode

Star = Callable[[Array, Sequence[Codes], Array], tuple[float, float]]


@checked
@dataclass(frozen=True)
class PairsBootstrap:
    """Draw rows, or whole clusters, with replacement.

    Attributes
    ----------
    cluster : column whose groups are drawn as wholes; None for rows
    draws : number of bootstrap samples
    level : of the percentile intervals
    seed : a seed or a numpy Generator
    """

    cluster: str | None = None
    draws: int = 999
    level: float = 0.95
    seed: Seed = 0

    def __post_init__(self) -> None:
        if self.draws < 99:
            raise InputError(
                f"PairsBootstrap: draws must be at least 99; found {self.draws}. "
                "For example draws=999."
            )


def bootstrap_bounds(
    star: Star, both: Array, effects: Sequence[Codes], w: Array, codes: Codes, spec: PairsBootstrap
) -> dict[str, float]:
    """Return standard error and percentile ends of `star` over the bootstrap samples.

    star : from (columns, effects, weights) to beta_star and delta_zero
    both : (N, 2 + C) columns    effects : codes (N,) each    w : (N,) weights
    codes : (N,) what is drawn

    A cluster that is drawn twice counts twice: a weight, which leaves its effects as they are.
    """
    rng = np.random.default_rng(spec.seed)
    G = n_levels(codes)
    found = np.full((spec.draws, 2), np.nan)
    for b in range(spec.draws):
        times = np.bincount(rng.integers(G, size=G), minlength=G)[codes]
        kept = times > 0
        groups = [recode(effect[kept]) for effect in effects]
        found[b] = star(both[kept], groups, (w * times)[kept])
    tails = [(1 - spec.level) / 2, (1 + spec.level) / 2]
    low, high = np.nanquantile(found, tails, axis=0)
    out = {"std_error": float(np.nanstd(found[:, 0], ddof=1))}
    out |= {"conf_low": float(low[0]), "conf_high": float(high[0])}
    out |= {"delta_low": float(low[1]), "delta_high": float(high[1])}
    return out | {"draws_solved": int(np.isfinite(found[:, 0]).sum())}
