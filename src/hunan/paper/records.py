"""What a run read and wrote, by content: beside each executed notebook, and for each text.

The times of files do not tell whether a file is what a run wrote, nor whether it was written from
what is there now: clocks go back, archives keep old times, editors cut files off. So each run
leaves a record, and make compares it before it compares times.
"""

from __future__ import annotations

import hashlib
import json
import sys
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from agglometrics.errors import InputError
from hunan.data.integrity import check_folder, raw_sums
from hunan.paper.files import could_not_write, write_text

RECORD = ".writes.json"
"""Ending of the file that says what a run read and wrote."""

PROGRAM = "src/"
"""The name under which a record holds the sum of all Python files of the project."""

VERIFIED = Path("build/raw-verified")
NOTEBOOKS, TEXTS = Path("build/notebooks"), Path("build/texts")
LATER = 2.0
"""Seconds by which a file may be newer than the clock: disks of a network keep their own."""


@dataclass(frozen=True)
class Record:
    """The sha256 of the files that a run read and wrote, by path from the root."""

    target: str
    reads: Mapping[str, str]
    writes: Mapping[str, str]


def write_record(
    path: Path, root: Path, target: Path, reads: Mapping[str, str], writes: Iterable[str]
) -> None:
    """Write the record of a run to `path`; names are paths from `root`.

    reads : the sums of what was read, as they were when it was read
    """
    own = target.resolve().relative_to(root.resolve()).as_posix()
    sums = {"target": own, "reads": dict(reads), "writes": sums_of(root, {own, *writes})}
    write_text(path, json.dumps(sums, ensure_ascii=False, indent=1) + "\n")


def sums_of(root: Path, names: Iterable[str]) -> dict[str, str]:
    """Return the sha256 of the files that there are, by name."""
    return {name: digest(root / name) for name in sorted(names) if (root / name).is_file()}


def read_record(path: Path) -> Record | None:
    """Return a record, or None where it is cut off or of another kind."""
    try:
        held: Any = json.loads(path.read_text(encoding="utf-8"))
        return Record(str(held["target"]), dict(held["reads"]), dict(held["writes"]))
    except (ValueError, TypeError, KeyError, OSError):
        return None


def digest(path: Path) -> str:
    """Return the sha256 of a file; that of nothing where there is no file."""
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else ""


def sources_of(root: Path, names: Iterable[str]) -> dict[str, str]:
    """Return the sums of the project's Python files, as one, and of `names`."""
    return {PROGRAM: program(root)} | sums_of(root, names)


@cache
def program(root: Path) -> str:
    """Return one sha256 of the project's Python files and their names."""
    every = hashlib.sha256()
    for path in sorted((root / "src").rglob("*.py")):
        every.update(path.relative_to(root).as_posix().encode() + path.read_bytes())
    return every.hexdigest()


def check_generated(root: Path, names: Sequence[str], folder: Path = NOTEBOOKS) -> dict[str, str]:
    """Compare the targets `names` of `folder` with their records; return those to make again, why.

    Their files are removed, so that make makes them.

    Raises
    ------
    InputError
        Naming the file and what writes it, if a file is not what the run wrote.
    """
    again = {}
    for name in names:
        path = root / folder / f"{name}{RECORD}"
        record = read_record(path)
        target = root / (record.target if record else _target(folder, name))
        if not target.is_file():
            continue
        why = "its record is lost or cut off" if record is None else _why(root, record)
        if why:
            target.unlink()
            again[name] = why
    return again


def _target(folder: Path, name: str) -> str:
    return f"{NOTEBOOKS}/{name}.ipynb" if folder == NOTEBOOKS else f"paper/{name}.pdf"


def _why(root: Path, record: Record) -> str:
    """Return why a target is to be made again; empty if it is what its run wrote."""
    changed = [name for name, was in record.writes.items() if digest(root / name) not in (was, "")]
    if changed:
        raise InputError(
            f"generated file {changed[0]!r} is not what {_maker(record.target)} wrote: it was "
            "changed or cut off. Generated files are never edited: change what writes it, or "
            f"remove {record.target} to have the file made again."
        )
    lost = [name for name in record.writes if not (root / name).is_file()]
    if lost:
        return f"{lost[0]} is lost"
    other = [name for name, was in record.reads.items()
             if was != (program(root) if name == PROGRAM else digest(root / name))]  # fmt: skip
    if other:
        return f"{other[0]} has changed"
    return f"{record.target} is dated in the future" if _is_later(root / record.target) else ""


def _maker(target: str) -> str:
    name = Path(target).stem
    return f"the notebook {name}" if target.endswith(".ipynb") else f"the build of {name}.md"


def _is_later(path: Path) -> bool:
    return path.stat().st_mtime > time.time() + LATER


def check_verified(root: Path, folder: Path = Path("data/raw")) -> None:
    """Check the raw tables if they are not those of the last check, and remove its mark.

    Raises
    ------
    InputError
        Naming the raw table that is absent, changed or not listed.
    """
    mark = root / VERIFIED
    same = mark.is_file() and mark.read_text("utf-8") == raw_sums(root / folder)
    if not same or _is_later(mark):
        check_folder(root / folder)
        mark.unlink(missing_ok=True)


def main(names: Sequence[str] | None = None) -> int:
    """Check the generated files of the project in the working directory; return the status.

    names : notebooks and texts that make is about to make, as ``10_data`` and ``paper``
    """
    given = sys.argv[1:] if names is None else names
    texts = [name for name in given if Path("paper", f"{name}.md").is_file()]
    notebooks = [name for name in given if name not in texts]
    try:
        check_verified(Path())
        again = check_generated(Path(), notebooks) | check_generated(Path(), texts, TEXTS)
    except InputError as failure:
        print(failure, file=sys.stderr)
        return 1
    except OSError as failure:
        print(could_not_write(failure), file=sys.stderr)
        return 1
    for why in dict.fromkeys(again.values()):
        made = ", ".join(name for name, reason in again.items() if reason == why)
        print(f"made again, because {why}: {made}", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
