"""Files that are whole or absent, and one writer at a time.

What is written goes to a temporary name first and takes its own by a rename, so that an
interrupted run, a full disk or a second build leaves no half of a file under its name.
"""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterator
from pathlib import Path

NOT_WRITTEN = "No file is half-written: free space, or allow writing, and run make again."

INTERRUPTED = "interrupted: no file is half-written; run make again."


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
        f"cannot write {failure.filename or 'a file'}: {failure.strerror or failure}. {NOT_WRITTEN}"
    )
