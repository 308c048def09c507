"""The missing sector: what locations do outside the sectors that have shocks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from agglometrics.errors import InputError
from agglometrics.shiftshare.alignment.aligned_design import AlignedDesign
from agglometrics.shiftshare.alignment.doubts import COMPLETE
from agglometrics.shiftshare.alignment.keys import spread_over_time
from agglometrics.shiftshare.alignment.shock_side import exposure


def completed(
    design: AlignedDesign, label: Any, columns: Mapping[str, Any]
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return shares and shocks with a sector `label` whose shares are one minus the sums.

    Raises
    ------
    InputError
        If the label is taken, the shares exceed one, a column is unknown, or shocks are not
        known or differ by location.
    """
    keys, sums = design.keys, design.sums_of_shares
    _refuse(design, label, columns, float(sums.max()))
    rest = design.tables.locations[keys.of_locations].assign(
        **{keys.sector: label, design.tables.share: 1.0 - sums}
    )
    shares = spread_over_time(design.tables.shares, design.tables.locations, keys)
    assert design.tables.shocks is not None
    if keys.time is None:
        new = pd.DataFrame({keys.sector: [label]})
    else:
        new = design.tables.locations[[keys.time]].drop_duplicates().assign(**{keys.sector: label})
    values = dict.fromkeys(design.shock_names, 0.0) | dict(columns)
    shocks = pd.concat([design.tables.shocks, new.assign(**values)], ignore_index=True)
    return pd.concat([shares, rest], ignore_index=True), shocks


def with_exposure(design: AlignedDesign, shock_controls: Sequence[str]) -> pd.DataFrame:
    """Return the locations with their exposure to a constant and the shock controls.

    Raises
    ------
    InputError
        If the locations already have a column of that name.
    """
    locations = design.tables.locations
    columns = exposure(design, shock_controls).drop(columns=design.keys.of_locations)
    taken = [c for c in columns if c in locations.columns]
    if taken:
        raise InputError(f"the locations already have columns {taken}. Rename those first.")
    columns.index = locations.index
    return pd.concat([locations, columns], axis=1)


def _refuse(design: AlignedDesign, label: Any, columns: Mapping[str, Any], largest: float) -> None:
    sectors = design.sectors
    if design.tables.shocks is None or design.g is None or design.local is not None:
        raise InputError(
            "a missing sector can be added where the shocks are known and do not differ by "
            "location. Complete the tables of shares and shocks yourself."
        )
    if (sectors[design.keys.sector] == label).any():
        raise InputError(f"sector {label!r} exists already. Choose another label.")
    if largest > 1 + COMPLETE:
        raise InputError(
            f"shares add up to {largest:.6g} somewhere, which leaves nothing for a missing "
            "sector. Use with_exposure() instead, or divide the shares by their total."
        )
    unknown = [name for name in columns if name not in sectors.columns]
    if unknown:
        raise InputError(
            f"columns {unknown} are not in the shocks, {list(sectors.columns)}. "
            "Add them to the shocks, or name some of these."
        )
