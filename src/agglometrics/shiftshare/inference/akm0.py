"""AKM with the null imposed: the set of effects that the score test does not reject."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import special

from agglometrics.inference.estimates import Covariance, Interval
from agglometrics.inference.linear_fit import LinearFit
from agglometrics.inference.sandwich import covariance
from agglometrics.inference.sets import score_set
from agglometrics.inference.small_sample import SmallSample
from agglometrics.linalg.groups import cluster_sums
from agglometrics.notation import Array
from agglometrics.shiftshare.alignment.keys import Columns
from agglometrics.shiftshare.inference.akm import residualize
from agglometrics.shiftshare.inference.design_fit import one_coefficient, require_design
from agglometrics.shiftshare.inference.null_imposed import null_imposed
from agglometrics.tables.arguments import checked


@checked
def akm0_set(
    outcome: Array, exposure: Array, controls: Array, shares: Array, level: float = 0.95
) -> Interval:
    """Return the AKM0 confidence set of a shift-share regressor: Adao, Kolesar and Morales (2019).

    With y, x the residuals on the controls and h the coefficients of x on the shares W, the set
    holds every b at which the score test does not reject (their section IV.A, eq. 37-39),

        (x'(y - b x))^2 <= c^2 sum_i h_i^2 (sum_n w_ni (y_n - b x_n))^2,

    with c the normal critical value: an interval, two rays, or the whole line.

    Parameters
    ----------
    outcome, exposure, controls, shares : as in `akm_std_error`
    level : nominal coverage

    Examples
    --------
    >>> import numpy as np
    >>> shares = np.array([[1.0, 0, 0], [0, 1, 0], [0, 0, 1], [0.5, 0, 0.5]])
    >>> outcome = np.array([1.0, 0, 5, 2])
    >>> str(akm0_set(outcome, shares @ [0, 1, 2], np.ones((4, 1)), shares, level=0.8))
    '[-0.142998, 4.143]'
    """
    y, x = residualize(outcome, controls), residualize(exposure, controls)
    h = np.linalg.lstsq(shares, x)[0]
    moment, slope = h * (shares.T @ y), h * (shares.T @ x)
    critical = float(special.ndtri(0.5 + level / 2))
    return Interval(score_set(moment, slope, (float(x @ y), float(x @ x)), critical), level, "AKM0")


@checked
@dataclass(frozen=True)
class AKM0:
    """`AKM` with the null imposed; the confidence set may be an interval, two rays, or the line.

    Attributes
    ----------
    cluster : column(s) of the shocks with groups of sectors; None for each sector on its own,
        its periods together (``[sector, time]`` for each shock on its own)
    """

    cluster: Columns | None = None


@covariance.register
def _akm0(spec: AKM0, fit: LinearFit, rule: SmallSample) -> Covariance:
    of = require_design(spec, fit)
    solved = one_coefficient(of, "AKM0")
    shocks, statistics = of.implied_shocks
    groups = of.design.shock_groups(spec.cluster)
    y, x, z = solved.y, solved.X[:, 0], solved.instrument[:, 0]
    moment = cluster_sums(shocks * of.exposed(y)[:, None], groups)[:, 0]
    slope = cluster_sums(shocks * of.exposed(x)[:, None], groups)[:, 0]
    total = (float(z @ y), float(z @ x))
    name = of.named("AKM0", spec.cluster)
    return null_imposed(moment, slope, total, name, statistics | of.counted(groups))
