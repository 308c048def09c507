"""What a regression table prints for a term, which formulas write as code."""

from __future__ import annotations

import re
from collections.abc import Callable
from types import MappingProxyType

from agglometrics.labels import Label, Labels, Lang
from agglometrics.models.formulas import CONSTANT

TERMS = Labels(MappingProxyType({CONSTANT: Label("Constant", "常数项")}))

# C(year)[T.2001] of formulaic and patsy, year[T.2001]; a threshold's x[low] is none of these
CATEGORY = re.compile(r"(?:C\((?P<called>[^,()]+)(?:,.*)?\)|(?P<plain>[^\[\]()]+(?=\[T\.)))"
                      r"\[(?:T\.)?(?P<value>[^\[\]]*)\]")  # fmt: skip
DUMMY = re.compile(r"(?P<plain>[^:\[\]()]+)::(?P<value>[^:]+)")  # year::2001 of pyfixest
EVENT = re.compile(r"i\((?P<event>[^,()]+)(?:,\s*(?P<by>(?!ref\b)[^,()=]+))?(?:,[^()]*)?\)"
                   r"\[(?P<value>[^\[\]]*)\]")  # fmt: skip


def term_text(term: str, lang: Lang, labels: Labels) -> str:
    """Return what to print for a term: its label, or its parts in words.

    >>> from agglometrics.labels import PLAIN
    >>> [term_text(t, "en", PLAIN) for t in ("Intercept", "C(year)[T.2001]:log(x)", "`R&D`")]
    ['Constant', 'year = 2001 × log(x)', 'R&D']
    """
    known = TERMS.joined(labels)
    if term in known.names:
        return known.text(term, lang)

    def name(text: str) -> str:
        return known.text(text.strip().strip("`"), lang)

    return " × ".join(_factor(part, name) for part in _factors(term))


def _factors(term: str) -> list[str]:
    """Return the factors of an interaction: parts between single colons outside brackets."""
    parts, depth, last = [""], 0, len(term) - 1
    quoted = False
    for at, sign in enumerate(term):
        quoted ^= sign == "`"
        depth += (sign in "([") - (sign in ")]")
        double = term[at - 1 : at] == ":" or (at < last and term[at + 1] == ":")
        if sign == ":" and not (depth or double or quoted):
            parts.append("")
        else:
            parts[-1] += sign
    return parts


def _factor(part: str, name: Callable[[str], str]) -> str:
    """Return one factor in words, its names by `name`."""
    if found := EVENT.fullmatch(part):
        text = f"{name(found['event'])} = {found['value']}"
        return f"{text} × {name(found['by'])}" if found["by"] else text
    if found := CATEGORY.fullmatch(part):
        return f"{name(found['called'] or found['plain'])} = {found['value']}"
    if found := DUMMY.fullmatch(part):
        return f"{name(found['plain'])} = {found['value']}"
    return name(part)
