"""The printed summary of an estimate, in plain text."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd


def confidence(tidy: pd.DataFrame) -> pd.DataFrame:
    """Return the columns term, conf_low and conf_high of what ``tidy()`` returns."""
    return tidy[["term", "conf_low", "conf_high"]].copy()


def summary_text(
    head: Mapping[str, str],
    tidy: pd.DataFrame,
    level: float,
    facts: Mapping[str, Any],
    notes: tuple[str, ...],
) -> str:
    """Return the text: what is estimated and how, the coefficients, further numbers, notes.

    head : lines above the table    tidy : one row per term    facts : numbers below the table
    """
    width = max(len(name) for name in head)
    lines = [f"{name:<{width}}  {value}" for name, value in head.items()]
    table = _table(tidy, level)
    rule = "-" * max(map(len, [*table, *lines]))
    parts = [*lines, rule, table[0], rule, *table[1:], rule, *_numbers(facts)]
    return "\n".join([*parts, *(f"Note: {note}" for note in notes)]) + "\n"


def _table(tidy: pd.DataFrame, level: float) -> list[str]:
    """Return the lines of the coefficient table, its headings first."""
    percent = f"{100 * level:g}%"
    names = {
        "estimate": "Estimate",
        "std_error": "Std. error",
        "statistic": "Statistic",
        "p_value": "p-value",
        "conf_low": f"{percent} low",
        "conf_high": f"{percent} high",
    }
    cells = {"": ["", *map(str, tidy["term"])]}
    for column, heading in names.items():
        show = _p_value if column == "p_value" else _number
        cells[column] = [heading, *(show(value) for value in tidy[column])]
    widths = [max(map(len, column)) for column in cells.values()]
    return [
        "  ".join(
            cell.ljust(width) if k == 0 else cell.rjust(width)
            for k, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        for row in zip(*cells.values(), strict=True)
    ]


def _numbers(facts: Mapping[str, Any]) -> list[str]:
    """Return the further numbers, each on a line of its own."""
    width = max(map(len, facts), default=0)
    return [f"{name:<{width}}  {_number(value)}" for name, value in facts.items()]


def _number(value: Any) -> str:
    if isinstance(value, str):
        return value
    return f"{value:,.0f}" if float(value).is_integer() else f"{value:.5g}"


def _p_value(value: float) -> str:
    return "< 0.0001" if value < 1e-4 else f"{value:.4f}"
