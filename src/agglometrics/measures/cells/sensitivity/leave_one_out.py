"""How much a measure owes to one region, or to one industry: the table without it."""

from __future__ import annotations

from typing import Any, Literal

import pandas as pd

from agglometrics.errors import InputError
from agglometrics.measures.cells.sensitivity.statistics import (
    Keys,
    Measure,
    require_measure,
    statistics_of,
)
from agglometrics.tables import to_frame
from agglometrics.tables.arguments import checked
from agglometrics.tables.rounding import at_least
from agglometrics.tables.totals.warn import totals_named_once


@checked
def leave_one_out(
    measure: Measure,
    cells: object,
    *,
    leave: Literal["region", "industry"],
    value: str,
    region: str = "region",
    industry: str = "industry",
    time: str | None = None,
    **options: Any,
) -> pd.DataFrame:
    """Range of a measure over the tables that lack one region, or one industry.

    Parameters
    ----------
    measure : the function that measures
    cells, value, region, industry, time : its table and columns
    leave : what is left out, one after the other
    options : more arguments of the measure; ``undefined="nan"`` where what is left has an empty
        region or industry

    Returns
    -------
    DataFrame
        the measure's keys, ``statistic``, ``value``, ``low`` and ``high`` over the tables that
        lack one, ``low_without`` and ``high_without`` (which one), and ``n_undefined``, the
        number of these tables in which the statistic is not defined.

    Raises
    ------
    InputError
        As the measure does, and for an unknown `leave`.

    Examples
    --------
    >>> import pandas as pd
    >>> from agglometrics import concentration
    >>> cells = pd.DataFrame({
    ...     "region": list("NNSSWW"), "industry": ["cars", "cloth"] * 3,
    ...     "jobs": [60, 40, 20, 80, 40, 60]})
    >>> answer = leave_one_out(concentration, cells, leave="region", value="jobs")
    >>> hoover = answer[answer["statistic"] == "hoover"]
    >>> hoover[["industry", "value", "low", "high", "low_without", "high_without"]].round(4)
      industry   value     low    high low_without high_without
    0     cars  0.1667  0.1000  0.2500           S            W
    1    cloth  0.1111  0.0714  0.1667           N            W
    """
    keys: Keys = {"region": region, "industry": industry, "time": time}
    require_measure(measure, value, keys, options)
    if leave not in ("region", "industry"):
        raise InputError(f"leave={leave!r} is unknown; choose 'region' or 'industry'.")
    column = str(keys[leave])
    frame = to_frame(cells)
    whole = statistics_of(measure(frame, value=value, **keys, **options), keys)
    without, labels = [], sorted(frame[column].unique())
    with totals_named_once():
        for one in labels:
            rest = _without(options, column, one)
            answer = measure(frame[frame[column] != one], value=value, **keys, **rest)
            without.append(statistics_of(answer, keys).assign(without=one))
    # A statistic of one region (or industry) is missing only from the table that lacks it.
    asked = len(labels) - (column in whole.columns)
    return _extremes(whole, pd.concat(without, ignore_index=True), asked)


def _without(options: dict[str, Any], column: str, one: object) -> dict[str, Any]:
    """Return the options, `one` left out of a table of reference totals too."""
    reference = options.get("reference", "including")
    if isinstance(reference, str):
        return options
    if isinstance(reference, pd.Series):
        return options | {"reference": reference.drop(one, errors="ignore")}
    table = to_frame(reference)
    if column not in table.columns:
        return options
    return options | {"reference": table[table[column] != one]}


def _extremes(whole: pd.DataFrame, without: pd.DataFrame, asked: int) -> pd.DataFrame:
    """Join the least and greatest value of each statistic, and whose absence gives it.

    Of several that give it, within rounding, the first in the order of the labels is named.
    """
    names = [column for column in whole.columns if column != "value"]
    known_in = without.groupby(names, sort=False)["value"].count()
    known = without.dropna(subset="value")
    values = known.groupby(names, sort=False)["value"]
    low, high = values.transform("min"), values.transform("max")
    at_low, at_high = at_least(-known["value"], -low), at_least(known["value"], high)
    first = [known[at].groupby(names, sort=False)["without"].first() for at in (at_low, at_high)]
    ranges = pd.DataFrame(
        {
            "low": values.min(),
            "high": values.max(),
            "low_without": first[0],
            "high_without": first[1],
            "n_undefined": asked - known_in,
        }
    )
    return whole.merge(ranges.reset_index(), on=names, how="left")
