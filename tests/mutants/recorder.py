"""A pytest plugin: every line that runs is recorded under the test, or test file, that ran it.

Loaded with ``-p tests.mutants.recorder`` while coverage measures. A fixture that several tests
share, and what runs when a file is imported, belong to the whole file. Outcomes and seconds are
written as JSON to the file that ``--outcomes`` names.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import coverage
import pytest

outcomes: dict[str, dict[str, Any]] = {}


def _record_under(name: str) -> None:
    if running := coverage.Coverage.current():
        running.switch_context(name)


def file_of(test: str) -> str:
    """Return the file of a test's id."""
    return test.split("::")[0]


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(collector: pytest.Collector) -> Iterator[None]:
    """Record what the import of a file runs under that file."""
    if isinstance(collector, pytest.File | pytest.Module):
        _record_under(file_of(collector.nodeid))
    return (yield)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[None]:
    """Record what a test runs under its id."""
    _record_under(item.nodeid)
    return (yield)


@pytest.hookimpl(wrapper=True)
def pytest_fixture_setup(fixturedef: Any, request: Any) -> Iterator[None]:
    """Record what a shared fixture runs under the file of the test that asked for it first."""
    test = request._pyfuncitem.nodeid
    if fixturedef.scope != "function":
        _record_under(file_of(test))
    try:
        return (yield)
    finally:
        _record_under(test)


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Keep whether the test passed, and how long it took with its fixtures."""
    row = outcomes.setdefault(report.nodeid, {"passed": True, "seconds": 0.0})
    row["passed"] = row["passed"] and report.passed
    row["seconds"] += report.duration


def pytest_addoption(parser: pytest.Parser) -> None:
    """Take the name of the file for the outcomes."""
    parser.addoption("--outcomes", type=Path, required=True)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Write the outcomes."""
    session.config.getoption("--outcomes").write_text(json.dumps(outcomes))
