"""Plants of an industry, where they are, and what their pairs weigh."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from agglometrics.distance.places import Globe, Plane
from agglometrics.distance.points import Points
from agglometrics.notation import Array

PLANE = Plane()


@dataclass(frozen=True)
class Plants:
    """The plants of an industry, in an order that depends on coordinates and weights alone.

    Attributes
    ----------
    xyz : (n, 2) in the plane; (n, 3) on the globe, whose straight lengths are chords
    w : (n,) weights; None where every pair counts once
    space : the plane or the globe
    """

    xyz: Array
    w: Array | None = None
    space: Plane | Globe = PLANE

    @classmethod
    def of(cls, points: Points, which: Any, weighted: bool) -> Plants:
        """Return those points that are marked, (N,), with their weights if these count."""
        xyz = points.xy if points.z is None else np.column_stack([points.xy, points.z])
        return cls(xyz[which], points.w[which] if weighted else None, points.space)

    def __len__(self) -> int:
        return len(self.xyz)

    def pairs(self, others: Plants | None = None) -> float:
        """Return the number of pairs, or the sum of w_k w_l over them; within or with others."""
        one = weights_or_ones(len(self), self.w)
        return pairs_of(one, None if others is None else weights_or_ones(len(others), others.w))

    def lengths(self, others: Plants | None = None) -> Array:
        """Return the distances of all pairs, within or with others."""
        from scipy.spatial.distance import cdist, pdist

        if others is None:
            return np.asarray(self.space.arc(pdist(self.xyz)))
        return np.asarray(self.space.arc(cdist(self.xyz, others.xyz).ravel()))


def weights_or_ones(n: int, w: Array | None) -> Array:
    """Return weights, (n,)."""
    return np.ones(n) if w is None else w


def pairs_of(w: Array, v: Array | None) -> float:
    """Return the sum of w_k w_l over the pairs within one set, or of w_k v_l with another."""
    if v is not None:
        return float(w.sum() * v.sum())
    return float((w.sum() ** 2 - (w**2).sum()) / 2)
