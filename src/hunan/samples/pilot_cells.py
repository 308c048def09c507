"""Industries that the pilot, or the programme of fifty clusters, could have moved, by province.

The rules are those of ``paper/plan.md``, part D: exploratory. Nothing is estimated here.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from hunan.data.io_tables import load_io_industries
from hunan.samples.pilot import HUBEI, HUNAN, OTHER_PILOTS, TIBET

HEAVY = ("petroleum_coking", "chemicals", "nonmetallic_minerals", "metal_smelting",
         "electricity_heat")  # fmt: skip
NAMED = ("food_tobacco", "textiles", "apparel_leather", "paper_printing_cultural",
         "petroleum_coking", "chemicals", "nonmetallic_minerals", "metal_smelting",
         "general_special_machinery", "transport_equipment", "electrical_machinery",
         "electronics")  # fmt: skip


@dataclass(frozen=True)
class IndustryList:
    """Industries that a policy could have moved, and the provinces in which it was made.

    Attributes
    ----------
    name : of the list
    industries : common industries of the input-output tables
    treated : provinces
    """

    name: str
    industries: tuple[str, ...]
    treated: tuple[str, ...]

    @property
    def excluded(self) -> set[str]:
        """Provinces that are not donors: other pilots of the time, the other treated one, Tibet."""
        return {TIBET, *OTHER_PILOTS, *({HUNAN, HUBEI} - set(self.treated))}


LISTS = (IndustryList("heavy", HEAVY, (HUNAN, HUBEI)), IndustryList("named", NAMED, (HUNAN,)))


def pilot_cells(of: IndustryList, before: int, after: int) -> tuple[pd.DataFrame, list[str]]:
    """Return the listed industries beside all others, by province, in two years.

    Parameters
    ----------
    of : one of `LISTS`
    before, after : years of input-output tables; the provinces count as treated in the later one

    Returns
    -------
    (pandas.DataFrame, list of str)
        Columns ``region``, ``group`` (``listed`` or ``other``), ``time``, ``outcome`` (log gross
        output of the group's industrial sectors, nominal) and ``treated``; and the provinces that
        are left out because an output is unknown.

    Examples
    --------
    >>> from hunan.samples.pilot_cells import LISTS, pilot_cells
    >>> cells, gaps = pilot_cells(LISTS[0], 2007, 2012)
    >>> sorted(cells["group"].unique()), sorted(cells.loc[cells["treated"] == 1, "region"].unique())
    (['listed', 'other'], ['420000', '430000'])
    """
    cells = load_io_industries("industrial")
    cells = cells[cells["time"].isin([before, after]) & ~cells["region"].isin(of.excluded)]
    group = np.where(cells["industry"].isin(of.industries), "listed", "other")
    keys = ["region", "group", "time"]
    sums = cells.assign(group=group).groupby(keys)["gross_output"]
    output = sums.agg(lambda values: values.sum(skipna=False)).rename("outcome").reset_index()
    short = output.groupby("region")["outcome"].transform(
        lambda values: len(values) < 4 or values.isna().any() or (values <= 0).any()
    )
    on = output["region"].isin(of.treated) & (output["time"] == after)
    output = output.assign(
        outcome=np.log(output["outcome"].where(output["outcome"] > 0)),
        treated=(on & (output["group"] == "listed")).astype(int),
    )
    gaps = sorted(output.loc[short.astype(bool), "region"].unique())
    return output[~short.astype(bool)].reset_index(drop=True), gaps
