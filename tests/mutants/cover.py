"""Which tests run which function: measured once, and again only for the files that changed.

The map is by function, so that an edit above a function leaves it right. Compiled functions
cannot be traced: they take the tests of the functions that name them, beside those that run them
uncompiled.
"""

from __future__ import annotations

import ast
import hashlib
import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from coverage import CoverageData

from tests.mutants.mutations import Function, functions
from tests.mutants.recorder import file_of
from tests.mutants.tree import SOURCE, Tree, shared

BATCH = 6  # test files run together; a batch costs the start of one process
OUTSIDE = {"report", "datasets", "plotting"}  # rooms that print, read and draw: no formula
FINISHED = {0, 1, 5}  # pytest's codes: all passed, some failed, no tests here

Files = dict[str, dict[str, Any]]


@dataclass(frozen=True)
class Cover:
    """The tests of every function, ``runs["src/...py::name"]``, and the seconds of every test."""

    runs: dict[str, frozenset[str]]
    seconds: dict[str, float]

    def tests(self, name: str, function: str) -> list[str]:
        """Return the tests that run a function: likely files first, then fast ones."""
        running = self.runs.get(f"{name}::{function}", frozenset())
        by_file: dict[str, list[str]] = defaultdict(list)
        for test in self.seconds:  # in the order in which pytest ran them
            if test in running:
                by_file[file_of(test)].append(test)

        def rank(file: str) -> tuple[bool, bool, float]:
            module, folder = Path(name).stem, Path(name).parent.name
            named = file == name or module in Path(file).stem
            seconds = sum(self.seconds[test] for test in by_file[file])
            return not named, folder not in Path(file).parts, seconds

        return [test for file in sorted(by_file, key=rank) for test in by_file[file]]


def sources(root: Path) -> dict[str, str]:
    """Return the text of every module of the library, by its path under `root`."""
    paths = sorted((root / SOURCE).rglob("*.py"))
    return {path.relative_to(root).as_posix(): path.read_text("utf-8") for path in paths}


def numeric_sources(root: Path) -> dict[str, str]:
    """Return those modules that compute: they handle arrays, and neither print, read nor draw."""

    def computes(name: str, text: str) -> bool:
        path = Path(name)
        drawn = "plot" in path.stem or "\nimport matplotlib" in text or "\nfrom matplotlib" in text
        return not OUTSIDE & set(path.parts) and not drawn and ("numpy" in text or "Array" in text)

    return {name: text for name, text in sources(root).items() if computes(name, text)}


def measured(trees: list[Tree], store: Path, reuse: bool, modules: set[str], most: int) -> Cover:
    """Return the map of `modules`, after running the test files that it does not know as they are.

    store : where the map is kept
    reuse : whether a map measured on other sources will do
    modules : the files that are mutated; other test files are not run
    most : test files near a module that are run
    """
    known = json.loads(store.read_text()) if store.exists() else {"source": "", "files": {}}
    root = trees[0].root
    source = _digest(root / name for name in sources(root))
    files: Files = known["files"] if reuse or known["source"] == source else {}
    tests = {f: (root / f).read_text("utf-8") for f in _test_files(root)}
    near = near_tests(tests, sources(root), modules, most)
    wanted = {file: digest for file, digest in _test_files(root).items() if file in near}
    stale = [f for f, digest in wanted.items() if files.get(f, {}).get("digest") != digest]
    store.parent.mkdir(parents=True, exist_ok=True)
    for file, found in _measure(trees, stale):
        files[file] = {"digest": wanted[file], **found}
        store.write_text(json.dumps({"source": source, "files": files}))
    files = {file: files[file] for file in wanted}
    return _joined(files, sources(root))


def near_tests(
    tests: dict[str, str], texts: dict[str, str], modules: set[str], most: int
) -> set[str]:
    """Return the test files near `modules`: their own examples, and those that name them.

    A test file names a module by its own name, or by a function or class that the module defines.
    The tests of a module that none names are those of the modules that import it.

    tests, texts : test files and sources, by path
    most : test files a module, those named like it first, then those that name it most often
    """
    words = {file: Counter(re.findall(r"\w+", text)) for file, text in tests.items()}
    found: set[str] = set()
    for module in modules:
        near = _naming(words, module, texts[module])
        if not near:
            line = f"from {_dotted(module)} import"
            users = [name for name, text in texts.items() if line in text]
            near = [f for user in users for f in _naming(words, user, texts[user])[:1]]
        found |= {module} & set(tests) | set(near[:most])
    return found


def _naming(words: dict[str, Counter[str]], module: str, text: str) -> list[str]:
    """Return the test files that name what a module defines, the nearest first."""
    defined = {m[1] for m in re.finditer(r"^(?:def|class) ([a-zA-Z]\w*)", text, re.M)}
    times = {f: sum(n[name] for name in defined) for f, n in words.items() if "test_" in f}
    stem = Path(module).stem
    near = [f for f in times if times[f] or Path(f).stem == f"test_{stem}"]
    return sorted(near, key=lambda f: (stem not in f, -times[f], f))


