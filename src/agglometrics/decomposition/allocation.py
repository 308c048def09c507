"""Esteban-Marquillas' four types: whether regions specialize where they have an advantage."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from agglometrics.decomposition.growth import BaseWeights, check_weights
from agglometrics.decomposition.history import Names, read_history
from agglometrics.decomposition.periods import check_ends
from agglometrics.notation import Array
from agglometrics.tables import Missing, to_frame
from agglometrics.tables.arguments import checked
from agglometrics.tables.rounding import without_dust


@checked
def allocation_types(
    cells: object,
    *,
    value: str,
    time: str = "time",
    start: Any,
    end: Any,
    weights: BaseWeights = "start",
    reference: object = "including",
    region: str = "region",
    industry: str = "industry",
    missing: Missing = "raise",
) -> pd.DataFrame:
    """Sort regions' industries into the four types of Esteban-Marquillas' (1972) table.

    The allocation effect is specialization times competitive advantage; their signs make four
    types, of which two raise it (specialized with an advantage, not specialized without) and
    two lower it.

    Parameters
    ----------
    cells, value, time, start, end, reference, region, industry, missing :
        as in `shift_share`
    weights : the base, as in `EstebanMarquillas`

    Returns
    -------
    DataFrame
        Keys region and industry; ``specialization`` (B - H, in the unit of the value),
        ``advantage`` (g_ri - g_i, a rate), ``allocation`` (their product) and ``type``:
        ``"specialized_advantage"``, ``"specialized_disadvantage"``,
        ``"unspecialized_advantage"``, ``"unspecialized_disadvantage"``; ``"neutral"`` where
        either is zero; ``"no_base"`` where the cell has no base, whose advantage is
        not defined and set to zero.

    Examples
    --------
    >>> import pandas as pd
    >>> cells = pd.DataFrame(
    ...     {
    ...         "region": ["A", "A", "B", "B"] * 2,
    ...         "industry": ["food", "cars"] * 4,
    ...         "year": [2002] * 4 + [2012] * 4,
    ...         "jobs": [60, 40, 40, 60, 60, 80, 60, 80],
    ...     }
    ... )
    >>> types = allocation_types(cells, value="jobs", time="year", start=2002, end=2012)
    >>> types[["region", "industry", "allocation", "type"]].round(6)
      region industry  allocation                      type
    0      A     cars   -4.000000   unspecialized_advantage
    1      A     food   -2.000000  specialized_disadvantage
    2      B     cars   -2.666667  specialized_disadvantage
    3      B     food   -3.000000   unspecialized_advantage
    """
    check_weights(weights)
    frame = to_frame(cells)
    check_ends(frame, time, start, end)
    names = Names(value, time, region, industry)
    history = read_history(frame, [start, end], reference, names, missing)
    terms = history.steps()[0].terms(weights)
    rate = np.divide(terms.D, terms.B, out=np.zeros_like(terms.B), where=terms.B > 0)
    advantage = without_dust(np.where(terms.B > 0, rate - terms.g, 0.0))
    specialization = without_dust(terms.B - terms.H, terms.B)
    answer = history.answer(
        "region",
        "industry",
        specialization=specialization,
        advantage=advantage,
        allocation=specialization * advantage,
    )
    answer["type"] = _types(terms.B, specialization, advantage).ravel()
    return answer


def _types(B: Array, specialization: Array, advantage: Array) -> np.ndarray[Any, Any]:
    """(R, I) names of the signs; zero is neutral."""
    known = [B <= 0, (specialization == 0) | (advantage == 0)]
    first = np.where(specialization > 0, "specialized", "unspecialized")
    second = np.where(advantage > 0, "_advantage", "_disadvantage")
    return np.select(known, ["no_base", "neutral"], default=np.char.add(first, second))
