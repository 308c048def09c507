"""What make believes: files that are what their run wrote, from what is there now."""

import json
import os
import time
from pathlib import Path

import pytest

from agglometrics.errors import InputError
from hunan.data import manifest
from hunan.data.integrity import raw_sums, write_manifest
from hunan.paper import records
from hunan.paper.build import main as build
from hunan.paper.records import (
    PROGRAM,
    RECORD,
    check_generated,
    check_verified,
    read_record,
    sources_of,
    write_record,
)
from tests.hunan.paper.test_paper import make_folder

NAME = "10_small"
TABLE, RAW = "data/tidy/double.csv", "data/raw/cells.csv"


@pytest.fixture
def root(tmp_path):
    """A project of which one notebook has run: it read a raw table and wrote another."""
    for path, text in {
        RAW: "region,output\nHunan,1.5\n",
        TABLE: "region,output\nHunan,3\n",
        "notebooks/10_small.ipynb": "{}\n",
        "src/a.py": "x = 1\n",
        "build/notebooks/10_small.ipynb": "{}\n",
    }.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text)
    write_manifest(tmp_path / "data/raw")
    records.program.cache_clear()
    target = executed(tmp_path)
    reads = sources_of(tmp_path, [RAW, "notebooks/10_small.ipynb"])
    write_record(target.with_suffix(RECORD), tmp_path, target, reads, [TABLE])
    return tmp_path


def executed(root):
    return root / "build" / "notebooks" / f"{NAME}.ipynb"


def in_place(path, text):
    """Change a file and keep its time, as archives and clocks that go back do."""
    about = path.stat()
    path.write_text(text)
    os.utime(path, ns=(about.st_atime_ns, about.st_mtime_ns))


def test_what_is_as_it_was_stands(root):
    assert check_generated(root, [NAME]) == {}
    assert executed(root).exists()


@pytest.mark.parametrize("path", [TABLE, "build/notebooks/10_small.ipynb"])
@pytest.mark.parametrize("text", ["region,output\nHunan,4\n", "region,out", ""])
def test_a_changed_or_truncated_file_stops_the_build(root, path, text):
    in_place(root / path, text)
    words = rf"generated file '{path}' is not what the notebook 10_small wrote.*remove build/"
    with pytest.raises(InputError, match=words):
        check_generated(root, [NAME])
    assert executed(root).exists()


def test_a_lost_file_is_made_again(root):
    (root / TABLE).unlink()
    assert check_generated(root, [NAME]) == {NAME: f"{TABLE} is lost"}
    assert not executed(root).exists()  # so make runs the notebook


@pytest.mark.parametrize("path", [RAW, "notebooks/10_small.ipynb", "src/a.py"])
def test_what_a_run_read_counts_by_content_not_by_time(root, path):
    in_place(root / path, "other\n")
    records.program.cache_clear()
    name = PROGRAM if path.startswith("src") else path
    assert check_generated(root, [NAME]) == {NAME: f"{name} has changed"}
    assert not executed(root).exists()


@pytest.mark.parametrize(
    "text", [None, "", '{"data/tidy/dou', "[1]", "{}", '{"target": 1, "reads": 2, "writes": 3}']
)
def test_a_record_that_is_lost_or_cut_off_is_not_believed(root, text):
    path = executed(root).with_suffix(RECORD)
    path.unlink() if text is None else path.write_text(text)
    assert check_generated(root, [NAME]) == {NAME: "its record is lost or cut off"}
    assert not executed(root).exists()


def test_a_file_of_the_future_is_made_again(root):
    later = time.time() + 1000
    os.utime(executed(root), (later, later))
    assert "dated in the future" in check_generated(root, [NAME])[NAME]


def test_other_notebooks_are_left_alone(root):
    (root / TABLE).unlink()
    assert check_generated(root, ["20_other"]) == {}
    assert executed(root).exists()


