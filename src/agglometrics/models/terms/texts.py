"""The text of a formula before it is read: two sides, quoted names, lone powers."""

from __future__ import annotations

import re

from agglometrics.errors import InputError
from agglometrics.models.terms import habits

QUOTED = re.compile(r"`[^`]*`")


CALL = re.compile(r"[A-Za-z_][A-Za-z_0-9.]*\s*\([^()]*\)")


POWER = re.compile(
    r"(?:\((?P<group>[^()]*)\)|[A-Za-z_][A-Za-z_0-9.]*)\s*(?:\*\*|\^)\s*\d+(?:\.\d+)?"
)


OVER = re.compile(r"(?<![\w.)])\d+(?:\.\d+)?\s*/\s*[A-Za-z_(]")


TWICE = re.compile(r"(?<![\w.:*])([A-Za-z_][\w.]*)\s*[:*]\s*\1(?![\w.(:*])")


MINUS = re.compile(r"(?<!\de)(?<!\dE)-")


ONE = "1\u2060"  # stands for a column named 1, which formulaic reads as the constant


def check_formula(formula: str) -> None:
    """Raise `InputError` if `formula` has not two sides, effects after a bar, or a lone power."""
    if isinstance(formula, str) and "|" in bare(formula):
        habits.refuse_bars(formula)
    if not isinstance(formula, str) or bare(formula).count("~") != 1:
        raise InputError(
            f"formula must read 'outcome ~ terms', with one '~'; found {formula!r}. "
            f"{_one_tilde(formula)}"
        )
    for side, text in zip(("left", "right"), bare(formula).split("~"), strict=True):
        if not text.strip():
            raise InputError(
                f"formula {formula!r} has an empty {side} side. Name the outcome and at least one "
                "term, for example 'y ~ x' ('y ~ 1' for the constant alone)."
            )
    _refuse_quotient(formula)
    _refuse_itself(formula)
    _refuse_minus(formula)
    power = lone_power(formula)
    if power:
        raise InputError(
            f"{power!r} in formula {formula!r} means the interactions of one term with itself, "
            f"which is the term alone. Write I({power.replace('^', '**')}) for that power of it."
        )


def _refuse_quotient(formula: str) -> None:
    """Raise `InputError` for ``1/x``, which formulas read as x within the constant: x alone."""
    found = OVER.search(without_calls(formula))
    if found:
        raise InputError(
            f"{formula[found.start() :].split('+')[0].strip()!r} in formula {formula!r} is no "
            "division: '/' nests one term in another, so that the number is lost. Write "
            "I(1 / x) for a quotient."
        )


def _refuse_itself(formula: str) -> None:
    """Raise `InputError` for ``x:x`` and ``x*x``, which formulas read as x alone."""
    found = TWICE.search(without_calls(formula))
    if found and set(found[1]) - {"q", "f"}:  # letters that stand for quoted names and calls
        raise InputError(
            f"{found[0]!r} in formula {formula!r} is an interaction of a term with itself, which "
            f"is the term alone. Write I({found[1]}**2) for its square."
        )


def _refuse_minus(formula: str) -> None:
    """Raise `InputError` for a minus that takes nothing away: ``x - z`` is read as x alone.

    In a formula '-' removes a term that stands before it, ``a*b - a:b``, or the constant.
    """
    if "-" not in formula:
        return
    text = without_calls(formula)
    for at in (found.start() for found in MINUS.finditer(text)):
        if "~" in text[at:]:
            outcome, taken = formula[:at].strip(), formula[at:].partition("~")[0].strip()
            raise InputError(
                f"{taken!r} left of '~' in formula {formula!r} is no difference: '-' takes terms "
                f"away, so that the outcome would be {outcome!r} alone. Write "
                f"'I({outcome} {taken}) ~ ...'."
            )
        start, end = _operands(text, at)
        before, taken = formula[start:at].strip(), formula[at + 1 : end].strip()
        if taken not in ("0", "1") and not _terms(taken) <= _terms(before):
            meant = f"{before} - {taken}" if before else f"-{taken}"
            raise InputError(
                f"'- {taken}' in formula {formula!r} takes a term away that does not stand before "
                f"it, so that nothing of {taken!r} is left. Write I({meant}) for the number, or "
                "leave it out."
            )


def _operands(text: str, at: int) -> tuple[int, int]:
    """Return where the sum before the minus at `at` begins, and where what it takes away ends."""
    depth, start = 0, at
    while start and (depth or text[start - 1] not in "(~"):
        start -= 1
        depth += (text[start] == ")") - (text[start] == "(")
    depth, end = 0, at + 1
    while end < len(text) and (depth or text[end] not in "+-)"):
        depth += (text[end] == "(") - (text[end] == ")")
        end += 1
    return start, end


def _terms(part: str) -> set[str]:
    """Return the terms of a sum, none if it is empty or cannot be read."""
    from formulaic import Formula
    from formulaic.errors import FormulaicError

    try:
        return {str(term) for term in Formula(literal_names(f"0 + {part}"))} if part else set()
    except (FormulaicError, SyntaxError):
        return set()  # whoever reads the formula next says why


def _one_tilde(formula: object) -> str:
    """Return what to write for a formula without '~', or with one too many."""
    if isinstance(formula, str) and re.search(r"\[[^\[\]]*~[^\[\]]*\]", formula):
        return f"A bracket of instruments is for iv(): call iv({formula!r}, data)."
    meant = habits.translated(formula) if isinstance(formula, str) and "~" not in formula else None
    if meant and "[" in meant:
        return f"Write iv({meant!r}, data)."
    return f"Write {meant!r}." if meant else "For example 'y ~ x + log(z)'."


def bare(formula: str) -> str:
    """Return the formula with a word for each quoted name, whatever characters it holds."""
    return QUOTED.sub(lambda found: "q" * len(found.group()), formula)


def lone_power(formula: str) -> str | None:
    """Return the first ``x^2`` or ``x**2`` of one term outside function calls, or None.

    A power of several terms in brackets, ``(a + b)**2``, asks for their interactions.
    """
    for found in POWER.finditer(without_calls(formula)):
        inside = found.group("group")
        if inside is None or not re.search(r"[+*/:-]", inside):
            return formula[found.start() : found.end()]
    return None


def without_calls(formula: str) -> str:
    """Return the formula with a word for each quoted name and each call, which is Python."""
    text = bare(formula)
    while True:
        shorter = CALL.sub(lambda found: "f" * len(found.group()), text)
        if shorter == text:
            return text
        text = shorter


def literal_names(text: str) -> str:
    """Return a formula in which the quoted name `1` is a column, not the constant."""
    return text.replace("`1`", f"`{ONE}`")
