"""Triple differences: a policy that should move one group of each treated unit, and not another.

With ``Y_igt`` the outcome of group g (an industry, an age class) of unit i, and groups that the
policy aims at (eligible) or not, let ``Z_it`` be the mean over eligible groups less the mean over
the others. A shock that hits all groups of a unit alike cancels in Z, and the triple difference is
the difference in differences of Z (Olden and Moen 2022): its assumption is that the gap between
groups, not the outcome, would have moved in parallel. Z is one series per unit, so that standard
errors by unit, staggered starts and every estimator of `event_study` follow.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from agglometrics.errors import IdentificationError, InputError
from agglometrics.evaluation.event.cohorts import EventEstimator
from agglometrics.evaluation.event_study import event_study
from agglometrics.evaluation.results.events import EventStudy
from agglometrics.tables import listed, numeric, require_columns, require_keys, to_frame
from agglometrics.tables.arguments import checked


@checked
def triple_difference(
    data: object,
    *,
    outcome: str,
    unit: str,
    group: str,
    time: str,
    treated: str,
    estimator: EventEstimator | None = None,
) -> EventStudy:
    """Estimate a triple difference, by event time and on average.

    Parameters
    ----------
    data : long table, one row per unit, group and period, every combination there
    outcome : column of the outcome
    unit, group, time : key columns
    treated : column that is 1 in treated units, eligible groups and treated periods, 0 elsewhere
    estimator : as in `event_study`

    Returns
    -------
    EventStudy
        Of the difference between the means of eligible and other groups, by unit and period; a
        group is eligible if it is treated in some unit.

    Raises
    ------
    InputError
        For repeated keys, missing combinations, unknown outcomes, and a treated unit whose eligible
        groups are not all treated together.
    IdentificationError
        If no group, or every group, is eligible, and as `event_study` does.

    References
    ----------
    Olden and Moen (2022), The triple difference estimator.

    Examples
    --------
    >>> import pandas as pd
    >>> from agglometrics import triple_difference
    >>> rows = [(i, g, t) for i in range(8) for g in "ab" for t in range(3)]
    >>> data = pd.DataFrame(rows, columns=["i", "g", "t"])
    >>> pilot = (data["i"] < 4) & (data["t"] == 2)
    >>> data["on"] = (pilot & (data["g"] == "a")).astype(int)
    >>> data["y"] = data["i"] + 7.0 * pilot + 2.0 * data["on"] + (data["g"] == "a") * data["t"]
    >>> import warnings
    >>> with warnings.catch_warnings():
    ...     warnings.simplefilter("ignore")
    ...     fit = triple_difference(data, outcome="y", unit="i", group="g", time="t", treated="on")
    >>> round(float(fit.params[-1]), 6)
    2.0
    """
    frame = to_frame(data)
    names = [unit, group, time, outcome, treated]
    require_columns(frame, names)
    if len(set(names)) < len(names):
        raise InputError(
            f"unit, group, time, outcome and treated must be five columns; found {names}. Name a "
            "different column for each."
        )
    require_keys(frame, [unit, group, time])
    gap = _gap(frame, outcome, unit, group, time, treated)
    return event_study(
        gap, outcome=outcome, unit=unit, time=time, treated=treated, estimator=estimator
    )


def _gap(
    frame: pd.DataFrame, outcome: str, unit: str, group: str, time: str, treated: str
) -> pd.DataFrame:
    """Return Z, one row per unit and period, and whether its eligible groups are treated."""
    on = _zero_or_one(frame, treated)
    known = frame[[unit, group, time]].copy()
    known[outcome], known[treated], known["_eligible"] = numeric(frame, outcome), on, on
    known["_eligible"] = known.groupby(group)["_eligible"].transform("max")
    kinds = known.drop_duplicates(group)["_eligible"]
    if kinds.nunique() < 2:
        every = "every" if kinds.any() else "no"
        raise IdentificationError(
            f"{every} group of {group!r} is treated somewhere: a triple difference compares groups "
            "that the policy aims at with others. Check the column, or use event_study()."
        )
    _require_every_combination(known, outcome, unit, group, time)
    sides = known.groupby([unit, time, "_eligible"])
    means = sides[outcome].mean().unstack()
    share = sides[treated].mean().unstack()[1]
    mixed = share[(share > 0) & (share < 1)]
    if len(mixed):
        raise InputError(
            "in a treated unit all eligible groups are treated together; in "
            f"{listed([mixed.index[0]])} {mixed.iloc[0]:.0%} of them are. "
            "Make a call for each start, and drop the other groups from it."
        )
    found = pd.DataFrame({outcome: means[1] - means[0], treated: share.astype(int)})
    return found.reset_index()


def _zero_or_one(frame: pd.DataFrame, treated: str) -> np.ndarray:
    """Return `treated` as whole numbers 0 and 1."""
    values = frame[treated]
    if values.isna().any() or not values.isin([0, 1]).all():
        raise InputError(
            f"treated column {treated!r} must be 1 in treated units, eligible groups and treated "
            f"periods, and 0 elsewhere; found {listed(values[~values.isin([0, 1])].unique())}. "
            "Fill in 0 or 1."
        )
    return values.to_numpy(dtype=np.float64).astype(int)


def _require_every_combination(
    known: pd.DataFrame, outcome: str, unit: str, group: str, time: str
) -> None:
    """Raise `InputError` unless every unit has every group in every period, with an outcome."""
    whole = known[unit].nunique() * known[group].nunique() * known[time].nunique()
    counts = known.dropna(subset=[outcome]).groupby(unit)[outcome].size()
    if int(counts.sum()) < whole:
        expected = whole // known[unit].nunique()
        short = counts.reindex(known[unit].unique(), fill_value=0)
        short = short[short < expected]
        raise InputError(
            f"every unit needs an outcome of every group in every period, {expected}; "
            f"{listed(short.index)} have fewer, the first {int(short.iloc[0])}. A mean over fewer "
            "groups would be a different series: fill them in, or drop groups, units or periods."
        )
