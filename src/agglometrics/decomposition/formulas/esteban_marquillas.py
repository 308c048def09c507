"""The parts of Esteban-Marquillas (1972): the competitive one freed of specialization."""

from __future__ import annotations

import numpy as np

from agglometrics.decomposition.formulas.dunn import dunn
from agglometrics.decomposition.formulas.rates import (
    Parts,
)
from agglometrics.notation import Array


def competitive_split(B: Array, D: Array, g: Array, H: Array) -> tuple[Array, Array]:
    """Split D - B g into H (D/B - g) and (B - H)(D/B - g), Esteban-Marquillas (1972).

    Where B = 0 the regional rate D/B does not exist and the whole is the first part.
    """
    whole = D - B * g
    rate = np.zeros_like(B)
    np.divide(D, B, out=rate, where=B > 0)
    competitive = np.where(B > 0, H * (rate - g), whole)
    return competitive, whole - competitive


def esteban_marquillas(B: Array, D: Array, G: Array, g: Array, H: Array) -> Parts:
    """Partition of Esteban-Marquillas (1972), with his allocation effect (B - H)(D/B - g)."""
    competitive, allocation = competitive_split(B, D, g, H)
    return dunn(B, D, G, g) | {"competitive": competitive, "allocation": allocation}
