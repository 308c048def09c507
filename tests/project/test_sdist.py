"""The source distribution holds what its tests read, and nothing that a run makes."""

import os
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PARTS = ("src", "tests", "data", "notebooks", "paper", "docs")
LEFT_OUT = {
    ".ci",
    ".git",
    ".github",
    ".gitignore",
    ".gitattributes",
}  # of a clone, not of a release


def kept() -> list[Path]:
    """Return what a clone holds: files that no run makes."""
    made = {"__pycache__", "tidy", "measures", "estimates", "figures", "numbers"}
    found = [path for path in ROOT.iterdir() if path.is_file()]
    for part in PARTS:
        found += [p for p in (ROOT / part).rglob("*") if p.is_file()]
    paper = {
        ROOT / "paper" / f"{t}.{e}" for t in ("paper", "appendix") for e in ("pdf", "html", "tex")
    }
    return [
        path
        for path in found
        if not (made & set(path.relative_to(ROOT).parts[:2]) or "__pycache__" in path.parts)
        and path not in paper
        and not (path.name.startswith(".") and path.suffix == ".lock")
        and not path.is_relative_to(ROOT / "paper" / "tables")
    ]


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory) -> Path:
    """The source distribution of a copy of the clone, unpacked."""
    clone, built, out = (tmp_path_factory.mktemp(name) for name in ("clone", "built", "out"))
    for path in kept():
        target = clone / path.relative_to(ROOT)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, target)
    command = [sys.executable, "-m", "hatchling", "build", "-t", "sdist", "-d", str(built)]
    subprocess.run(command, cwd=clone, check=True, capture_output=True, text=True)
    (found,) = built.glob("agglometrics-*.tar.gz")
    with tarfile.open(found) as archive:
        archive.extractall(out, filter="data")
    (folder,) = out.iterdir()
    return folder


def test_it_holds_every_file_of_a_clone(unpacked):
    there = {p.relative_to(unpacked) for p in unpacked.rglob("*") if p.is_file()}
    ours = {path.relative_to(ROOT) for path in kept()}
    missing = {p.as_posix() for p in ours - there if p.parts[0] not in LEFT_OUT}
    assert missing - {".python-version"} == set()
    assert {p.as_posix() for p in there - ours} <= {"PKG-INFO", ".gitignore"}


@pytest.mark.slow
def test_its_tests_run_where_it_was_unpacked(unpacked):
    chosen = [
        "tests/project/test_environment.py",
        "tests/project/test_citation.py",
        "tests/project/test_readme.py",
        "tests/notebooks/test_graph.py",
        "tests/datasets/test_examples.py",
    ]
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *chosen]
    environment = {**os.environ, "PYTHONPATH": str(unpacked / "src")}
    run = subprocess.run(command, cwd=unpacked, env=environment, capture_output=True, text=True)
    assert run.returncode == 0, run.stdout[-2000:]
    assert " passed" in run.stdout
