"""Manufacturing establishments around Strasbourg: plants in size brackets and blocks."""

from __future__ import annotations

import pandas as pd

from hunan.data.store import read_raw


def load_plants() -> pd.DataFrame:
    """Return the manufacturing establishments of 86 communes around Strasbourg, October 2020.

    Returns
    -------
    pandas.DataFrame
        ``plant`` (a number of ours), ``block`` (statistical block, IRIS), ``commune``,
        ``naf_class`` (NAF rev. 2, for instance ``"1071C"``), ``bracket`` (of employees, see
        `load_size_brackets`), ``division`` (the first two digits, 10 to 33), ``low``, ``high``
        (employees at the bracket's ends, 0 without any), ``middle`` (their mean, a convention).

    Examples
    --------
    >>> from hunan.data.plants import load_plants
    >>> plants = load_plants()
    >>> len(plants), (plants["low"] > 0).sum(), plants["division"].nunique()
    (2001, np.int64(1046), 23)
    """
    plants = read_raw(
        "plants_bas_rhin.csv", codes=["plant", "block", "commune", "naf_class", "bracket"]
    )
    plants["division"] = plants["naf_class"].str[:2]
    ends = load_size_brackets().set_index("bracket")[["low", "high"]]
    plants = plants.join(ends, on="bracket")
    return plants.assign(middle=plants[["low", "high"]].mean(axis=1, skipna=False))


def load_plant_blocks() -> pd.DataFrame:
    """Return the blocks around Strasbourg that hold an establishment of any industry.

    Returns
    -------
    pandas.DataFrame
        ``block``, ``commune``, ``x``, ``y`` (centroid, metres), ``epsg`` (the reference system of
        the centroid), ``area_km2``, ``establishments`` (of all industries), ``manufacturing`` (of
        these, in manufacturing), ``employers`` (of all, those with employees).

    Examples
    --------
    >>> from hunan.data.plants import load_plant_blocks
    >>> blocks = load_plant_blocks()
    >>> len(blocks), blocks["establishments"].sum()
    (253, np.int64(81921))
    """
    return read_raw("plants_bas_rhin_blocks.csv", codes=["block", "commune"])


def load_size_brackets() -> pd.DataFrame:
    """Return the size brackets of establishments.

    Returns
    -------
    pandas.DataFrame
        ``bracket`` (code), ``low`` and ``high`` (employees; the last bracket is open: missing),
        ``label``. The two brackets without employees have 0 and 0.

    Examples
    --------
    >>> from hunan.data.plants import load_size_brackets
    >>> load_size_brackets().set_index("bracket").loc["12", ["low", "high"]].tolist()
    [20.0, 49.0]
    """
    brackets = read_raw("plants_brackets.csv", codes=["bracket"])
    return brackets.astype({"low": "float64", "high": "float64"})


def load_plant_divisions() -> pd.DataFrame:
    """Return short names of the manufacturing divisions of NAF rev. 2 (NACE rev. 2).

    Returns
    -------
    pandas.DataFrame
        ``division``, ``name_en``, ``name_zh``.

    Examples
    --------
    >>> from hunan.data.plants import load_plant_divisions
    >>> load_plant_divisions().set_index("division").loc["29", "name_en"]
    'Motor vehicles'
    """
    return read_raw("plants_divisions.csv", codes=["division"])
