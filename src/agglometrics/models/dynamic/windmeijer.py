"""The corrected covariance of two-step GMM (Windmeijer 2005)."""

from __future__ import annotations

import numpy as np

from agglometrics.models.dynamic.gmm import Moments, Step, robust
from agglometrics.notation import Array


def windmeijer(m: Moments, first: Step, second: Step) -> Array:
    """Return the corrected covariance of the second step (Windmeijer 2005, eq. 3.3).

    ``V + D V + V D' + D V1 D'`` with column k of D equal to
    ``V X'Z W [sum Z'(x_k u' + u x_k')Z] W Z'u2``, u of the first step.
    """
    V = second.bread
    outer = second.influence(m)
    g1 = m.unit_moments(first.u)
    last = second.W @ m.unit_moments(second.u).sum(axis=0)
    D = np.zeros_like(V)
    for k in range(len(V)):
        gx = m.unit_moments(m.X[:, :, k])
        D[:, k] = outer @ (gx.T @ (g1 @ last) + g1.T @ (gx @ last))
    return np.asarray(V + D @ V + V @ D.T + D @ robust(m, first) @ D.T)
