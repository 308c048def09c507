"""The globe: great circles through points of the unit sphere."""

from __future__ import annotations

import numpy as np

from agglometrics.notation import Array

EARTH_KM = 6371.01  # mean radius; fixest uses 6376


def unit_vectors(lon: Array, lat: Array) -> Array:
    """Return points of the unit sphere, (P, 3), from degrees."""
    lam, phi = np.radians(lon), np.radians(lat)
    return np.column_stack([np.cos(phi) * np.cos(lam), np.cos(phi) * np.sin(lam), np.sin(phi)])
