"""K_d of one industry: the curve, its bands, and how far it leaves them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from agglometrics.distance.answers.envelopes import DistanceCurve
from agglometrics.distance.density.bands import Band, Bands, excess
from agglometrics.notation import Array


@dataclass(frozen=True, kw_only=True)
class DensityCurve(DistanceCurve):
    """A density of distances; what `DistanceCurve` says holds.

    Attributes
    ----------
    curve : as in `DistanceCurve`, and `gamma`, max(K_d - global_high, 0), and `psi`,
        max(global_low - K_d, 0) where nothing is localised (NaN without simulations)
    bandwidth_rule : which rule set the bandwidth, and from which pairs
    bands : which bands
    null_p_values : (B,) p-value of each simulated curve, as if it were the observed one
    """

    bandwidth_rule: str
    bands: str
    null_p_values: Array

    @property
    def gamma_index(self) -> float:
        """The integral of gamma over distance (Gamma_A, summed over 1-km steps in the article)."""
        return self._index("observed", "global_high")

    @property
    def psi_index(self) -> float:
        """The integral of psi over distance (Psi_A); zero for an industry that is localised."""
        localized = self.simulations > 0 and self.localized
        return 0.0 if localized else self._index("global_low", "observed")

    def _index(self, upper: str, lower: str) -> float:
        if not self.simulations:
            return float("nan")
        above = self.curve[upper] - self.curve[lower]
        return excess(self.curve["distance"].to_numpy(), above.to_numpy())


def density_curve(
    d: Array,
    observed: Array,
    curves: Array | None,
    level: float,
    bands: Bands,
    *,
    target: object,
    n: int,
    h: float,
    bandwidth_rule: str,
    null: str,
    unit: str,
) -> DensityCurve:
    """Return the observed curve, (D,), with the bands of the curves, (B, D), of its null."""
    unknown = np.full(d.size, np.nan)
    band = Band(unknown, unknown, unknown, unknown, float("nan"), np.empty(0))
    if curves is not None:
        # what differs by rounding error alone is the same
        scale = 1e-9 * max(float(observed.max()), float(curves.max()), np.finfo(float).tiny)
        observed, curves = np.round(observed / scale) * scale, np.round(curves / scale) * scale
        band = bands.around(observed, curves, level)
    localized = curves is not None and bool((observed > band.global_high).any())
    table = pd.DataFrame(
        {
            "distance": d,
            "observed": observed,
            "local_low": band.local_low,
            "local_high": band.local_high,
            "global_low": band.global_low,
            "global_high": band.global_high,
            "gamma": np.maximum(observed - band.global_high, 0.0),
            "psi": np.maximum(band.global_low - observed, 0.0) * (not localized),
        }
    )
    draws = 0 if curves is None else len(curves)
    return DensityCurve(
        table,
        "Duranton-Overman K_d",
        target,
        n,
        h,
        null,
        draws,
        level,
        band.p_value,
        unit,
        bandwidth_rule=bandwidth_rule,
        bands=bands.rule,
        null_p_values=band.null,
    )
