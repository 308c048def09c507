"""`synthetic_control`: the treated unit beside a weighted mean of units that were not treated."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from agglometrics.evaluation.matching import Outcomes, Predictors, Ridge
from agglometrics.evaluation.panel import TreatedPanel, read_panel
from agglometrics.evaluation.requirements import (
    require_balanced,
    require_donors,
    require_pre_periods,
)
from agglometrics.evaluation.results.synthetic_control import SyntheticControl
from agglometrics.evaluation.synthetic.assignments import sets_of_units, staggered_sets
from agglometrics.evaluation.synthetic.donors import Donors, pools_of, require_pools, restricted
from agglometrics.evaluation.synthetic.fits import fit_assignments
from agglometrics.notation import Codes
from agglometrics.random.progress import watched
from agglometrics.random.seeds import Seed
from agglometrics.tables.arguments import checked


@checked
def synthetic_control(
    data: object,
    *,
    outcome: str,
    unit: str,
    time: str,
    treated: str,
    match: Outcomes | Predictors = Outcomes(),  # noqa: B008
    augment: Ridge | None = None,
    donors: Donors = None,
    level: float = 0.95,
    seed: Seed = 0,
) -> SyntheticControl:
    """Estimate the effect of a policy on one or a few units by synthetic control.

    The counterfactual of a treated unit is a mean of donors with weights ``w >= 0, 1'w = 1``
    (Abadie, Diamond and Hainmueller 2010); the estimate is the mean gap over treated
    unit-periods. Inference compares the ratio of the RMSPE after treatment to that before it with
    the ratios of all other assignments: every set of as many units (a seeded draw of 1,999 where
    there are more than 2,000). Where all start at once, the treated unit moves into the pool of
    the placebos, so that the rank is exact if every set was equally likely to be treated; where
    starts differ, placebo sets are made of donors.

    Parameters
    ----------
    data : long table, one row per unit and period
    outcome, unit, time, treated : columns; treated is 1 in treated unit-periods, 0 elsewhere
    match : `Outcomes` or `Predictors`
    augment : `Ridge` for augmented synthetic control (Ben-Michael, Feller and Rothstein 2021)
    donors : the allowed donors, or a mapping from treated unit to its own; None for all that are
        never treated
    level : of the interval
    seed : of the draw of placebo sets, where they are too many to enumerate

    Raises
    ------
    InputError
        See `read_panel`; for an unbalanced panel and unknown donors.
    IdentificationError
        For fewer than two periods before treatment, and fewer than two donors.

    Examples
    --------
    >>> import numpy as np, pandas as pd
    >>> from agglometrics import synthetic_control
    >>> city, year = np.divmod(np.arange(12 * 10), 10)
    >>> trend = np.array([1, 3, 2, 4, 3, 5, 4, 6, 5, 7.0])
    >>> gdp = city + trend[year] * (1 + city / 4) + 2.0 * ((city == 5) & (year >= 7))
    >>> data = pd.DataFrame({"city": city, "year": 2000 + year, "gdp": gdp,
    ...                      "pilot": ((city == 5) & (year >= 7)).astype(int)})
    >>> fit = synthetic_control(data, outcome="gdp", unit="city", time="year", treated="pilot")
    >>> round(fit.estimate, 6)
    2.0
    """
    panel = read_panel(data, outcome=outcome, unit=unit, time=time, treated=treated)
    require_balanced(panel)
    require_pre_periods(panel)
    panel = restricted(panel, donors)
    require_donors(panel)
    pools = pools_of(panel, donors)
    weigher = match.weigher(panel)
    weigher = weigher if augment is None else augment.around(weigher)
    units, starts, every, moves = _assignments(panel, seed)
    pools = pools if moves else pools & ~panel.ever
    require_pools(panel, pools)

    def watch(items: Iterable[int]) -> Iterable[int]:
        slow = not isinstance(match, Outcomes) or augment is not None
        return watched(items, len(units), "placebos", slow=slow and len(units) > 20)

    fits = fit_assignments(panel.Y, units, starts, lambda n: pools[n], weigher, moves, watch)
    return SyntheticControl(panel, fits, level, every, weigher, pools, match, augment)


def _assignments(panel: TreatedPanel, seed: Seed) -> tuple[Codes, Codes, bool, bool]:
    """Return units and starts (M, m), whether all are there, whether the treated are donors."""
    truth = np.flatnonzero(panel.ever)
    starts = panel.first[truth]
    if len(np.unique(starts)) == 1:
        units, every = sets_of_units(truth, np.arange(len(panel.units)), panel.Y, seed)
        return units, np.full(units.shape, starts[0]), every, True
    units, every = staggered_sets(truth, np.flatnonzero(~panel.ever), panel.Y, seed)
    return units, np.tile(starts, (len(units), 1)), every, False
