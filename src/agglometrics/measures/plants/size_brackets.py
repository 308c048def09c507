"""Bounds on the plant Herfindahl where only size brackets of plants are known."""

from __future__ import annotations

from itertools import product

import numpy as np
import pandas as pd

from agglometrics.errors import InputError
from agglometrics.notation import Array
from agglometrics.tables import listed, numeric, require_columns, require_keys, to_frame
from agglometrics.tables.arguments import checked
from agglometrics.tables.checks import require_known

HALVINGS = 200

TRIED = 6
"""Widest brackets of which both ends are tried: the cost is 2^6 passes over the plants."""


def smallest_herfindahl(low: Array, high: Array) -> float:
    """Least H = sum z^2 / (sum z)^2 over sizes low <= z <= high.

    dH/dz_k has the sign of z_k - sum z^2 / sum z, so that at the minimum every size is the common
    level sum z^2 / sum z, or the end of its bracket nearest to it; the level is found by bisection.

    low, high : (N,) positive
    """
    below, above = low.min(), high.max()
    for _ in range(HALVINGS):
        level = (below + above) / 2
        z = np.clip(level, low, high)
        below, above = (level, above) if z @ (z - level) > 0 else (below, level)
    z = np.clip(below, low, high)
    return float(z @ z / z.sum() ** 2)


def largest_herfindahl(low: Array, high: Array) -> float:
    """Upper bound on H over the same sizes, that is attained or nearly so.

    H has no inner maximum in any size, so that at its maximum each is an end of its bracket. Both
    ends are tried for the widest brackets, and the others relaxed (see `_relaxed`): their bound is
    loose by no more than one small plant raised in part.

    low, high : (N,) positive
    """
    widest = np.argsort(low**2 - high**2, kind="stable")
    tried, others = widest[:TRIED], widest[TRIED:]
    others = others[np.argsort(-(low + high)[others], kind="stable")]
    ends = zip(low[tried], high[tried], strict=True)
    return max(_relaxed(np.array(z), low[others], high[others]) for z in product(*ends))


def _relaxed(known: Array, low: Array, high: Array) -> float:
    """Bound on H with some sizes known, the others sorted by low + high, largest first.

    Given the total S, the greatest sum of squares raises the first of these to their upper ends:
    a concave, piecewise linear Q(S) if one plant may be raised in part. The answer is the maximum
    of Q(S) / S^2, at a kink or at S = -2 a / b of a piece Q = a + b S.
    """
    steps, slopes = high - low, low + high
    S = known.sum() + low.sum() + np.concatenate([[0.0], np.cumsum(steps)])
    Q = known @ known + low @ low + np.concatenate([[0.0], np.cumsum(steps * slopes)])
    a = Q[:-1] - slopes * S[:-1]
    inner = np.clip(-2 * a / slopes, S[:-1], S[1:])
    return float(max((Q / S**2).max(), ((a + slopes * inner) / inner**2).max(initial=0.0)))


@checked
def herfindahl_bounds(
    plants: object, *, low: str, high: str, industry: str = "industry", time: str | None = None
) -> pd.DataFrame:
    """Bounds on the plant Herfindahl where sizes are known in brackets only.

    Parameters
    ----------
    plants : table
        One row per plant (and period).
    low, high : str
        Columns with the ends of the size bracket of each plant: positive, low at most high, the
        open bracket of the largest plants closed by the caller.
    industry, time : str
        The key columns.

    Returns
    -------
    pandas.DataFrame
        Industry (and period), `herfindahl_low` (attained), `herfindahl_high` (attained, or
        nearly so), `n_plants`. These are bounds, not a confidence interval.

    Raises
    ------
    InputError
        For unknown columns, missing keys, and brackets that are unknown, infinite, not positive or
        reversed.

    Examples
    --------
    >>> plants = pd.DataFrame({"industry": "A", "low": [1, 1, 10], "high": [2, 2, 20]})
    >>> herfindahl_bounds(plants, low="low", high="high").round(4)
      industry  herfindahl_low  herfindahl_high  n_plants
    0        A           0.551           0.8306         3
    """
    frame = to_frame(plants).reset_index(drop=True)
    by = [industry] if time is None else [time, industry]
    require_columns(frame, [*by, low, high])
    require_known(frame, by)
    require_keys(frame[by].assign(_row=frame.index), [*by, "_row"])
    bottom, top = numeric(frame, low), numeric(frame, high)
    wrong = ~((bottom > 0) & (bottom <= top)).to_numpy()
    if wrong.any():
        found = frame.loc[wrong, [*by, low, high]].head(6).to_dict("records")
        raise InputError(
            f"brackets must be known with 0 < {low!r} <= {high!r}; found {int(wrong.sum())} of "
            f"{len(frame)} plants otherwise: {listed(found)}. Correct or drop them."
        )
    sizes = pd.DataFrame({"low": bottom, "high": top})
    rows = []
    for key, own in sizes.groupby([frame[column] for column in by], observed=True):
        largest = own["high"].max()  # in its unit no square leaves the range of numbers
        ends = own["low"].to_numpy() / largest, own["high"].to_numpy() / largest
        bounds = smallest_herfindahl(*ends), largest_herfindahl(*ends)
        rows.append((*key, *bounds, len(own)))
    return pd.DataFrame(rows, columns=[*by, "herfindahl_low", "herfindahl_high", "n_plants"])
