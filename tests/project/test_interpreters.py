"""The lock serves every Python that pyproject names, and make builds an environment for each."""

import re
import shutil
import subprocess
import tomllib
from importlib import metadata
from pathlib import Path

import pytest
from packaging.markers import default_environment
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
VERSIONS = [
    found[1] for c in PROJECT["classifiers"] if (found := re.search(r"Python :: (3\.\d+)$", c))
]
PINS = [
    Requirement(line.rstrip(" \\"))
    for line in (ROOT / "requirements.lock").read_text(encoding="utf-8").splitlines()
    if re.match(r"[A-Za-z0-9]", line)
]


def environment(version: str, system: str) -> dict[str, str]:
    base = {key: str(value) for key, value in default_environment().items()}
    full = f"{version}.0"
    platform = {"Linux": "linux", "Darwin": "darwin"}[system]
    return base | {"python_version": version, "python_full_version": full,
                   "implementation_version": full, "platform_system": system,
                   "sys_platform": platform, "os_name": "posix"}  # fmt: skip


def test_the_versions_are_named():
    assert VERSIONS == ["3.11", "3.12", "3.13"]


@pytest.mark.parametrize("system", ["Linux", "Darwin"])
@pytest.mark.parametrize("version", VERSIONS)
def test_one_pin_of_each_package_applies(version, system):
    where = environment(version, system)
    applying = [r for r in PINS if r.marker is None or r.marker.evaluate(where)]
    names = [r.name for r in applying]
    assert len(names) == len(set(names))
    always = {r.name for r in PINS if r.marker is None}
    assert always < set(names)
    core = {re.split(r"[\[>=]", text)[0] for text in PROJECT["dependencies"]}
    assert core <= set(names)


@pytest.mark.parametrize("version", VERSIONS)
def test_what_is_pinned_for_a_version_takes_it(version):
    where, seen = environment(version, "Linux"), 0
    for pin in PINS:
        (exact,) = [s.version for s in pin.specifier]
        if pin.marker is not None and not pin.marker.evaluate(where):
            continue
        try:
            found = metadata.distribution(pin.name)
        except metadata.PackageNotFoundError:
            continue
        if found.version == exact and (needs := found.metadata.get("Requires-Python")):
            assert SpecifierSet(needs).contains(f"{version}.0"), (pin.name, needs)
            seen += 1
    assert seen > 100


@pytest.mark.skipif(shutil.which("make") is None, reason="no make")
def test_an_interpreter_that_is_named_has_an_environment_of_its_own():
    def says(*arguments: str) -> str:
        command = ["make", "-n", "environment", *arguments]
        return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout

    assert "python3.13 -m venv .venv-python3.13\n" in says("PYTHON=/opt/python3.13")
    assert ".venv-" not in says()
    assert "-m venv elsewhere\n" in says("PYTHON=python3.12", "VENV=elsewhere")
