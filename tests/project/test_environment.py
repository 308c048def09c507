"""environment.yml, pyproject.toml and requirements.lock agree, and the lock names no index."""

import re
import tomllib
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.version import Version

ROOT = Path(__file__).parents[2]
# conda-forge name -> PyPI name
CONDA_NAMES = {"python-duckdb": "duckdb", "ibis-duckdb": "ibis-framework"}


def normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


@pytest.fixture(scope="module")
def pyproject() -> dict[str, Requirement]:
    """Every requirement that the environment is made for: core, the extras, study, site and dev."""
    content = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    groups = content["dependency-groups"]
    texts = [
        *content["project"]["dependencies"],
        *content["project"]["optional-dependencies"]["excel"],
        *content["project"]["optional-dependencies"]["spatial"],
        *groups["study"],
        *groups["site"],
        *groups["dev"],
    ]
    return {normal(r.name): r for r in map(Requirement, texts)}


@pytest.fixture(scope="module")
def lock() -> dict[str, list[Requirement]]:
    pinned: dict[str, list[Requirement]] = {}
    for line in (ROOT / "requirements.lock").read_text("utf-8").splitlines():
        if re.match(r"[A-Za-z0-9]", line):
            requirement = Requirement(line.rstrip(" \\"))
            pinned.setdefault(normal(requirement.name), []).append(requirement)
    return pinned


@pytest.fixture(scope="module")
def conda() -> dict[str, Requirement]:
    entries = yaml.safe_load((ROOT / "environment.yml").read_text("utf-8"))["dependencies"]
    texts = [e for e in entries if isinstance(e, str)]
    texts += next(e["pip"] for e in entries if isinstance(e, dict))
    named = [Requirement(t) for t in texts if not t.startswith("--editable")]
    return {normal(CONDA_NAMES.get(r.name, r.name)): r for r in named}


def test_conda_and_pyproject_ask_for_the_same_bounds(
    conda: dict[str, Requirement], pyproject: dict[str, Requirement]
) -> None:
    tools = {"python", "pip", "make"}
    assert set(conda) - tools == set(pyproject)
    for name, requirement in pyproject.items():
        assert conda[name].specifier == requirement.specifier, name


def test_conda_asks_for_the_python_of_pyproject(conda: dict[str, Requirement]) -> None:
    content = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    assert str(conda["python"].specifier) == content["project"]["requires-python"]


def test_lock_satisfies_pyproject(
    pyproject: dict[str, Requirement], lock: dict[str, list[Requirement]]
) -> None:
    for name, requirement in pyproject.items():
        assert name in lock, f"{name} is not in requirements.lock: run make lock"
        for pinned in lock[name]:
            version = Version(str(pinned.specifier).removeprefix("=="))
            assert requirement.specifier.contains(version), f"{name} {version}"


def test_every_pin_is_exact_and_hashed(lock: dict[str, list[Requirement]]) -> None:
    text = (ROOT / "requirements.lock").read_text("utf-8")
    assert len(lock) > 100
    for name, requirements in lock.items():
        for requirement in requirements:
            assert re.fullmatch(r"==[^*]+", str(requirement.specifier)), name
    stanzas = re.findall(r"^\S.*(?:\n +.*)*", text, flags=re.MULTILINE)
    assert all("--hash=sha256:" in stanza for stanza in stanzas)


def test_lock_holds_no_address() -> None:
    text = (ROOT / "requirements.lock").read_text("utf-8")
    assert "://" not in text
    assert "index-url" not in text
