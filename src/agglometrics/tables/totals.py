"""Tables that carry their totals: the nation beside its provinces, "all industries" beside each.

Official tables nearly always do, and a total taken for a region or industry poisons every share.
A total gives itself away by arithmetic: in every period, and in every industry (or region), it is
the sum of all others or of a group of them. What is found is named in a warning; nothing is
dropped, since a table may hold such a region by chance.

Three searches, each cheap against the reading of the table:

* the sum of all others (with macro-regions beside the nation, half or a third of all there is);
* code prefixes: 430000 or "43" beside 4301, 4302, ...; the longer codes of one length;
* groups without a code, by linear algebra: with the keys in order of size, a total is that column
  which is a combination, with weights 0 and 1, of smaller ones. That needs more figures a key
  than there are keys, and is left out beyond `MOST` keys.

Small whole numbers add up by chance. Figures of b bits agree by chance with probability 2^-b each,
so a sum is believed from `BITS` bits on (one, if the label says that it is a total), and from as
many more as there are subsets to choose from where no code says which group it is.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from agglometrics.errors import AgglometricsWarning
from agglometrics.notation import Array, Codes
from agglometrics.tables.cells import Cells
from agglometrics.tables.checks import listed
from agglometrics.tables.rounding import ROUNDING

BITS = 6.0
MOST = 150
NODES = 3000  # of the search for groups where figures are fewer than keys
WORDS = {"total", "totals", "totale", "sum", "all", "gesamt", "insgesamt", "ensemble", "nation"}
WORDS |= {"national", "country", "合计", "总计", "总", "全国", "全部", "全省"}
FOLDS = 16  # figures a label and period of a sparse table that totals are looked for in
DIGITS = 6  # decimals in which figures may be rounded
_QUIET: ContextVar[bool] = ContextVar("totals_quiet", default=False)


@contextmanager
def totals_named_once() -> Iterator[None]:
    """Say nothing of totals inside: the table was looked at before, as a whole."""
    token = _QUIET.set(True)
    try:
        yield
    finally:
        _QUIET.reset(token)


def warn_totals(values: Array, axes: list[tuple[str, pd.Index, int]], stacklevel: int) -> None:
    """Warn, naming them, of labels that are totals of others and of those equal but for blanks.

    values : (T, R, I)    axes : (name of the key, its labels, its axis in `values`)
    """
    if _QUIET.get():
        return
    found = []
    for key, labels, axis in axes:
        found += [f"{key} {text}" for text in _blanks(labels)]
        found += _named_totals(np.moveaxis(values, axis, 0), key, labels)
    _say(found, stacklevel + 1)


def _say(found: list[str], stacklevel: int) -> None:
    if found:
        warnings.warn(
            f"the table seems to carry its totals: {'; '.join(found)}. Shares of a table with "
            "its totals are wrong: leave these rows out, or choose one level of the codes"
            if any("sum of" in text for text in found)
            else f"{'; '.join(found)}. Strip the blanks if these are one",
            AgglometricsWarning,
            stacklevel=stacklevel + 1,
        )


def warn_sparse_totals(cells: Cells, stacklevel: int) -> None:
    """Do the same for cells without a grid; a sum is looked for in the totals by `FOLDS` groups."""
    if _QUIET.get():
        return
    T, R, I = cells.shape  # noqa: E741
    by_region, by_industry = np.zeros((R, T * FOLDS)), np.zeros((I, T * FOLDS))
    np.add.at(by_region, (cells.r, cells.t * FOLDS + cells.i % FOLDS), cells.values)
    np.add.at(by_industry, (cells.i, cells.t * FOLDS + cells.r % FOLDS), cells.values)
    found = []
    for key, labels, X in (
        (cells.region, cells.regions, by_region),
        (cells.industry, cells.industries, by_industry),
    ):
        found += [f"{key} {text}" for text in _blanks(labels)]
        found += _named_totals(X, key, labels)
    _say(found, stacklevel + 1)


def _blanks(labels: pd.Index) -> Iterator[str]:
    """Yield groups of labels that are equal but for blanks."""
    if not (len(labels) and isinstance(labels[0], str)):
        return
    same: dict[str, list[object]] = {}
    for label in labels.tolist():
        same.setdefault("".join(str(label).split()), []).append(label)
    for _, group in sorted(same.items()):
        if len(group) > 1:
            yield f"{listed(group)} differ by blanks only"


def _named_totals(X: Array, key: str, labels: pd.Index) -> list[str]:
    """Return what to say about the totals among the labels of the first axis of X."""
    size = X.sum(axis=tuple(range(1, X.ndim)))
    if (size > 0).sum() < 3:
        return []
    parts = Parts(X, size, np.array([bool(WORDS & {*_words(label)}) for label in labels]))
    named: dict[int, str] = {}
    for k, count in parts.of_all():
        named[k] = "all others" if count == 2 else f"the others, {count - 1} times over"
    for k, members in _by_prefix(labels):
        if k not in named and len(members) > 1 and parts.adds_up(k, members):
            named[k] = f"{len(members)} others of its code, such as {listed(labels[members], 2)}"
    for k, members in parts.groups(np.array(sorted(named), dtype=np.intp)):
        named[k] = f"{len(members)} others, {listed(labels[members], 3)}"
    return [f"{key} {labels[[k]].tolist()[0]!r} is the sum of {what}" for k, what in named.items()]


def _words(label: object) -> list[str]:
    return str(label).lower().replace("_", " ").split()


class Parts:
    """The figures of the labels of one axis, and whether one is the sum of others.

    X : (K, ...) figures, not negative    size : (K,) their sums
    said : (K,) whether the label says that it is a total
    """

    def __init__(self, X: Array, size: Array, said: NDArray[np.bool_]) -> None:
        self.X, self.size, self.said, self._step = X, size, said, -1.0

    @property
    def step(self) -> float:
        """The unit in which all figures are whole numbers; 0 if there is none."""
        if self._step < 0:
            some = self.X.reshape(-1)[:: max(1, self.X.size // 5000)]
            some = some[some > 0]
            self._step = 0.0
            for digits in range(-3, DIGITS + 1):
                scaled = some * 10.0**digits
                if (np.abs(scaled - np.rint(scaled)) <= 1e-9 * np.maximum(scaled, 1)).all():
                    self._step = 10.0**-digits
                    break
        return self._step

    def of_all(self) -> Iterator[tuple[int, int]]:
        """Yield (k, m) where the whole table is m times label k: k is the sum of all others.

        With m - 1 levels beside it, each of them adds up to k.
        """
        whole, active = self.size.sum(), int((self.size > 0).sum())
        for m in (2, 3, 4):
            for k in np.flatnonzero(np.abs(m * self.size - whole) <= 0.02 * whole):
                others = (self.X.sum(axis=0) - self.X[k]) / (m - 1)
                if active > 2 * (m - 1) and self._believed(int(k), others, active, BITS):
                    yield int(k), m

    def adds_up(self, k: int, members: Codes, bits: float = BITS) -> bool:
        """Say whether label k is the sum of `members`, in figures of so many bits at least."""
        active = members[self.size[members] > 0]
        if len(active) < 2 or abs(self.size[k] - self.size[active].sum()) > 0.02 * self.size[k]:
            return False
        return self._believed(k, self.X[active].sum(axis=0), len(active), bits)

    def _believed(self, k: int, parts: Array, n: int, bits: float) -> bool:
        """Say whether label k is the sum of n parts within rounding, and not by chance."""
        total = self.X[k]
        gap = np.abs(total - parts)
        slack = 0.0 if (gap <= ROUNDING * total).all() else self.step * (n + 1) / 2
        if (gap > np.maximum(slack, ROUNDING * total)).any():
            return False
        resolution = max(self.step, ROUNDING * float(total.max())) + 2 * slack
        known = float(np.log2(1 + total / resolution).sum())
        return known >= (1.0 if self.said[k] else bits)

    def groups(self, known: Codes) -> Iterator[tuple[int, Codes]]:
        """Yield (k, members) for labels that are a sum of smaller ones without a code for it."""
        keys = np.flatnonzero(self.size > 0)
        keys = keys[~np.isin(keys, known)]
        keys = keys[np.argsort(self.size[keys], kind="stable")]
        if not 3 <= len(keys) <= MOST:
            return
        figures = self.X.reshape(len(self.X), -1)[keys]
        search = _combinations if figures.shape[1] > len(keys) else _subsets
        for place, members in search(figures):
            if self.adds_up(int(keys[place]), keys[members], BITS + len(keys)):
                yield int(keys[place]), keys[members]


def _combinations(figures: Array) -> Iterator[tuple[int, Codes]]:
    """Yield the rows that may be sums of smaller ones, with these: by linear algebra.

    figures : (K, D) rows in order of size, D > K
    """
    A = _folded(figures, 3 * len(figures))
    A = A / np.maximum(A.max(axis=0), np.finfo(float).tiny)  # each figure counts alike
    basis: list[int] = []
    Q = np.zeros((0, A.shape[1]))
    for place, row in enumerate(A):
        rest = row - (Q @ row) @ Q
        rest -= (Q @ rest) @ Q
        norm = float(np.linalg.norm(rest))
        if norm <= 1e-3 * float(np.linalg.norm(row)) and len(basis) > 1:
            weights = np.linalg.lstsq(A[basis].T, row, rcond=None)[0]
            if (np.abs(weights - np.rint(weights)) < 0.05).all():
                yield place, np.array(basis)[weights > 0.5]
                continue
        if norm > 1e-12 * float(np.linalg.norm(row)):
            basis.append(place)
            Q = np.vstack([Q, rest / norm])


def _subsets(figures: Array) -> Iterator[tuple[int, Codes]]:
    """Yield the rows that are sums of smaller ones, with these: by search, at most `NODES` steps.

    figures : (K, D) rows in order of size, D > 1
    """
    left = [NODES]
    for place in range(len(figures) - 1, 1, -1):
        parts = figures[:place][::-1]
        beyond = np.vstack([np.cumsum(parts[::-1], axis=0)[::-1], np.zeros(parts.shape[1])])
        slack = ROUNDING * figures[place]
        members = _subset(parts, beyond, figures[place], slack, 0, left)
        if members is not None and figures.shape[1] > 1:
            yield place, place - 1 - np.array(members, dtype=np.intp)


def _subset(
    parts: Array, beyond: Array, rest: Array, slack: Array, start: int, left: list[int]
) -> list[int] | None:
    """Return the places of parts, from `start` on, that add up to `rest`; None if not found."""
    left[0] -= 1
    if (np.abs(rest) <= slack).all():
        return []
    if left[0] <= 0 or start == len(parts) or (beyond[start] + slack < rest).any():
        return None
    taken = rest - parts[start]
    if (taken >= -slack).all():
        found = _subset(parts, beyond, taken, slack, start + 1, left)
        if found is not None:
            return [start, *found]
    return _subset(parts, beyond, rest, slack, start + 1, left)


def _folded(figures: Array, columns: int) -> Array:
    """Return figures (K, D) as sums over at most `columns` groups of columns: sums stay sums."""
    K, D = figures.shape
    if columns >= D:
        return figures
    padded = np.zeros((K, -(-D // columns) * columns))
    padded[:, :D] = figures
    return np.asarray(padded.reshape(K, -1, columns).sum(axis=1))


def _by_prefix(labels: pd.Index) -> Iterator[tuple[int, Codes]]:
    """Yield each code that begins others with these, the next longer ones of one length.

    Zeros at the end of a code mean its level (430000 is 43), in steps of two digits if all codes
    have one even length.
    """
    text = pd.Series([str(label) for label in labels], dtype=object)
    if not text.str.fullmatch(r"[0-9A-Za-z.]*[0-9][0-9A-Za-z.]*|[A-Z]").all():
        return
    stems = _stems(text)
    at = {stem: k for k, stem in reversed(list(enumerate(stems)))}
    children: dict[int, dict[int, list[int]]] = {}
    for k, stem in enumerate(stems):
        for length in range(len(stem)):
            parent = at.get(stem[:length])
            if parent is not None and parent != k:
                children.setdefault(parent, {}).setdefault(len(stem), []).append(k)
    for parent, levels in children.items():
        for _, members in sorted(levels.items()):
            yield parent, np.array(members, dtype=np.intp)


def _stems(text: pd.Series[str]) -> list[str]:
    """Return codes without the zeros that only fill them up."""
    lengths = text.str.len()
    if lengths.nunique() > 1 or int(lengths.iloc[0]) < 3 or not text.str.isdigit().all():
        return text.tolist()
    step = 2 if int(lengths.iloc[0]) % 2 == 0 else 1
    bare = text.str.rstrip("0")
    return [code[: -(-len(stem) // step) * step] for code, stem in zip(text, bare, strict=True)]
