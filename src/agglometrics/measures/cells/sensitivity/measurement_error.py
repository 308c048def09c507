"""How far a measure moves if every cell is wrong at random by a stated relative size."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from agglometrics.errors import InputError
from agglometrics.measures.cells.sensitivity.statistics import (
    Keys,
    Measure,
    require_measure,
    statistics_of,
)
from agglometrics.notation import Codes
from agglometrics.random.canonical import canonical
from agglometrics.random.seeds import Seed, root, stream
from agglometrics.tables import numeric, to_frame
from agglometrics.tables.arguments import checked
from agglometrics.tables.totals.warn import totals_named_once

LARGEST = 10
"""Of an error of ten times a cell in logs nothing is left of the cell."""


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
    assumption, and the range is no better than it.

    Parameters
    ----------
    measure : the function that measures
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
    >>> answer = measurement_error(concentration, cells, relative=0.05, draws=99, value="jobs")
    >>> bool((answer["low"] <= answer["high"]).all())
    True
    """
    if not 0 < relative <= LARGEST or draws < 2 or not 0 < range_level < 1:
        raise InputError(
            f"relative must be positive and at most {LARGEST}, draws at least 2 and range_level "
            f"between 0 and 1; found relative={relative}, draws={draws}, range_level="
            f"{range_level}. For example relative=0.05, draws=999, range_level=0.9."
        )
    keys: Keys = {"region": region, "industry": industry, "time": time}
    require_measure(measure, value, keys, options)
    frame = to_frame(cells)
    whole = statistics_of(measure(frame, value=value, **keys, **options), keys)
    with totals_named_once():
        drawn = pd.concat(
            [
                statistics_of(measure(table, value=value, **keys, **options), keys)
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
    """Yield tables with errors in their cells that are not zero, drawn in the order of their names.

    Each period has a stream of its own, so that adding a period leaves the others unchanged.
    """
    exact = numeric(frame, value).to_numpy()
    streams = [
        (rows, np.random.default_rng(stream(seed, period)))
        for period, rows in _canonical_rows(frame, keys, exact != 0)
    ]
    for _ in range(draws):
        error = np.zeros(len(frame))
        for rows, rng in streams:
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
