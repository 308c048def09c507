"""The wheel holds the library and its examples; the README's code runs from it alone."""

import os
import re
import shutil
import subprocess
import sys
import zipfile
from importlib import metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).parents[2]
PARTS = ["pyproject.toml", "README.md", "LICENSE", "src"]
MEGABYTES = 2.0

# runs the README with nothing importable but the standard library, the wheel and what it declares
RUN = """
import doctest, sys
from importlib import metadata
from importlib.machinery import PathFinder
allowed = set(sys.argv[2].split(","))
named = metadata.packages_distributions()

finders = list(sys.meta_path)

class Declared:
    # finds what is declared; anything else is as good as not installed
    find_distributions = staticmethod(PathFinder.find_distributions)

    def find_spec(self, name, path=None, target=None):
        top = name.partition(".")[0]
        owners = {owner.lower().replace("_", "-") for owner in named.get(top, [])}
        if owners and not owners & allowed:
            return None
        found = (finder.find_spec(name, path, target) for finder in finders)
        return next((spec for spec in found if spec is not None), None)

sys.meta_path[:] = [Declared()]
import agglometrics
print(agglometrics.__file__)
print(doctest.testfile(sys.argv[1], module_relative=False))
"""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of what a clone holds, built into a wheel."""
    clone, built = (tmp_path_factory.mktemp(name) for name in ("clone", "built"))
    for part in PARTS:
        source, target = ROOT / part, clone / part
        if source.is_dir():
            shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, target)
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(built)]
    subprocess.run(command, cwd=clone, check=True, capture_output=True, text=True)
    (found,) = built.glob("agglometrics-*.whl")
    return found


def applies(requirement: Requirement, extras: set[str]) -> bool:
    marker = requirement.marker
    return marker is None or any(marker.evaluate({"extra": extra}) for extra in extras)


def declared(wheel: Path) -> set[str]:
    """Return the distributions that installing the wheel brings, and the wheel's own."""
    with zipfile.ZipFile(wheel) as archive:
        (name,) = (n for n in archive.namelist() if n.endswith("METADATA"))
        lines = archive.read(name).decode().splitlines()
    todo = [
        Requirement(line.partition(": ")[2]) for line in lines if line.startswith("Requires-Dist")
    ]
    found = {"agglometrics"}
    while todo:
        requirement = todo.pop()
        extras = requirement.extras or {""}
        if requirement.marker and not any(
            requirement.marker.evaluate({"extra": e}) for e in extras
        ):
            continue
        key = re.sub(r"[-_.]+", "-", requirement.name).lower()
        if key in found:
            continue
        found.add(key)
        for text in metadata.requires(requirement.name) or []:
            child = Requirement(text)
            if applies(child, extras):
                child.marker = None
                todo.append(child)
    return found


def test_the_wheel_is_small_and_holds_the_library_alone(wheel: Path) -> None:
    assert wheel.stat().st_size < MEGABYTES * 1e6
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
    packages = {name.partition("/")[0] for name in names}
    assert packages == {"agglometrics", "agglometrics-0.1.0.dist-info"}
    tables = {Path(name).stem for name in names if name.endswith(".csv")}
    assert tables == {
        "growth_locations",
        "growth_shares",
        "growth_shocks",
        "names",
        "plants",
        "provincial_output",
    }


def test_the_readme_runs_from_the_wheel_with_what_it_declares(wheel: Path, tmp_path: Path) -> None:
    site = tmp_path / "site"
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(site)
    brought = declared(wheel)
    assert {"numpy", "pandas", "pyfixest"} <= brought
    assert not {"pandera", "geopandas", "hypothesis"} & brought
    command = [sys.executable, "-c", RUN, str(ROOT / "README.md"), ",".join(sorted(brought))]
    run = subprocess.run(
        command,
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(site)},
        capture_output=True,
        text=True,
    )
    assert run.returncode == 0, run.stderr
    place, result = run.stdout.strip().splitlines()[:1] + run.stdout.strip().splitlines()[-1:]
    assert Path(place).is_relative_to(site)
    assert "failed=0" in result and "attempted=0" not in result, run.stdout
