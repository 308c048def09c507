"""requirements-spark.lock: what `make spark` adds to the environment, as .ci/run does."""

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.version import Version

ROOT = Path(__file__).parents[2]


def pins(path: Path) -> dict[str, Requirement]:
    lines = path.read_text("utf-8").splitlines()
    found = [Requirement(x.rstrip(" \\")) for x in lines if re.match(r"[A-Za-z0-9]", x)]
    return {re.sub(r"[-_.]+", "-", r.name).lower(): r for r in found}


@pytest.fixture(scope="module")
def spark() -> dict[str, Requirement]:
    return pins(ROOT / "requirements-spark.lock")


def test_lock_satisfies_the_extra(spark: dict[str, Requirement]) -> None:
    content = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    for requirement in map(Requirement, content["project"]["optional-dependencies"]["spark"]):
        version = Version(str(spark[requirement.name].specifier).removeprefix("=="))
        assert requirement.specifier.contains(version), requirement


def test_every_pin_is_exact_and_hashed_and_names_no_address(spark: dict[str, Requirement]) -> None:
    text = (ROOT / "requirements-spark.lock").read_text("utf-8")
    assert all(re.fullmatch(r"==[^*]+", str(r.specifier)) for r in spark.values())
    stanzas = re.findall(r"^\S.*(?:\n +.*)*", text, flags=re.MULTILINE)
    assert len(stanzas) == len(spark)
    assert all("--hash=sha256:" in stanza for stanza in stanzas)
    assert "://" not in text
    assert "index-url" not in text


def test_spark_changes_nothing_in_the_environment(spark: dict[str, Requirement]) -> None:
    environment = pins(ROOT / "requirements.lock")
    assert "pyspark" in spark
    assert "pyspark" not in environment
    for name in set(spark) & set(environment):
        assert spark[name].specifier == environment[name].specifier
