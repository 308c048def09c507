"""The archive of a deposit: the same bytes twice, with git and without, and whole."""

import hashlib
import io
import os
import shutil
import subprocess
import tarfile
from pathlib import Path

import pytest

from agglometrics.errors import InputError
from hunan.paper import archive
from hunan.paper.archive import ARCHIVES, contents, main, pack, tracked

ROOT = Path(__file__).parents[3]
NAME = "study"


@pytest.fixture(scope="module")
def files() -> list[str]:
    """What the archive is made of: what git would track here, or what the manifest lists."""
    if not (ROOT / ".git").exists():
        return tracked(ROOT)
    if shutil.which("git") is None:
        pytest.skip("there is no git to list the files of this clone")
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    done = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
    return [name for name in done.stdout.split("\0") if name and (ROOT / name).is_file()]


@pytest.fixture(scope="module")
def packed(files: list[str]) -> bytes:
    return pack(contents(ROOT, files), NAME)


@pytest.fixture(scope="module")
def unpacked(packed: bytes, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("deposit")
    with tarfile.open(fileobj=io.BytesIO(packed)) as deposit:
        deposit.extractall(folder, filter="data")
    return folder / NAME


def test_an_unpacked_archive_makes_the_same_archive(
    packed: bytes, unpacked: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(unpacked / "project")
    again = tmp_path / f"{NAME}.tar.gz"
    assert main([str(again)]) == 0
    assert hashlib.sha256(again.read_bytes()).hexdigest() == hashlib.sha256(packed).hexdigest()


def test_the_bytes_do_not_depend_on_when_and_by_whom(packed: bytes, files: list[str]) -> None:
    shuffled = list(reversed(files))
    assert pack(contents(ROOT, shuffled), NAME) == packed
    with tarfile.open(fileobj=io.BytesIO(packed)) as deposit:
        members = deposit.getmembers()
    assert {(m.mtime, m.uid, m.gid, m.uname, m.gname) for m in members} == {
        (archive.TIME, 0, 0, "", "")
    }
    scripts = [m.name for m in members if m.mode == 0o755]
    assert scripts == [f"{NAME}/project/.ci/run"]


def test_the_manifest_lists_every_file(unpacked: Path) -> None:
    lines = (unpacked / "MANIFEST.sha256").read_text("utf-8").splitlines()
    sums = {name: digest for digest, _, name in (line.partition("  ") for line in lines)}
    present = {p.relative_to(unpacked).as_posix() for p in unpacked.rglob("*") if p.is_file()}
    assert set(sums) == present - {"MANIFEST.sha256"}
    for name, digest in sums.items():
        assert hashlib.sha256((unpacked / name).read_bytes()).hexdigest() == digest


def test_it_holds_what_a_deposit_needs(unpacked: Path) -> None:
    guide = (unpacked / "README.md").read_bytes()
    assert guide == (ROOT / "REPLICATION.md").read_bytes()
    project = unpacked / "project"
    for name in (
        "Makefile", "LICENSE", "LICENSE-DATA.md", "requirements.lock", "data/raw/manifest.csv",
        "data/README.md", "paper/paper.md", "paper/refs.bib", "src/hunan/paper/archive.py",
    ):  # fmt: skip
        assert (project / name).is_file(), name
    every = list(unpacked.rglob("*"))
    assert not [p for p in every if p.name == ".git" or p.name.endswith(ARCHIVES)]
    assert not [p for p in every if p.name in (".venv", "build", "__pycache__")]


def test_what_is_refused(files: list[str], tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"is not a clone, and MANIFEST\.sha256 is not in"):
        tracked(tmp_path)
    with pytest.raises(InputError, match=r"\['a/b.zip'\] are archives"):
        contents(ROOT, [*files, "a/b.zip"])
    with pytest.raises(InputError, match=r"files \['paper/none.md'\] are lost"):
        contents(ROOT, [*files, "paper/none.md"])


def test_a_clone_with_changes_is_refused(tmp_path: Path) -> None:
    if shutil.which("git") is None:
        pytest.skip("there is no git")
    environment = os.environ | {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}

    def git(*arguments: str) -> None:
        who = ["-c", "user.name=A", "-c", "user.email=a@example.org"]
        subprocess.run(["git", *who, *arguments], cwd=tmp_path, check=True, env=environment)

    (tmp_path / "b.txt").write_text("b")
    (tmp_path / "资料.txt").write_text("a")
    git("init", "-q")
    with pytest.raises(InputError, match=r"changes that are not committed: '\?\? b.txt'"):
        tracked(tmp_path)
    git("add", ".")
    git("commit", "-q", "-m", "both")
    assert tracked(tmp_path) == ["b.txt", "资料.txt"]
