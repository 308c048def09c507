"""Rebuild the tables of data/raw from the files in which they were read, and compare cell by cell.

python -m hunan.data.origin FOLDER                    (reports every table; changes nothing)
python -m hunan.data.origin FOLDER --write OTHER      (also writes the rebuilt tables to OTHER)
python -m hunan.data.origin --files                   (lists the files that a folder is to hold)
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from agglometrics.errors import InputError
from hunan.data.origin.catalogue import OURS, REBUILT
from hunan.data.origin.comparing import Comparison, compare, content
from hunan.data.origin.folder import Origin


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; return 0 if every table that could be rebuilt is the committed one."""
    parser = argparse.ArgumentParser(
        prog="hunan.data.origin",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("folder", type=Path, nargs="?", help="holds the origin files")
    parser.add_argument("--files", action="store_true", help="list them, compare nothing")
    parser.add_argument("--write", type=Path, help="where whole tables are written")
    chosen = parser.parse_args(arguments)
    if chosen.files:
        print(*dict.fromkeys(name for source in REBUILT for name in source.files), sep="\n")
        return 0
    if chosen.folder is None:
        parser.error("name the folder of origin files")
    origin = Origin(chosen.folder)
    found = report(origin)
    if chosen.write:
        write(origin, chosen.write)
    return 0 if found and all(comparison.agrees for comparison in found) else 1


def report(origin: Origin) -> list[Comparison]:
    """Print what each table is against its origin; return the comparisons that could be made."""
    found = []
    for source in REBUILT:
        try:
            found.append(compare(source, origin))
            print(found[-1].report(), flush=True)
        except InputError as failure:
            print(f"{source.table}: NOT COMPARED: {failure}", flush=True)
    for table, reason in OURS.items():
        print(f"{table}: no origin file ({reason})")
    whole = sum(comparison.same_bytes for comparison in found)
    part = sum(comparison.agrees for comparison in found) - whole
    print(
        f"{len(REBUILT)} tables and parts: {whole} identical byte for byte, "
        f"{part} as far as available, {len(found) - whole - part} different, "
        f"{len(REBUILT) - len(found)} not compared"
    )
    return found


def write(origin: Origin, folder: Path) -> None:
    """Write every table that is rebuilt whole and whose origin files are there."""
    folder.mkdir(parents=True, exist_ok=True)
    for source in REBUILT:
        if not source.keys and all((origin.folder / name).is_file() for name in source.files):
            (folder / f"{source.table}.csv").write_bytes(content(source.build(origin)))


if __name__ == "__main__":
    sys.exit(main())
