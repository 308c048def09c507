import shutil
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import nbformat
import pytest
from nbclient.exceptions import DeadKernelError

from agglometrics import InputError
from hunan.paper.declared import Files, declared, disagreements
from hunan.paper.numbers import read_numbers, running_cell
from hunan.paper.run_notebook import main, run

PROJECT = Path(__file__).parents[3] / "notebooks" / "project.py"

OPENING = """from project import numbers, read, write

reads = ["data/raw/cells.csv"]
writes = ["data/tidy/double.csv", "paper/numbers/10_small.json"]"""
WORK = """cells = read("data/raw/cells.csv")
cells["output"] *= 2
write(cells, "data/tidy/double.csv")
registry = numbers("10_small")"""
WHERE = """import os, matplotlib
matplotlib.get_cachedir()  # says so where it cannot be written
print(os.getcwd(), os.environ["PYTHONHASHSEED"])"""
RECORD = 'registry.record("total", cells["output"].sum(), ".1f", label="twice the output")'


def make_project(root, *sources):
    (root / "notebooks").mkdir(parents=True)
    (root / "data" / "raw").mkdir(parents=True)
    shutil.copy(PROJECT, root / "notebooks")
    (root / "data" / "raw" / "cells.csv").write_text("region,output\nHunan,1.5\nJiangsu,2.25\n")
    cells = [nbformat.v4.new_markdown_cell("# Small", id="title")]
    cells += [nbformat.v4.new_code_cell(text, id=f"cell-{n}") for n, text in enumerate(sources)]
    notebook = root / "notebooks" / "10_small.ipynb"
    nbformat.write(nbformat.v4.new_notebook(cells=cells), notebook)
    return notebook


def set_oddly(patch, folder):
    """Set what a user may have set: their own start of IPython, no folder that can be written."""
    start = folder / "ipython" / "profile_default" / "startup"
    start.mkdir(parents=True)
    (start / "00.py").write_text("raise SystemExit('the start of the user ran')")
    (folder / "temporary" / ("long" * 25)).mkdir(parents=True)
    nowhere = str(folder / "ipython" / "profile_default" / "startup" / "00.py" / "below")
    odd = {"HOME": nowhere, "XDG_CACHE_HOME": nowhere, "XDG_CONFIG_HOME": nowhere,
           "MPLBACKEND": "none", "MPLCONFIGDIR": nowhere, "IPYTHONDIR": str(folder / "ipython"),
           "JUPYTER_RUNTIME_DIR": nowhere, "PYTHONSAFEPATH": "1", "PYTHONHASHSEED": "77",
           "PYTHONPROFILEIMPORTTIME": "1", "TZ": "Pacific/Kiritimati", "LC_ALL": "C"}  # fmt: skip
    for name, value in odd.items():
        patch.setenv(name, value)
    patch.setattr("tempfile.tempdir", str(folder / "temporary" / ("long" * 25)))


@pytest.fixture(scope="module")
def twice(tmp_path_factory):
    """The same project run in two folders, an output naming its folder; the second set oddly."""
    roots = [tmp_path_factory.mktemp(name) for name in ("first", "second 湖南 $x 'y'")]
    for root in roots:
        notebook = make_project(root, OPENING, WORK, RECORD, WHERE)
        target = root / "build" / "10_small.ipynb"
        with pytest.MonkeyPatch.context() as patch:
            if root is roots[1]:
                set_oddly(patch, tmp_path_factory.mktemp("user"))
            assert main([str(notebook), str(target), "--html"]) == 0
    return roots


def test_runs_and_writes_what_the_cells_compute(twice):
    root = twice[0]
    # twice 1.5 and 2.25
    assert (root / "data/tidy/double.csv").read_bytes() == b"region,output\nHunan,3\nJiangsu,4.5\n"
    node = nbformat.read(root / "build/10_small.ipynb", as_version=4)
    assert node.cells[3].outputs[0]["data"]["text/plain"] == "'7.5'"


def test_a_number_names_its_cell(twice):
    number = read_numbers(twice[0] / "paper" / "numbers")["total"]
    assert (number.value, number.text) == (7.5, "7.5")
    assert (number.notebook, number.cell, number.cell_id) == ("10_small", 3, "cell-2")
    node = nbformat.read(twice[0] / "build/10_small.ipynb", as_version=4)
    (cell,) = [cell for cell in node.cells if cell.id == number.cell_id]
    assert cell.execution_count == number.cell


