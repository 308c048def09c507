"""A printed table: every cell is text. Tidy frames become one here; `tables` writes it out."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from agglometrics.errors import InputError
from agglometrics.labels import Labels, Lang, as_labels
from agglometrics.report.html_table import THREE, write_html
from agglometrics.report.markdown import write_markdown
from agglometrics.report.sheet import MINUS, MISSING, Align
from agglometrics.tables import require_columns, to_frame


@dataclass(frozen=True)
class Table:
    """A table as it is printed: every cell is text, nothing is left to format.

    Attributes
    ----------
    columns : headings
    rows : cells, as many in each row as there are headings
    align : alignment of each column
    rules : numbers of the rows above which a thin rule is drawn
    caption, label : the caption of a floating table, and the name by which a text refers to it
    notes : text below the table
    """

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    align: tuple[Align, ...]
    rules: tuple[int, ...] = ()
    caption: str = ""
    label: str = ""
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        widths = {len(self.columns), len(self.align), *map(len, self.rows)}
        if len(widths) != 1:
            raise InputError(
                f"a table has as many cells in each row as headings and alignments; "
                f"found the lengths {sorted(widths)}. "
                "Give every row the same number of cells."
            )

    def __str__(self) -> str:
        return write_markdown(self)

    def _repr_html_(self) -> str:
        return write_html(self, THREE)


Printable = Table | pd.DataFrame


def as_table(
    data: Printable,
    *,
    formats: Mapping[str, str] | None = None,
    caption: str = "",
    label: str = "",
    notes: Iterable[str] = (),
    lang: Lang = "en",
    labels: Labels | Mapping[Any, Any] | None = None,
) -> Table:
    """Return a tidy frame as a printed table.

    Parameters
    ----------
    data : a tidy frame; a `Table` is returned with the caption, label and notes that are given
    formats : column to format in Python's mini-language; default ``".3f"`` for floats,
        ``"d"`` for integers. A column of codes that has labels is printed by them
    caption, label, notes : see `Table`
    lang, labels : language of headings and codes, and their `Labels` or a dict of texts

    An index that has a name, or holds texts, is printed as the first columns: that of a pivoted
    table, say. Row numbers are not.

    Raises
    ------
    InputError
        If `data` is not a table, or `formats` names a column that is not there, or cannot format
        what the column holds.

    Examples
    --------
    >>> frame = pd.DataFrame({"region": ["Hunan"], "lq": [0.8123]})
    >>> print(as_table(frame, formats={"lq": ".2f"}))
    | region |   lq |
    |:-------|-----:|
    | Hunan  | 0.81 |
    <BLANKLINE>
    """
    if isinstance(data, Table):
        return replace(
            data,
            caption=caption or data.caption,
            label=label or data.label,
            notes=tuple(notes) or data.notes,
        )
    if hasattr(data, "tidy") and not isinstance(data, pd.DataFrame):
        raise InputError(
            f"an estimate ({type(data).__name__}) is not a table. Print compare(fit), which "
            "sets estimates side by side, or the frame fit.tidy()."
        )
    data, labels = _with_index(to_frame(data)), as_labels(labels)
    chosen = _formats(formats)
    require_columns(data, chosen)
    each = [data.iloc[:, n] for n in range(data.shape[1])]  # headings of an index may repeat
    printed = [_printed(values, chosen.get(values.name, ""), lang, labels) for values in each]
    return Table(
        columns=tuple(labels.text(column, lang) for column in data.columns),
        rows=tuple(zip(*printed, strict=True)),
        align=tuple("right" if _is_number(values, labels) else "left" for values in each),
        caption=caption,
        label=label,
        notes=tuple(notes),
    )


def _with_index(frame: pd.DataFrame) -> pd.DataFrame:
    """Return a frame whose telling index is columns, and whose headings are one text each."""
    if frame.columns.nlevels > 1:
        heads = [" ".join(str(part) for part in head if part != "") for head in frame.columns]
        frame = frame.set_axis(pd.Index(heads), axis="columns")
    names = frame.index.names
    numbers = frame.index.nlevels == 1 and pd.api.types.is_integer_dtype(frame.index.dtype)
    if all(name is None for name in names) and (numbers or frame.empty):
        return frame
    heads = ["" if name is None else str(name) for name in names]
    levels = [frame.index.get_level_values(n).to_numpy() for n in range(frame.index.nlevels)]
    left = pd.DataFrame(dict(enumerate(levels)), index=frame.index)
    return pd.concat([left.set_axis(heads, axis="columns"), frame], axis="columns")


def _formats(formats: Mapping[str, str] | None) -> dict[Any, str]:
    if formats is None or isinstance(formats, Mapping):
        return dict(formats or {})
    raise InputError(
        f"formats must be a dict from columns to formats; found {formats!r}. For example "
        "formats={'lq': '.2f'}."
    )


def _is_number(values: pd.Series[Any], labels: Labels) -> bool:
    """Return whether a column holds numbers to print as such, and not codes with labels."""
    if not pd.api.types.is_numeric_dtype(values) or pd.api.types.is_bool_dtype(values):
        return False
    return values.empty or not all(str(value) in labels.names for value in values)


def _printed(values: pd.Series[Any], fmt: str, lang: Lang, labels: Labels) -> list[str]:
    if _is_number(values, labels):
        return [format_value(value, fmt, str(values.name)) for value in values]
    return [MISSING if pd.isna(value) else labels.text(value, lang) for value in values]


def format_value(value: Any, fmt: str = "", name: str = "value") -> str:
    """Return a value as it is printed: a true minus sign, a dash for what is unknown."""
    if isinstance(value, str):
        return value
    if value is None or pd.isna(value):
        return MISSING
    plain = value.item() if hasattr(value, "item") else value
    default = ".3f" if isinstance(plain, float) else ""
    if isinstance(plain, float) and math.isinf(plain):
        return f"{MINUS if plain < 0 else ''}\N{INFINITY}"
    try:
        return format(plain, fmt or default).replace("-", MINUS)
    except (ValueError, TypeError) as error:
        raise InputError(
            f"format {fmt!r} of {name!r} cannot print {plain!r}: {error}. "
            "Pass a format for numbers, such as '.3f', or leave the column out."
        ) from None
