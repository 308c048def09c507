"""Maturity of clusters: a stated rule that sorts a region's industries by stage of development.

The Chinese literature distinguishes a crowd of firms (扎堆) from growing and mature clusters.
The rule here is this package's own; its inputs are in the answer, so that it can be applied
again with other thresholds.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from agglometrics.errors import InputError
from agglometrics.measures.cells import inequality
from agglometrics.measures.cells.rules import Keys, comparable
from agglometrics.measures.clusters.maturity_rules import MaturityRules, require_rules, stage_names
from agglometrics.notation import Array
from agglometrics.tables import (
    Cube,
    listed,
    numeric,
    ratio,
    require_columns,
    require_keys,
    to_frame,
)
from agglometrics.tables.argument.by_name import label as require_label
from agglometrics.tables.arguments import checked
from agglometrics.tables.checks import require_labels
from agglometrics.tables.rounding import one_if_even, without_dust


@checked
def cluster_maturity(
    cells: object,
    *,
    value: str,
    time: str,
    start: object,
    end: object,
    local_supply: object,
    supporting: object = None,
    rules: MaturityRules | None = None,
    region: str = "region",
    industry: str = "industry",
) -> pd.DataFrame:
    """Sort the industries of each region into crowding, growing and mature clusters.

    ===============  ===========================================================================
    ``none``         neither large nor specialised: nothing has gathered
    ``mature``       large and specialised, its inputs mostly supplied locally and, where plants
                     are known, at least 30 percent of its firms supporting ones
    ``growing``      gathered, not mature, and its share of the nation grew
    ``crowding``     gathered, not mature, not growing: 扎堆
    ``undecided``    would be mature or not according to a local supply rate that is unknown
    ===============  ===========================================================================

    Parameters
    ----------
    cells : table, one row per (region, industry, time)
    value : column of activity, not negative
    time, start, end : the period column; growth is from `start` to `end`, the rest is of `end`
    local_supply : table with region, industry and one column, such as ``rate`` of
        `local_supply_rate`; an absent row or NaN is unknown
    supporting : the same of the share of supporting firms; None where plants are unknown
    rules : thresholds; `MaturityRules` by default
    region, industry : key columns

    Returns
    -------
    DataFrame
        region, industry (every pair), ``size`` (R s_ri, R the regions with activity at start or
        end), ``lq``, ``growth`` (of s_ri; infinite
        from nothing), ``local_supply``, ``supporting``, ``supporting_rule`` (``applied`` or
        ``not available``), ``stage``.

    Raises
    ------
    InputError
        If keys or values break a rule, or a period is not there.
    IdentificationError
        For fewer than two regions or industries.

    Examples
    --------
    >>> import pandas as pd
    >>> cells = pd.DataFrame({
    ...     "region": ["N", "N", "S", "S"] * 2, "industry": ["cars", "cloth"] * 4,
    ...     "time": [2007] * 4 + [2017] * 4, "output": [50, 50, 40, 60, 70, 50, 30, 70]})
    >>> supply = pd.DataFrame({
    ...     "region": ["N", "S"], "industry": ["cars", "cloth"], "rate": [0.7, 0.4]})
    >>> answer = cluster_maturity(
    ...     cells, value="output", time="time", start=2007, end=2017, local_supply=supply)
    >>> answer[["region", "industry", "size", "lq", "growth", "stage"]].round(3)
      region industry   size     lq  growth    stage
    0      N     cars  1.400  1.283   0.260   mature
    1      N    cloth  0.833  0.764  -0.083     none
    2      S     cars  0.600  0.660  -0.325     none
    3      S    cloth  1.167  1.283   0.069  growing
    """
    require_rules(MaturityRules() if rules is None else rules)
    keys: Keys = {"region": region, "industry": industry, "time": time}
    require_label("start", start)
    require_label("end", end)
    before, after = _periods(cells, value, keys, start, end)
    s = ratio(after, after.sum(axis=0))
    s_start = ratio(before.values[0], before.values[0].sum(axis=0))
    growth = without_dust(ratio(s, s_start) - 1)
    growth[(s_start == 0) & (s > 0)] = np.inf
    answer = before.keys("region", "industry").drop(columns=time).drop_duplicates()
    answer = answer.reset_index(drop=True)
    measures = {
        "size": s * before.values.any(axis=(0, 2)).sum(),
        "lq": np.nan_to_num(
            one_if_even(ratio(inequality.row_shares(after), after.sum(axis=0) / after.sum()))
        ),
        "growth": growth,
    }
    for name, values in measures.items():
        answer[name] = values.reshape(-1)
    answer["local_supply"] = _looked_up(answer, local_supply, region, industry, "local_supply")
    answer["supporting"] = _looked_up(answer, supporting, region, industry, "supporting")
    known = answer["supporting"].notna()
    answer["supporting_rule"] = np.where(known, "applied", "not available")
    return answer.assign(stage=stage_names(answer, rules or MaturityRules()))


def _periods(
    cells: object, value: str, keys: Keys, start: object, end: object
) -> tuple[Cube, Array]:
    """Return the cube of both periods, start first, and the activity at the end."""
    time = str(keys["time"])
    frame = to_frame(cells)
    require_columns(frame, [time])
    require_labels(frame[time], time)
    lacking = [period for period in (start, end) if not (frame[time] == period).any()]
    if lacking or start == end:
        raise InputError(
            f"start={start!r} and end={end!r} must be two periods of {time!r}, which has "
            f"{listed(sorted(frame[time].unique()))}. Choose two of them."
        )
    both = frame[frame[time].isin([start, end])]
    cube = comparable(both, value, keys, "nan", "raise")
    order = cube.times.get_indexer(pd.Index([start, end]))
    ordered = replace(cube, values=cube.values[order], times=cube.times[order])
    return ordered, ordered.values[1]


def _looked_up(answer: pd.DataFrame, table: object, region: str, industry: str, what: str) -> Array:
    """Return the one column of `table` at the keys of `answer`; NaN where it has no row."""
    if table is None:
        return np.full(len(answer), np.nan)
    frame = to_frame(table)
    require_columns(frame, [region, industry])
    require_keys(frame, [region, industry])
    rest = [column for column in frame.columns if column not in (region, industry)]
    if len(rest) != 1:
        raise InputError(
            f"{what}= must have {region!r}, {industry!r} and exactly one column more; found "
            f"{rest}. Select the one you mean."
        )
    values = numeric(frame, rest[0])
    if ((values < 0) | (values > 1)).any():
        raise InputError(
            f"{what}= must be shares between 0 and 1; found {values.max():g}. "
            "Divide percentages by 100."
        )
    index = pd.MultiIndex.from_frame(frame[[region, industry]])
    found = pd.Series(values.to_numpy(), index=index)
    wanted = pd.MultiIndex.from_frame(answer[[region, industry]])
    if len(index) and not index.isin(wanted).any():
        raise InputError(
            f"no row of {what}= is about a cell: labels must match in value and type. It has "
            f"({region}, {industry}) {listed(index, 2)}; the cells have {listed(wanted, 2)}. "
            "Use the same labels in both tables."
        )
    return np.asarray(found.reindex(wanted), dtype=np.float64)
