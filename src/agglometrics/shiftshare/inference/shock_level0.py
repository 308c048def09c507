"""The shock-level test with the null imposed."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from agglometrics.inference.estimates import Covariance
from agglometrics.inference.linear_fit import LinearFit
from agglometrics.inference.sandwich import covariance
from agglometrics.inference.small_sample import SmallSample
from agglometrics.linalg.groups import cluster_sums
from agglometrics.shiftshare.alignment.keys import Columns
from agglometrics.shiftshare.inference.design_fit import one_coefficient, require_design
from agglometrics.shiftshare.inference.null_imposed import null_imposed
from agglometrics.shiftshare.inference.shock_level import refuse_disagreement, shock_side_of
from agglometrics.tables.arguments import checked


@checked
@dataclass(frozen=True)
class ShockLevel0:
    """`ShockLevel` with the null imposed; the confidence set may be two rays, or the line.

    Attributes
    ----------
    cluster : column(s) of the shocks with groups of sectors; None for each sector on its own,
        its periods together (``[sector, time]`` for each shock on its own)
    """

    cluster: Columns | None = None


@covariance.register
def _shock_level0(spec: ShockLevel0, fit: LinearFit, rule: SmallSample) -> Covariance:
    of = require_design(spec, fit)
    solved = one_coefficient(of, "ShockLevel0")
    side, Pi, groups = shock_side_of(of, spec.cluster)
    root = solved.space.root
    moment = side.moments(solved.y, root) @ Pi
    slope = side.moments(solved.X[:, 0], root) @ Pi
    out = null_imposed(
        cluster_sums(moment, groups)[:, 0],
        cluster_sums(slope, groups)[:, 0],
        (float(moment.sum()), float(slope.sum())),
        of.named("shock-level, null imposed", spec.cluster),
        of.counted(groups, side.s),
    )
    refuse_disagreement(of, side, np.sqrt(np.diag(out.matrix)))
    return out
