"""How far a measure depends on the zoning: regions merged into zones, and measured again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from agglometrics.errors import InputError
from agglometrics.measures.cells.groups import group_of
from agglometrics.measures.cells.sensitivity.statistics import Keys, Measure, require_measure
from agglometrics.tables import listed, require_columns, require_keys, to_frame
from agglometrics.tables.arguments import checked
from agglometrics.tables.totals.warn import totals_named_once


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
    """Take a measure on the regions as they are and on every zoning of them.

    The modifiable areal unit problem, shown: regions are merged into the zones of each zoning,
    and the measure is taken again.

    Parameters
    ----------
    measure : the function that measures
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
    require_measure(measure, value, keys, options)
    frame = to_frame(cells)
    answers = {"as given": measure(frame, value=value, **keys, **options)}
    with totals_named_once():
        for name, groups in zonings.items():
            merged = _merged(frame, groups, value, keys, options.get("missing") == "zero")
            answers[name] = measure(merged, value=value, **keys, **options)
    answer = pd.concat(answers, names=["zoning", None]).reset_index(level="zoning")
    return answer.reset_index(drop=True)


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
