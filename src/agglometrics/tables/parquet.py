"""Plants in Parquet files: names taken literally, schemas compared, columns united explicitly.

A folder is one table however it was split. So the types of a column are compared over its files:
whole numbers and fractions are united in double precision; text and numbers are refused, because
"01" and 1 would become one label or two.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from agglometrics.errors import InputError
from agglometrics.tables.checks import listed

ENDINGS = (".parquet", ".parq", ".pq")
OTHERS = (".csv", ".tsv", ".txt", ".xlsx", ".dta", ".gz", ".bz2", ".xz", ".zip")
UNKNOWN = "__HIVE_DEFAULT_PARTITION__"
"""The folder name of a missing key."""
EXACT = 2**53
"""Whole numbers up to here are exact in double precision."""


@dataclass(frozen=True)
class ParquetFile:
    """One file: the kind of each column, and the keys that its folders name."""

    path: Path
    kinds: Mapping[str, str]
    folders: Mapping[str, str] = field(default_factory=dict)


def parquet_files(path: Path) -> list[ParquetFile]:
    """Return the Parquet files of a path, in name order.

    A folder counts every file below it that ends in .parquet, .parq or .pq (in any case);
    files and folders whose name starts with "_" or "." are drafts of other programs and
    do not count, as in Spark and Arrow.

    Raises
    ------
    InputError
        If nothing is there, or a file is no Parquet file.
    """
    if path.is_file():
        return [ParquetFile(path, _kinds(path))]
    if not path.is_dir():
        raise InputError(
            f"no Parquet file or folder at {str(path)!r}: found nothing there. Names are taken "
            "literally, without wildcards: correct the path, or pass the folder of the files."
        )
    named = sorted(each for each in path.rglob("*") if _counts(each, path))
    found = [each for each in named if each.is_file()]
    lost = [each.name for each in named if each.is_symlink() and not each.exists()]
    if lost:
        raise InputError(
            f"{lost[0]!r} in {str(path)!r} is a link to nothing, whose rows would be lost. Remove "
            "it, or put the file back."
        )
    if not found:
        raise InputError(
            f"no Parquet file or folder at {str(path)!r}: found a folder without *.parquet there "
            "(names that start with '_' or '.' do not count). Pass the folder of the files, or of "
            "others one frame: pandas.concat([agglometrics.datasets.read_table(f) for f in files])."
        )
    _refuse_links(found)
    _refuse_copies(found)
    return [ParquetFile(each, _kinds(each), _folders(each, path)) for each in found]


def _refuse_links(files: Sequence[Path]) -> None:
    """Raise `InputError` if two names lead to one file, whose rows would count twice."""
    seen: dict[tuple[int, int], Path] = {}
    for each in files:
        about = each.stat()
        first = seen.setdefault((about.st_dev, about.st_ino), each)
        if first is not each and about.st_ino:
            raise InputError(
                f"{first.name!r} and {each.name!r} are one file (a link), whose rows would count "
                "twice. Move one of them out of the folder."
            )


def _refuse_copies(files: Sequence[Path]) -> None:
    """Raise `InputError` if two files have the same bytes, whose rows would count twice."""
    sizes = Counter(each.stat().st_size for each in files)
    seen: dict[str, Path] = {}
    for each in files:
        if sizes[each.stat().st_size] == 1:
            continue
        with each.open("rb") as content:
            first = seen.setdefault(hashlib.file_digest(content, "sha256").hexdigest(), each)
        if first is not each and first.parent == each.parent and _has_rows(each):
            raise InputError(
                f"{first.name!r} and {each.name!r} have the same bytes: rows would count twice. "
                "Move one of them out of the folder."
            )


def _has_rows(file: Path) -> bool:
    """Return whether a file has rows: Spark leaves several empty ones, all alike."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        return bool(pq.read_metadata(file).num_rows)
    except (pa.ArrowException, OSError):
        return False  # what is wrong with it is said when its schema is read


