"""An environment runs the sources of the folder in which it was made, and of no other."""

import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.skipif(shutil.which("make") is None, reason="make is not installed")
@pytest.mark.parametrize("name", ["plain", "湖南 'a' b"])
def test_make_refuses_an_environment_of_another_folder(tmp_path, name):
    root = tmp_path / name
    link = root / ".venv/lib/python3.11/site-packages/_agglometrics.pth"
    link.parent.mkdir(parents=True)
    (root / "src").mkdir()
    (root / "data/raw").mkdir(parents=True)
    shutil.copy(ROOT / "data/raw/manifest.csv", root / "data/raw")
    for each in ("Makefile", "pyproject.toml"):
        shutil.copy(ROOT / each, root)
    link.write_text(str(root / "src"))
    assert make_help(root).returncode == 0
    (tmp_path / "other" / "src").mkdir(parents=True)
    for before in (tmp_path / "other" / "src", tmp_path / "moved" / "src"):
        link.write_text(str(before))
        refused = make_help(root)
        assert refused.returncode != 0
        assert f"runs the sources in {before}: this folder was moved" in refused.stderr
        assert "Remove .venv and run make again" in refused.stderr


def make_help(root):
    return subprocess.run(["make", "help"], cwd=root, capture_output=True, text=True, check=False)
