"""Where the raw tables are, and the one way to read them: checked against the manifest."""

from __future__ import annotations

import io
from collections.abc import Iterable
from pathlib import Path

import pandas as pd

from agglometrics.errors import InputError
from hunan.data.integrity import check_content, check_folder, read_manifest

FOLDER = Path(__file__).parents[3] / "data" / "raw"


def raw_folder() -> Path:
    """Return the folder of the raw tables.

    Raises
    ------
    InputError
        If the repository around this package does not hold them.
    """
    if not FOLDER.is_dir():
        raise InputError(f"the raw tables are not in {FOLDER}. Work in a clone of the repository.")
    return FOLDER


def read_raw(name: str, codes: Iterable[str] = ()) -> pd.DataFrame:
    """Read one raw table, after its bytes have met the manifest.

    Parameters
    ----------
    name : file name in ``data/raw``, for instance ``"provinces.csv"``
    codes : columns that hold codes: they are read as text, so ``"01"`` stays ``"01"``

    Raises
    ------
    InputError
        If the file is unknown to the manifest, absent, or changed.
    """
    folder = raw_folder()
    entries = read_manifest(folder)
    if name not in entries:
        raise InputError(f"raw table {name!r} is not in the manifest, which has {sorted(entries)}.")
    path = folder / name
    if not path.is_file():
        raise InputError(f"raw file {name!r} of the manifest is not in {folder}. Restore it.")
    content = path.read_bytes()
    check_content(name, content, entries[name])
    return pd.read_csv(
        io.BytesIO(content),
        dtype=dict.fromkeys(codes, "str"),
        keep_default_na=False,
        na_values=[""],
    )


def study_names() -> list[str]:
    """Return the names of the study's raw tables; the codebook describes each.

    Examples
    --------
    >>> from hunan.data.store import study_names
    >>> "employment" in study_names()
    True
    """
    return sorted(Path(name).stem for name in read_manifest(raw_folder()))


def verify() -> None:
    """Check every raw table against the manifest.

    Raises
    ------
    InputError
        Naming the first file that is absent, changed or not listed.

    Examples
    --------
    >>> from hunan.data.store import verify
    >>> verify()
    """
    check_folder(raw_folder())
