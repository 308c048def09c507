"""`permutation_test`: the difference in differences among those of other units, dates or sets."""

from __future__ import annotations

import numpy as np

from agglometrics.errors import IdentificationError
from agglometrics.evaluation.panel import TreatedPanel, read_panel
from agglometrics.evaluation.permuting.over import Over, PermuteDates, PermuteUnits
from agglometrics.evaluation.permuting.statistics import differences
from agglometrics.evaluation.requirements import (
    require_balanced,
    require_donors,
    require_one_start,
)
from agglometrics.evaluation.results.permutation import PermutationTest, of_assignments
from agglometrics.notation import Array
from agglometrics.tables import listed
from agglometrics.tables.arguments import checked


@checked
def permutation_test(
    data: object,
    *,
    outcome: str,
    unit: str,
    time: str,
    treated: str,
    over: Over = PermuteUnits(),  # noqa: B008
    level: float = 0.95,
) -> PermutationTest:
    """Test a difference in differences by the rank among its reassignments.

    The statistic is the mean change of the treated less that of the never treated (starts averaged
    by treated unit-periods). The test is exact if the reassignments were equally likely: Fisher's
    argument, which holds for units drawn by lot, and is an assumption for chosen ones. Its
    inversion gives the constant effects that are not rejected.

    Parameters
    ----------
    data : long table, one row per unit and period
    outcome, unit, time, treated : columns; treated is 1 in treated unit-periods, 0 elsewhere
    over : `PermuteUnits` (among all units; with two treated and one start, all pairs),
        `PermuteSets` (among sets that could have been chosen), or `PermuteDates` (earlier starts
        of the same units)
    level : of the set

    Raises
    ------
    InputError
        See `read_panel`; for an unbalanced panel; for sets of another number of units.
    IdentificationError
        With no untreated unit, or no date that leaves a window before the treatment.

    Examples
    --------
    >>> import numpy as np, pandas as pd
    >>> from agglometrics import permutation_test
    >>> city, year = np.divmod(np.arange(20 * 6), 6)
    >>> on = (city < 2) & (year >= 4)
    >>> gdp = city + year + 3.0 * on + 0.1 * (city * year % 3)
    >>> data = pd.DataFrame({"city": city, "year": year, "gdp": gdp, "pilot": on.astype(int)})
    >>> test = permutation_test(data, outcome="gdp", unit="city", time="year", treated="pilot")
    >>> len(test.placebos), round(test.p_value, 4)  # all pairs of twenty cities
    (190, 0.0053)
    """
    panel = read_panel(data, outcome=outcome, unit=unit, time=time, treated=treated)
    require_balanced(panel)
    require_donors(panel, 1)
    if isinstance(over, PermuteDates):
        tau, labels = _at_dates(panel, over)
        kappa = np.zeros(len(tau))
        kappa[0] = 1.0
        return PermutationTest(panel, tau, kappa, labels, True, over, level)
    first, every = over.first(panel)
    return of_assignments(panel, first, every, over, level)


def _at_dates(panel: TreatedPanel, over: PermuteDates) -> tuple[Array, tuple[str, ...]]:
    """Return the statistics of the true and of earlier starts, and these starts as text."""
    start, T = require_one_start(panel), panel.Y.shape[1]
    moved = range(over.least, start - (T - start) + 1)
    if not len(moved):
        raise IdentificationError(
            f"no earlier date leaves {over.least} periods before it and {T - start} after it, all "
            f"before {listed([panel.periods[start]])}. Cut the table after the treatment shorter, "
            "or pass over=PermuteUnits()."
        )
    tau = [differences(panel.Y, panel.first[None])[0]]
    for s in moved:
        window = panel.Y[:, : s + T - start]
        first = np.where(panel.ever, s, window.shape[1])
        tau.append(differences(window, first[None])[0])
    labels = (start, *moved)
    return np.array(tau), tuple(str(panel.periods[s]) for s in labels)
