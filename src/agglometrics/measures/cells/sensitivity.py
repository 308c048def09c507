"""How far a measure moves when the table is another one: ranges, not confidence intervals.

A complete table of output has no sampling error, and none of these ranges has a coverage. They
say how much an answer owes to one region or industry, to the zoning, or to errors of a stated
size in the figures. Every function takes a measure (`concentration`, `location_quotient`, ...)
and its own arguments by keyword.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from agglometrics.errors import InputError
from agglometrics.measures.cells.groups import group_of
from agglometrics.notation import Codes
from agglometrics.random.canonical import canonical
from agglometrics.random.seeds import Seed, root, stream
from agglometrics.tables import listed, numeric, require_columns, require_keys, to_frame
from agglometrics.tables.arguments import checked
from agglometrics.tables.totals import totals_named_once

Measure = Callable[..., pd.DataFrame]
Keys = dict[str, str | None]


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
    measure : the function that is asked
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
    if leave not in ("region", "industry"):
        raise InputError(f"leave={leave!r} is unknown; choose 'region' or 'industry'.")
    column = str(keys[leave])
    frame = to_frame(cells)
    whole = _long(measure(frame, value=value, **keys, **options), keys)
    without, labels = [], sorted(frame[column].unique())
    with totals_named_once():
        for one in labels:
            rest = _without(options, column, one)
            answer = measure(frame[frame[column] != one], value=value, **keys, **rest)
            without.append(_long(answer, keys).assign(without=one))
    # What is asked about the one left out is asked of all other tables.
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


@checked
def over_zonings(
    measure: Measure,
    cells: object,
    zonings: Mapping[str, object],
    *,
    value: str,
    region: str = "region",
    industry: str = "industry",
    time: str | None = None,
    **options: Any,
) -> pd.DataFrame:
    """Give a measure on the regions as they are and on every zoning of them.

    The modifiable areal unit problem, shown: regions are merged into the zones of each zoning,
    and the measure is taken again.

    Parameters
    ----------
    measure : the function that is asked
    cells, value, region, industry, time : its table and columns
    zonings : name of a zoning to its groups of regions
        Groups as a mapping or Series from region to zone, or a table of both.
    options : more arguments of the measure

    Returns
    -------
    DataFrame
        ``zoning`` (``"as given"`` and the names), the measure's keys and columns.

    Raises
    ------
    InputError
        As the measure does, and for a region without a zone.

    Examples
    --------
    >>> import pandas as pd
    >>> from agglometrics import concentration
    >>> cells = pd.DataFrame({
    ...     "region": list("NNSSWW"), "industry": ["cars", "cloth"] * 3,
    ...     "jobs": [60, 40, 20, 80, 40, 60]})
    >>> zonings = {"two": {"N": "north", "S": "rest", "W": "rest"}}
    >>> answer = over_zonings(concentration, cells, zonings, value="jobs")
    >>> answer[["zoning", "industry", "hoover"]].round(4)
         zoning industry  hoover
    0  as given     cars  0.1667
    1  as given    cloth  0.1111
    2       two     cars  0.1667
    3       two    cloth  0.1111
    """
    keys: Keys = {"region": region, "industry": industry, "time": time}
    frame = to_frame(cells)
    answers = {"as given": measure(frame, value=value, **keys, **options)}
    with totals_named_once():
        for name, groups in zonings.items():
            merged = _merged(frame, groups, value, keys, options.get("missing") == "zero")
            answers[name] = measure(merged, value=value, **keys, **options)
    answer = pd.concat(answers, names=["zoning", None]).reset_index(level="zoning")
    return answer.reset_index(drop=True)


@checked
def measurement_error(
    measure: Measure,
    cells: object,
    *,
    relative: float,
    draws: int = 200,
    seed: Seed = 0,
    range_level: float = 0.9,
    value: str,
    region: str = "region",
    industry: str = "industry",
    time: str | None = None,
    **options: Any,
) -> pd.DataFrame:
    """Range of a measure if every cell were wrong at random by a stated relative size.

    Each cell is multiplied by exp(e - relative^2 / 2), e normal with standard deviation
    `relative`, independently: its mean stays. Zeros stay zero. The size is the caller's
    assumption, and the range is worth what it is worth.

    Parameters
    ----------
    measure : the function that is asked
    cells, value, region, industry, time : its table and columns
    relative : standard deviation of the error, 0.05 for five percent
    draws : tables drawn
    seed : an integer, a numpy Generator, or None for a fresh one; the same seed gives the same
        answer in any order of rows and type of keys, and a period's errors do not depend on the
        other periods
    range_level : share of the draws between ``low`` and ``high``
    options : more arguments of the measure

    Returns
    -------
    DataFrame
        the measure's keys, ``statistic``, ``value``, ``low`` and ``high``, ``n_undefined``.

    Raises
    ------
    InputError
        As the measure does, and for an error that is not positive.

    Examples
    --------
    >>> import pandas as pd
    >>> from agglometrics import concentration
    >>> cells = pd.DataFrame({
    ...     "region": list("NNSSWW"), "industry": ["cars", "cloth"] * 3,
    ...     "jobs": [60, 40, 20, 80, 40, 60]})
    >>> answer = measurement_error(concentration, cells, relative=0.05, seed=1, value="jobs")
    >>> bool((answer["low"] <= answer["high"]).all())
    True
    """
    if not relative > 0 or draws < 2 or not 0 < range_level < 1:
        raise InputError(
            "relative must be positive, draws at least 2 and range_level between 0 and 1; found "
            f"relative={relative}, draws={draws}, range_level={range_level}. "
            "For example relative=0.05, draws=999, range_level=0.9."
        )
    keys: Keys = {"region": region, "industry": industry, "time": time}
    frame = to_frame(cells)
    whole = _long(measure(frame, value=value, **keys, **options), keys)
    with totals_named_once():
        drawn = pd.concat(
            [
                _long(measure(table, value=value, **keys, **options), keys)
                for table in _with_errors(frame, value, keys, relative, draws, root(seed))
            ],
            ignore_index=True,
        )
    names = [column for column in whole.columns if column != "value"]
    tail = (1 - range_level) / 2
    group = drawn.groupby(names, sort=False, observed=True)["value"]
    ranges = pd.DataFrame(
        {
            "low": group.quantile(tail),
            "high": group.quantile(1 - tail),
            "n_undefined": draws - group.count(),
        }
    )
    return whole.merge(ranges.reset_index(), on=names, how="left")


def _with_errors(
    frame: pd.DataFrame, value: str, keys: Keys, relative: float, draws: int, seed: int
) -> Iterator[pd.DataFrame]:
    """Yield tables with errors in their cells that are not zero, dealt in the order of their names.

    Each period has a stream of its own, so that a further one changes no other.
    """
    exact = numeric(frame, value).to_numpy()
    dealt = [
        (rows, np.random.default_rng(stream(seed, period)))
        for period, rows in _canonical_rows(frame, keys, exact != 0)
    ]
    for _ in range(draws):
        error = np.zeros(len(frame))
        for rows, rng in dealt:
            error[rows] = relative * rng.standard_normal(len(rows)) - relative**2 / 2
        yield frame.assign(**{value: exact * np.exp(error)})


def _canonical_rows(
    frame: pd.DataFrame, keys: Keys, used: NDArray[np.bool_]
) -> Iterator[tuple[str, Codes]]:
    """Yield each period's name and its rows in the order of the names of region and industry."""
    names = {
        key: frame[column].map(canonical).astype(object)
        for key, column in keys.items()
        if column is not None
    }
    text = pd.DataFrame(names).reset_index(drop=True)
    period = text.get("time", pd.Series("", index=text.index, dtype=object))
    ordered = text.loc[used].sort_values(["region", "industry"], kind="stable")
    for name, rows in ordered.groupby(period, sort=True):
        yield str(name), rows.index.to_numpy()


