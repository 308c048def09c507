"""A throwaway copy of the working tree, in which tests run and mutants live."""

from __future__ import annotations

import compileall
import json
import os
import py_compile
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path
from queue import SimpleQueue
from typing import TypeVar

from hunan.paper.archive import tracked

Task, Answer = TypeVar("Task"), TypeVar("Answer")
ROOT = Path(__file__).resolve().parents[2]
SOURCE = "src/agglometrics"
PYTEST = [
    *("-q", "-p", "no:cacheprovider", "--color=no", "-m", "not slow"),
    *("-W", "ignore::pytest.PytestAssertRewriteWarning"),
]


def working_files() -> list[str]:
    """Return the files that git tracks or would track; those of the manifest where no git is."""
    if not (ROOT / ".git").exists():
        return tracked(ROOT)
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    listed = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    return [name for name in listed.split("\0") if name and (ROOT / name).is_file()]


@dataclass(frozen=True)
class Run:
    """How pytest ended: its code (None if time ran out), its seconds, the end of its output."""

    code: int | None
    seconds: float
    output: str


@dataclass(frozen=True, eq=False)
class Tree:
    """A copy of the working tree at `root`, and the server that runs its tests."""

    root: Path
    server: subprocess.Popen[str]

    @classmethod
    def copied(cls, root: Path) -> Tree:
        """Copy the working tree to `root`, a folder of its own."""
        for name in working_files():
            target = root / name
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, target)
        # bytecode is trusted by the hash of its source, never by a time stamp
        mode = py_compile.PycInvalidationMode.CHECKED_HASH
        compileall.compile_dir(root / "src", quiet=1, invalidation_mode=mode)
        environment = _environment(root)
        _require_own_package(root, environment)
        server = subprocess.Popen(
            [sys.executable, "-m", "tests.mutants.server"], cwd=root, env=environment,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, start_new_session=True,
        )  # fmt: skip
        return cls(root, server)

    def pytest(
        self,
        arguments: Sequence[str],
        timeout: float | None = None,
        *,
        numba_cache: str = ".numba",
        coverage: str = "",
    ) -> Run:
        """Run pytest in the copy; tests that outlive the time are killed."""
        request = {
            "arguments": [*PYTEST, *arguments],
            "timeout": timeout,
            "numba_cache": str(self.root / numba_cache),
            "coverage": coverage,
        }
        assert self.server.stdin is not None
        assert self.server.stdout is not None
        self.server.stdin.write(json.dumps(request) + "\n")
        self.server.stdin.flush()
        line = self.server.stdout.readline()
        if not line:
            raise SystemExit(f"the server of tests ended with code {self.server.wait()}.")
        return Run(**json.loads(line))

    def test_mutant(
        self, name: str, mutated: str, tests: Sequence[str], timeout: float, compiled: bool
    ) -> Run:
        """Run tests, the first failure ends them, with the file `name` mutated meanwhile."""
        path, chosen = self.root / name, self.root / "chosen-tests.txt"
        original, stamp = path.read_bytes(), path.stat()
        chosen.write_text("\n".join(tests))
        # what calls a mutated kernel is compiled again too
        cache = ".numba-mutant" if compiled else ".numba"
        try:
            path.write_text(mutated, encoding="utf-8")
            return self.pytest(["-x", f"@{chosen}"], timeout, numba_cache=cache)
        finally:
            path.write_bytes(original)
            os.utime(path, ns=(stamp.st_atime_ns, stamp.st_mtime_ns))
            shutil.rmtree(self.root / ".numba-mutant", ignore_errors=True)

    def close(self) -> None:
        """End the server, and the tests that it still runs."""
        self.server.terminate()
        self.server.wait()


def _environment(root: Path) -> dict[str, str]:
    """Return the variables under which the copy's package is the one imported."""
    return os.environ | {
        "PYTHONPATH": os.pathsep.join([str(root / "src"), str(root)]),
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONHASHSEED": "0",
        "OMP_NUM_THREADS": "1",
    }


def _require_own_package(root: Path, environment: dict[str, str]) -> None:
    command = [sys.executable, "-c", "import agglometrics; print(agglometrics.__file__)"]
    done = subprocess.run(
        command, cwd=root, env=environment, check=True, capture_output=True, text=True
    )
    if not Path(done.stdout.strip()).resolve().is_relative_to(root.resolve()):
        raise SystemExit(f"the copy imports {done.stdout.strip()}, not its own package.")


def shared(
    trees: Sequence[Tree],
    tasks: Sequence[Task],
    work: Callable[[Tree, Task], Answer],
    what: str,
) -> Iterator[tuple[Task, Answer]]:
    """Yield tasks with their answers as these come, each worked on in a tree that is free."""
    free: SimpleQueue[Tree] = SimpleQueue()
    for tree in trees:
        free.put(tree)

    def one(task: Task) -> Answer:
        tree = free.get()
        try:
            return work(tree, task)
        finally:
            free.put(tree)

    begun = time.monotonic()
    pool = ThreadPoolExecutor(len(trees))
    try:
        futures = {pool.submit(one, task): task for task in tasks}
        for done, future in enumerate(as_completed(futures), start=1):
            yield futures[future], future.result()
            left = (time.monotonic() - begun) / done * (len(tasks) - done)
            note = f"{done} of {len(tasks)} {what}, about {left / 60:.0f} min left"
            print(note, file=sys.stderr, flush=True)
    except BaseException:  # an interrupt too
        pool.shutdown(wait=False, cancel_futures=True)
        for tree in trees:
            tree.close()
        raise
    finally:
        pool.shutdown(cancel_futures=True)