def _dotted(module: str) -> str:
    """Return the name under which a file of the library is imported."""
    return module.removeprefix("src/").removesuffix(".py").replace("/", ".")


def _digest(paths: Iterable[Path]) -> str:
    return hashlib.sha256(b"".join(path.read_bytes() for path in sorted(paths))).hexdigest()


def _test_files(root: Path) -> dict[str, str]:
    """Return a digest of every file with tests of numeric modules: of itself and its conftests.

    Those are the modules' own examples, and the folders of tests that mirror their rooms.
    """
    names = numeric_sources(root)
    rooms = {Path(name).relative_to(SOURCE).parts[0] for name in names}
    beside = [p for room in sorted(rooms) for p in (root / "tests" / room).rglob("test_*.py")]
    beside += (root / "tests").glob("test_*.py")
    found = {}
    for path in sorted([*beside, *(root / name for name in names)]):
        conftests = [folder / "conftest.py" for folder in path.parents]
        shared_with = [p for p in conftests if p.is_file() and p.is_relative_to(root)]
        found[path.relative_to(root).as_posix()] = _digest([path, *shared_with])
    return found


def _measure(trees: list[Tree], files: list[str]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Run test files in batches; yield each with its outcomes and what its tests run."""
    batches = [files[start : start + BATCH] for start in range(0, len(files), BATCH)]
    for batch, (outcomes, runs) in shared(trees, batches, _run_batch, "batches of test files"):
        for file in batch:
            own = {test: row for test, row in outcomes.items() if file_of(test) == file}
            reached = {f: [t for t in tests if file_of(t) == file] for f, tests in runs.items()}
            yield file, {"outcomes": own, "runs": {f: t for f, t in reached.items() if t}}


def _run_batch(tree: Tree, batch: list[str]) -> tuple[dict[str, Any], dict[str, list[str]]]:
    written, data = tree.root / "mutants-outcomes.json", tree.root / ".mutants-coverage"
    data.unlink(missing_ok=True)
    plugin = ["-p", "tests.mutants.recorder", "--outcomes", str(written)]
    run = tree.pytest([*plugin, *batch], coverage=str(data))
    if run.code not in FINISHED:
        raise SystemExit(f"the tests {batch} ended with code {run.code}:\n{run.output}")
    outcomes = json.loads(written.read_text())
    runs = _reached(CoverageData(str(data)), tree.root)
    if outcomes and not runs:
        raise SystemExit(f"nothing was recorded of the tests {batch}:\n{run.output}")
    return outcomes, runs


def _reached(data: CoverageData, root: Path) -> dict[str, list[str]]:
    """Return, for every function, the tests and test files that run a line of it."""
    data.read()
    runs: dict[str, list[str]] = {}
    for path in data.measured_files():
        name = Path(path).relative_to(root.resolve()).as_posix()
        by_line = data.contexts_by_lineno(path)
        for function in functions((root / name).read_text("utf-8")):
            tests = {t for line in function.lines for t in by_line.get(line, ())}
            runs[f"{name}::{function.name}"] = sorted(tests - {""})
    return runs


def _joined(files: Files, texts: dict[str, str]) -> Cover:
    """Return the map of all test files; tests that fail without a mutant are left out."""
    runs: dict[str, set[str]] = defaultdict(set)
    seconds: dict[str, float] = {}
    for file, found in files.items():
        passed = {t: row["seconds"] for t, row in found["outcomes"].items() if row["passed"]}
        seconds |= passed
        for function, tests in found["runs"].items():
            shared_by_file = file in tests
            runs[function] |= set(passed if shared_by_file else passed.keys() & set(tests))
    _follow_compiled(runs, texts)
    return Cover({name: frozenset(tests) for name, tests in runs.items()}, seconds)


def _follow_compiled(runs: dict[str, set[str]], texts: dict[str, str]) -> None:
    """Give every compiled function the tests of those that name it, or what it overloads."""
    known = {f"{n}::{f.name}": f for n, text in texts.items() for f in functions(text)}
    compiled = {k: f.stands_for or f.name.split(".")[-1] for k, f in known.items() if f.compiled}
    names = {key: _names(f) for key, f in known.items()}
    named_by = {
        key: [k for k, f in known.items() if k != key and name in names[k]
              and (f.compiled or not known[key].stands_for)]  # overloads: from compiled code alone
        for key, name in compiled.items()
    }  # fmt: skip
    for _ in range(len(compiled)):  # through compiled functions that name each other
        for key, callers in named_by.items():
            runs[key] = runs.get(key, set()).union(*(runs.get(c, set()) for c in callers))


def _names(function: Function) -> set[str]:
    nodes = [node for statement in function.body for node in ast.walk(statement)]
    names = {node.id for node in nodes if isinstance(node, ast.Name)}
    return names | {node.attr for node in nodes if isinstance(node, ast.Attribute)}
