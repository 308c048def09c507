"""What is around the plants of an industry, and how likely as much of it is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from agglometrics.distance.detection.shuffling import chance_of_as_much
from agglometrics.distance.relative.setting import Setting, individual_ratios
from agglometrics.notation import Array


@dataclass(frozen=True)
class Around:
    """What is around the plants of an industry.

    Attributes
    ----------
    centres : (C,) the plants
    number, mass : (C, 2) the counted plants and all of them within the distance, as numbers and by
        weight; without the centre
    others, rest : (C, 2) the same of all plants but the centre
    weight : (C,) of the centres
    """

    centres: NDArray[np.int64]
    number: NDArray[np.int64]
    mass: Array
    others: NDArray[np.int64]
    rest: Array
    weight: Array


def around_plants(setting: Setting, own: Any, counted: Any) -> Around:
    """Return what is around the plants marked own, of those counted and of all."""
    w, centres = setting.points.w, np.flatnonzero(own)
    kinds = np.full(centres.size, int(setting.kind[counted][0]))
    once = np.ones_like(w)
    number = setting.sums(centres, kinds, setting.kind, once)[:, 0]
    mass = number if (w == 1).all() else setting.sums(centres, kinds, setting.kind, w)[:, 0]
    others, rest = (
        np.column_stack(
            [each[counted].sum() - each[centres] * counted[centres], each.sum() - each[centres]]
        )
        for each in (once, w)
    )
    whole = (np.rint(each).astype(np.int64) for each in (number, others))
    return Around(centres, next(whole), mass, next(whole), rest, w[centres])


def exact_chance(around: Around) -> Array:
    """Return P(X >= same), X hypergeometric: of plants that count once."""
    from scipy.stats import hypergeom

    (same, near), (industry, everyone) = around.number.T, around.others.T
    p = np.minimum(hypergeom.sf(same - 1, everyone, industry, near), 1.0)
    return np.where(near > 0, p, np.nan)


def simulated_chance(around: Around, w: Array, counted: Any, draws: int, seed: int) -> Array:
    """Return the chance of as large a weight share, with all others on random sites."""
    share = individual_ratios(around.mass[:, None])[:, 0]
    near = around.number[:, 1]
    return chance_of_as_much(share, around.centres, near, w, counted * 1.0, draws, seed)
