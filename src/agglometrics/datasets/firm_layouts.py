"""Layouts of firm files: what each file calls the columns that the plants table needs."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from agglometrics.datasets.files.binary import read_parquet, read_stata_codes
from agglometrics.datasets.files.content import Content
from agglometrics.datasets.files.options import UNKNOWN_WORDS, Reading
from agglometrics.datasets.files.text_files import read_text
from agglometrics.datasets.firm_rules import FIELDS, KEYS
from agglometrics.datasets.own import read_file
from agglometrics.errors import InputError
from agglometrics.tables import to_frame
from agglometrics.tables.arguments import checked


@checked
@dataclass(frozen=True)
class Break:
    """A year from which figures of a file are not comparable with those before.

    Attributes
    ----------
    year : the first year of the new rule
    what : what changed, in words
    """

    year: int
    what: str


@checked
@dataclass(frozen=True)
class Layout:
    """How a firm file names its columns.

    Each field lists the names by which files in circulation call it; brackets, blanks and
    underscores in names do not matter, nor does the width of characters.

    Attributes
    ----------
    name : of the file, for messages
    plant, region, industry, time : names of the keys
    jobs, output, sales : names of the sizes
    breaks : years where the file's own rules changed
    """

    name: str
    plant: tuple[str, ...]
    region: tuple[str, ...]
    industry: tuple[str, ...]
    time: tuple[str, ...]
    jobs: tuple[str, ...]
    output: tuple[str, ...]
    sales: tuple[str, ...]
    breaks: tuple[Break, ...] = ()

    def names(self, field: str) -> tuple[str, ...]:
        """Return the names by which files call `field`."""
        known = {
            "plant": self.plant,
            "region": self.region,
            "industry": self.industry,
            "time": self.time,
            "jobs": self.jobs,
            "output": self.output,
            "sales": self.sales,
        }
        return known[field]


_PLANT = ("法人代码", "法人单位代码", "组织机构代码", "企业代码", "firm_id", "id")
_REGION = ("行政区划代码", "省地县码", "行政区划", "地区代码", "region_code", "dq")
_INDUSTRY = ("行业代码", "行业类别代码", "行业小类代码", "industry_code", "cic")
_TIME = ("年份", "年度", "year")
_CLASSIFICATION = (
    Break(2003, "industry codes follow GB/T 4754-2002 instead of the edition of 1994"),
    Break(2012, "industry codes follow GB/T 4754-2011 instead of the edition of 2002"),
)

ASIF = Layout(
    name="Annual Survey of Industrial Firms",
    plant=_PLANT,
    region=_REGION,
    industry=_INDUSTRY,
    time=_TIME,
    jobs=(
        "全部从业人员年平均人数",
        "从业人员年平均人数",
        "全部职工年平均人数",
        "年平均从业人员",
        "从业人数",
        "employment",
    ),
    output=("工业总产值(当年价格)", "工业总产值(现价)", "工业总产值", "gross_output", "output"),
    sales=("主营业务收入", "产品销售收入", "sales_revenue", "operating_revenue", "revenue"),
    breaks=(
        _CLASSIFICATION[0],
        Break(2007, "state firms below 5 million yuan of sales are no longer covered"),
        Break(2011, "the threshold of coverage rises from 5 to 20 million yuan of sales"),
        _CLASSIFICATION[1],
    ),
)
"""Annual Survey of Industrial Firms, 中国工业企业数据库 (above-scale industry, from 1998)."""

ECONOMIC_CENSUS = Layout(
    name="economic census",
    plant=(*_PLANT, "单位代码", "unit_id"),
    region=_REGION,
    industry=_INDUSTRY,
    time=(*_TIME, "普查年份"),
    jobs=(
        "年末从业人员数",
        "从业人员期末人数",
        "期末从业人员",
        "年末从业人员",
        "从业人员合计",
        "从业人数",
        "employment",
    ),
    output=("工业总产值(当年价格)", "工业总产值", "gross_output", "output"),
    sales=("主营业务收入", "营业收入", "全年营业收入", "operating_revenue", "revenue"),
    breaks=_CLASSIFICATION,
)
"""Economic census, 经济普查 (2004, 2008, 2013, …: legal units of all sizes)."""


def mapped(
    firms: object,
    layout: Layout,
    size: str,
    year: int | None,
    columns: Mapping[str, str] | None,
    encoding: str,
) -> pd.DataFrame:
    """Return the file's columns under our names, NaN where it may and does lack one.

    Raises
    ------
    InputError
        If a key or `size` is not found, a column is found twice, or the file cannot be read.
    """
    frame = _read(firms, encoding)
    if frame.empty:
        raise InputError(
            f"the file of the {layout.name} has no rows. Pass the file of a year with firms."
        )
    given = columns or {}
    unknown = [field for field in given if field not in FIELDS]
    if unknown:
        raise InputError(
            f"columns= names {unknown}, which are not ours; ours are {list(FIELDS)}. "
            "Use these as the keys of columns=."
        )
    found = {field: _find(frame, layout, field, given) for field in FIELDS}
    if year is not None and found["time"] is not None:
        raise InputError(
            f"year={year} is given, but the file has years in {found['time']!r}. "
            "Leave year= out, or the column."
        )
    needed = [field for field in (*KEYS, size) if not (field == "time" and year is not None)]
    _require_found(frame, layout, {field: found[field] for field in needed})
    table = pd.DataFrame(index=pd.RangeIndex(len(frame)))
    for field, column in found.items():
        table[field] = np.nan if column is None else frame[column].to_numpy()
    return table if year is None else table.assign(time=year)


def _require_found(frame: pd.DataFrame, layout: Layout, found: Mapping[str, object | None]) -> None:
    for field in (field for field, column in found.items() if column is None):
        way_out = f"Name it with columns={{{field!r}: ...}}"
        raise InputError(
            f"no column for {field!r} of the {layout.name}: looked for "
            f"{list(layout.names(field))}, the file has {list(map(str, frame.columns))}. "
            + (f"{way_out} or pass year=..." if field == "time" else f"{way_out}.")
        )


def _read(firms: object, encoding: str) -> pd.DataFrame:
    if not isinstance(firms, str | Path):
        return to_frame(firms)
    # As text: a code read as a number has lost its leading zeros.
    reading = Reading(all_text=True, encoding=encoding, missing=UNKNOWN_WORDS)
    return read_file(Path(firms), reading, READERS)


def _codes(file: Content, _: Reading) -> pd.DataFrame:
    return read_stata_codes(file)


def _typed_columns(file: Content, _: Reading) -> pd.DataFrame:
    return read_parquet(file, Reading())


READERS = {".csv": read_text, ".dta": _codes, ".parquet": _typed_columns}


def _plain(name: object) -> str:
    """Return a column name without the width, case, brackets, blanks that files vary in."""
    folded = unicodedata.normalize("NFKC", str(name)).lower()
    return "".join(letter for letter in folded if letter not in "()[]_ \t\u3000")


def _find(
    frame: pd.DataFrame, layout: Layout, field: str, columns: Mapping[str, str]
) -> object | None:
    if field in columns:
        if columns[field] not in frame.columns:
            raise InputError(
                f"columns= names {columns[field]!r} for {field!r}; the file has "
                f"{list(map(str, frame.columns))}. "
                "Name one of these."
            )
        return columns[field]
    known = {_plain(name) for name in layout.names(field)}
    hits = [column for column in frame.columns if _plain(column) in known]
    if len(hits) > 1:
        raise InputError(
            f"the file has {len(hits)} columns for {field!r}: {list(map(str, hits))}. "
            f"Name one with columns={{{field!r}: ...}}."
        )
    return hits[0] if hits else None
