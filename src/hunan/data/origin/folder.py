"""A folder of origin files, and the figures in them as text."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from agglometrics.errors import InputError


@dataclass(frozen=True)
class Origin:
    """A folder that holds the files in which the figures were read.

    Attributes
    ----------
    folder : the folder; the files in it are named as the sources name them
    """

    folder: Path

    def path(self, name: str) -> Path:
        """Return the path of one file, or raise `InputError` if it is not there."""
        path = self.folder / name
        if not path.is_file():
            raise InputError(f"origin file {name!r} is not in {self.folder}. Put it there.")
        return path

    def text(self, name: str, encoding: str = "utf-8") -> pd.DataFrame:
        """Return a CSV file with every cell as text, as it stands in the file."""
        path = self.path(name)
        return pd.read_csv(path, dtype="str", keep_default_na=False, encoding=encoding)


def digits(figures: pd.Series, significant: int) -> pd.Series[str]:
    """Return figures as text of so many significant digits; an empty cell stays empty.

    Examples
    --------
    >>> import pandas as pd
    >>> from hunan.data.origin.folder import digits
    >>> digits(pd.Series(["1633.4583740234375", "70665.0", ""]), 7).tolist()
    ['1633.458', '70665', '']
    """
    return figures.map(lambda cell: f"{float(cell):.{significant}g}" if cell != "" else "")


def codes(table: pd.DataFrame, name: str, code: str) -> dict[str, str]:
    """Return the codes of a dimension table by its names."""
    return dict(zip(table[name], table[code], strict=True))


def coded(names: pd.Series, known: Mapping[str, str], what: str) -> pd.Series[str]:
    """Return the code of each name.

    Raises
    ------
    InputError
        If a name has no code.
    """
    unknown = sorted(set(names) - set(known))
    if unknown:
        raise InputError(
            f"{what} {unknown[:5]} of an origin file have no code in the dimension tables. Compare "
            "the file with the commit that the codebook names."
        )
    return names.map(known)
