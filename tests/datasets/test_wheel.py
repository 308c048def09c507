"""A user of the installed wheel has the study tables too: built, unpacked, loaded elsewhere."""

import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PARTS = ["pyproject.toml", "README.md", "LICENSE", "src", "data/raw"]
LOAD = """
from agglometrics.datasets import load_io_industries, load_provinces, raw_folder, verify
verify()
print(raw_folder())
print(len(load_provinces()), len(load_io_industries()))
"""


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of what a clone holds, built into a wheel, and the wheel unpacked."""
    clone, built, site = (tmp_path_factory.mktemp(name) for name in ("clone", "built", "site"))
    for part in PARTS:
        source, target = ROOT / part, clone / part
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, target)
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(built)]
    subprocess.run(command, cwd=clone, check=True, capture_output=True, text=True)
    (wheel,) = built.glob("agglometrics-*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(site)
    return site


def test_the_wheel_holds_the_raw_tables_byte_for_byte(unpacked: Path) -> None:
    raw = unpacked / "agglometrics" / "datasets" / "raw"
    ours = {path.name: path.read_bytes() for path in (ROOT / "data" / "raw").iterdir()}
    assert {path.name: path.read_bytes() for path in raw.iterdir()} == ours


def test_the_wheel_loads_outside_the_repository(unpacked: Path, tmp_path: Path) -> None:
    environment = {**os.environ, "PYTHONPATH": str(unpacked)}
    command = [sys.executable, "-c", LOAD]
    run = subprocess.run(
        command, cwd=tmp_path, env=environment, check=True, capture_output=True, text=True
    )
    folder, counts = run.stdout.splitlines()
    assert Path(folder) == unpacked / "agglometrics" / "datasets" / "raw"
    assert counts == "31 2928"
