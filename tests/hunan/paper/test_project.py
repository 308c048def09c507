"""notebooks/project.py: reading and writing of the study's files."""

import importlib.util
import shutil
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

PROJECT = Path(__file__).parents[3] / "notebooks" / "project.py"


@pytest.fixture
def project(tmp_path):
    (tmp_path / "notebooks").mkdir()
    copy = Path(shutil.copy(PROJECT, tmp_path / "notebooks"))
    spec = importlib.util.spec_from_file_location("project_copy", copy)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    assert tmp_path.samefile(module.ROOT)
    return module


def test_a_table_is_written_alike_everywhere(project):
    frame = pd.DataFrame({"code": ["a", "湖"], "x": [1 / 3, 2.5], "n": [1, 2]})
    project.write(frame, "data/tidy/t.csv")
    written = (project.ROOT / "data/tidy/t.csv").read_bytes()
    assert written == "code,x,n\na,0.333333333333,1\n湖,2.5,2\n".encode()
    again = project.read("data/tidy/t.csv")
    pd.testing.assert_frame_equal(again, frame, rtol=1e-11)


def test_an_index_is_not_lost(project):
    with pytest.raises(ValueError, match=r"data/tidy/t.csv: the index \['region'\] would be lost"):
        project.write(pd.DataFrame({"region": ["a"], "x": [1]}).set_index("region"),
                      "data/tidy/t.csv")  # fmt: skip


def test_touched_notes_what_python_opens_below_data_and_paper(project):
    """In a process of its own: what watches the opening of files stays until Python ends."""
    (project.ROOT / "data" / "raw").mkdir(parents=True)
    (project.ROOT / "data" / "raw" / "in.csv").write_text("x\n1\n")
    code = """
import pathlib, project
project.write(project.read("data/raw/in.csv"), "data/tidy/out.csv")
project.read("data/tidy/out.csv")
open("elsewhere.txt", "w").close()
pathlib.Path("../paper").mkdir()
pathlib.Path("../paper/note.txt").write_text("n")
print(project.touched())
"""
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=project.ROOT / "notebooks", capture_output=True, text=True
    )
    assert done.stdout.strip() == str(
        {"reads": ["data/raw/in.csv"], "writes": ["data/tidy/out.csv", "paper/note.txt"]}
    )
