"""Counterfactual shocks: recentred instruments and randomisation inference.

Borusyak and Hull (2023): with draws g* of the shocks that could equally have occurred, the
expected instrument mu = E[W g*] makes z endogenous when exposure is; z - mu is free of it. And
under beta = b the outcome minus b x does not depend on which draw happened, so that the
recentred statistic T(b) = sum_n omega_n (z - mu)_n (yperp - b xperp)_n has a known distribution.
"""

from __future__ import annotations

import pandas as pd

from agglometrics.random.seeds import Seed
from agglometrics.shiftshare.alignment.aligned_design import AlignedDesign
from agglometrics.shiftshare.inference.counterfactuals import Counterfactual, counterfactual_shocks


def recentred_shocks(
    design: AlignedDesign, source: Counterfactual | pd.DataFrame, draws: int, seed: Seed
) -> pd.DataFrame:
    """Return the shocks minus their mean over counterfactual draws, as a table of shocks.

    W (g - mean g*) is z - mu exactly, since z is linear in the shocks.
    """
    mean = counterfactual_shocks(design, source, draws, seed).mean(axis=0)
    sectors = design.sectors
    return sectors.assign(**{design.shock_names[0]: sectors[design.shock_names[0]] - mean})
