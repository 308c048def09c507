"""Small example tables that come with the library: real figures, ready for the measures."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import pandas as pd

from agglometrics.errors import InputError
from agglometrics.shiftshare.design import ShiftShareDesign
from agglometrics.tables import listed, require_columns
from agglometrics.tables.arguments import checked

FOLDER = Path(__file__).parent / "tables"
CODES = ["region", "industry", "division", "plant", "commune", "block", "code"]

Base = Literal["secondary", "industrial"]
Language = Literal["en", "zh"]


def _read(name: str) -> pd.DataFrame:
    return pd.read_csv(FOLDER / f"{name}.csv", dtype=dict.fromkeys(CODES, "str"))


@checked
def load_io_industries(base: Base = "secondary") -> pd.DataFrame:
    """Return output of the Chinese provinces by industry in 2002, 2007, 2012 and 2017.

    From the regional input-output tables, in 24 industries that the four years have in common;
    figures that cannot be right are unknown (NaN). Values are nominal.

    Parameters
    ----------
    base : ``"secondary"``, the 24 industries, or ``"industrial"``, the 23 without construction

    Returns
    -------
    pandas.DataFrame
        ``region`` (six-digit code), ``industry``, ``time``, ``gross_output``, ``value_added``
        (10,000 current yuan). Names of the codes: `with_names`.

    Raises
    ------
    InputError
        If `base` is not one of these.

    Examples
    --------
    >>> from agglometrics.datasets import load_io_industries
    >>> output = load_io_industries("industrial").query("time == 2007")
    >>> by_region = output.groupby("region")["gross_output"].sum()
    >>> round(float(by_region["430000"] / by_region.sum()) * 100, 2)
    2.2
    """
    if not isinstance(base, str) or base not in ("secondary", "industrial"):
        raise InputError(f"base {base!r} is unknown; choose 'secondary' or 'industrial'.")
    cells = _read("provincial_output")
    kept = cells["industrial"] if base == "industrial" else cells["industrial"].notna()
    return cells.loc[kept].drop(columns="industrial").reset_index(drop=True)


@checked
def load_plants() -> pd.DataFrame:
    """Return the manufacturing establishments of 86 communes around Strasbourg, October 2020.

    Returns
    -------
    pandas.DataFrame
        ``plant``, ``division`` (NACE rev. 2, 10 to 33), ``commune``, ``block`` (statistical
        block), ``x``, ``y`` (its centroid in metres, Lambert-93), ``low``, ``high``, ``middle``
        (employees at the ends and the middle of the size bracket; unknown where it is open).

    Examples
    --------
    >>> from agglometrics.datasets import load_plants
    >>> plants = load_plants()
    >>> len(plants), (plants["low"] > 0).sum(), plants["division"].nunique()
    (2001, np.int64(1046), 23)
    """
    return _read("plants")


@checked
def load_growth_design() -> ShiftShareDesign:
    """Return a shift-share design: provincial growth on national growth of industries.

    Locations are 31 Chinese provinces (log growth of urban industrial jobs, of all jobs and of
    wages, 2005-2012), shares those of 37 industries in urban industrial employment of 2005, and
    shocks the national growth of each industry.

    Examples
    --------
    >>> from agglometrics.datasets import load_growth_design
    >>> design = load_growth_design()
    >>> fit = design.fit("urban_jobs", weights="weight")
    >>> fit.params.round(2).tolist()
    [1.26]
    """
    return ShiftShareDesign(
        _read("growth_locations"),
        _read("growth_shares"),
        _read("growth_shocks"),
        location="region",
        sector="industry",
        shock="growth",
    )


@checked
def with_names(frame: pd.DataFrame, lang: Language = "en") -> pd.DataFrame:
    """Return `frame` with names beside the codes of the example tables.

    Parameters
    ----------
    frame : table with a column ``region``, ``industry`` or ``division``
    lang : ``"en"`` or ``"zh"``

    Raises
    ------
    InputError
        If none of these columns is there, the language is unknown, or a code has no name.

    Examples
    --------
    >>> import pandas as pd
    >>> from agglometrics.datasets import with_names
    >>> with_names(pd.DataFrame({"region": ["430000"]}), "zh")["region_name"].item()
    '湖南'
    """
    if lang not in ("en", "zh"):
        raise InputError(f"language {lang!r} is unknown; choose 'en' or 'zh'.")
    table = _read("names").set_index(["kind", "code"])[f"name_{lang}"]
    kinds = [kind for kind in ("region", "industry", "division") if kind in frame.columns]
    if not kinds:
        require_columns(frame, ["region", "industry"])
    out = frame.copy()
    for kind in kinds:
        names = out[kind].map(table[kind])
        if names.isna().any():
            nameless = listed(out.loc[names.isna(), kind].unique())
            raise InputError(
                f"codes {nameless} of column {kind!r} have no name in the example tables. "
                "Merge names of your own."
            )
        out.insert(list(out.columns).index(kind) + 1, f"{kind}_name", names)
    return out
