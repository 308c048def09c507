"""The missing sector: what locations do outside the sectors that have shocks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import pandas as pd

from agglometrics.errors import InputError
from agglometrics.shiftshare.alignment import COMPLETE, spread_over_time

if TYPE_CHECKING:
    from agglometrics.shiftshare.design import ShiftShareDesign


def completed(
    design: ShiftShareDesign, label: Any, columns: Mapping[str, Any]
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return shares and shocks with a sector `label` whose shares are one less the sums.

    Raises
    ------
    InputError
        If the label is taken, the shares exceed one, a column is unknown, or shocks are not
        known or differ by location.
    """
    keys, sums = design.keys, design.sums_of_shares
    _refuse(design, label, columns, float(sums.max()))
    rest = design.locations[keys.of_locations].assign(
        **{keys.sector: label, design.share: 1.0 - sums}
    )
    shares = spread_over_time(design.shares, design.locations, keys)
    assert design.shocks is not None
    if keys.time is None:
        new = pd.DataFrame({keys.sector: [label]})
    else:
        new = design.locations[[keys.time]].drop_duplicates().assign(**{keys.sector: label})
    values = dict.fromkeys(design.shock_names, 0.0) | dict(columns)
    shocks = pd.concat([design.shocks, new.assign(**values)], ignore_index=True)
    return pd.concat([shares, rest], ignore_index=True), shocks


def _refuse(
    design: ShiftShareDesign, label: Any, columns: Mapping[str, Any], largest: float
) -> None:
    sectors = design.aligned.sectors
    if design.shocks is None or design.aligned.g is None or design.aligned.local is not None:
        raise InputError(
            "a missing sector can be added where the shocks are known and do not differ by "
            "location. Complete the tables of shares and shocks yourself."
        )
    if (sectors[design.sector] == label).any():
        raise InputError(f"sector {label!r} exists already. Choose another label.")
    if largest > 1 + COMPLETE:
        raise InputError(
            f"shares add up to {largest:.6g} somewhere, which leaves nothing for a missing "
            "sector. Use with_exposure() instead, or divide the shares by their total."
        )
    unknown = [name for name in columns if name not in sectors.columns]
    if unknown:
        raise InputError(f"columns {unknown} are not in the shocks, {list(sectors.columns)}.")