def test_a_raw_table_changed_in_its_place_stops_before_anything_is_removed(
    root, monkeypatch, capsys
):
    mark = root / records.VERIFIED
    mark.write_text(raw_sums(root / "data/raw"))
    check_verified(root)
    assert mark.exists()
    in_place(root / RAW, "region,output\nHunan,1.6\n")
    monkeypatch.chdir(root)
    assert records.main([NAME]) == 1
    assert "raw file 'cells.csv' is not the one of the manifest" in capsys.readouterr().err
    assert executed(root).exists()
    write_manifest(root / "data/raw")  # the change was meant
    assert records.main([NAME]) == 0
    assert f"because {RAW} has changed: {NAME}" in capsys.readouterr().err
    assert not mark.exists()


def test_a_folder_that_cannot_be_written_is_named(root, monkeypatch, capsys):
    (root / TABLE).unlink()
    (root / records.VERIFIED).write_text(raw_sums(root / "data/raw"))

    def refuse(self, missing_ok=False):
        raise PermissionError(13, "Permission denied", str(self))

    monkeypatch.setattr(Path, "unlink", refuse)
    monkeypatch.chdir(root)
    assert records.main([NAME]) == 1
    assert "10_small.ipynb: Permission denied" in capsys.readouterr().err


def test_the_mark_of_a_check_holds_what_was_checked(tmp_path):
    mark = tmp_path / "raw-verified"
    assert manifest.main(["--check", "--mark", str(mark)]) == 0
    assert mark.read_text("utf-8") == raw_sums(manifest.raw_folder())
    assert [each.name for each in tmp_path.iterdir()] == ["raw-verified"]
    assert manifest.main(["--check", "--mark", str(tmp_path / "none" / "mark")]) == 1


def test_a_text_and_all_that_it_shows(tmp_path, monkeypatch, capsys):
    folder = tmp_path / "paper"
    make_folder(folder)
    records.program.cache_clear()
    monkeypatch.chdir(tmp_path)
    kept = Path("build/texts")
    assert build(["paper/paper.md", "--record", str(kept)]) == 0
    found = read_record(kept / f"paper{RECORD}")
    assert found.target == "paper/paper.pdf"
    assert {Path(name).suffix for name in found.writes} == {".pdf", ".html", ".tex", ".csv"}
    assert {"paper/paper.md", PROGRAM} < {*found.reads}

    def again():
        return check_generated(tmp_path, ["paper"], kept)

    assert again() == {}
    whole = (folder / "paper.html").read_bytes()
    for name in ("paper.pdf", "paper.html", "paper.tex"):
        kept_bytes = (folder / name).read_bytes()
        (folder / name).write_bytes(kept_bytes[:100])
        with pytest.raises(InputError, match=rf"{name}' is not what the build of paper\.md wrote"):
            again()
        (folder / name).write_bytes(kept_bytes)
    (folder / "paper.html").unlink()
    assert again() == {"paper": "paper/paper.html is lost"}
    assert not (folder / "paper.pdf").exists()
    assert build(["paper/paper.md", "--record", str(kept)]) == 0
    assert (folder / "paper.html").read_bytes() == whole
    number = next((folder / "numbers").glob("*.json"))
    in_place(number, number.read_text() + "\n")
    assert again() == {"paper": f"paper/numbers/{number.name} has changed"}


def test_a_build_that_stops_leaves_no_record(tmp_path, monkeypatch, capsys):
    folder = tmp_path / "paper"
    make_folder(folder)
    monkeypatch.chdir(tmp_path)
    assert build(["paper/paper.md", "--record", "build/texts"]) == 0
    text = (folder / "paper.md").read_text("utf-8")
    (folder / "paper.md").write_text(text + "\n\n{{no_such_number}}\n", encoding="utf-8")
    assert build(["paper/paper.md", "--record", "build/texts"]) == 1
    assert not Path("build/texts", f"paper{RECORD}").exists()
    assert json.loads(json.dumps(check_generated(tmp_path, ["paper"], Path("build/texts"))))
