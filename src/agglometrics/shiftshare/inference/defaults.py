"""Which covariance a design gets where none is named, and which are exposure-robust."""

from __future__ import annotations

from agglometrics.shiftshare.alignment.aligned_design import AlignedDesign
from agglometrics.shiftshare.inference.akm import AKM
from agglometrics.shiftshare.inference.akm0 import AKM0
from agglometrics.shiftshare.inference.shock_level import ShockLevel
from agglometrics.shiftshare.inference.shock_level0 import ShockLevel0

EXPOSURE_ROBUST = (AKM, AKM0, ShockLevel, ShockLevel0)


def default_covariance(design: AlignedDesign) -> AKM | ShockLevel:
    """Return `ShockLevel`; `AKM` where the shocks are not known."""
    return AKM() if design.g is None else ShockLevel()
