"""The tF interval of one coefficient with one instrument (Lee, McCrary, Moreira and Porter 2022).

The critical value of |t| = |b - b0| / se depends on the first stage's F, computed with the same
covariance: infinite where F is at most 3.84, 1.96 from F = 104.7 on (here 106), in between from the
article's Table 3 (American Economic Review 112(10)). The article could not be read: the values are
those that ivDiag (R) takes from it, at sqrt(F) = 2.0, 2.1, ..., 10.3. The tests check their size
in the model that they are made for.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from agglometrics.errors import InputError
from agglometrics.models.checks.weak_instruments import weak_instruments
from agglometrics.models.iv import IVRegression, system_of
from agglometrics.tables.arguments import checked

ROOTS = np.linspace(2.0, 10.3, 84)
# fmt: off
CRITICAL = np.array([
    18.66, 9.74, 7.37, 6.18, 5.43, 4.92, 4.54, 4.25, 4.01, 3.82, 3.65, 3.51, 3.39, 3.29, 3.19, 3.11,
    3.03, 2.97, 2.91, 2.85, 2.80, 2.75, 2.71, 2.67, 2.63, 2.60, 2.57, 2.54, 2.51, 2.48, 2.46, 2.43,
    2.41, 2.39, 2.37, 2.35, 2.33, 2.32, 2.30, 2.29, 2.27, 2.26, 2.24, 2.23, 2.22, 2.21, 2.20, 2.19,
    2.17, 2.16, 2.16, 2.15, 2.14, 2.13, 2.12, 2.11, 2.10, 2.10, 2.09, 2.08, 2.08, 2.07, 2.06, 2.06,
    2.05, 2.04, 2.04, 2.03, 2.03, 2.02, 2.02, 2.01, 2.01, 2.00, 2.00, 1.99, 1.99, 1.99, 1.98, 1.98,
    1.97, 1.97, 1.97, 1.96,
])
# fmt: on


def tf_critical(F: float) -> float:
    """Return the 5 per cent critical value of |t| at a first-stage F.

    Between the table's points it lies on the chord, above the convex curve. Below F = 4, where
    the table ends (and the curve rises to infinity at 3.84), it is infinite.

    Examples
    --------
    >>> [round(tf_critical(F), 2) for F in (3.0, 10.0, 104.7)]
    [inf, 3.44, 1.97]
    """
    if ROOTS[0] ** 2 > F:
        return float(np.inf)
    return float(np.interp(np.sqrt(F), ROOTS, CRITICAL))


@checked
def tf(fit: IVRegression, *, null: float = 0.0) -> pd.DataFrame:
    """Return the tF test and 95 per cent interval of the one endogenous coefficient.

    Unlike a rule that looks at F first, it keeps its level whatever the strength of the one
    instrument, in large samples: nothing is proven for few clusters: see `wild_anderson_rubin`
    there. Where F is below 4 the interval is the whole line. `anderson_rubin` has the same
    claim and, in expectation, shorter sets.

    Parameters
    ----------
    fit : an `iv` estimate with one endogenous term and one instrument; its covariance is used
        for t and for F
    null : the value tested

    Returns
    -------
    DataFrame
        One row: term, estimate, std_error, f, critical, null, statistic, reject (at 5 per
        cent), conf_low, conf_high.

    Raises
    ------
    InputError
        With several endogenous terms or instruments.

    Examples
    --------
    >>> import numpy as np, pandas as pd
    >>> from agglometrics import Robust, iv, tf
    >>> z, e = np.random.default_rng(1).normal(size=(2, 60))
    >>> data = pd.DataFrame({"z": z, "x": 0.5 * z + e, "y": z + 3 * e})
    >>> tf(iv("y ~ [x ~ z]", data, cov=Robust()))[["f", "critical", "reject"]].round(2)
           f  critical  reject
    0  11.93      3.15    True
    """
    system = system_of(fit)
    if len(system.endogenous) > 1 or len(system.instruments) > 1:
        raise InputError(
            "tF is for one endogenous term and one instrument; found "
            f"{list(system.endogenous)} and {list(system.instruments)}. Use anderson_rubin."
        )
    F = float(weak_instruments(fit)["f"].iloc[0])
    b, se, c = float(fit.params[0]), float(fit.std_errors[0]), tf_critical(F)
    row = {"term": fit.terms[0], "estimate": b, "std_error": se, "f": F, "critical": c}
    row |= {"null": null, "statistic": (b - null) / se, "reject": abs(b - null) > c * se}
    return pd.DataFrame([row | {"conf_low": b - c * se, "conf_high": b + c * se}])
