"""Formulas in the words of Stata, R and pyfixest, and what is written here instead.

A lag that crosses units, or a stepwise list, must not reach formulaic: it would be evaluated, or
refused in words that do not help. Each habit is recognised by its form, translated, and refused
with the translation.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

from agglometrics.errors import InputError

QUOTED = re.compile(r"`[^`]*`")
COMMANDS = "regress|reg|xtreg|areg|reghdfe|ivregress|ivreg2|ivreghdfe|ppmlhdfe|poisson|xtabond"
WORD = r"[A-Za-z_]\w*"

Found = re.Match[str]


@dataclass(frozen=True)
class Habit:
    """A form that another program knows.

    Attributes
    ----------
    form : how it looks
    meaning : what it is there
    way_out : from the match and the formula to what is written here
    """

    form: re.Pattern[str]
    meaning: str
    way_out: Callable[[Found, str], str]


def _lags(name: str, first: int, last: int) -> str:
    step = 1 if last >= first else -1
    return " + ".join(f"lag({name}, {k})" for k in range(first, last + step, step))


def _operator(found: Found, _: str) -> str:
    kind, k, name = found["op"].upper(), int(found["k"] or 1), found["name"]
    if kind == "D":
        return f"I({_difference(name, k)})"
    if kind == "S":
        return f"I({name} - lag({name}, {k}))"
    return f"lag({name}, {k if kind == 'L' else -k})"


def _difference(name: str, times: int) -> str:
    """Return the difference taken `times` times: sum over k of (-1)^k C(times, k) lag(x, k).

    >>> _difference("x", 1), _difference("x", 2)
    ('x - lag(x, 1)', 'x - 2 * lag(x, 1) + lag(x, 2)')
    """
    parts = [name]
    for k in range(1, times + 1):
        many = f"{math.comb(times, k)} * " if math.comb(times, k) > 1 else ""
        parts += ["-" if k % 2 else "+", f"{many}lag({name}, {k})"]
    return " ".join(parts)


def _called(found: Found, _: str) -> str:
    name, first, last = found["name"], int(found["first"] or 1), found["last"]
    if found["f"].lower() in ("d", "diff"):
        return f"I({name} - lag({name}, {first}))"
    sign = -1 if found["f"].lower() in ("f", "lead") else 1
    return _lags(name, sign * first, sign * int(last)) if last else f"lag({name}, {sign * first})"


def _interaction(found: Found, _: str) -> str:
    text = re.sub(r"\b(?:c|i|ib\d+)\.", "", found.group())
    return text.replace("##", "*").replace("#", ":")


def _steps(found: Found, formula: str) -> str:
    """Return the formulas that a stepwise list stands for."""
    names = [name.strip() for name in found["list"].split(",")]
    several = [" + ".join(names[: n + 1]) for n in range(len(names))]
    steps = several if found["f"].startswith("c") else names
    steps = ["1", *steps] if found["zero"] else steps
    formulas = [formula.replace(found.group(), step) for step in steps]
    return f"one formula for each, as in compare(*[panel(f, data) for f in {formulas}])"


def _effects(found: Found, _: str) -> str:
    keys = {"EntityEffects": "'region'", "TimeEffects": "'year'"}
    return f"absorb=[{keys.get(found.group(), repr('region') + ', ' + repr('year'))}] beside it"


HABITS: tuple[Habit, ...] = (
    Habit(
        re.compile(rf"\bL\((?P<first>\d+)/(?P<last>\d+)\)\.(?P<name>{WORD})"),
        "Stata's list of lags",
        lambda m, _: _lags(m["name"], int(m["first"]), int(m["last"])),
    ),
    Habit(
        re.compile(rf"(?<![\w.])(?:[ci]|ib\d+)?\.?{WORD}(?:##?(?:(?:[ci]|ib\d+)\.)?{WORD})+"),
        "Stata's interaction",
        _interaction,
    ),
    Habit(
        re.compile(rf"(?<![\w.])(?P<op>[LFDSlfds])(?P<k>\d*)\.(?P<name>{WORD}(?:\([^()]*\))?)"),
        "Stata's time-series operator",
        _operator,
    ),
    Habit(
        re.compile(rf"(?<![\w.])i(?:b\d+)?\.(?P<name>{WORD})"),
        "Stata's list of dummies",
        lambda m, _: f"C({m['name']}), or absorb={m['name']!r} beside it",
    ),
    Habit(
        re.compile(rf"(?<![\w.])c\.(?P<name>{WORD})"),
        "Stata's mark of a continuous variable",
        lambda m, _: m["name"],
    ),
    Habit(
        re.compile(
            rf"(?<![\w.])(?P<f>l|f|d|lead|diff|L|F|D|Lag|Lead|Diff)\(\s*(?P<name>{WORD})\s*"
            r"(?:,\s*(?P<first>\d+)\s*(?::\s*(?P<last>\d+))?\s*)?\)"
        ),
        "a lag, lead or difference of another program",
        _called,
    ),
    Habit(
        re.compile(rf"(?<![\w.])lag\(\s*(?P<name>{WORD})\s*,\s*(?P<first>\d+)\s*:\s*(?P<last>\d+)"
                   r"\s*\)"),
        "a range of lags",
        lambda m, _: _lags(m["name"], int(m["first"]), int(m["last"])),
    ),
    Habit(
        re.compile(rf"(?P<name>{WORD})\.(?:shift|diff|pct_change)\([^()]*\)"),
        "a pandas method, which runs across units and gaps",
        lambda m, _: f"lag({m['name']}), or I({m['name']} - lag({m['name']})) for a difference",
    ),
    Habit(
        re.compile(r"(?<![\w.])(?P<f>csw|sw|mvsw)(?P<zero>0?)\((?P<list>[^()]*)\)"),
        "a stepwise list of fixest and pyfixest",
        _steps,
    ),
    Habit(
        re.compile(r"^\s*c\((?P<list>[^()]*)\)\s*~(?P<right>.*)"),
        "R's list of outcomes",
        lambda m, _: f"panels('{' + '.join(p.strip() for p in m['list'].split(','))} ~"
        f"{m['right'].rstrip()}', data)",
    ),
    Habit(
        re.compile(rf"(?<![\w.])(?:factor|as\.factor|as_factor)\((?P<name>{WORD})\)"),
        "R's factor",
        lambda m, _: f"C({m['name']})",
    ),
    Habit(re.compile(r"(?<![\w.])ln\("), "the natural logarithm of Stata", lambda *_: "log("),
    Habit(
        re.compile(r"(?<![\w.])(?:EntityEffects|TimeEffects|FixedEffects)\b"),
        "an effect of linearmodels",
        _effects,
    ),
)  # fmt: skip
"""Forms of terms that are refused with their translation, the more special first."""


def refuse_habits(formula: str, columns: Collection[str] = ()) -> None:
    """Raise `InputError` for a term in the words of another program, saying what is written here.

    A form that is the name of one of `columns`, or begins one, is that column.
    """
    plain = QUOTED.sub(lambda found: " " * len(found.group()), formula)
    for habit in HABITS:
        for found in habit.form.finditer(plain):
            if not any(str(name).startswith(found.group()) for name in columns):
                raise InputError(
                    f"formula {formula!r} holds {found.group().strip()!r}: {habit.meaning}. "
                    f"Write {habit.way_out(found, formula)}."
                )


def refuse_bars(formula: str) -> None:
    """Raise `InputError` for effects or instruments after a bar, saying where they stand here."""
    parts = [part.strip() for part in QUOTED.sub("q", formula).split("|")]
    if len(parts) == 1:
        return
    parts = [part.strip() for part in formula.split("|")]
    if re.search(r"\(\s*1?\s*\|", formula):
        unit = parts[-1].strip(" )")
        way = f"absorb={unit!r}, or estimator=RandomEffects() with entity={unit!r}, in panel()"
    elif "~" in parts[-1]:
        absorbed = f", absorb={_listed(parts[1])}" if len(parts) == 3 else ""
        way = f"iv({f'{parts[0]} + [{parts[-1]}]'!r}, data{absorbed})"
    else:
        way = (
            f"the formula {parts[0]!r} and absorb={_listed(parts[1])}; instruments go in a bracket "
            "of iv(), 'y ~ w + [x ~ z]'"
        )
    raise InputError(
        f"formula {formula!r} has '|': name absorbed effects apart, absorb=['firm', 'year']. "
        f"Write {way}."
    )


def _listed(effects: str) -> list[str]:
    return [name.strip() for name in re.split(r"[+,]", effects) if name.strip()]


def translated(formula: str) -> str | None:
    """Return what a formula without '~' would be here, or None if it is none.

    >>> translated("reg y x z"), translated("y = x + z"), translated("y w (x = z)")
    ('y ~ x + z', 'y ~ x + z', 'y ~ w + [x ~ z]')
    """
    text = re.sub(rf"^\s*(?:{COMMANDS})\s+(?:2sls\s+|liml\s+)?", "", formula).split(", ")[0].strip()
    instrumented = re.fullmatch(
        r"(?P<y>\S+)(?P<w>[^()]*)\((?P<x>[^=()]+)=(?P<z>[^=()]+)\)(?P<v>.*)", text
    )
    if instrumented:
        part = {key: instrumented[key].split() for key in "wxzv"}
        controls = [*part["w"], *part["v"]]
        bracket = f"[{' + '.join(part['x'])} ~ {' + '.join(part['z'])}]"
        return f"{instrumented['y']} ~ {' + '.join([*controls, bracket])}"
    for sign in ("<-", "==", "="):
        if text.count(sign) == 1:
            left, right = (side.strip() for side in text.split(sign))
            return f"{left} ~ {right}" if left and right else None
    words = [word for word in text.split() if word not in ("on", "by")]
    plain = len(words) > 1 and all(re.fullmatch(r"[\w.#]+", word) for word in words)
    return f"{words[0]} ~ {' + '.join(words[1:])}" if plain else None


UNREADABLE: Mapping[str, str] = {
    r"Unknown operator '[<>]": "Write a comparison in brackets, I(x > 1).",
    r"Unknown operator '[,;]": "Join terms with '+', as in 'y ~ x + z'.",
    r"operator requires additional context": (
        "List the terms that '.' stands for; from_columns('y', [...]) makes a formula of a list."
    ),
    r"String literals": "Write names of columns without quotes, or in `backticks`.",
}
"""What to do about words of formulaic, by a pattern of them."""


def way_out(formula: str, words: str, columns: Collection[str]) -> str:
    """Return what to write where a formula cannot be read, by formulaic's `words`."""
    odd = [name for name in map(str, columns) if name in formula and not re.fullmatch(WORD, name)]
    bare = [name for name in odd if f"`{name}`" not in formula and not name.isdigit()]
    if bare:
        return f"Put a name with blanks or signs in backticks: `{max(bare, key=len)}`."
    for pattern, way in UNREADABLE.items():
        if re.search(pattern, words):
            return way
    missing = re.search(r"name '(\w+)' is not defined", words)
    if missing and _numpy_has(missing[1]):
        return f"Write np.{missing[1]}(...)."
    if re.search(r"Missing operator between", words):
        return "Join terms with '+', and put names with blanks in `backticks`."
    return (
        "Functions are lag, i, log, exp, C, I and those of numpy (np.sqrt); write powers as "
        "I(x**2), differences as I(x - lag(x)), interactions as a:b."
    )


def _numpy_has(name: str) -> bool:
    import numpy as np

    return callable(getattr(np, name, None))
