"""One table of several estimates: terms in rows, models in columns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol, runtime_checkable

import numpy as np
import pandas as pd

from agglometrics.errors import InputError
from agglometrics.labels import PLAIN, Labels, Lang
from agglometrics.report.printed import Table, format_value
from agglometrics.report.sheet import Align
from agglometrics.report.statistics import STATISTICS
from agglometrics.tables import listed
from agglometrics.tables.arguments import checked


@runtime_checkable
class Estimated(Protocol):
    """What `compare` asks of an estimate: one row per term, and one row about the whole."""

    def tidy(self, level: float = 0.95) -> pd.DataFrame:
        """Return one row per term, with ``term``, ``estimate``, ``std_error``, ``p_value``."""

    def glance(self) -> pd.DataFrame:
        """Return one row about the whole estimate."""


@checked
@dataclass(frozen=True)
class Stars:
    """Stars for p-values below each of some levels, the most demanding last.

    Attributes
    ----------
    levels : descending, for example ``(0.1, 0.05, 0.01)``
    """

    levels: tuple[float, ...] = (0.1, 0.05, 0.01)

    def __call__(self, p_value: float) -> str:
        """Return the stars of a p-value."""
        return "*" * sum(p_value < level for level in self.levels)

    def __str__(self) -> str:
        marks = [f"{'*' * n} p < {level:g}" for n, level in enumerate(self.levels, 1)]
        return ", ".join(marks)


@checked
def compare(
    *estimates: Estimated | Sequence[Estimated],
    names: Sequence[str] | None = None,
    fmt: str = ".3f",
    stars: Stars | None = None,
    terms: Sequence[str] | None = None,
    statistics: Sequence[str] | None = None,
    lang: Lang = "en",
    labels: Labels | None = None,
) -> Table:
    """Return estimates side by side, standard errors in parentheses below, facts at the bottom.

    Parameters
    ----------
    estimates : whatever has ``tidy()`` and ``glance()``, one by one or as one list
    names : heading of each model; default ``(1)``, ``(2)``, ...
    fmt : format of coefficients, standard errors and statistics
    stars : `Stars` to mark p-values with; none are printed unless asked for
    terms : which terms, in order; default all, in the order in which they appear
    statistics : which columns of ``glance()``, in order; default all
    lang, labels : language, and labels of terms and statistics; terms are printed as they stand
        unless labels are passed in

    Raises
    ------
    InputError
        Without estimates, for what is none, with a wrong number of names, or for unknown terms or
        statistics.

    Examples
    --------
    >>> import numpy as np
    >>> from agglometrics.inference.estimates import Covariance, Estimates
    >>> fit = Estimates(("x",), np.array([-0.5]), Covariance(np.array([[0.04]]), "robust"),
    ...                 "y", "OLS", 1722)
    >>> print(compare(fit, names=["OLS"], fmt=".2f", statistics=["n_obs"]))
    |              |  OLS   |
    |:-------------|:------:|
    | x            | −0.50  |
    |              | (0.20) |
    | Observations | 1,722  |
    <BLANKLINE>
    """
    _require_stars(stars)
    fits, labels = _fits(estimates), PLAIN if labels is None else labels
    heads = [f"({n})" for n in range(1, len(fits) + 1)] if names is None else list(names)
    if len(heads) != len(fits):
        raise InputError(
            f"names must be {len(fits)}, one a model; found {len(heads)}. "
            "Pass one name for each estimate."
        )
    tidies = [fit.tidy().set_index("term") for fit in fits]
    facts = [fit.glance().iloc[0] for fit in fits]
    shown = _chosen("terms", terms, [tidy.index for tidy in tidies])
    below = _chosen("statistics", statistics, [fact.index for fact in facts])
    rows = [
        row
        for term in shown
        for row in _term_rows(labels.text(term, lang), term, tidies, fmt, stars)
    ]
    known = STATISTICS.joined(labels)
    rows += [_fact_row(known.text(name, lang), name, facts, fmt) for name in below]
    centred: list[Align] = ["center"] * len(fits)
    notes = () if stars is None else (str(stars),)
    return Table(
        ("", *heads), tuple(rows), ("left", *centred), rules=(2 * len(shown),), notes=notes
    )


def _fits(estimates: Sequence[object]) -> list[Estimated]:
    """Return the estimates, taken out of the list if they came in one."""
    if len(estimates) == 1 and isinstance(estimates[0], list | tuple):
        estimates = estimates[0]
    if not estimates:
        raise InputError("compare needs at least one estimate: compare(fit).")
    fits = [fit for fit in estimates if isinstance(fit, Estimated) and not isinstance(fit, type)]
    if len(fits) < len(estimates):
        found = [type(fit).__name__ for fit in estimates]
        raise InputError(
            "compare takes estimates, such as compare(fit) with fit = iv(...), and prints those "
            f"with tidy() and glance(); found {listed(found)}. A frame prints with to_markdown."
        )
    return fits


def _require_stars(stars: object) -> None:
    if stars is not None and not isinstance(stars, Stars):
        raise InputError(
            f"stars must be Stars(...), such as Stars((0.1, 0.05)); found {stars!r}. "
            "Pass such an object, or None for no stars."
        )


def _chosen(what: str, asked: Sequence[str] | None, found: list[pd.Index]) -> list[str]:
    known = list(dict.fromkeys(str(name) for index in found for name in index))
    unknown = [name for name in asked or [] if name not in known]
    if unknown:
        raise InputError(
            f"{what} {unknown} are in no estimate; there are {listed(known, 20)}. "
            "Choose among these."
        )
    return known if asked is None else list(asked)


def _term_rows(
    label: str, term: str, tidies: list[pd.DataFrame], fmt: str, stars: Stars | None
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    upper, lower = [label], [""]
    for tidy in tidies:
        if term not in tidy.index:
            upper, lower = [*upper, ""], [*lower, ""]
            continue
        row: Any = tidy.loc[term]
        mark = "" if stars is None else stars(row["p_value"])
        upper.append(format_value(row["estimate"], fmt) + mark)
        lower.append(f"({format_value(row['std_error'], fmt)})")
    return tuple(upper), tuple(lower)


def _fact_row(label: str, name: str, facts: list[pd.Series], fmt: str) -> tuple[str, ...]:
    return (label, *(_fact(fact[name], fmt) if name in fact.index else "" for fact in facts))


def _fact(value: Any, fmt: str) -> str:
    """Return a statistic as printed: whole numbers whole, with separators."""
    if isinstance(value, float | np.floating) and float(value).is_integer():
        value = int(value)
    whole = isinstance(value, int | np.integer)
    return format_value(value, ",d" if whole else fmt)
