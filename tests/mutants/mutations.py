"""Small changes of a module's arithmetic, each of which some test should notice.

A mutation replaces a span of the source inside the body of a function. What no number depends on
is left alone: docstrings, annotations, default arguments, decorators, formatted text, everything
in a `raise` or a `warnings.warn`, and functions that draw.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

ARITHMETIC = {
    ast.Add: ("+", "-"),
    ast.Sub: ("-", "+"),
    ast.Mult: ("*", "/"),
    ast.Div: ("/", "*"),
    ast.FloorDiv: ("//", "*"),
    ast.Mod: ("%", "*"),
    ast.Pow: ("**", "*"),
    ast.BitAnd: ("&", "|"),
    ast.BitOr: ("|", "&"),
    ast.BitXor: ("^", "&"),
    ast.LShift: ("<<", ">>"),
    ast.RShift: (">>", "<<"),
}
COMPARISONS = {
    ast.Lt: ("<", "<="),
    ast.LtE: ("<=", "<"),
    ast.Gt: (">", ">="),
    ast.GtE: (">=", ">"),
    ast.Eq: ("==", "!="),
    ast.NotEq: ("!=", "=="),
    ast.Is: ("is", "is not"),
    ast.IsNot: ("is not", "is"),
    ast.In: ("in", "not in"),
    ast.NotIn: ("not in", "in"),
}
AXES = {0: 1, 1: 0, 2: 1, -1: -2, -2: -1}
LIMITS = {"maximum", "minimum", "fmax", "fmin", "clip"}

Edit = tuple[str, int, int, str]  # kind, start, end (in bytes), replacement


@dataclass(frozen=True)
class Mutation:
    """A replacement of the bytes from `start` to `end`; `function` is a dotted name."""

    kind: str
    function: str
    line: int
    start: int
    end: int
    replacement: str

    def apply(self, source: str) -> str:
        """Return the mutated source."""
        raw = source.encode()
        return (raw[: self.start] + self.replacement.encode() + raw[self.end :]).decode()


@dataclass(frozen=True)
class Function:
    """A function of a module: its dotted name, the lines of its body, whether numba compiles it.

    stands_for : the function that it replaces in compiled code, if it overloads one
    """

    name: str
    body: tuple[ast.stmt, ...]
    compiled: bool
    stands_for: str = ""

    @property
    def lines(self) -> range:
        """The lines of the body, without the docstring."""
        return range(self.body[0].lineno, (self.body[-1].end_lineno or 0) + 1)


def functions(source: str) -> list[Function]:
    """Return every function of a module that has a body beside its docstring."""
    return list(_functions(ast.parse(source), "", False))


def _functions(node: ast.AST, prefix: str, compiled: bool) -> Iterator[Function]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.FunctionDef):
            jit = compiled or any("jit" in ast.unparse(d) for d in child.decorator_list)
            other = "".join(map(_overloaded, child.decorator_list))
            jit = jit or bool(other)
            body = tuple(s for s in child.body if not _is_text(s))
            if body:
                yield Function(prefix + child.name, body, jit, other)
            yield from _functions(child, f"{prefix}{child.name}.", jit)
        elif isinstance(child, ast.ClassDef):
            yield from _functions(child, f"{prefix}{child.name}.", compiled)
        else:
            yield from _functions(child, prefix, compiled)


def _overloaded(decorator: ast.expr) -> str:
    """Return the name of the function that numba's `overload` replaces."""
    if isinstance(decorator, ast.Call) and ast.unparse(decorator.func) == "overload":
        return ast.unparse(decorator.args[0])
    return ""


def mutations(source: str) -> list[Mutation]:
    """Return every mutation of a module's functions, in the order of the source."""
    text = Text(source)
    found: dict[tuple[int, int, str], Mutation] = {}
    for function in functions(source):
        if _draws(function):
            continue
        for node in _nodes(function.body):
            for kind, start, end, replacement in _edits(node, text):
                line = text.line(start)
                mutation = Mutation(kind, function.name, line, start, end, replacement)
                found.setdefault((start, end, replacement), mutation)
    return [found[key] for key in sorted(found)]


def _draws(function: Function) -> bool:
    nodes = [node for statement in function.body for node in ast.walk(statement)]
    imports = [node for node in nodes if isinstance(node, ast.Import | ast.ImportFrom)]
    return any("matplotlib" in ast.unparse(node) for node in imports)


class Text:
    """The bytes of a source, found by the positions of its nodes."""

    def __init__(self, source: str) -> None:
        self.raw = source.encode()
        self.starts = [0]
        for line in self.raw.splitlines(keepends=True):
            self.starts.append(self.starts[-1] + len(line))

    def span(self, node: ast.expr | ast.keyword) -> tuple[int, int]:
        """Return where a node begins and ends."""
        last, column = node.end_lineno or 0, node.end_col_offset or 0
        return self.starts[node.lineno - 1] + node.col_offset, self.starts[last - 1] + column

    def of(self, node: ast.expr) -> str:
        """Return the source of a node."""
        start, end = self.span(node)
        return self.raw[start:end].decode()

    def line(self, position: int) -> int:
        """Return the line (from 1) of a position."""
        return sum(start <= position for start in self.starts[:-1])

    def token(self, left: ast.expr, right: ast.expr, token: str) -> tuple[int, int] | None:
        """Return where the operator between two nodes stands, comments not looked at."""
        start, end = self.span(left)[1], self.span(right)[0]
        between = re.sub(rb"#[^\n]*", lambda m: b" " * len(m[0]), self.raw[start:end])
        pattern = rb"\s+".join(re.escape(word.encode()) for word in token.split())
        at = re.search(pattern, between)
        return (start + at.start(), start + at.end()) if at else None


