"""The mutants of `make mutants`: what is changed, what is left alone, and how tests are found."""

import ast
from collections import defaultdict

import pytest

from tests.mutants.__main__ import _outcome
from tests.mutants.cover import Cover, _follow_compiled, near_tests
from tests.mutants.mutations import functions, mutations
from tests.mutants.tree import Run

SOURCE = '''
"""A module: 1 + 1."""
LIMIT = 3


def scaled(x: "1 + 1", by: int = 2) -> "2 > 1":
    """Return 1 + 1."""
    total: "1 + 1" = x.sum(axis=0) + by  # 1 + 1
    if total > LIMIT:
        raise ValueError(f"{total + 1} > {LIMIT}")
    warnings.warn(f"{by - 1}", UserWarning, stacklevel=2)
    return np.maximum(-total, 0.5)


class Box:
    size = 4

    def inner(self, flag):
        def deeper(y):
            return y.std(ddof=1)

        return deeper(1) if flag and self.size else None


@njit
def compiled(a, b):
    return a ** b % 7
'''


def changes() -> set[tuple[str, str, str]]:
    return {
        (m.kind, SOURCE.encode()[m.start : m.end].decode(), m.replacement)
        for m in mutations(SOURCE)
    }


def test_every_kind_of_change_is_made():
    assert changes() == {
        ("axis", "0", "1"),
        ("arithmetic", "+", "-"),
        ("comparison", ">", ">="),
        ("boolean", "total > LIMIT", "(not (total > LIMIT))"),
        ("limit", "np.maximum(-total, 0.5)", "(-total)"),
        ("limit", "np.maximum(-total, 0.5)", "(0.5)"),
        ("sign", "-total", "(total)"),
        ("constant", "0.5", "-0.5"),
        ("constant", "0.5", "1.5"),
        ("ddof", "1", "0"),
        ("constant", "1", "0"),
        ("constant", "1", "2"),
        ("boolean", "and", "or"),
        ("boolean", "flag and self.size", "(not (flag and self.size))"),
        ("arithmetic", "**", "*"),
        ("arithmetic", "%", "*"),
        ("constant", "7", "6"),
        ("constant", "7", "8"),
    }


def test_only_bodies_change_and_the_result_is_another_program():
    docstrings = [ast.get_docstring(node) for node in ast.walk(ast.parse(SOURCE))
                  if isinstance(node, ast.FunctionDef | ast.Module)]  # fmt: skip
    for mutation in mutations(SOURCE):
        mutated = ast.parse(mutation.apply(SOURCE))
        assert ast.dump(mutated) != ast.dump(ast.parse(SOURCE))
        kept = [ast.get_docstring(node) for node in ast.walk(mutated)
                if isinstance(node, ast.FunctionDef | ast.Module)]  # fmt: skip
        assert kept == docstrings
        inside = [f for f in functions(SOURCE) if f.name == mutation.function]
        assert mutation.line in inside[0].lines


def test_functions_are_named_from_the_module_down():
    found = {f.name: f.compiled for f in functions(SOURCE)}
    assert found == {
        "scaled": False, "Box.inner": False, "Box.inner.deeper": False, "compiled": True,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("x = min(a, b)", {"x = (a)", "x = (b)"}),
        ("x = abs(a)", {"x = (a)"}),
        ("x = a.clip(b, c)", {"x = (a)"}),
        ("x = a is not None", {"x = a is None"}),
        ("x = a not in b", {"x = a in b"}),
        ("x -= a", {"x += a"}),
        ("x = ~a | b", {"x = (a) | b", "x = ~a & b"}),
        ("x = (a  # a * b\n + b)", {"x = (a  # a * b\n - b)"}),
        ("x = [a for a in b if not a]", {"x = [a for a in b if (a)]"}),
        ("x = 'β' + b", {"x = 'β' - b"}),
        ("x = f(a, axis=(0, 1))", {"x = f(a, axis=(0,))"}),
        ("x = True", {"x = False"}),
        ("x = 1e300", set()),  # one more than that is that
    ],
)
def test_single_changes(before, after):
    source = "def f():\n    " + before.replace("\n", "\n    ") + "\n"
    found = {m.apply(source).removeprefix("def f():\n    ").replace("\n    ", "\n").rstrip("\n")
             for m in mutations(source)}  # fmt: skip
    assert found == after


def test_likely_and_fast_tests_come_first():
    seconds = {
        "tests/other/test_a.py::t": 0.1,
        "tests/room/test_b.py::t": 9.0,
        "tests/room/test_b.py::another": 1.0,
        "tests/room/test_c.py::t": 1.0,
        "tests/room/test_thing_more.py::t": 20.0,
    }
    file = "src/agglometrics/room/thing.py"
    running = frozenset(test for test in seconds if not test.endswith("another"))
    cover = Cover({f"{file}::f": running}, seconds)
    files = [test.split("::")[0].split("/")[-1] for test in cover.tests(file, "f")]
    assert files == ["test_thing_more.py", "test_c.py", "test_b.py", "test_a.py"]
    assert cover.tests(file, "unknown") == []


def test_compiled_functions_take_the_tests_of_what_names_them():
    text = (
        SOURCE
        + """

def either(x):
    return x


@overload(either, strict=False)
def _either(x):
    return lambda x: compiled(x, 2)


def caller(x):
    return outer(x)


def other(x):
    return x.either


@njit
def outer(x):
    return either(x) + 1
"""
    )
    seen = {"m.py::caller": {"tests/test_m.py::a"}, "m.py::compiled": {"tests/test_m.py::b"},
            "m.py::other": {"tests/test_m.py::c"}}  # fmt: skip
    runs = defaultdict(set, seen)
    _follow_compiled(runs, {"m.py": text})
    assert runs["m.py::outer"] == runs["m.py::_either"] == {"tests/test_m.py::a"}
    # its own test, which runs it uncompiled, too
    assert runs["m.py::compiled"] == {"tests/test_m.py::a", "tests/test_m.py::b"}
    assert {f.stands_for for f in functions(text)} == {"", "either"}


def test_only_tests_near_a_mutated_module_are_measured():
    texts = {
        "src/agglometrics/a.py": "def alpha(x):\n    return x + 1\n",
        "src/agglometrics/b.py": "from agglometrics.a import alpha\n\n\ndef beta(x):\n    ...\n",
        "src/agglometrics/c.py": "def gamma(x):\n    return x\n",
    }
    tests = {
        **texts,
        "tests/test_beta.py": "import agglometrics as ag\nassert ag.beta(1) == 2\n",
        "tests/test_gamma.py": "from agglometrics.c import gamma\n",
    }
    a, b, c = texts
    assert near_tests(tests, texts, {c}, 3) == {c, "tests/test_gamma.py"}
    assert near_tests(tests, texts, {c}, 0) == {c}
    named = {**tests, "tests/test_a.py": "import agglometrics as ag\n"}
    assert "tests/test_a.py" in near_tests(named, texts, {a}, 1)
    # no test names alpha: it is tested through beta
    assert near_tests(tests, texts, {a}, 3) == {a, "tests/test_beta.py"}
    assert b in tests


def test_a_library_that_cannot_be_imported_is_noticed() -> None:
    failed = "ImportError while loading conftest 'tests/shiftshare/conftest.py'."
    assert _outcome(Run(4, 1.0, failed), tested=True) == "killed"
    with pytest.raises(SystemExit, match="pytest ended with code 4"):
        _outcome(Run(4, 1.0, "ERROR: not found: tests/gone.py"), tested=True)
