"""Rewrite the manifest of the raw tables, or check them against it.

python -m hunan.data.manifest            (developers, after a meant change)
python -m hunan.data.manifest --check    (the build; fails with the file's name)
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from agglometrics.errors import InputError
from hunan.data.integrity import check_folder, raw_sums, write_manifest
from hunan.data.store import raw_folder


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; return its exit status."""
    parser = argparse.ArgumentParser(prog="hunan.data.manifest", description=__doc__)
    parser.add_argument("--check", action="store_true", help="check, change nothing")
    parser.add_argument("--mark", type=Path, help="file to write when the check has passed")
    options = parser.parse_args(arguments)
    try:
        folder = raw_folder()
        if options.check:
            check_folder(folder)
            if options.mark:
                _mark(options.mark, raw_sums(folder))
        else:
            write_manifest(folder)
    except InputError as error:
        print(error, file=sys.stderr)
        return 1
    except OSError as failure:
        print(
            f"cannot write {failure.filename}: {failure.strerror}. Free space, or allow writing.",
            file=sys.stderr,
        )
        return 1
    return 0


def _mark(path: Path, sums: str) -> None:
    part = path.with_name(f".{path.name}.part")
    part.write_text(sums, encoding="utf-8")
    part.replace(path)


if __name__ == "__main__":
    sys.exit(main())
