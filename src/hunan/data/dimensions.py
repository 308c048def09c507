"""The dimension tables: provinces, their borders, industries, and names for codes."""

from __future__ import annotations

from typing import Literal

import pandas as pd

from agglometrics.errors import InputError
from agglometrics.tables import listed, require_columns
from hunan.data.store import read_raw

Language = Literal["en", "zh"]
Classification = Literal["io_common", "csic2011", "csic2011_combined"]


def load_provinces() -> pd.DataFrame:
    """Return the 31 provinces of mainland China.

    Returns
    -------
    pandas.DataFrame
        ``region`` (six-digit code of GB/T 2260), ``label`` (two letters), ``name_en``,
        ``name_zh``, ``macro_region`` and ``macro_region_zh`` (the four regions of the National
        Bureau of Statistics), ``capital_en``, ``capital_zh``, ``capital_lon``, ``capital_lat``
        (degrees), ``tile_row``, ``tile_column`` (a tile grid of our own, row 0 in the north).

    Examples
    --------
    >>> from hunan.data.dimensions import load_provinces
    >>> load_provinces().set_index("region").loc["430000", ["label", "macro_region"]].tolist()
    ['HN', 'central']
    """
    return read_raw("provinces.csv", codes=["region"])


def load_neighbours() -> pd.DataFrame:
    """Return the land borders of the provinces, each in both directions.

    Hainan has none: it is an island, and what an island's weight is, the user decides.

    Returns
    -------
    pandas.DataFrame
        ``region``, ``neighbour`` (six-digit codes).

    Examples
    --------
    >>> from hunan.data.dimensions import load_neighbours
    >>> (load_neighbours()["region"] == "430000").sum()
    np.int64(6)
    """
    return read_raw("province_neighbours.csv", codes=["region", "neighbour"])


def load_industries(classification: Classification = "io_common") -> pd.DataFrame:
    """Return the industries of one classification.

    Parameters
    ----------
    classification : ``"io_common"``, the 24 industries that the input-output tables of 2002 to
        2017 have in common; ``"csic2011"``, the 38 two-digit industries of GB/T 4754-2011 in
        the employment tables; ``"csic2011_combined"``, the same with automobiles and other
        transport equipment as one

    Returns
    -------
    pandas.DataFrame
        ``industry``, ``name_en``, ``name_zh``, ``section`` (mining, manufacturing, utilities,
        construction) and ``industrial`` (all but construction).

    Examples
    --------
    >>> from hunan.data.dimensions import load_industries
    >>> int(load_industries()["industrial"].sum())
    23
    """
    every = read_raw("industries.csv", codes=["industry"])
    if classification not in set(every["classification"]):
        raise InputError(
            f"classification {classification!r} is unknown; "
            f"choose from {sorted(set(every['classification']))}."
        )
    chosen = every["classification"] == classification
    return every.loc[chosen].drop(columns="classification").reset_index(drop=True)


def load_concordance() -> pd.DataFrame:
    """Return which common industry each sector of each classification belongs to.

    Returns
    -------
    pandas.DataFrame
        ``classification`` (``io_2002``, ``io_2007``, ``io_2012``, ``io_2017``, ``csic2011``),
        ``code``, ``industry`` (of ``io_common``), ``exact`` (False where the contents differ),
        ``note`` (how they differ).

    Examples
    --------
    >>> from hunan.data.dimensions import load_concordance
    >>> load_concordance().query("industry == 'electronics'")["code"].tolist()
    ['19', '19', '20', '20', '39']
    """
    return read_raw("industry_concordance.csv", codes=["code"])


def _names(lang: Language) -> dict[str, dict[str, str]]:
    column = f"name_{lang}"
    provinces = load_provinces()
    industries = read_raw("industries.csv", codes=["industry"])
    return {
        "region": dict(zip(provinces["region"], provinces[column], strict=True)),
        "industry": dict(zip(industries["industry"], industries[column], strict=True)),
    }


def with_names(
    frame: pd.DataFrame,
    lang: Language = "en",
    region: str = "region",
    industry: str = "industry",
) -> pd.DataFrame:
    """Return `frame` with names beside its codes: columns ``region_name``, ``industry_name``.

    Parameters
    ----------
    frame : table with a column `region` or `industry`, or both, holding codes of this package
    lang : ``"en"`` or ``"zh"``

    Raises
    ------
    InputError
        If neither column is there, the language is unknown, or a code has no name.

    Examples
    --------
    >>> import pandas as pd
    >>> from hunan.data.dimensions import with_names
    >>> with_names(pd.DataFrame({"region": ["430000"]}), "zh")["region_name"].item()
    '湖南'
    """
    if lang not in ("en", "zh"):
        raise InputError(f"language {lang!r} is unknown; choose 'en' or 'zh'.")
    keys = [key for key in ((region, "region"), (industry, "industry")) if key[0] in frame.columns]
    if not keys:
        require_columns(frame, [region, industry])
    out = frame.copy()
    for column, kind in keys:
        names = out[column].map(_names(lang)[kind])
        if names.isna().any():
            nameless = listed(out.loc[names.isna(), column].unique())
            raise InputError(f"codes {nameless} of column {column!r} have no {kind} name.")
        out.insert(list(out.columns).index(column) + 1, f"{column}_name", names)
    return out
