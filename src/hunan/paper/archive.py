"""One archive for a deposit: the sources and the data of the study, the same bytes every time.

python -m hunan.paper.archive TARGET      (from the root of the project)

In the archive the guide to the replication is ``README.md``, ``MANIFEST.sha256`` lists every file
(``sha256sum --check`` reads it), and ``project/`` holds what git tracks. It is to be unpacked on
deposit: data editors ask that no archive is seen. Without git it builds and tests as a clone does.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import io
import subprocess
import sys
import tarfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from agglometrics.errors import InputError
from hunan.data.integrity import check_folder
from hunan.paper.files import could_not_write, write_bytes

PROJECT = "project"
GUIDE = "REPLICATION.md"
MANIFEST = "MANIFEST.sha256"
TIME = 1735689600
"""Seconds of 2025-01-01, as SOURCE_DATE_EPOCH of the build: no file bears the time of packing."""
ARCHIVES = (".zip", ".gz", ".bz2", ".xz", ".tar", ".7z", ".whl")


def tracked(root: Path) -> list[str]:
    """Return the files of the project, by path from `root`, in order.

    A clone asks git. An unpacked archive has no git: its manifest, one folder above, knows.

    Raises
    ------
    InputError
        If the clone has changes that are not committed, or there is neither git nor a manifest.
    """
    if not (root / ".git").exists():
        return _listed(root)
    if changed := _git(root, "status", "--porcelain"):
        raise InputError(
            f"the clone has changes that are not committed: {changed[0].strip()!r}. Commit or "
            "remove them: an archive is the archive of a commit."
        )
    return sorted(_git(root, "ls-files"))


def _git(root: Path, *arguments: str) -> list[str]:
    # quotepath: names as they are, not escaped
    command = ["git", "-c", "core.quotepath=false", *arguments]
    try:
        done = subprocess.run(command, cwd=root, check=True, capture_output=True, text=True)
    except (OSError, subprocess.CalledProcessError) as failure:
        raise InputError(f"git cannot list the files of {root}: {failure}.") from failure
    return done.stdout.splitlines()


def _listed(root: Path) -> list[str]:
    manifest = root.parent / MANIFEST
    if not manifest.is_file():
        raise InputError(
            f"{root} is not a clone, and {MANIFEST} is not in the folder above it. Make the "
            "archive in a clone, or in an unpacked archive."
        )
    names = [line.partition("  ")[2] for line in manifest.read_text("utf-8").splitlines()]
    return sorted(
        name.removeprefix(f"{PROJECT}/") for name in names if name.startswith(f"{PROJECT}/")
    )


def contents(root: Path, names: Sequence[str]) -> dict[str, bytes]:
    """Return the files of the archive by their path in it, the manifest first.

    Raises
    ------
    InputError
        If a raw table is not what its manifest says, a file is lost, or one is itself an archive.
    """
    check_folder(root / "data" / "raw")
    if packed := [name for name in names if name.endswith(ARCHIVES)]:
        raise InputError(f"{packed} are archives: data editors ask that none is seen. Unpack them.")
    if lost := [name for name in names if not (root / name).is_file()]:
        raise InputError(f"files {lost[:5]} are lost. Restore them from the clone or the archive.")
    files = {f"{PROJECT}/{name}": (root / name).read_bytes() for name in sorted(names)}
    files = {"README.md": files[f"{PROJECT}/{GUIDE}"]} | files
    sums = [f"{hashlib.sha256(file).hexdigest()}  {name}\n" for name, file in files.items()]
    return {MANIFEST: "".join(sums).encode("utf-8")} | files


def pack(files: Mapping[str, bytes], folder: str) -> bytes:
    """Return a compressed tar archive whose bytes depend on names and contents alone.

    A script (its file begins with ``#!``) may be run; no file has an owner or a time of its own.
    """
    raw = io.BytesIO()
    with tarfile.open(fileobj=raw, mode="w", format=tarfile.PAX_FORMAT) as archive:
        for name, file in files.items():
            member = tarfile.TarInfo(f"{folder}/{name}")
            member.size, member.mtime = len(file), TIME
            member.mode = 0o755 if file.startswith(b"#!") else 0o644
            archive.addfile(member, io.BytesIO(file))
    return gzip.compress(raw.getvalue(), compresslevel=9, mtime=TIME)


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the archive of the project in the working directory; return the status."""
    parser = argparse.ArgumentParser(
        prog="hunan.paper.archive",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("target", type=Path)
    target = parser.parse_args(arguments).target
    try:
        files = contents(Path.cwd(), tracked(Path.cwd()))
        archive = pack(files, target.name.removesuffix(".tar.gz"))
        write_bytes(target, archive)
    except InputError as failure:
        print(failure, file=sys.stderr)
        return 1
    except OSError as failure:
        print(could_not_write(failure), file=sys.stderr)
        return 1
    print(f"{target}: {len(files)} files, {len(archive)} bytes")
    print(f"sha256 {hashlib.sha256(archive).hexdigest()}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
