"""The default covariance of a design, and the covariances that are exposure-robust."""

from __future__ import annotations

from agglometrics.linalg.groups import cluster_sums, effective_number
from agglometrics.notation import Array
from agglometrics.shiftshare.alignment.aligned_design import AlignedDesign
from agglometrics.shiftshare.inference.akm import AKM
from agglometrics.shiftshare.inference.akm0 import AKM0
from agglometrics.shiftshare.inference.shock_jackknife import ShockJackknife
from agglometrics.shiftshare.inference.shock_level import ShockLevel
from agglometrics.shiftshare.inference.shock_level0 import ShockLevel0

EXPOSURE_ROBUST = (AKM, AKM0, ShockJackknife, ShockLevel, ShockLevel0)
FEW = 50.0  # effective number of independent shocks below which the jackknife is the default
FEWEST = 3  # groups of shocks that a jackknife needs


def default_covariance(design: AlignedDesign, weights: Array) -> AKM | ShockJackknife | ShockLevel:
    """Return the default: the jackknife for few shocks, `ShockLevel` for many.

    `AKM` where the shocks are unknown. weights : (N,) of the locations
    """
    if design.g is None:
        return AKM()
    exposure = cluster_sums(design.exposures(weights)[:, None], design.shock_groups(None))[:, 0]
    exposure = exposure[exposure > 0]
    few = len(exposure) >= FEWEST and effective_number(exposure) < FEW
    return ShockJackknife() if few else ShockLevel()
