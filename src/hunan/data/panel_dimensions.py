"""What the variables of the panels are, where they come from, and what is wrong with them."""

from __future__ import annotations

import pandas as pd

from hunan.data.store import read_raw


def load_panel_variables() -> pd.DataFrame:
    """Return unit, definition, names and publication of every variable of the panels.

    Returns
    -------
    pandas.DataFrame
        ``table`` (``province_panel``, ``city_gdp``, ``city_panel``, ``co2``), ``variable``,
        ``unit``, ``unit_inferred`` (True where the source does not state it), ``prices``
        (``nominal``, ``1997 prices`` or ``none``), ``definition``, ``name_en``, ``name_zh``,
        ``publication`` (a ``key`` of `load_panel_sources`).

    Examples
    --------
    >>> from hunan.data.panel_dimensions import load_panel_variables
    >>> variables = load_panel_variables().set_index(["table", "variable"])
    >>> variables.loc[("city_panel", "gdp_real_1997"), "prices"]
    '1997 prices'
    """
    return read_raw("panel_variables.csv")


def load_panel_sources() -> pd.DataFrame:
    """Return the sources that were read and the publications that they read.

    Returns
    -------
    pandas.DataFrame
        ``kind`` (``source`` or ``publication``), ``key``, ``citation``, ``read_from`` (a public
        repository and commit), ``terms``.
    """
    return read_raw("panel_sources.csv")


def load_panel_defects() -> pd.DataFrame:
    """Return the known defects of the panels, and what the loaders do about each.

    Returns
    -------
    pandas.DataFrame
        ``table``, ``variable``, ``unit`` (a region or city; missing for all), ``first_time``,
        ``last_time``, ``action``, ``reason``. Loaders turn ``mask`` cells into unknown ones and
        leave ``flag`` cells as they are; ``absent`` cells were never taken in. No cell is
        replaced by another figure.

    Examples
    --------
    >>> from hunan.data.panel_dimensions import load_panel_defects
    >>> sorted(load_panel_defects()["action"].unique())
    ['absent', 'flag', 'mask']
    """
    return read_raw("panel_defects.csv", codes=["unit"])


def masked_rows(table: str, rows: pd.DataFrame, unit: str) -> pd.Series[bool]:
    """Return which of `rows` (`unit`, time, variable, value) the defects of `table` mask."""
    defects = load_panel_defects()
    masks = defects[(defects["table"] == table) & (defects["action"] == "mask")]
    hidden = pd.Series(False, index=rows.index)
    for variable, where, first, last in zip(
        masks["variable"], masks["unit"], masks["first_time"], masks["last_time"], strict=True
    ):
        hit = rows["variable"].eq(variable) & rows["time"].between(first, last)
        hidden |= hit if pd.isna(where) else hit & rows[unit].eq(where)
    return hidden


def widen(rows: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    """Return long `rows` with one column per variable, in the order of `keys`."""
    wide = rows.pivot(index=keys, columns="variable", values="value")
    wide.columns.name = None
    return wide.sort_index().reset_index()