def _counts(file: Path, root: Path) -> bool:
    parts = file.relative_to(root).parts
    draft = any(part.startswith(".") or (part.startswith("_") and "=" not in part)
                for part in parts)  # fmt: skip
    return file.suffix.lower() in ENDINGS and not draft


def _folders(file: Path, root: Path) -> dict[str, str]:
    pairs = (part.partition("=") for part in file.relative_to(root).parts[:-1] if "=" in part)
    return {unquote(key): unquote(value) for key, _, value in pairs}


def _kinds(path: Path) -> dict[str, str]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    if path.suffix.lower() in OTHERS:
        raise InputError(
            f"{str(path)!r} is no Parquet file. Read it first: "
            f"plants = agglometrics.datasets.read_table({str(path)!r})."
        )
    try:
        schema = pq.read_schema(path)
    except (pa.ArrowException, OSError) as failure:
        raise InputError(
            f"{str(path)!r} cannot be read as a Parquet file: "
            f"{str(failure).splitlines()[0].rstrip('. ')}. "
            "Write it again, or move it out of the folder."
        ) from failure
    twice = sorted({name for name in schema.names if schema.names.count(name) > 1})
    if twice:
        raise InputError(
            f"{str(path)!r} has the columns {twice} more than once. Write it again with one each."
        )
    return {each.name: _kind(each.type) for each in schema}


def _kind(kind: Any) -> str:
    import pyarrow.types as is_a

    if is_a.is_dictionary(kind):
        return _kind(kind.value_type)
    if is_a.is_boolean(kind):
        return "truth values"
    if is_a.is_integer(kind):
        return "whole numbers"
    if is_a.is_floating(kind) or is_a.is_decimal(kind):
        return "fractions"
    if is_a.is_string(kind) or is_a.is_large_string(kind) or is_a.is_string_view(kind):
        return "text"
    if is_a.is_timestamp(kind):
        return "times" if kind.tz is None else "times with zones"
    return "nothing" if is_a.is_null(kind) else str(kind)


def read_parquet(con: Any, path: Path, columns: Sequence[str]) -> Any:
    """Return the DuckDB relation of `columns` of the files of `path`, one type per column.

    Raises
    ------
    InputError
        Naming the files that differ: a column in some of them only, text here and numbers there,
        a column that folders and files both name, or names that differ in case only.
    """
    files = parquet_files(path)
    _check_folders(files, path)
    known = list(dict.fromkeys([*files[0].folders, *(n for each in files for n in each.kinds)]))
    wanted = list(dict.fromkeys(column for column in columns if column in known))
    if len(wanted) < len({*columns}):
        return con.sql("SELECT " + ", ".join(f"NULL AS {_quoted(name)}" for name in known))
    casts = {column: _cast(column, files) for column in wanted}
    groups: dict[tuple[str, ...], list[Path]] = {}
    for each in files:
        groups.setdefault(tuple(each.kinds.get(n, "") for n in wanted), []).append(each.path)
    chosen = ", ".join(
        f"CAST({_quoted(name)} AS {cast}) AS {_quoted(name)}" if cast else _quoted(name)
        for name, cast in casts.items()
    )
    hive = bool(files[0].folders)
    parts = [f"SELECT {chosen or '1'} FROM {_scan(paths, hive)}" for paths in groups.values()]
    _check_exact(con, casts, groups, wanted, hive)
    return con.sql(" UNION ALL ".join(parts))


def _check_folders(files: Sequence[ParquetFile], root: Path) -> None:
    first = files[0]
    above = {part.partition("=")[0] for part in root.absolute().parts if "=" in part}
    clash = sorted(above & {*first.kinds}) if first.folders else []
    if clash:  # DuckDB would read them from the folders above
        raise InputError(
            f"columns {clash} of {first.path.name!r} are named by folders above "
            f"{str(root)!r}, too. Rename these folders, or pass one file at a time."
        )
    for each in files[1:]:
        if list(each.folders) != list(first.folders):
            raise InputError(
                f"the folders of {str(root)!r} name different keys: {list(first.folders)} for "
                f"{first.path.name!r}, {list(each.folders)} for {each.path.name!r}. Give every "
                "file folders of the same keys."
            )


