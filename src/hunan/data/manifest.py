"""Rewrite the manifest of the raw tables, or check them against it.

python -m hunan.data.manifest            (developers, after a meant change)
python -m hunan.data.manifest --check    (the build; fails with the file's name)
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from agglometrics.errors import InputError
from hunan.data.integrity import check_folder, write_manifest
from hunan.data.store import raw_folder


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; return its exit status."""
    parser = argparse.ArgumentParser(prog="hunan.data.manifest", description=__doc__)
    parser.add_argument("--check", action="store_true", help="check, change nothing")
    check = parser.parse_args(arguments).check
    try:
        folder = raw_folder()
        if check:
            check_folder(folder)
        else:
            write_manifest(folder)
    except InputError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
