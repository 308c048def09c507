"""One table of several estimates: terms in rows, models in columns."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from agglometrics.errors import InputError
from agglometrics.labels import Labels, Lang, as_labels, require_language
from agglometrics.report.columns.column import Column
from agglometrics.report.columns.from_estimates import Estimated
from agglometrics.report.columns.registry import columns_of
from agglometrics.report.columns.rows import aligned, effect_rows, fact_names, fact_rows, term_rows
from agglometrics.report.columns.terms import term_text
from agglometrics.report.columns.wording import parentheses_note
from agglometrics.report.printed import Table
from agglometrics.report.sheet import Align
from agglometrics.report.statistics import USUAL
from agglometrics.tables import listed
from agglometrics.tables.arguments import checked

__all__ = ["Estimated", "Stars", "compare"]


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
    *estimates: object,
    names: Sequence[str] | None = None,
    fmt: str = ".3f",
    stars: Stars | None = None,
    terms: Sequence[str] | None = None,
    effects: Sequence[str] | None = None,
    statistics: Sequence[str] | None = None,
    lang: Lang = "en",
    labels: Labels | Mapping[str, str] | None = None,
) -> Table:
    """Return estimates side by side, as journals print them.

    Standard errors are in parentheses below the coefficients; then a Yes or No for each effect
    that a model absorbs, the covariance, observations, R squared and the first-stage F.

    Parameters
    ----------
    estimates : estimates of this package, fits of pyfixest, linearmodels and statsmodels, and
        whatever has ``tidy()`` and ``glance()``; one by one, as one list, or the dictionary that
        `panels` returns. A multiple estimation of pyfixest gives a column for each model
    names : heading of each model; default ``(1)``, ``(2)``, ..., or the keys of a dictionary
    fmt : format of coefficients, standard errors and statistics
    stars : `Stars` to mark p-values with; none are printed unless asked for
    terms : which terms, in order; default all, in the order in which they appear
    effects : which effects, in order; default all; ``[]`` for none
    statistics : which facts, in order: columns of ``glance()`` and ``first_stage_f``. Default:
        outcome, method where models differ in it, covariance, ``n_obs``, R squared (within,
        pseudo), ``first_stage_f``, ``n_instruments``, tests of a dynamic panel, units of an
        event study, each where a model has it
    lang, labels : language, and labels of terms, effects, outcomes and statistics: `Labels` or a
        dictionary. A term without a label is printed in words: ``C(year)[T.2001]`` is
        "year = 2001", ``x:z`` is "x × z"

    Raises
    ------
    InputError
        Without estimates, for what is none, with a wrong number of names, or for unknown terms,
        effects or statistics.

    Examples
    --------
    >>> import pandas as pd
    >>> from agglometrics import Homoskedastic, compare, panel
    >>> data = pd.DataFrame({"firm": [1, 1, 1, 2, 2, 2], "x": [1.0, 2, 4, 2, 5, 9],
    ...                      "y": [3.0, 5, 8, 9, 16, 23]})
    >>> pooled = panel("y ~ x", data, cov=Homoskedastic())
    >>> within = panel("y ~ x", data, absorb=["firm"], cov=Homoskedastic())
    >>> print(compare(pooled, within, fmt=".2f", terms=["x"], statistics=["n_obs", "r2"]))
    |              |  (1)   |  (2)   |
    |:-------------|:------:|:------:|
    | x            |  2.44  |  1.93  |
    |              | (0.39) | (0.12) |
    | firm effects |   No   |  Yes   |
    | Observations |   6    |   6    |
    | R-squared    |  0.91  |  1.00  |
    <BLANKLINE>
    Standard errors in parentheses.
    <BLANKLINE>
    """
    _require_stars(stars)
    require_language(lang)
    columns, keys = _columns(estimates)
    heads, known = _heads(names, keys), as_labels(labels)
    marks = stars or Stars(())
    _chosen("terms", terms, [column.coefficients.index for column in columns])
    shown = aligned(columns, terms)
    absorbed = _chosen("effects", effects, [column.effects for column in columns])
    above, below = _facts(statistics, columns)
    rows: list[tuple[str, ...]] = []
    for words, term in shown.items():
        rows += term_rows(words, term_text(term, lang, known), columns, fmt, marks)
    rows += [row for name in above for row in fact_rows(name, columns, fmt, lang, known)]
    rows += effect_rows(absorbed, columns, lang, known)
    rows += [row for name in below for row in fact_rows(name, columns, fmt, lang, known)]
    centred: list[Align] = ["center"] * len(columns)
    notes = (parentheses_note(lang), *([] if stars is None else [str(stars)]))
    return Table(
        ("", *heads), tuple(rows), ("left", *centred), rules=(2 * len(shown),), notes=notes
    )


def _columns(estimates: Sequence[object]) -> tuple[list[Column], list[str]]:
    """Return the columns of all estimates and their headings; they may come in one container."""
    keys: list[str] = []
    if len(estimates) == 1 and isinstance(estimates[0], Mapping):
        keys = [str(key) for key in estimates[0]]
        estimates = list(estimates[0].values())
    elif len(estimates) == 1 and isinstance(estimates[0], list | tuple):
        estimates = estimates[0]
    if not estimates:
        raise InputError("compare needs at least one estimate: compare(fit).")
    found = [columns_of(fit) for fit in estimates]
    if any(columns is None for columns in found):
        kinds = [type(fit).__name__ for fit in estimates]
        raise InputError(
            "compare takes estimates, such as compare(fit) with fit = iv(...), fits of pyfixest, "
            "linearmodels and statsmodels, and what has tidy() and glance(); found "
            f"{listed(kinds)}. A frame prints with to_markdown."
        )
    columns = [column for part in found for column in part or []]
    return columns, keys or [f"({n})" for n in range(1, len(columns) + 1)]


def _heads(names: Sequence[str] | None, default: list[str]) -> list[str]:
    if names is not None and len(names) != len(default):
        raise InputError(
            f"names must be {len(default)}, one for each model; found {len(names)}. "
            "Pass one name for each estimate."
        )
    return default if names is None else list(names)


def _require_stars(stars: object) -> None:
    if stars is not None and not isinstance(stars, Stars):
        raise InputError(
            f"stars must be Stars(...), such as Stars((0.1, 0.05)); found {stars!r}. "
            "Pass such an object, or None for no stars."
        )


def _facts(asked: Sequence[str] | None, columns: Sequence[Column]) -> tuple[list[str], list[str]]:
    """Return the facts that are printed above the effects and those below."""
    there = fact_names(columns)
    if asked is not None:
        return [], _chosen("statistics", asked, [there])
    usual = [name for name in USUAL if name in there]
    if len({str(column.facts.get("method")) for column in columns}) == 1:
        usual = [name for name in usual if name != "method"]
    above = [name for name in usual if name in ("outcome", "method")]
    return above, [name for name in usual if name not in above]


def _chosen(what: str, asked: Sequence[str] | None, found: Sequence[Iterable[object]]) -> list[str]:
    known = list(dict.fromkeys(str(name) for names in found for name in names))
    unknown = [name for name in asked or [] if name not in known]
    if unknown and not known:
        raise InputError(f"{what} {unknown} are in no estimate; there are none. Leave {what}= out.")
    if unknown:
        raise InputError(
            f"{what} {unknown} are in no estimate; there are {listed(known, 20)}. "
            "Choose among these."
        )
    return known if asked is None else list(asked)
