"""The manifest of the raw tables: what each file must hold, and the check that it does."""

from __future__ import annotations

import csv
import hashlib
from dataclasses import dataclass
from pathlib import Path

from agglometrics.errors import InputError

MANIFEST = "manifest.csv"
FIELDS = ["path", "sha256", "bytes", "rows"]


@dataclass(frozen=True)
class Entry:
    """One raw file as the manifest knows it."""

    path: str
    sha256: str
    bytes: int
    rows: int


def read_manifest(folder: Path) -> dict[str, Entry]:
    """Return the entries of `folder`'s manifest by file name.

    Raises
    ------
    InputError
        If there is no manifest.
    """
    path = folder / MANIFEST
    if not path.is_file():
        raise InputError(
            f"no {MANIFEST} in {folder}. Restore the folder from the repository or the wheel."
        )
    with path.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    return {
        row["path"]: Entry(row["path"], row["sha256"], int(row["bytes"]), int(row["rows"]))
        for row in rows
    }


def describe(path: Path) -> Entry:
    """Return the entry that `path` would have in a manifest."""
    content = path.read_bytes()
    with path.open(encoding="utf-8", newline="") as lines:
        rows = sum(1 for _ in csv.reader(lines)) - 1
    return Entry(path.name, hashlib.sha256(content).hexdigest(), len(content), rows)


def raw_files(folder: Path) -> list[Path]:
    """Return the tables of `folder` in name order, the manifest left out."""
    return sorted(path for path in folder.glob("*.csv") if path.name != MANIFEST)


def write_manifest(folder: Path) -> list[Entry]:
    """Write the manifest of the tables that `folder` holds now, and return its entries."""
    entries = [describe(path) for path in raw_files(folder)]
    with (folder / MANIFEST).open("w", encoding="utf-8", newline="") as lines:
        writer = csv.writer(lines, lineterminator="\n")
        writer.writerow(FIELDS)
        writer.writerows([entry.path, entry.sha256, entry.bytes, entry.rows] for entry in entries)
    return entries


def check_content(name: str, content: bytes, entry: Entry) -> None:
    """Raise `InputError` naming the file unless `content` is what `entry` says."""
    found = hashlib.sha256(content).hexdigest()
    if found != entry.sha256:
        raise InputError(
            f"raw file {name!r} is not the one of the manifest: sha256 {found[:12]}... against "
            f"{entry.sha256[:12]}..., {len(content)} bytes against {entry.bytes}. Raw tables are "
            "never edited: restore the file, or, if the change is meant, rewrite the manifest "
            "with `python -m hunan.data.manifest`."
        )


def check_folder(folder: Path) -> None:
    """Raise `InputError` naming the first raw file that is absent, changed or not listed."""
    entries = read_manifest(folder)
    present = {path.name: path for path in raw_files(folder)}
    for name, entry in entries.items():
        if name not in present:
            raise InputError(f"raw file {name!r} of the manifest is not in {folder}. Restore it.")
        check_content(name, present[name].read_bytes(), entry)
    unlisted = sorted(set(present) - set(entries))
    if unlisted:
        raise InputError(
            f"raw files {unlisted} are not in the manifest. Remove them, or rewrite the manifest "
            "with `python -m hunan.data.manifest`."
        )


def raw_sums(folder: Path) -> str:
    """Return one line per raw table, and the manifest, with its sum: what was checked."""
    return "".join(
        f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}\n"
        for path in sorted(folder.glob("*.csv"))
    )
