"""The bytes of a file: unpacked, whole, and of one moment."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import zipfile
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from agglometrics.errors import InputError


@dataclass(frozen=True)
class Content:
    """The bytes of a file, its name for messages, and the ending of what is in it."""

    name: str
    ending: str
    data: bytes


def content(file: Path) -> Content:
    """Return the bytes of `file`, unpacked where its name ends in .gz, .bz2, .xz or .zip.

    Raises
    ------
    InputError
        If the file cannot be read, changes while it is read, is empty, or cannot be unpacked.
    """
    data = _read(file)
    if not data:
        raise InputError(
            f"{file.name!r} is empty: it has no byte. Write it again, or name another file."
        )
    packed = file.suffix.lower()
    if packed == ".zip":
        return _only_member(file, data)
    if packed in _UNPACK:
        return Content(file.name, Path(file.stem).suffix.lower(), _unpacked(file, data))
    return Content(file.name, packed, data)


def _read(file: Path) -> bytes:
    try:
        before = file.stat()
        data = file.read_bytes()
        after = file.stat()
    except OSError as failure:
        raise InputError(
            f"{str(file)!r} cannot be read: {failure.strerror or failure}. Check that it is there, "
            "that no program holds it and that you may read it."
        ) from None
    if (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns):
        raise InputError(
            f"{file.name!r} changed while it was read, from {before.st_size} to {after.st_size} "
            "bytes. Read it again when the program that writes it is done."
        )
    return data


_UNPACK: Mapping[str, Callable[[bytes], bytes]] = {
    ".gz": gzip.decompress,
    ".bz2": bz2.decompress,
    ".xz": lzma.decompress,
}
PACKED = (*_UNPACK, ".zip")


def _unpacked(file: Path, data: bytes) -> bytes:
    try:
        return _UNPACK[file.suffix.lower()](data)
    except (OSError, EOFError, ValueError, zlib.error, lzma.LZMAError) as failure:
        raise _not_whole(file, str(failure)) from None


def _only_member(file: Path, data: bytes) -> Content:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            held = [each for each in archive.namelist() if not _is_clutter(each)]
            if len(held) != 1:
                raise InputError(
                    f"{file.name!r} must hold one file; found {len(held)}: {held[:6]}. Unpack it, "
                    "and name the file that you want."
                )
            return Content(f"{file.name}/{held[0]}", Path(held[0]).suffix.lower(),
                           archive.read(held[0]))  # fmt: skip
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError, EOFError, zlib.error) as failure:
        raise _not_whole(file, str(failure)) from None


def _is_clutter(member: str) -> bool:
    return member.endswith("/") or member.startswith("__MACOSX/") or member.endswith(".DS_Store")


def _not_whole(file: Path, said: str) -> InputError:
    return InputError(
        f"{file.name!r} cannot be unpacked: {said.rstrip('. ')}. It is cut off, locked or not of "
        f"this kind: fetch or write it again, or unpack it yourself."
    )