def _cast(column: str, files: Sequence[ParquetFile]) -> str:
    """Return the SQL type in which the files' types of a column are united; empty for as it is."""
    if column in files[0].folders:
        return _folder_cast(column, files)
    _check_names(column, files)
    lacking = [each.path.name for each in files if column not in each.kinds]
    if lacking:
        raise InputError(
            f"column {column!r} is in {len(files) - len(lacking)} of {len(files)} Parquet files, "
            f"not in {listed(lacking)}. Add it there, or move these files out of the folder."
        )
    kinds = {each.kinds[column]: each.path.name for each in reversed(files)}
    named = {kind: name for kind, name in kinds.items() if kind != "nothing"}
    if set(named) == {"whole numbers", "fractions"}:
        return "DOUBLE"
    if len(named) > 1:
        found = " and ".join(f"{kind} in {name!r}" for kind, name in sorted(named.items()))
        raise InputError(
            f"column {column!r} must have one type in all Parquet files; found {found}. Write the "
            "files again with one type: labels such as '01' as text."
        )
    return {"text": "VARCHAR", "times": "TIMESTAMP"}.get(next(iter(named), ""), "")


def _folder_cast(column: str, files: Sequence[ParquetFile]) -> str:
    inside = [each.path.name for each in files if column in each.kinds]
    if inside:
        raise InputError(
            f"column {column!r} is in the names of the folders ({column}=...) and in the files "
            f"{listed(inside)}. Rename or remove one of the two."
        )
    values = {each.folders[column] for each in files} - {UNKNOWN}
    whole = all(re.fullmatch(r"0|-?[1-9]\d{0,17}", value) for value in values)
    return "BIGINT" if whole else "VARCHAR"


def _check_names(column: str, files: Sequence[ParquetFile]) -> None:
    for each in files:
        names = [*each.kinds, *each.folders]
        twins = sorted(name for name in names if name.casefold() == column.casefold())
        if len(twins) > 1:
            raise InputError(
                f"{each.path.name!r} has columns that differ in case only: {twins}. "
                "Rename all but one of them."
            )


def _check_exact(
    con: Any,
    casts: Mapping[str, str],
    groups: Mapping[tuple[str, ...], list[Path]],
    wanted: Sequence[str],
    hive: bool,
) -> None:
    """Refuse whole numbers that double precision would merge, where a cast unites types."""
    for place, column in enumerate(wanted):
        if casts[column] != "DOUBLE":
            continue
        for kinds, paths in groups.items():
            if kinds[place] != "whole numbers":
                continue
            name = _quoted(column)
            found = con.sql(f"SELECT min({name}), max({name}) FROM {_scan(paths, hive)}")
            largest = max((abs(end) for end in found.fetchall()[0] if end is not None), default=0)
            if largest > EXACT:
                raise InputError(
                    f"column {column!r} is whole in some Parquet files and holds fractions in "
                    f"others, and {largest} is not exact as a fraction (limit 2**53). Write the "
                    "files again with one type: long codes as text."
                )


def _scan(paths: Sequence[Path], hive: bool) -> str:
    listing = ", ".join(f"'{_literal(path)}'" for path in paths)
    return (
        f"read_parquet([{listing}], union_by_name = true, "
        f"hive_partitioning = {hive}, hive_types_autocast = false)"
    )


def _literal(path: Path) -> str:
    """Return a path as SQL text whose brackets, stars and question marks mean themselves."""
    return re.sub(r"([\[*?])", r"[\1]", os.fspath(path.absolute())).replace("'", "''")


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
