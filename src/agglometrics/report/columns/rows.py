"""Rows of a regression table: terms, effects, facts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from agglometrics.labels import PLAIN, Labels, Lang
from agglometrics.models.formulas import CONSTANT
from agglometrics.report.columns.column import Column
from agglometrics.report.columns.terms import term_text
from agglometrics.report.columns.wording import WORDS
from agglometrics.report.printed import format_value
from agglometrics.report.statistics import STATISTICS

Row = tuple[str, ...]
FIRST = "first_stage_f"


def aligned(columns: Sequence[Column], asked: Sequence[str] | None) -> dict[str, str]:
    """Return the terms to print, by the words that align them across models.

    ``C(year)[T.2001]`` and ``year::2001`` are one row: its name is the first one met, or the one
    that was asked for.
    """
    found = (
        asked
        if asked is not None
        else (term for column in columns for term in column.coefficients.index)
    )
    terms: dict[str, str] = {}
    for term in found:
        terms.setdefault(words_of(term), term)
    if asked is None and CONSTANT in terms.values():  # journals print it last
        words = words_of(CONSTANT)
        terms[words] = terms.pop(words)
    return terms


def words_of(term: str) -> str:
    """Return a term in words, without labels."""
    return term_text(term, "en", PLAIN)


def term_rows(
    words: str,
    label: str,
    columns: Sequence[Column],
    fmt: str,
    stars: Callable[[float], str],
) -> tuple[Row, Row]:
    """Return the coefficients of a term and, below, its standard errors in parentheses."""
    upper, lower = [label], [""]
    for column in columns:
        at = [words_of(term) == words for term in column.coefficients.index]
        if not any(at):
            upper, lower = [*upper, ""], [*lower, ""]
            continue
        row: Any = column.coefficients.loc[at].iloc[0]
        upper.append(format_value(row["estimate"], fmt) + stars(row["p_value"]))
        lower.append(f"({format_value(row['std_error'], fmt)})")
    return tuple(upper), tuple(lower)


def effect_rows(
    effects: Sequence[str], columns: Sequence[Column], lang: Lang, labels: Labels
) -> list[Row]:
    """Return a row per effect: Yes where a model absorbs it, No where it does not."""
    said = {True: WORDS.text("yes", lang), False: WORDS.text("no", lang)}
    return [
        (
            WORDS.text("effects", lang).format(term_text(effect, lang, labels)),
            *(said[effect in column.effects] for column in columns),
        )
        for effect in effects
    ]


def fact_rows(
    name: str, columns: Sequence[Column], fmt: str, lang: Lang, labels: Labels
) -> list[Row]:
    """Return the row of a fact, or the rows of first-stage F where a model has several."""
    label = STATISTICS.joined(labels).text(name, lang)
    if name != FIRST:
        facts = [column.facts.get(name, "") for column in columns]
        if name == "outcome":
            facts = [term_text(str(fact), lang, labels) for fact in facts]
        return [(label, *(_printed(fact, fmt) for fact in facts))]
    if all(len(column.first_stage_f) <= 1 for column in columns):
        values = [next(iter(column.first_stage_f.values()), "") for column in columns]
        return [(label, *(_printed(value, fmt) for value in values))]
    terms = dict.fromkeys(term for column in columns for term in column.first_stage_f)
    return [
        (
            WORDS.text("of", lang).format(label, term_text(term, lang, labels)),
            *(_printed(column.first_stage_f.get(term, ""), fmt) for column in columns),
        )
        for term in terms
    ]


def fact_names(columns: Sequence[Column]) -> list[str]:
    """Return the names of the facts that some model states, in order of appearance."""
    first = [FIRST] if any(column.first_stage_f for column in columns) else []
    return [*dict.fromkeys(str(name) for column in columns for name in column.facts), *first]


def _printed(value: Any, fmt: str) -> str:
    """Return a fact as printed: whole numbers whole, with separators."""
    if isinstance(value, float | np.floating) and float(value).is_integer():
        value = int(value)
    whole = isinstance(value, int | np.integer) and not isinstance(value, bool)
    return format_value(value, ",d" if whole else fmt)
