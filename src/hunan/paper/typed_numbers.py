"""No typed numerals in a paper's prose: what was computed comes from the registry.

The rule: a numeral stands in prose only inside ``{{key}}``, or as a year (1900-2099), or in a
name that letters begin (CO2) or capitals end (2SLS). Headings, mathematics, code, citations
and references to exhibits are not prose. A number that is part of a definition, and so
computed by nobody, is marked: ``[4]{.fixed}``. Abstracts, captions and notes are prose.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from agglometrics.errors import InputError
from hunan.paper import pandoc

NOT_PROSE = {"Header", "Math", "Code", "CodeBlock", "RawInline", "RawBlock", "Cite", "Image"}
INLINE = {"Str", "Space", "Cite", "Link", "Span", "Emph", "Strong", "Quoted", "Note"}
KEY = re.compile(r"\{\{[^{}]*\}\}")
NUMERAL = re.compile(r"(?<![A-Za-z\d.,])\d+(?:[.,]\d+)*(?![\d]|[A-Z]{2})")
YEAR = re.compile(r"(?:19|20)[0-9]{2}")
AROUND = 24  # characters of context in the message


def check_typed_numbers(text: str) -> None:
    """Raise `InputError` naming every numeral typed in the prose of a Markdown text.

    >>> check_typed_numbers("In 2007 the share was {{share}} percent; CO2 and 2SLS are names.")
    >>> check_typed_numbers("The share was 2.2 percent.")
    Traceback (most recent call last):
    ...
    agglometrics.errors.InputError: numbers are typed in the text: line 1: 2.2 in 'The share was \
2.2 percent.'. Record them and write {{key}}, or mark a definition as [2.2]{.fixed}.
    """
    document = pandoc.read(text)
    abstracts = [value for name, value in document["meta"].items() if "abstract" in name]
    found = [
        (numeral, context)
        for prose in _prose([*abstracts, document["blocks"]])
        for numeral, context in _typed(prose)
    ]
    if found:
        places = [
            f"line {_line(text, numeral, context)}: {numeral} in {context!r}"
            for numeral, context in found
        ]
        raise InputError(
            f"numbers are typed in the text: {'; '.join(places)}. Record them and write "
            f"{{{{key}}}}, or mark a definition as [{found[0][0]}]{{.fixed}}."
        )


def _typed(prose: str) -> Iterator[tuple[str, str]]:
    """Yield each numeral that the rule forbids, with the words around it."""
    for found in NUMERAL.finditer(KEY.sub(lambda key: "\0" * len(key[0]), prose)):
        if not YEAR.fullmatch(found[0]):
            start, end = max(found.start() - AROUND, 0), found.end() + AROUND
            yield found[0], prose[start:end].strip()


def _prose(tree: Any) -> Iterator[str]:
    """Yield the prose of each block."""
    if isinstance(tree, list) and any(_is_inline(item) for item in tree):
        yield _words(tree)
        notes = [node["c"] for node in pandoc.nodes(tree) if node["t"] == "Note"]
        yield from (prose for note in notes for prose in _prose(note))
    elif isinstance(tree, list):
        for item in tree:
            yield from _prose(item)
    elif isinstance(tree, dict) and tree.get("t") not in NOT_PROSE:
        yield from _prose(tree.get("c", []))


def _is_inline(item: Any) -> bool:
    return isinstance(item, dict) and item.get("t") in INLINE


def _words(tree: Any) -> str:
    """Return the words of inline nodes; a place where no prose stands is a space."""
    if isinstance(tree, list):
        return "".join(map(_words, tree))
    if not isinstance(tree, dict) or "t" not in tree:
        return ""
    kind: str = tree["t"]
    content: Any = tree.get("c")
    if kind == "Str":
        return str(content)
    if kind in NOT_PROSE or kind == "Note" or (kind == "Span" and "fixed" in content[0][1]):
        return " "
    return " " if content is None else _words(content)


def _line(text: str, numeral: str, context: str) -> int:
    """Return the line of a numeral: of its words as they stand, else of the numeral itself."""
    before = context.split(numeral)[0].split()[-1:]
    pattern = r"\s+".join(map(re.escape, [*before, numeral]))
    place = re.search(pattern, text) or re.search(re.escape(numeral), text)
    return text.count("\n", 0, place.start() if place else 0) + 1
