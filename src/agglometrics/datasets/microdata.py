"""Firm files that users of China hold under licence, read into the plants table of the measures."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from agglometrics.datasets.firm_layouts import Layout, mapped
from agglometrics.datasets.firm_rules import (
    SIZES,
    broken_rules,
    coded,
    counted,
    summary,
    unreadable,
)
from agglometrics.errors import InputError, caution
from agglometrics.tables.arguments import checked

RegionLevel = Literal["province", "prefecture", "county"]
REGION_DIGITS: dict[str, int] = {"province": 2, "prefecture": 4, "county": 6}


@checked
def read_firms(
    firms: object,
    layout: Layout,
    *,
    size: Literal["jobs", "output", "sales"] = "jobs",
    region_level: RegionLevel = "prefecture",
    industry_digits: Literal[2, 3, 4] = 2,
    year: int | None = None,
    columns: Mapping[str, str] | None = None,
    problems: Literal["raise", "set_aside"] = "raise",
    encoding: str = "utf-8-sig",
) -> pd.DataFrame:
    """Read a firm file of a known layout into the plants table of `ellison_glaeser`, `collapse`.

    Parameters
    ----------
    firms : table, or path of a ``.csv``, ``.parquet`` or Stata ``.dta`` file; one row per firm-year
    layout : `ASIF`, `ECONOMIC_CENSUS`, or a `Layout` of your own
    size : the column that measures will weigh plants by; it must be known and positive
    region_level : ``"province"``, ``"prefecture"`` or ``"county"``: the first 2, 4 or 6 digits
    industry_digits : 2, 3 or 4: division, group or class of GB/T 4754
    year : of a file of one year that has no such column
    columns : from our names (``plant, region, industry, time, jobs, output, sales``) to the file's,
        where the layout does not know them or knows several
    problems : about rows that break a rule below
        ``"raise"``; or ``"set_aside"``: they are left out with a warning that counts them by rule.
        `firm_problems` lists the counts as a table.
    encoding : of a csv file; older files are in ``"gb18030"``

    Returns
    -------
    DataFrame
        ``plant``, ``region``, ``industry`` (text), ``time`` (int), ``jobs``, ``output``, ``sales``
        (float, the file's units, usually persons and thousand yuan; NaN where unknown, also all
        through where the file has no such column).

    Raises
    ------
    InputError
        If a column is not found or found twice, or rows break a rule and ``problems="raise"``.

    Notes
    -----
    Rules for rows, each counted on its own:

    - plant, region, industry and year are known;
    - a code has digits only (an industry code may open with the letter of its section). Numbers
      are filled with zeros on the left, to 6 digits for regions and 4 for industries (610 is coal,
      ``"0610"``); text is taken as it stands and must have one width in the file, since a column
      of several has lost its zeros. A code that then begins with 00 had fewer digits than it
      should. Region codes of 12 digits are those of townships, cut to the county;
    - a firm has one row per year. Codes are shared by mistake and reissued after restructuring
      (Brandt, Van Biesebroeck and Zhang 2012 match on name and address as well). Of a repeated
      code all rows are set aside: the file does not show which one is right;
    - `size` is a positive number. Missing or zero employment is frequent, and firms below eight
      workers are often dropped in the literature: do that yourself, and report it;
    - jobs, output and sales are numbers where they are given: text such as "1,200" is not.

    What no rule can see, and the reader must know:

    - a row is a legal unit, placed at its registered seat with all its workers, also those of
      branches elsewhere: headquarters cities look larger, H is of firms, not of establishments;
    - coverage of the Annual Survey: until 2006 all state firms and others of 5 million yuan sales
      or more, 2007-2010 all of 5 million or more, from 2011 all of 20 million or more. Growth
      across these years is not growth. `Layout.breaks` lists such years; a table that spans one
      warns;
    - editions of GB/T 4754 (1994, 2002, 2011) give some codes other meanings: compare divisions
      across them only with a concordance;
    - region codes change with the map (counties that become districts, prefectures that become
      cities, Chongqing 1997): bring codes to one year first. Districts of Beijing, Tianjin,
      Shanghai and Chongqing are 1101, 1201, … and their counties 1102, 1202, …: two "prefectures"
      of one city.

    The cost is linear in rows.

    Examples
    --------
    >>> import pandas as pd
    >>> from agglometrics.datasets.firm_layouts import ASIF
    >>> file = pd.DataFrame({
    ...     "法人代码": ["A1", "B2"], "行政区划代码": [430104, 430211], "行业代码": [3714, 610],
    ...     "年份": [2006, 2006], "全部从业人员年平均人数": [1200, 80],
    ...     "工业总产值": [900000.0, 20000.0]})
    >>> read_firms(file, ASIF)
      plant region industry  time    jobs    output  sales
    0    A1   4301       37  2006  1200.0  900000.0    NaN
    1    B2   4302       06  2006    80.0   20000.0    NaN
    """
    _require_choices(size, region_level, industry_digits, problems)
    table = mapped(firms, layout, size, year, columns, encoding)
    codes = _with_codes(table)
    rules = broken_rules(codes, size, REGION_DIGITS[region_level], industry_digits)
    rules |= unreadable(table)
    keep = _obey(rules, codes, layout, problems)
    plants = codes.loc[keep].reset_index(drop=True)
    plants["region"] = plants["region"].str[: REGION_DIGITS[region_level]]
    plants["industry"] = plants["industry"].str[:industry_digits]
    plants["time"] = plants["time"].astype("int64")
    _warn_breaks(plants["time"], layout)
    return plants


@checked
def firm_problems(
    firms: object,
    layout: Layout,
    *,
    size: Literal["jobs", "output", "sales"] = "jobs",
    region_level: RegionLevel = "prefecture",
    industry_digits: Literal[2, 3, 4] = 2,
    year: int | None = None,
    columns: Mapping[str, str] | None = None,
    encoding: str = "utf-8-sig",
) -> pd.DataFrame:
    """Count the rows of a firm file that break a rule of `read_firms`.

    Parameters
    ----------
    firms, layout, size, region_level, industry_digits, year, columns, encoding : as there

    Returns
    -------
    DataFrame
        ``problem``, ``rows`` (a row can break several rules), ``share`` of all rows, ``first``
        (the position of the first such row, from 0; missing where there is none).

    Raises
    ------
    InputError
        If a column is not found or found twice.

    Examples
    --------
    >>> import pandas as pd
    >>> from agglometrics.datasets.firm_layouts import ASIF
    >>> file = pd.DataFrame({
    ...     "法人代码": ["A1", "B2"], "行政区划代码": [430104, 430211], "行业代码": [3714, 610],
    ...     "年份": [2006, 2006], "全部从业人员年平均人数": [1200, 0]})
    >>> firm_problems(file, ASIF).query("rows > 0")
                problem  rows  share  first
    8  jobs not above 0     1    0.5      1
    """
    _require_choices(size, region_level, industry_digits, "raise")
    table = mapped(firms, layout, size, year, columns, encoding)
    digits = REGION_DIGITS[region_level], industry_digits
    return summary(broken_rules(_with_codes(table), size, *digits) | unreadable(table))


def _require_choices(size: str, region_level: str, industry_digits: int, problems: str) -> None:
    choices: dict[str, tuple[object, tuple[object, ...]]] = {
        "size": (size, SIZES),
        "region_level": (region_level, tuple(REGION_DIGITS)),
        "industry_digits": (industry_digits, (2, 3, 4)),
        "problems": (problems, ("raise", "set_aside")),
    }
    for name, (given, known) in choices.items():
        if given not in known:
            raise InputError(f"{name}={given!r} is unknown; choose one of {list(known)}.")


def _with_codes(table: pd.DataFrame) -> pd.DataFrame:
    """Return the table with codes as text and sizes and years as numbers (NaN where they fail)."""
    out = {
        "plant": coded(table["plant"], width=0),
        "region": coded(table["region"], width=6),
        "industry": coded(table["industry"], width=4).str.replace("^[A-Z]", "", regex=True),
    }
    numbers = {field: counted(table[field]) for field in ("time", *SIZES)}
    return pd.DataFrame(out | numbers)


def _obey(
    rules: Mapping[str, NDArray[np.bool_]], table: pd.DataFrame, layout: Layout, problems: str
) -> NDArray[np.bool_]:
    """Return which rows obey all rules; raise or warn, counting those that do not."""
    wrong = np.asarray(np.logical_or.reduce(list(rules.values())), dtype=np.bool_)
    if not wrong.any():
        return ~wrong
    counts = "; ".join(
        f"{name}: {int(rows.sum())} (first row {int(rows.argmax())})"
        for name, rows in rules.items()
        if rows.any()
    )
    said = f"{int(wrong.sum())} of {len(table)} rows of the {layout.name} break a rule: {counts}."
    if problems == "raise" or wrong.all():
        raise InputError(
            f"{said} Correct them, or leave them out knowingly with problems='set_aside'; "
            "firm_problems() gives this as a table."
        )
    caution(f"{said} They were set aside.")
    return ~wrong


def _warn_breaks(years: pd.Series[int], layout: Layout) -> None:
    first, last = int(years.min()), int(years.max())
    spanned = [b for b in layout.breaks if first < b.year <= last]
    if spanned:
        said = "; ".join(f"from {b.year} {b.what}" for b in spanned)
        caution(f"years {first}-{last} of the {layout.name} are not all comparable: {said}")
