"""What the pages state about the project holds; tests/docs_site runs their code."""

import re
import tomllib
from pathlib import Path

import pytest

import agglometrics as ag

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def test_the_promise_speaks_of_this_version_and_these_pythons():
    text = (DOCS / "api-promise.md").read_text(encoding="utf-8")
    assert re.search(r"version (\d+\.\d+)", text)[1] == ag.__version__.rpartition(".")[0]
    promised = set(re.findall(r"3\.\d+", re.search(r"Python 3\.[^;]*;", text)[0]))
    classified = {c.split(":: ")[-1] for c in PROJECT["classifiers"] if re.search(r":: 3\.\d", c)}
    assert promised == classified
    assert PROJECT["requires-python"] == f">={min(promised, key=lambda v: int(v[2:]))}"


@pytest.mark.parametrize("page", ["SUPPORT.md", "CODE_OF_CONDUCT.md", "docs/api-promise.md",
                                  "docs/regression-tables.md"])  # fmt: skip
def test_pages_name_files_and_functions_that_exist(page):
    text = (ROOT / page).read_text(encoding="utf-8")
    for name in re.findall(r"`((?:docs/|src/)?[\w-]+\.(?:md|lock|toml)|src/hunan)`", text):
        assert (ROOT / name).exists(), name
    for name in re.findall(r"\bag\.(\w+)\(", text):
        assert name in ag.__all__, name


def test_the_changelog_keeps_the_promise_to_say_what_changes():
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert (
        "before 1.0 a minor\nversion may change a public name; such changes are listed here" in text
    )
