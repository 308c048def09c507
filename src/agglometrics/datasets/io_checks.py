"""Which figures of the input-output tables cannot be right: repaired, masked, never silently."""

from __future__ import annotations

import pandas as pd

CELL = ["region", "time", "sector", "variable"]


def _cells(sectors: pd.DataFrame, rows: pd.Series[bool], variable: str, why: str) -> pd.DataFrame:
    found = sectors.loc[rows, ["region", "time", "sector"]].copy()
    return found.assign(variable=variable, value=sectors.loc[rows, variable], reason=why)


def repairs(sectors: pd.DataFrame) -> pd.DataFrame:
    """Return the cells of `sectors` whose right value is known: see `io_repairs`."""
    residue = (sectors["gross_output"] < 0) & (sectors["total_input"] == 0)
    found = _cells(
        sectors,
        residue,
        "gross_output",
        "the sector uses no input and adds no value; the balance of uses left a rounding residue",
    )
    found.insert(5, "repaired", 0.0)
    return found.reset_index(drop=True)


def masks(sectors: pd.DataFrame) -> pd.DataFrame:
    """Return the cells of `sectors` that cannot be what they are called: see `io_masks`."""
    parts = [
        _cells(sectors, sectors["value_added"] < 0, "value_added", "negative value added"),
    ]
    return pd.concat(parts).sort_values(CELL).reset_index(drop=True)


def _set(sectors: pd.DataFrame, cells: pd.DataFrame, values: pd.Series[float]) -> pd.DataFrame:
    out = sectors.set_index(["region", "time", "sector"])
    for variable, part in cells.groupby("variable"):
        keys = pd.MultiIndex.from_frame(part[["region", "time", "sector"]])
        out.loc[keys, str(variable)] = values.loc[part.index].to_numpy()
    return out.reset_index()


def suspect_applied(sectors: pd.DataFrame) -> pd.DataFrame:
    """Return `sectors` with its repairs made and its masks set to NaN."""
    repaired, masked = repairs(sectors), masks(sectors)
    out = _set(sectors, repaired, repaired["repaired"])
    return _set(out, masked, pd.Series(float("nan"), index=masked.index))
