"""Files that are whole or absent, one writer at a time, and the record of what a run wrote.

What is written goes to a temporary name first and takes its own by a rename, so that an
interrupted run, a full disk or a second build leaves no half of a file under its name.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from agglometrics.errors import InputError

RECORD = ".writes.json"
"""Ending of the file beside an executed notebook that says what the notebook wrote."""


def write_bytes(path: Path, content: bytes) -> None:
    """Write a file as a whole: under a temporary name, then under its own."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        part.write_bytes(content)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def write_text(path: Path, text: str) -> None:
    """Write a text as a whole, in UTF-8 with Unix line ends."""
    write_bytes(path, text.encode("utf-8"))


@contextlib.contextmanager
def only_writer(target: Path) -> Iterator[None]:
    """Wait until no other process writes `target`; the lock goes with the process that holds it."""
    try:
        import fcntl
    except ImportError:  # not on Windows
        yield
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    with target.with_name(f".{target.name}.lock").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            print(f"waiting for another run that writes {target.name}", file=sys.stderr)
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def could_not_write(failure: OSError) -> str:
    """Return what to tell a user whose disk is full or whose folder is read-only."""
    return (
        f"cannot write {failure.filename or 'a file'}: {failure.strerror or failure}. No file is "
        "half-written: free space, or allow writing, and run make again."
    )


def record(target: Path, root: Path, written: Iterable[str]) -> None:
    """Record beside `target` the sha256 of each file that its run wrote, by path from `root`."""
    sums = {name: _digest(root / name) for name in sorted(written) if (root / name).is_file()}
    write_text(target.with_suffix(RECORD), json.dumps(sums, ensure_ascii=False, indent=1) + "\n")


def check_generated(folder: Path, root: Path) -> list[str]:
    """Compare every generated file with the record of its run; return the notebooks to run again.

    A file that is lost is made again: the executed notebook is removed, so that make runs it.

    Raises
    ------
    InputError
        Naming the file and the notebook, if a file is not what the notebook wrote.
    """
    again = []
    for path in sorted(folder.glob(f"*{RECORD}")):
        notebook = path.name.removesuffix(RECORD)
        executed = path.with_name(f"{notebook}.ipynb")
        sums = _read_record(path)
        if not executed.is_file():
            continue
        changed = [name for name, digest in (sums or {}).items()
                   if (root / name).is_file() and _digest(root / name) != digest]  # fmt: skip
        if changed:
            raise InputError(
                f"generated file {changed[0]!r} is not what the notebook {notebook} wrote: it was "
                "changed or cut off. Generated files are never edited: change the notebook, or "
                f"remove build/notebooks/{executed.name} to have the file made again."
            )
        if sums is None or any(not (root / name).is_file() for name in sums):
            executed.unlink()
            again.append(notebook)
    return again


def _read_record(path: Path) -> dict[str, str] | None:
    """Return the sums of a record, or None where it cannot be read."""
    try:
        return dict(json.loads(path.read_text(encoding="utf-8")))
    except ValueError:
        return None


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def main() -> int:
    """Check the generated files of the project in the working directory; return the status."""
    try:
        again = check_generated(Path("build/notebooks"), Path())
    except InputError as failure:
        print(failure, file=sys.stderr)
        return 1
    for notebook in again:
        print(f"files of {notebook} are lost; it will run again", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