def _is_text(node: ast.AST) -> bool:
    return (
        isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
    )


def _is_said(node: ast.AST) -> bool:
    """Return whether a statement or expression only speaks to the reader."""
    if isinstance(node, ast.Call):
        return ast.unparse(node.func) in {"warnings.warn", "warn"}
    return _is_text(node) or isinstance(
        node, ast.Raise | ast.JoinedStr | ast.Import | ast.ImportFrom
    )


def _nodes(body: tuple[ast.stmt, ...]) -> Iterator[ast.AST]:
    """Yield the nodes of a body whose change could change a number."""
    waiting: list[ast.AST] = list(body)
    while waiting:
        node = waiting.pop()
        if _is_said(node) or isinstance(node, ast.FunctionDef | ast.ClassDef):
            continue
        yield node
        if isinstance(node, ast.keyword) and node.arg in {"axis", "ddof"}:
            continue
        if isinstance(node, ast.AnnAssign):
            waiting += [node.target, *([node.value] if node.value else [])]
        elif isinstance(node, ast.Lambda):
            waiting.append(node.body)
        else:
            waiting += ast.iter_child_nodes(node)


def _edits(node: ast.AST, text: Text) -> Iterator[Edit]:
    match node:
        case ast.BinOp():
            yield from _operator(node.left, node.right, ARITHMETIC.get(type(node.op)), text)
        case ast.AugAssign(target=ast.expr() as target):
            yield from _operator(target, node.value, ARITHMETIC.get(type(node.op)), text)
        case ast.Compare():
            sides = pairwise([node.left, *node.comparators])
            for (left, right), operator in zip(sides, node.ops, strict=True):
                pair = COMPARISONS[type(operator)]
                yield from _operator(left, right, pair, text, "comparison")
        case ast.BoolOp():
            pair = ("and", "or") if isinstance(node.op, ast.And) else ("or", "and")
            for left, right in pairwise(node.values):
                yield from _operator(left, right, pair, text, "boolean")
        case ast.UnaryOp():
            yield from _unary(node, text)
        case ast.Constant():
            yield from _constant(node, text)
        case ast.Call():
            yield from _limit(node, text)
        case ast.keyword():
            yield from _keyword(node, text)
        case ast.If() | ast.While() | ast.IfExp():
            yield from _negated(node.test, text)
        case ast.comprehension():
            for test in node.ifs:
                yield from _negated(test, text)


def _operator(
    left: ast.expr,
    right: ast.expr,
    pair: tuple[str, str] | None,
    text: Text,
    kind: str = "arithmetic",
) -> Iterator[Edit]:
    if pair is not None and (at := text.token(left, right, pair[0])):
        yield (kind, *at, pair[1])


def _unary(node: ast.UnaryOp, text: Text) -> Iterator[Edit]:
    kinds = {ast.USub: "sign", ast.Not: "boolean", ast.Invert: "boolean"}
    if kind := kinds.get(type(node.op)):
        yield (kind, *text.span(node), f"({text.of(node.operand)})")


def _constant(node: ast.Constant, text: Text) -> Iterator[Edit]:
    value = node.value
    if isinstance(value, bool):
        yield ("boolean", *text.span(node), str(not value))
    elif isinstance(value, int | float):
        for other in (1,) if value == 0 else (value - 1, value + 1):
            if other != value:  # one more than a huge number is that number
                yield ("constant", *text.span(node), repr(type(value)(other)))


def _limit(node: ast.Call, text: Text) -> Iterator[Edit]:
    """Yield the call of a minimum, maximum, clip or modulus without that call."""
    kept: list[ast.expr] = []
    match node.func:
        case ast.Name(id="min" | "max") if len(node.args) > 1:
            kept = node.args[:2]
        case ast.Name(id="abs") if node.args:
            kept = node.args[:1]
        case ast.Attribute(value=ast.Name(id="np"), attr=name) if node.args:
            kept = node.args[: {"clip": 1, "abs": 1}.get(name, 2 if name in LIMITS else 0)]
        case ast.Attribute(value=inner, attr="clip"):
            kept = [inner]
    for part in kept:
        yield ("limit", *text.span(node), f"({text.of(part)})")


def _keyword(node: ast.keyword, text: Text) -> Iterator[Edit]:
    if node.arg not in {"axis", "ddof"}:
        return
    try:
        value = ast.literal_eval(node.value)
    except ValueError:
        return
    if node.arg == "ddof" and isinstance(value, int):
        yield ("ddof", *text.span(node.value), str(1 - value))
    elif isinstance(value, int) and value in AXES:
        yield ("axis", *text.span(node.value), str(AXES[value]))
    elif isinstance(value, tuple):
        yield ("axis", *text.span(node.value), repr(value[:-1]))


def _negated(test: ast.expr, text: Text) -> Iterator[Edit]:
    """Yield `not test`; comparisons for equality and negations have mutations of their own."""
    mirrored = (ast.Eq, ast.NotEq, ast.Is, ast.IsNot, ast.In, ast.NotIn)
    own = isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not)
    if isinstance(test, ast.Compare) and len(test.ops) == 1:
        own = isinstance(test.ops[0], mirrored)
    if not own:
        yield ("boolean", *text.span(test), f"(not ({text.of(test)}))")