def _merged(
    frame: pd.DataFrame, groups: object, value: str, keys: Keys, unknown_is_zero: bool
) -> pd.DataFrame:
    """Return the cells summed over the regions of each zone; a sum with an unknown is unknown."""
    names = [key for key in keys.values() if key is not None]
    require_columns(frame, [*names, value])
    require_keys(frame, names)
    region = str(keys["region"])
    zone = frame[region].map(group_of(groups, region))
    if zone.isna().any():
        lacking = sorted(frame.loc[zone.isna(), region].unique())
        raise InputError(
            f"no zone for {region} {listed(lacking)}. Every {region} needs one in every zoning. "
            "Add the missing ones to zonings=."
        )
    groups_of_cells = frame.assign(**{region: zone}).groupby(names)[value]
    return groups_of_cells.sum(skipna=unknown_is_zero).reset_index()


def _long(answer: pd.DataFrame, keys: Keys) -> pd.DataFrame:
    """Return one row per key and statistic: keys, ``statistic``, ``value``."""
    names = [key for key in keys.values() if key in answer.columns]
    numbers = answer.drop(columns=names).select_dtypes("number").columns
    return answer.melt(names, list(numbers), "statistic", "value").astype({"value": float})


def _extremes(whole: pd.DataFrame, without: pd.DataFrame, asked: int) -> pd.DataFrame:
    """Join the least and greatest value of each statistic, and whose absence gives it."""
    names = [column for column in whole.columns if column != "value"]
    known_in = without.groupby(names, sort=False)["value"].count()
    known = without.dropna(subset="value").sort_values("value", kind="stable")
    group = known.groupby(names, sort=False)
    least, greatest = group.head(1).set_index(names), group.tail(1).set_index(names)
    ranges = pd.DataFrame(
        {
            "low": least["value"],
            "high": greatest["value"],
            "low_without": least["without"],
            "high_without": greatest["without"],
            "n_undefined": asked - known_in,
        }
    )
    return whole.merge(ranges.reset_index(), on=names, how="left")
