"""`synthetic_did`: synthetic difference in differences, with the two methods it joins beside it."""

from __future__ import annotations

import numpy as np

from agglometrics.evaluation.panel import read_panel
from agglometrics.evaluation.requirements import (
    require_balanced,
    require_donors,
    require_pre_periods,
)
from agglometrics.evaluation.results.synthetic_did import SyntheticDID, Variances, parts
from agglometrics.evaluation.synthetic.sdid import blocks
from agglometrics.evaluation.synthetic.variances import (
    PlaceboVariance,
    require_variance,
)
from agglometrics.tables.arguments import checked


@checked
def synthetic_did(
    data: object,
    *,
    outcome: str,
    unit: str,
    time: str,
    treated: str,
    variance: Variances = PlaceboVariance(),  # noqa: B008
    level: float = 0.95,
) -> SyntheticDID:
    """Estimate the effect of a policy by synthetic difference in differences.

    Arkhangelsky, Athey, Hirshberg, Imbens and Wager (2021). Where units start at different times,
    each start is estimated with the never treated as donors, and the estimates are averaged with
    their numbers of treated unit-periods. Weights are exact minimisers: the authors' program stops
    its iterations earlier, so that its third decimal differs.

    Parameters
    ----------
    data : long table, one row per unit and period
    outcome, unit, time, treated : columns; treated is 1 in treated unit-periods, 0 elsewhere
    variance : `PlaceboVariance` (enumerated with one treated unit), `BootstrapVariance` or
        `JackknifeVariance`
    level : of the interval

    Raises
    ------
    InputError
        See `read_panel`; for an unbalanced panel.
    IdentificationError
        For fewer than two periods before treatment or too few donors; for a bootstrap or jackknife
        with one treated unit.

    Examples
    --------
    >>> import numpy as np, pandas as pd
    >>> from agglometrics import synthetic_did
    >>> city, year = np.divmod(np.arange(10 * 8), 8)
    >>> noise = np.random.default_rng(0).normal(size=80)
    >>> gdp = city + year + 5.0 * ((city == 0) & (year >= 6)) + 0.01 * noise
    >>> data = pd.DataFrame({"city": city, "year": year, "gdp": gdp,
    ...                      "pilot": ((city == 0) & (year >= 6)).astype(int)})
    >>> fit = synthetic_did(data, outcome="gdp", unit="city", time="year", treated="pilot")
    >>> round(fit.estimate, 1)
    5.0
    """
    require_variance(variance)
    panel = read_panel(data, outcome=outcome, unit=unit, time=time, treated=treated)
    require_balanced(panel)
    require_pre_periods(panel)
    require_donors(panel)
    arrays = parts(panel)
    found = tuple(blocks(panel.Y, *arrays))
    if isinstance(variance, PlaceboVariance):
        estimates, every = variance.estimates(panel.Y, *arrays, "synthetic_did")
        return SyntheticDID(panel, found, variance, float(estimates.std()), estimates, every, level)
    error = variance.std_error(panel.Y, *arrays, "synthetic_did")
    estimates, every = np.empty(0), False
    if len(arrays[0]) >= len(arrays[1]) + 2:  # otherwise no set of donors can stand in
        estimates, every = PlaceboVariance().estimates(panel.Y, *arrays, "synthetic_did")
    return SyntheticDID(panel, found, variance, error, estimates, every, level)
