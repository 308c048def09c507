"""p-values of many industries, adjusted for their number."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from agglometrics.notation import Array
from agglometrics.tables.arguments import checked


@checked
@dataclass(frozen=True)
class BenjaminiHochberg:
    """p-values for the false discovery rate (Benjamini and Hochberg 1995).

    The adjusted value of the i-th smallest of K p-values is the minimum over j >= i of K p_j / j.

    Examples
    --------
    >>> import numpy as np
    >>> BenjaminiHochberg().adjusted(np.array([0.01, 0.04, 0.03]), None).round(3).tolist()
    [0.03, 0.04, 0.04]
    """

    name = "Benjamini-Hochberg"

    def adjusted(self, p: Array, null: Array | None) -> Array:
        """Return the adjusted p-values, (K,), of p, (K,); `null` is not used."""
        order = np.argsort(p)[::-1]
        ranks = np.arange(p.size, 0, -1)
        found = np.empty(p.size)
        found[order] = np.minimum(np.minimum.accumulate(p[order] * p.size / ranks), 1.0)
        return found


@checked
@dataclass(frozen=True)
class WestfallYoung:
    """p-values for the familywise error rate, by step-down minima (Westfall and Young 1993).

    The adjusted p-value of the industry with the i-th smallest p is the share of draws in which
    the smallest p-value among it and those with larger ones is at most p_i (and no smaller than the
    adjusted value before it). With K industries and B draws it can hardly be below
    1 - (1 - 1 / (B + 1))^K, and Holm's never below K / (B + 1): take B of at least 20 K.

    Examples
    --------
    >>> import numpy as np
    >>> null = np.array([[0.2, 0.6], [0.4, 0.8], [0.6, 0.2], [0.8, 0.4]])
    >>> WestfallYoung().adjusted(np.array([0.2, 0.4]), null).tolist()
    [0.6, 0.6]
    """

    name = "Westfall-Young"

    def adjusted(self, p: Array, null: Array | None) -> Array:
        """Return the adjusted p-values, (K,), of p, (K,), from those of the draws, null (B, K)."""
        assert null is not None
        order = np.argsort(p, kind="stable")
        minima = np.minimum.accumulate(null[:, order[::-1]], axis=1)[:, ::-1]
        hits = (minima <= p[order] * (1 + 1e-9)).sum(axis=0)
        found = np.empty(p.size)
        found[order] = np.maximum.accumulate((hits + 1) / (len(null) + 1))
        return found


Adjustment = BenjaminiHochberg | WestfallYoung
