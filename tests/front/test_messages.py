"""Every message of the library ends in a way out: it tells the user what to do next.

The texts are read from the source, so that one which no test provokes is held to the rule too.
A way out is an instruction: a clause that begins with a verb in the imperative ("Pass
time='year'.", "found 95; choose 'K' or 'L'"), or an example ("for example panel=...").
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

import agglometrics

HERE = Path(agglometrics.__file__).parent
ERRORS = {"InputError", "IdentificationError", "ConvergenceError"}

VERBS = (
    "absorb|add|aggregate|ask|attach|build|call|cast|change|check|choose|cluster|code|"
    "combine|compare|complete|compute|convert|correct|count|cut|declare|decompose|divide|"
    "draw|drop|estimate|exchange|fill|find|fit|give|group|impute|install|join|keep|label|leave|"
    "link|list|look|make|map|mark|mask|match|measure|merge|move|name|note|number|omit|pass|"
    "print|project|put|raise|read|rename|replace|rescale|reset|restrict|run|save|scale|see|"
    "select|set|sort|split|start|sum|supply|take|test|turn|update|use|widen|wrap|write"
)

# the start of a clause: of the text, after a stop, colon, semicolon or comma, or after "or", "and"
WAY_OUT = re.compile(rf"(?i)(^…?|[.:;,)'\"…] (then |or |and )?|\b(or|and) )({VERBS})\b")
EXAMPLE = re.compile(r"(?i)\bfor example\b")

# messages whose way out is filled in, from words that stand elsewhere in their module
COMPOSED = {
    "datasets/firm_layouts.py: no column for … of the …: looked for …, the file has …. ….": (
        "way_out: 'Name it with columns='"
    ),
    "models/systems.py: term … of … is both … and …. ….": "remedy: 'Name it in the bracket alone'",
    "models/terms/texts.py: formula must read 'outcome ~ terms', with one '~'; found …. …": (
        "_one_tilde: the formula as it is written here, or an example"
    ),
    "models/formulas.py: formula … cannot be read: …. …": "habits.way_out has one for each",
    "models/design.py: no row is left for …: …. …": "_way_out: 'Fill the unknown values in'",
    "models/systems.py: formula must hold one bracket, 'y ~ controls + [x ~ z1 + z2]'; found "
    "…. …": ("_one_bracket: the formula as it is written here, or 'Write one bracket'"),
    "tables/checks.py: …": "not_numeric says how such texts become numbers",
    "tables/arguments.py: … has no argument …. … …": "unknown_keyword, or 'Use only these'",
    "tables/arguments.py: …: too many positional arguments; only … may be given by place. … …": (
        "positional: 'Write value=...', or 'Write those it needs by name'"
    ),
    "tables/arguments.py: …": "_refusal adds _way for each kind of argument",
    "tables/collapse.py: …": "_complaint has one sentence for each fault",
}


def words(node: ast.expr) -> str:
    """Return the text of a message, what it fills in as an ellipsis."""
    if isinstance(node, ast.Constant):
        return str(node.value)
    if isinstance(node, ast.JoinedStr):
        return "".join(map(words, node.values))
    if isinstance(node, ast.BinOp):
        return words(node.left) + words(node.right)
    if isinstance(node, ast.IfExp):  # the weaker of the two counts
        return min(words(node.body), words(node.orelse), key=lambda text: bool(has_way_out(text)))
    return "…"


def has_way_out(text: str) -> bool:
    return bool(WAY_OUT.search(text) or EXAMPLE.search(text))


def messages() -> Iterator[tuple[str, str]]:
    """Yield each place (module and line) that makes an error, and the text of the error."""
    for path in sorted(HERE.rglob("*.py")):
        module = path.relative_to(HERE).as_posix()
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in ERRORS:
                yield f"{module}:{node.lineno}", words(node.args[0]) if node.args else ""


@cache
def found() -> tuple[tuple[str, str], ...]:
    return tuple(messages())


def test_every_message_names_the_way_out() -> None:
    without = [
        f"{place}: {text}"
        for place, text in found()
        if not has_way_out(text) and f"{place.split(':')[0]}: {text}" not in COMPOSED
    ]
    assert not without, "messages that leave the user alone:\n" + "\n".join(without)


def test_the_audit_reads_the_messages() -> None:
    assert len(found()) > 400
    there = {f"{place.split(':')[0]}: {text}" for place, text in found()}
    assert set(COMPOSED) <= there, "an exception that is none any more"


@pytest.mark.parametrize(
    ("text", "way_out"),
    [
        ("no row is left.", False),
        ("terms … were not estimated; terms are ….", False),
        ("the use of … is limited.", False),
        ("level must lie between 0 and 1; found …. For example level=0.95.", True),
        ("…=… is unknown; choose one of ….", True),
        ("the table has no rows. Pass one row per region.", True),
        ("a set is empty: drop the column, or merge the groups.", True),
    ],
)
def test_the_rule(text: str, way_out: bool) -> None:
    assert has_way_out(text) is way_out
