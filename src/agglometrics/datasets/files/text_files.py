"""Text files as tables: .csv, .tsv, .txt."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from agglometrics.datasets.files.content import Content
from agglometrics.datasets.files.delimited import Cells, cells_of, parsed
from agglometrics.datasets.files.headings import headings
from agglometrics.datasets.files.options import UNKNOWN_WORDS, Reading
from agglometrics.datasets.files.rows import without_empty_rows
from agglometrics.datasets.files.typed import typed


def read_text(file: Content, reading: Reading) -> pd.DataFrame:
    """Return the table in a text file."""
    cells = cells_of(file, reading)
    names = headings(file.name, cells.headings, partial(_is_empty, cells))
    columns = {
        name: typed(file.name, name, cells.columns[place], reading,
                    partial(_unquoted, file.name, cells, place))
        for place, name in names.items()
    }  # fmt: skip
    return without_empty_rows(file.name, pd.DataFrame(columns))


def _is_empty(cells: Cells, place: int) -> bool:
    import pyarrow.compute as pc

    column: Any = cells.columns[place]
    return bool(pc.all(pc.equal(pc.utf8_trim_whitespace(column), "")).as_py() is not False)


def _unquoted(name: str, cells: Cells, place: int) -> NDArray[np.bool_]:
    """Return which cells of a column are words for unknown, without quotation marks: (N,)."""
    columns = parsed(name, cells.text, cells.separator, len(cells.headings), UNKNOWN_WORDS)
    return np.asarray(columns[place].slice(1).is_null().to_numpy(False))
