"""A pytest plugin that writes down the numbers which tests compare with outside references.

``pytest -p tests.verification.plugin --verification FILE`` records, for each test of
`tests.verification.sources`, every pair of numbers that `pytest.approx` or
`numpy.testing.assert_allclose` compares, whether the test passed, failed or was skipped, and why.
What no test compares is not in the file.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.verification.sources import SOURCES, TESTS, Source

KEPT = 400  # pairs of a test that the file holds; it counts and judges all of them
BY_TEST = {(source.path.resolve(), test): source for source in SOURCES for test in source.tests}


def numbers(values: Any) -> np.ndarray:
    """Return values as a flat array of floats, empty where they are no numbers."""
    if isinstance(values, dict):
        values = [values[key] for key in sorted(values, key=str)]
    try:
        return np.asarray(values, dtype=float).ravel()
    except (TypeError, ValueError):
        return np.empty(0)


class Compared:
    """`pytest.approx` that tells a list what it was compared with."""

    __array_ufunc__ = None  # arrays on the left leave the comparison to this
    __array_priority__ = 100
    __hash__ = None  # type: ignore[assignment]

    def __init__(self, inner: Any, expected: Any, pairs: list[tuple[float, float]]) -> None:
        self.inner, self.expected, self.pairs = inner, expected, pairs

    def __eq__(self, actual: object) -> bool:
        note(self.pairs, actual, self.expected)
        return bool(self.inner == actual)

    def __repr__(self) -> str:
        return repr(self.inner)


def note(pairs: list[tuple[float, float]], actual: Any, expected: Any) -> None:
    if isinstance(actual, dict) and isinstance(expected, dict) and set(actual) != set(expected):
        return
    ours, theirs = numbers(actual), numbers(expected)
    if theirs.size == 1 and ours.size > 1:
        theirs = np.repeat(theirs, ours.size)
    if ours.size == theirs.size:
        pairs += zip(ours.tolist(), theirs.tolist(), strict=True)


@contextmanager
def listening(pairs: list[tuple[float, float]]) -> Iterator[None]:
    """Write down what is compared inside; the comparisons themselves stay as they are."""
    approx, allclose = pytest.approx, np.testing.assert_allclose

    def heard_approx(expected: Any, *options: Any, **named: Any) -> Compared:
        return Compared(approx(expected, *options, **named), expected, pairs)

    def heard_allclose(actual: Any, desired: Any, *options: Any, **named: Any) -> None:
        note(pairs, actual, desired)
        allclose(actual, desired, *options, **named)

    pytest.approx, np.testing.assert_allclose = heard_approx, heard_allclose  # type: ignore[assignment]
    try:
        yield
    finally:
        pytest.approx, np.testing.assert_allclose = approx, allclose


def difference(ours: float, theirs: float) -> float:
    """Return the difference relative to theirs, or absolute where theirs is below 1e-12."""
    if ours == theirs or (np.isnan(ours) and np.isnan(theirs)):
        return 0.0
    size = abs(theirs) if abs(theirs) > 1e-12 else 1.0
    return abs(ours - theirs) / size


def summary(pairs: list[tuple[float, float]]) -> dict[str, Any]:
    """Return how many numbers were compared, and the pair that is furthest apart."""
    if not pairs:
        return {"compared": 0, "pairs": []}
    worst = max(pairs, key=lambda pair: np.nan_to_num(difference(*pair), nan=np.inf))
    return {
        "compared": len(pairs),
        "ours": worst[0],
        "theirs": worst[1],
        "difference": difference(*worst),
        "pairs": pairs[:KEPT],
    }


def found(item: pytest.Item) -> Source | None:
    name = getattr(item, "originalname", None) or item.name
    return BY_TEST.get((item.path.resolve(), name))


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--verification", help="write what is compared with outside references")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Iterator[None]:
    if found(item) is None:
        return (yield)
    pairs: list[tuple[float, float]] = []
    try:
        with listening(pairs):
            return (yield)
    finally:
        item.user_properties.append(("verification", summary(pairs)))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: Any) -> Any:
    report = yield
    source = found(item)
    if source is not None:
        report.user_properties.append(("source", SOURCES.index(source)))
    return report


def installed(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "not installed"


def row(report: pytest.TestReport) -> dict[str, Any] | None:
    """Return what a finished test says, or None for one that has no outside reference."""
    said = dict(report.user_properties)
    if "source" not in said or (report.when != "call" and report.outcome == "passed"):
        return None
    source = SOURCES[said["source"]]
    reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else ""
    fields = asdict(source) | {"version": installed(source.runs) if source.runs else source.version}
    fields.pop("tests")
    folder = str(TESTS.parent)
    reason = reason.replace(folder, "").removeprefix("Skipped: ").split(": set ")[0]
    if "no reference data at" in reason:
        reason = "the archives of other authors are not here (AGGLOMETRICS_REFERENCE)"
    return fields | {
        "test": report.nodeid,
        "outcome": report.outcome,
        "reason": reason,
        **said.get("verification", summary([])),
    }


class Recorder:
    """Collects the reports of all workers and writes the file at the end."""

    def __init__(self, target: Path) -> None:
        self.target = target
        self.rows: list[dict[str, Any]] = []

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if (said := row(report)) is not None:
            self.rows.append(said)

    def pytest_sessionfinish(self) -> None:
        self.target.parent.mkdir(parents=True, exist_ok=True)
        rows = sorted(self.rows, key=lambda said: said["test"])
        text = json.dumps(rows, ensure_ascii=False, indent=1, allow_nan=True)
        self.target.write_text(text + "\n", encoding="utf-8")


def pytest_configure(config: pytest.Config) -> None:
    target = config.getoption("--verification")
    if target and not hasattr(config, "workerinput"):
        config.pluginmanager.register(Recorder(Path(target)), "verification-recorder")
