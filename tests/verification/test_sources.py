"""The list of outside references agrees with the tests, and the recorder with what they compare."""

from __future__ import annotations

import json
import subprocess
import sys

import numpy as np
import pytest

import agglometrics as ag
from tests.verification import plugin
from tests.verification.sources import SOURCES, TESTS, functions, unlisted

ROOT = TESTS.parent


def test_every_test_of_the_list_exists_once():
    seen = [(source.file, test) for source in SOURCES for test in source.tests]
    assert len(seen) == len(set(seen)) > 80
    for source in SOURCES:
        assert set(source.tests) <= set(functions(source.path)), source.file


def test_versions_stand_in_the_tests_that_hold_the_numbers():
    for source in SOURCES:
        assert source.version in source.path.read_text("utf-8"), source
        assert not (source.version and source.runs), source


def test_verified_names_are_public():
    assert {call for source in SOURCES for call in source.calls} <= set(ag.__all__)
    assert all(source.calls for source in SOURCES)


def test_comparisons_that_are_not_on_the_list_are_found(tmp_path):
    name = "def test_points_as_plm(): ...\n\n\ndef test_tidy_with_t_equals_scipy(): ...\n"
    (tmp_path / "test_new.py").write_text(name, encoding="utf-8")
    assert unlisted(tmp_path) == ["test_new.py::test_points_as_plm"]
    here = {(source.file, test) for source in SOURCES for test in source.tests}
    assert not here & {tuple(name.split("::")) for name in unlisted()}


def test_what_is_compared_is_written_down_and_judged_as_before():
    pairs: list[tuple[float, float]] = []
    with plugin.listening(pairs):
        assert pytest.approx(2.0) == 2.0 + 1e-9
        two = [1.0, 3.0]
        assert two == pytest.approx([1.0, 3.0])
        assert np.array([1.5, 2.5]) == pytest.approx(np.array([1.5, 2.5]))
        found = {"b": 4.0, "a": 5.0}
        assert found == pytest.approx({"a": 5.0, "b": 4.0})
        seven = 7.0
        assert seven != pytest.approx(7.1)
        with pytest.raises(AssertionError):
            np.testing.assert_allclose([1.0, 2.0], [1.0, 2.5])
    theirs = [2.0, 1, 3, 1.5, 2.5, 5, 4, 7.1, 1, 2.5]
    assert [pair[1] for pair in pairs] == theirs
    assert plugin.summary(pairs)["difference"] == abs(2.0 - 2.5) / 2.5
    assert not isinstance(pytest.approx(1.0), plugin.Compared)


def test_failures_and_skips_are_written_down(tmp_path):
    """A listed test that fails, one that is skipped and one that passes, in a run of their own."""
    (tmp_path / "test_some.py").write_text(
        "import pytest\n"
        "def test_good(): assert 1.0 == pytest.approx(1.0)\n"
        "def test_bad(): assert 1.0 == pytest.approx(2.0)\n"
        "def test_not(): pytest.skip('nothing here')\n"
        "def test_other(): assert 5.0 == pytest.approx(5.0)\n",
        encoding="utf-8",
    )
    (tmp_path / "listed.py").write_text(
        "from tests.verification import plugin\n"
        "source = plugin.SOURCES[0]\n"
        f"here = plugin.Path({str(tmp_path)!r}).resolve() / 'test_some.py'\n"
        "for name in ('test_good', 'test_bad', 'test_not'):\n"
        "    plugin.BY_TEST[here, name] = source\n",
        encoding="utf-8",
    )
    target = tmp_path / "found.json"
    plugins = ["-p", "tests.verification.plugin", "-p", "listed"]
    options = ["--rootdir", str(tmp_path), "--verification", str(target)]
    command = [sys.executable, "-m", "pytest", "-q", *plugins, *options, str(tmp_path)]
    env = {"PYTHONPATH": f"{ROOT}:{tmp_path}", "PATH": ""}
    subprocess.run(command, capture_output=True, check=False, env=env, cwd=tmp_path)
    rows = {row["test"].split("::")[1]: row for row in json.loads(target.read_text("utf-8"))}
    assert {name: row["outcome"] for name, row in rows.items()} == {
        "test_good": "passed", "test_bad": "failed", "test_not": "skipped",
    }  # fmt: skip
    assert (rows["test_bad"]["ours"], rows["test_bad"]["theirs"]) == (1.0, 2.0)
    assert rows["test_not"]["compared"] == 0 and rows["test_not"]["reason"] == "nothing here"
