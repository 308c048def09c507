"""Columns that are not in the table: which argument named them, and what may have been meant."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

import pandas as pd

from agglometrics.tables.advice.complaint import Arguments

SHOWN = 30  # how many columns of the table an error names
ROWS = 2000  # rows that tell whether a column repeats another
WIDE = 2  # how many columns of periods or numbers make a table wide
PERIOD = re.compile(r"(?P<stem>\D*)(1[89]|20)\d\d\D?\d{0,2}")
ANSWERED = ("reference", "experiment")
"""Columns that an answer of the package carries in every row: never a key."""
TIMES = frozenset(
    {"year", "years", "yr", "time", "period", "date", "month", "quarter", "wave", "t", "jahr",
     "annee", "año", "年份", "年"}
)  # fmt: skip
VALUES = ("value", "size", "flow", "output", "outcome")  # arguments that name a number


@dataclass(frozen=True)
class Absent:
    """Columns that a call names and the table lacks.

    Attributes
    ----------
    columns : those that the table lacks
    there : columns of the table; `numbers` those that hold numbers
    index : named levels of the table's index
    over : the name of the table's columns, as a pivoted table has it
    again : columns that repeat another one under other labels (a code beside a name)
    """

    columns: tuple[str, ...]
    there: tuple[str, ...]
    numbers: tuple[str, ...]
    index: tuple[str, ...]
    over: str | None
    again: tuple[str, ...] = ()

    def __call__(self, arguments: Arguments) -> str:
        """Return the message."""
        asked = {column: asking(column, arguments) for column in self.columns}
        who = [words for column, words in asked.items() if words]
        return (
            f"columns {list(self.columns)} are not in the table, which has {self._shown()}. "
            + ("; ".join(who) + ". " if who else "")
            + self._way_out(arguments)
        )

    def _shown(self) -> str:
        names = list(self.there)
        more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
        return f"{names[:SHOWN]}{more}"

    def _way_out(self, arguments: Arguments) -> str:
        inside = [name for name in self.index if name in self.columns]
        near = {column: nearest(column, self.there) for column in self.columns}
        guesses = [f"{guess!r} for {column!r}" for column, guess in near.items() if guess]
        wide = self._wide(arguments, inside)
        spread = any(guess and PERIOD.fullmatch(guess) for guess in near.values())
        if wide and (spread or not guesses):
            return wide
        if inside:
            return f"The index is named {inside}: make it a column with .reset_index()."
        if guesses:
            return f"Did you mean {', '.join(guesses)}? Write the name as it is in the table."
        defaults = [name for name, held in arguments.left.items() if held in self.columns]
        if defaults:
            return self._name_yours(defaults, arguments)
        crossed = [re.split(r"[#:*]+", c) for c in self.columns if re.search(r"\w[#:*]+\w", c)]
        if crossed and all(part in self.there for part in crossed[0]):
            return f"Effects of pairs are joined by a caret: {'^'.join(crossed[0])!r}."
        wrapped = [m for c in self.columns if (m := re.fullmatch(r"\w+\((\w+)\)", c))]
        if wrapped and wrapped[0][1] in self.there:
            return f"Name the column alone: {wrapped[0][1]!r}."
        joined = next((c for c in self.columns if re.search(r"[+,|]", c)), None)
        if joined:
            names = [part.strip() for part in re.split(r"[+,|]", joined)]
            return f"Name several columns as a list: {names}."
        inner = next(filter(None, (_inside(c, arguments) for c in self.columns)), None)
        if inner:
            return f"Name your own column: {inner}."
        if arguments.given:
            return "Name a column that is there."
        return "Name your columns with the keyword arguments."

    def _name_yours(self, defaults: Sequence[str], arguments: Arguments) -> str:
        """Return the arguments to write, and how to make the table long if columns lack."""
        found = self._guesses(defaults, arguments)
        written = ", ".join(f"{name}={column!r}" for name, column in found.items())
        advice = f"Name your own columns, as in {written}." if written else ""
        if "industry" not in defaults or "industry" in found or not self._spread(arguments):
            return advice or f"Name your own columns, as in {defaults[0]}='name'."
        value = next((n for n in VALUES if n in arguments.given), "value")
        ids = [*found.values(), *self._taken(arguments, but=(value,))]
        return (
            f"{advice} If the columns {self._spread(arguments)[:3]} ... are industries, the table "
            f"is wide: make it long with frame.melt(id_vars={list(dict.fromkeys(ids))}, "
            f"value_vars=[...], var_name='industry', value_name='value'), and pass {value}='value'."
        ).strip()

    def _taken(self, arguments: Arguments, but: Sequence[str] = ()) -> list[str]:
        given = {name: held for name, held in arguments.given.items() if name not in but}
        return [held for held in given.values() if isinstance(held, str) and held in self.there]

    def _spread(self, arguments: Arguments) -> list[str]:
        """Return the columns of numbers over which a wide table may be spread."""
        named = [arguments.given[name] for name in VALUES if name in arguments.given]
        kept = [name for name in self.numbers if not is_period(name)]
        return kept if len(kept) >= WIDE and any(name in kept for name in named) else []

    def _guesses(self, defaults: Sequence[str], arguments: Arguments) -> dict[str, str]:
        """Return the columns that may be meant: of texts, unnamed yet, each group of them once."""
        free = [c for c in self.there if c not in (*self._taken(arguments), *ANSWERED)]
        times = [name for name in free if is_period(name)]
        keys = [name for name in free if name not in times and name not in self.again]
        texts = [name for name in keys if name not in self.numbers]
        wide = not texts and len(keys) > 1 and bool(self._spread(arguments))
        likely = iter(texts or ([] if wide else keys or free))
        found = {
            argument: times[0] if argument == "time" and times else next(likely, None)
            for argument in sorted(defaults, key=lambda name: name == "time")
        }
        return {name: found[name] for name in defaults if found[name] is not None}  # type: ignore[misc]

    def _wide(self, arguments: Arguments, inside: Sequence[str]) -> str:
        """Return how to make a wide table long, or nothing where it is not wide."""
        outside = [name for name in self.columns if name not in inside]
        value = next((c for c in outside if _argument(c, arguments) in VALUES), None)
        keys = [name for name in outside if name != value]
        stem, periods = self._periods(value)
        pivoted = self.over in self.columns
        many = value is not None and bool(keys) and len(self.numbers) >= WIDE
        if not (pivoted or len(periods) >= WIDE or many):
            return ""
        spread = periods if len(periods) >= WIDE else list(self.numbers)
        over = self.over if pivoted else (keys or ["time" if spread == periods else "industry"])[0]
        asked = [v for v in arguments.given.values() if isinstance(v, str) and v in self.there]
        others = [*inside, *(name for name in self.there if name not in spread)]
        ids = others if len(others) <= len(self.columns) + 1 else [*inside, *asked]
        chosen = f", value_vars=[c for c in frame if c.startswith({stem!r})]" if stem else ""
        years = f".assign({over}=lambda d: d[{over!r}].str[-4:].astype(int))" if stem else ""
        return (
            f"If the columns {spread[:3]} ... are values of {over!r}, the table is wide: make it "
            f"long with frame{'.reset_index()' if inside else ''}.melt(id_vars={ids}{chosen}, "
            f"var_name={over!r}, value_name={value or 'value'!r}){years}."
        )

    def _periods(self, value: str | None) -> tuple[str, list[str]]:
        """Return the columns named by a period, and what stands before it in all of them."""
        stems: dict[str, list[str]] = {}
        for name in self.there:
            found = PERIOD.fullmatch(name)
            if found:
                stems.setdefault(found["stem"], []).append(name)
        if not stems:
            return "", []
        near = nearest(value, [stem for stem in stems if stem]) if value else None
        stem = near or max(stems, key=lambda each: len(stems[each]))
        return stem, stems[stem]


def absent(columns: Iterable[str], frame: pd.DataFrame) -> Callable[[Arguments], str]:
    """Return the error for columns that `frame` lacks."""
    numbers = [
        str(name)
        for name, kind in zip(frame.columns, frame.dtypes, strict=True)
        if pd.api.types.is_numeric_dtype(kind)
    ]
    return Absent(
        columns=tuple(columns),
        there=tuple(map(str, frame.columns)),
        numbers=tuple(numbers),
        index=tuple(str(name) for name in frame.index.names if name is not None),
        over=None if frame.columns.name is None else str(frame.columns.name),
        again=_repeating(frame),
    )


def _repeating(frame: pd.DataFrame) -> tuple[str, ...]:
    """Return the text columns that say what an earlier one says: a code after its name."""
    head = frame.loc[:, ~frame.columns.duplicated()].head(ROWS)
    texts = [c for c in head if not pd.api.types.is_numeric_dtype(head[c])]
    codes: dict[Any, Any] = {}
    again = []
    for name in texts:
        try:
            code = pd.factorize(head[name])[0]
        except TypeError:  # lists in cells
            continue
        same = any(len(code) > 1 and (code == other).all() for other in codes.values())
        again += [str(name)] if same else []
        codes[name] = code
    return tuple(again)


def is_period(name: str) -> bool:
    """Return whether a column is named as periods are.

    >>> [is_period(name) for name in ("YR", "Fiscal year", "quarter_2", "region", "yearly_wage")]
    [True, True, True, False, False]
    """
    return bool(TIMES & set(re.split(r"[\W_\d]+", name.lower())))


def nearest(name: object, names: Iterable[str]) -> str | None:
    """Return the one of `names` most like `name`, case and blanks aside, or None.

    >>> nearest("Emp", ["emp", "employees"]), nearest("regoin", ["region"]), nearest("a", ["b"])
    ('emp', 'region', None)
    """
    plain = {re.sub(r"[\s_.-]", "", each).casefold(): each for each in names}
    wanted = re.sub(r"[\s_.-]", "", str(name)).casefold()
    if wanted in plain:
        return plain[wanted]
    if len(wanted) < 3:  # of two letters every name is near
        return None
    found = get_close_matches(wanted, list(plain), n=1, cutoff=0.75)
    return plain[found[0]] if found else None


def asking(column: str, arguments: Arguments) -> str:
    """Return which argument named a column, in words; nothing if none did."""
    name = _argument(column, arguments)
    if name is None:
        return ""
    if name in arguments.left:
        return f"{name}= was left at {column!r}"
    return f"{name}= asks for {column!r}"


def _inside(column: str, arguments: Arguments) -> str | None:
    """Return how a column that a value such as ``Conley(km=100)`` reads by default is named."""
    for name, value in arguments.given.items():
        held = getattr(value, "__dict__", {}) if hasattr(value, "__dataclass_fields__") else {}
        field = next(
            (
                f
                for f, each in held.items()
                if isinstance(each, str) and each == column and f != name
            ),
            None,
        )
        if field is not None:
            return f"{name}={type(value).__name__}(..., {field}='column')"
    return None


def _argument(column: str, arguments: Arguments) -> str | None:
    """Return the argument that names a column; of texts that hold its name, the first."""
    for held in (arguments.given, arguments.left):
        exact = [name for name, value in held.items() if _names(value, column)]
        if exact:
            return exact[0]
    word = re.compile(rf"(?<!\w){re.escape(column)}(?!\w)")
    texts = (name for name, value in arguments.given.items() if _holds(value, word))
    return next(texts, None)


def _names(value: Any, column: str) -> bool:
    if isinstance(value, str):
        return value == column
    return isinstance(value, list | tuple) and any(
        isinstance(each, str) and each == column for each in value
    )


def _holds(value: Any, word: re.Pattern[str]) -> bool:
    """Return whether a formula, a list of effects or a value such as ``Cluster("i")`` names it."""
    if isinstance(value, pd.DataFrame | pd.Series) or hasattr(value, "__array__"):
        return False
    if isinstance(value, str):
        return bool(word.search(value))
    if isinstance(value, list | tuple):
        return any(_holds(each, word) for each in value)
    inside = getattr(value, "__dict__", {}) if hasattr(value, "__dataclass_fields__") else {}
    return any(_holds(each, word) for each in inside.values())