def test_two_folders_give_the_same_bytes(twice):
    for name in ("build/10_small.ipynb", "build/10_small.html", "paper/numbers/10_small.json"):
        first, second = ((root / name).read_bytes() for root in twice)
        assert first == second, name
    assert str(twice[0]).encode() not in (twice[0] / "build/10_small.ipynb").read_bytes()
    assert b"http" not in (twice[0] / "build/10_small.html").read_bytes()


def test_a_failing_cell_shows_its_traceback_and_leaves_no_target(tmp_path):
    notebook = make_project(tmp_path, "x = 1", "ratio = x / 0")
    target = tmp_path / "out.ipynb"
    target.write_text("an earlier run")
    command = [sys.executable, "-m", "hunan.paper.run_notebook", notebook, target]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 1
    assert "ratio = x / 0" in done.stderr
    assert "ZeroDivisionError" in done.stderr
    assert not target.exists()


def test_a_file_that_is_not_declared_stops_the_run(tmp_path):
    notebook = make_project(tmp_path, OPENING, WORK.replace("double", "treble"), RECORD)
    with pytest.raises(InputError) as failure:
        run(notebook, tmp_path / "out.ipynb")
    assert "data/tidy/treble.csv was written, not declared" in str(failure.value)
    assert "data/tidy/double.csv is declared, was not written" in str(failure.value)
    assert not (tmp_path / "out.ipynb").exists()


def test_an_address_of_memory_stops_the_run(tmp_path):
    notebook = make_project(tmp_path, "object()")
    with pytest.raises(InputError, match=r"10_small.ipynb, In \[1\] shows an address of memory"):
        run(notebook, tmp_path / "out.ipynb")


def test_declared_reads_the_first_code_cell(tmp_path):
    notebook = make_project(tmp_path / "a", OPENING)
    assert declared(notebook) == Files(
        ("data/raw/cells.csv",), ("data/tidy/double.csv", "paper/numbers/10_small.json")
    )
    assert declared(make_project(tmp_path / "b", "x = 1")) is None


def test_a_declared_folder_stands_for_its_files():
    seen = Files(("data/raw/cells.csv",), ("paper/figures/a.svg", "paper/figures/a.pdf"))
    assert disagreements(Files(("data/raw",), ("paper/figures",)), seen) == []
    assert disagreements(Files(("data/ra",), ("paper/figures",)), seen) == [
        "data/raw/cells.csv was read, not declared",
        "data/ra is declared, was not read",
    ]


def test_the_kernel_has_fixed_seeds_and_its_paths_start_at_the_project(twice):
    node = nbformat.read(twice[0] / "build/10_small.ipynb", as_version=4)
    assert node.cells[4].outputs[0]["text"] == "notebooks 0\n"
    assert dict(node.cells[4].metadata) == {}


def test_no_kernel_outlives_its_run(twice):
    psutil = pytest.importorskip("psutil")
    children = psutil.Process().children(recursive=True)
    assert not [child for child in children if "ipykernel_launcher" in " ".join(child.cmdline())]


@pytest.mark.parametrize(("times", "cells"), [(2, [RECORD, RECORD]), (0, ["x = 1"])])
def test_a_number_needs_a_cell_of_its_own(tmp_path, monkeypatch, times, cells):
    notebook = make_project(tmp_path, *cells)
    history = SimpleNamespace(input_hist_raw=["", RECORD])
    shell = SimpleNamespace(history_manager=history)
    monkeypatch.setitem(sys.modules, "IPython", SimpleNamespace(get_ipython=lambda: shell))
    with pytest.raises(InputError, match=f"running cell stands {times} times in 10_small.ipynb"):
        running_cell(notebook)


@pytest.mark.parametrize(
    ("failure", "status", "words"),
    [(KeyboardInterrupt(), 130, "interrupted: no file is half-written; run make again"),
     (DeadKernelError("Kernel died"), 1, "Free memory, or run fewer at once: make JOBS=1")],
)  # fmt: skip
def test_a_run_that_is_ended_says_so_in_a_line(monkeypatch, capsys, failure, status, words):
    def run(*paths, timeout):
        raise failure

    monkeypatch.setattr("hunan.paper.run_notebook.run", run)
    assert main(["notebooks/10_small.ipynb", "build/10_small.ipynb"]) == status
    last = capsys.readouterr().err.splitlines()[-1]
    assert last.startswith("notebooks/10_small.ipynb ")
    assert words in last
