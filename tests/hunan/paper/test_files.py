"""What an interrupted, doubled or hindered build leaves: whole files, or none, and a word."""

import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from agglometrics.errors import InputError
from hunan.paper import pandoc
from hunan.paper.files import only_writer, write_bytes, write_text
from hunan.paper.numbers import Numbers, read_numbers
from hunan.paper.records import RECORD, check_generated, read_record
from tests.hunan.paper.test_paper import make_folder
from tests.hunan.paper.test_run_notebook import OPENING, WORK, make_project
from tests.hunan.paper.test_run_notebook import RECORD as RECORDING

SHOWN = """import matplotlib as mpl
print(mpl.rcParams["lines.linewidth"], mpl.rcParams["axes.facecolor"])
print("theirs" in globals(), __debug__)"""


def test_a_file_that_was_written_is_whole_or_the_old_one(tmp_path, monkeypatch):
    path = tmp_path / "a" / "table.csv"
    write_text(path, "old\n")

    def full(self, content):
        Path.write_text(self, content.decode()[: len(content) // 2])
        raise OSError(28, "No space left on device", str(self))

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(OSError, match="No space left"):
        write_bytes(path, b"a new and longer content\n")
    assert path.read_text() == "old\n"
    assert [each.name for each in path.parent.iterdir()] == ["table.csv"]


def test_a_truncated_number_file_names_its_notebook(tmp_path):
    Numbers("20_small", tmp_path).record("a", 1.5, ".1f", label="a")
    path = tmp_path / "20_small.json"
    path.write_text(path.read_text()[:20])
    with pytest.raises(InputError, match=r"20_small.json is cut off .* Run the notebook 20_small"):
        read_numbers(tmp_path)


def test_one_writer_at_a_time(tmp_path):
    order = []

    def second():
        with only_writer(tmp_path / "x.ipynb"):
            order.append("second")

    with only_writer(tmp_path / "x.ipynb"):
        waiting = threading.Thread(target=second)
        waiting.start()
        time.sleep(0.3)
        order.append("first")
    waiting.join()
    assert order == ["first", "second"]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_is_read_only_is_named(tmp_path):
    tmp_path.chmod(0o500)
    with pytest.raises(PermissionError):
        write_text(tmp_path / "x", "y")


def run_in(root, *command, **environment):
    return subprocess.run(
        [sys.executable, "-m", *map(str, command)],
        cwd=root,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
    )


def test_a_notebook_in_a_chinese_folder_in_the_c_locale_without_the_users_style(tmp_path):
    root = tmp_path / "湖南 产业"
    notebook = make_project(root, OPENING, WORK, RECORDING, SHOWN)
    home = tmp_path / "home"
    (home / "matplotlib").mkdir(parents=True)
    (home / "matplotlib" / "matplotlibrc").write_text("lines.linewidth: 9\naxes.facecolor: red\n")
    (home / "startup.py").write_text("theirs = 1\n")
    for profile in (home / ".ipython", home / "ipython"):
        (profile / "profile_default/startup").mkdir(parents=True)
        (profile / "profile_default/startup/00.py").write_text("theirs = 1\n")
    target = root / "build" / "notebooks" / "10_small.ipynb"
    own = {"LC_ALL": "C", "HOME": str(home), "XDG_CONFIG_HOME": str(home),
           "MATPLOTLIBRC": str(home / "matplotlib"), "PYTHONSTARTUP": str(home / "startup.py"),
           "IPYTHONDIR": str(home / "ipython"), "PYTHONOPTIMIZE": "2",
           "MPLBACKEND": "none"}  # fmt: skip
    done = run_in(root, "hunan.paper.run_notebook", notebook, target, **own)
    assert done.returncode == 0, done.stderr
    assert "1.5 white" in target.read_text("utf-8")
    assert "False True" in target.read_text("utf-8")
    found = read_record(target.with_suffix(RECORD))
    assert sorted(found.writes) == ["build/notebooks/10_small.ipynb", "data/tidy/double.csv",
                                    "paper/numbers/10_small.json"]  # fmt: skip
    assert "data/raw/cells.csv" in found.reads
    assert check_generated(root, ["10_small"]) == {}
    assert [p.name for p in (root / "data/tidy").iterdir()] == ["double.csv"]


def test_a_paper_does_not_depend_on_the_users_home_or_locale(tmp_path):
    (tmp_path / "bin").mkdir()
    other = tmp_path / "bin" / "pandoc"
    other.write_text("#!/bin/sh\necho pandoc 99.9\n")
    other.chmod(0o755)
    data = tmp_path / "home" / ".local/share/pandoc/templates"
    data.mkdir(parents=True)
    for name in ("default.latex", "default.html5"):
        (data / name).write_text("MINE $body$")
    plain, own = tmp_path / "plain", tmp_path / "湖南"
    for folder in (plain, own):
        make_folder(folder)
    theirs = {"LC_ALL": "C", "HOME": str(tmp_path / "home"), "PYPANDOC_PANDOC": str(other),
              "PATH": f"{tmp_path / 'bin'}{os.pathsep}{os.environ['PATH']}"}  # fmt: skip
    for folder, environment in ((plain, {}), (own, theirs)):
        done = run_in(folder, "hunan.paper.build", "paper.md", **environment)
        assert done.returncode == 0, done.stderr
    for name in ("paper.pdf", "paper.html", "paper.tex"):
        assert (plain / name).read_bytes() == (own / name).read_bytes(), name
    assert "MINE" not in (own / "paper.tex").read_text("utf-8")


def test_pandoc_says_what_it_cannot_do(tmp_path):
    document = pandoc.read("a")
    with pytest.raises(InputError, match=r"pandoc stops: .*none\.html.* Correct"):
        pandoc.write(document, "html5", tmp_path, ["--standalone", "--template=none.html"])


def test_a_disk_that_is_full_inside_a_notebook_says_what_to_do(tmp_path):
    notebook = make_project(tmp_path, "raise OSError(28, 'No space left on device')")
    target = tmp_path / "build" / "notebooks" / "10_small.ipynb"
    done = run_in(tmp_path, "hunan.paper.run_notebook", notebook, target)
    assert done.returncode == 1
    assert "No space left on device" in done.stderr
    assert "free space, or allow writing, and run make again" in done.stderr
    assert not target.exists()
