"""The warning: which labels of a table are totals of others, or equal but for blanks."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from agglometrics.errors import caution
from agglometrics.notation import Array
from agglometrics.tables.cells import Cells
from agglometrics.tables.checks import NAMED, listed
from agglometrics.tables.totals.codes import by_prefix
from agglometrics.tables.totals.parts import Match, Parts

_QUIET: ContextVar[bool] = ContextVar("totals_quiet", default=False)
WORDS = {"total", "totals", "totale", "sum", "all", "gesamt", "insgesamt", "ensemble", "nation"}
WORDS |= {"national", "country", "合计", "总计", "总", "全国", "全部", "全省"}
INVISIBLE = re.compile(r"[\s\u00ad\u200b-\u200f\u2060\ufeff]+")
FOLDS = 16  # figures per label and period of a sparse table that totals are looked for in


@contextmanager
def totals_named_once() -> Iterator[None]:
    """Do not warn of totals inside: the table was already checked as a whole."""
    token = _QUIET.set(True)
    try:
        yield
    finally:
        _QUIET.reset(token)


def warn_totals(values: Array, axes: list[tuple[str, pd.Index, int]]) -> None:
    """Warn, naming them, of labels that are totals of others and of those equal but for blanks.

    values : (T, R, I)    axes : (name of the key, its labels, its axis in `values`)
    """
    if _QUIET.get():
        return
    found = []
    for key, labels, axis in axes:
        found += [f"{key} {text}" for text in _blanks(labels)]
        found += _named_totals(np.moveaxis(values, axis, 0), key, labels)
    _say(found)


def warn_sparse_totals(cells: Cells) -> None:
    """Do the same for cells without a grid; sums are sought in totals by `FOLDS` groups."""
    if _QUIET.get():
        return
    T, R, I = cells.shape  # noqa: E741
    by_region, by_industry = np.zeros((R, T, FOLDS)), np.zeros((I, T, FOLDS))
    np.add.at(by_region, (cells.r, cells.t, cells.i % FOLDS), cells.values)
    np.add.at(by_industry, (cells.i, cells.t, cells.r % FOLDS), cells.values)
    found = []
    for key, labels, X in (
        (cells.region, cells.regions, by_region),
        (cells.industry, cells.industries, by_industry),
    ):
        found += [f"{key} {text}" for text in _blanks(labels)]
        found += _named_totals(X, key, labels)
    _say(found)


def _say(found: list[str]) -> None:
    if found:
        caution(
            f"the table seems to carry its totals: {'; '.join(found)}. Shares of a table with "
            "its totals are wrong: leave these rows out, or choose one level of the codes"
            if any("sum of" in text for text in found)
            else f"{'; '.join(found)}. Give them one label if they are one"
        )


def _blanks(labels: pd.Index) -> list[str]:
    """Return what to say of labels that are equal but for blanks, case or coding of characters."""
    if not (len(labels) and isinstance(labels[0], str)):
        return []
    same: dict[str, list[str]] = {}
    for label in map(str, labels.tolist()):
        same.setdefault(_plain(label), []).append(label)
    groups = [group for _, group in sorted(same.items()) if len(group) > 1]
    named = [f"{listed(group)} differ by {_difference(group)} only" for group in groups[:NAMED]]
    more = len(groups) - len(named)
    return [*named, f"and {more} more such groups"] if more else named


def _plain(label: str) -> str:
    known = label if label.isascii() else unicodedata.normalize("NFKC", label)
    return INVISIBLE.sub("", known).casefold()


def _difference(group: list[str]) -> str:
    blanks = len({"".join(label.split()) for label in group}) == 1
    return "blanks" if blanks else "case, blanks or the coding of characters"


def _named_totals(X: Array, key: str, labels: pd.Index) -> list[str]:
    """Return a sentence for each total among the labels of the first axis of X, (K, T, D)."""
    parts = Parts(X, _said(labels))
    if (parts.size > 0).sum() < 3:
        return []
    named: dict[int, str] = {}
    for k, count, match in parts.of_all():
        others = "all others" if count == 2 else f"the others, {count - 1} times over"
        named.setdefault(k, others + _where(match))
    for k, members in by_prefix(labels, parts.S):
        found = None if k in named or len(members) < 2 else parts.adds_up(k, members)
        if found is not None:
            some = listed(labels[members], 2)
            named[k] = f"{len(members)} others of its code, such as {some}{_where(found)}"
    for k, members, match in parts.groups(np.array(sorted(named), dtype=np.intp)):
        named[k] = f"{len(members)} others, {listed(labels[members], 3)}{_where(match)}"
    return [f"{key} {labels[[k]].tolist()[0]!r} is the sum of {what}" for k, what in named.items()]


def _where(match: Match) -> str:
    """Return in which periods and how many of the figures, if not in all."""
    share = "" if match.share == 1 else f"in {100 * match.share:.3g} percent of the figures"
    if match.every:
        return share and f" {share}"
    there = share and f" ({share} there)"
    return f" in {match.periods.sum()} of {len(match.periods)} periods{there}"


def _said(labels: pd.Index) -> NDArray[np.bool_]:
    """Return which labels hold a word for totals, (K,); most tables have none."""
    numbers = pd.api.types.is_numeric_dtype(labels.dtype)
    together = "" if numbers else "\n".join(str(label).lower() for label in labels.tolist())
    if not any(word in together for word in WORDS):
        return np.zeros(len(labels), dtype=np.bool_)
    return np.array([bool(WORDS & {*_words(label)}) for label in labels])


def _words(label: object) -> list[str]:
    return str(label).lower().replace("_", " ").split()
