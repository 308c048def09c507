"""Runs pytest again and again without loading numpy, pandas and the rest each time.

``python -m tests.mutants.server`` in a copy of the repository loads every library that the package
and its tests use, then forks a child for each line of its standard input, a JSON object with
``arguments`` of pytest, ``timeout``, ``numba_cache`` and, to record what runs, ``coverage``: a
file. It answers with a line of JSON: ``code`` (null if time ran out), ``seconds``, ``output``. The
package itself is loaded by the child, from the sources as they are then.
"""

from __future__ import annotations

import ast
import importlib
import json
import os
import signal
import sys
import tempfile
import time
from pathlib import Path
from types import FrameType
from typing import Any, NoReturn

# Threads of these may run before the fork, and would not exist after it.
NOT_BEFORE_A_FORK = {"polars", "pyspark"}


running: set[int] = set()


def imported_names(folders: list[Path]) -> set[str]:
    """Return the modules that the Python files in `folders` import, at any depth."""
    names = set()
    for path in [path for folder in folders for path in folder.rglob("*.py")]:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Import):
                names |= {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                names.add(node.module)
    return {name for name in names if name.split(".")[0] not in own_names() | NOT_BEFORE_A_FORK}


def own_names() -> set[str]:
    """Return what the repository itself makes importable; mutants are among it."""
    return {"tests", "docs", "conftest", *(path.name for path in Path("src").iterdir())}


def load_libraries() -> None:
    """Import what the package and its tests import, as far as it is installed."""
    for name in sorted(imported_names([Path("src"), Path("tests")])):
        try:
            importlib.import_module(name)
        except Exception:  # not installed here, or not importable alone
            continue
    early = own_names() & {name.split(".")[0] for name in sys.modules} - {"tests"}
    if early:
        raise SystemExit(f"{sorted(early)} were loaded before their mutants.")


def run_pytest(request: dict[str, Any], output: int) -> NoReturn:
    """Run pytest in this process, a child, and end it with pytest's code."""
    import numba
    import pytest

    os.setpgid(0, 0)
    os.dup2(output, 1)
    os.dup2(output, 2)
    os.environ["NUMBA_CACHE_DIR"] = numba.config.CACHE_DIR = request["numba_cache"]
    code = 3
    try:
        if request.get("coverage"):
            import coverage

            recorder = coverage.Coverage(
                request["coverage"], source=["src/agglometrics"], config_file=False
            )
            recorder.start()
            code = int(pytest.main(request["arguments"]))
            recorder.stop()
            recorder.save()
        else:
            code = int(pytest.main(request["arguments"]))
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def wait(child: int, timeout: float | None) -> int | None:
    """Return the exit code of a child; None, and no child, if the time runs out."""
    begun = time.monotonic()
    while True:
        ended, status = os.waitpid(child, os.WNOHANG)
        if ended:
            return os.waitstatus_to_exitcode(status)
        if timeout is not None and time.monotonic() - begun > timeout:
            end(child)
            os.waitpid(child, 0)
            return None
        time.sleep(0.02)


def end(child: int) -> None:
    """Kill a child and what it started."""
    for kill in (os.killpg, os.kill):
        try:
            kill(child, signal.SIGKILL)
        except ProcessLookupError:
            continue


def answer(request: dict[str, Any]) -> dict[str, Any]:
    """Fork a child for a request, and return how it ended."""
    begun = time.monotonic()
    with tempfile.TemporaryFile() as output:
        child = os.fork()
        if child == 0:
            run_pytest(request, output.fileno())
        running.add(child)
        code = wait(child, request["timeout"])
        running.discard(child)
        output.seek(0)
        text = output.read().decode(errors="replace")
    return {"code": code, "seconds": time.monotonic() - begun, "output": text[-4000:]}


def stop(number: int, frame: FrameType | None) -> NoReturn:
    """End, and leave no test behind that still runs."""
    for child in list(running):
        end(child)
    os._exit(1)


def main() -> None:
    """Answer the lines of standard input until it ends."""
    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the caller decides
    load_libraries()
    for line in sys.stdin:
        print(json.dumps(answer(json.loads(line))), flush=True)


if __name__ == "__main__":
    main()
