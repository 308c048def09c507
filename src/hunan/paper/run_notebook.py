"""Run a notebook to a file whose bytes depend on the notebook and its data alone.

Command line::

    python -m hunan.paper.run_notebook notebooks/10_data.ipynb build/10_data.ipynb [--html]

The kernel is this Python, started with fixed seeds and without the user's profile; the working
directory is the notebook's folder. If a cell fails, its traceback is printed, no target is
left and the exit status is 1. If the first code cell assigns the lists ``reads`` and
``writes``, they must be what the notebook touched.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from agglometrics.errors import InputError
from hunan.paper.declared import Files, declared, disagreements
from hunan.paper.files import INTERRUPTED, NOT_WRITTEN, could_not_write, only_writer, write_text
from hunan.paper.records import RECORD, sources_of, sums_of, write_record
from hunan.paper.stripped import strip

ENVIRONMENT = {
    "PYTHONHASHSEED": "0",
    "SOURCE_DATE_EPOCH": "1735689600",
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "TZ": "UTC",
    "PYTHONNOUSERSITE": "1",
    "PYTHONUTF8": "1",
    "COLUMNS": "100",
    "TQDM_DISABLE": "1",  # a progress bar prints times
    "PYDEVD_DISABLE_FILE_VALIDATION": "1",
}
THEIRS = ("PYTHON", "MPL", "MATPLOTLIB", "JUPYTER", "IPYTHON", "NUMBA_DISABLE_JIT")
"""How the names begin by which a user sets Python and its libraries."""
KEPT = ("PYTHONPATH", "PYTHONDONTWRITEBYTECODE", "PYTHONPYCACHEPREFIX")
"""Those that say where Python is, not how it works."""
DIED = "its Python ended before its cells. Free memory, or run fewer at once: make JOBS=1."
LONGEST = 70
"""Characters of a folder in which a socket's name has a place: systems allow 104 at least."""
COLOUR = re.compile(r"\x1b\[[0-9;]*m")
# what a kernel asked after the last cell answers: the files that notebooks/project.py saw opened
TOUCHED = "import json as _json, sys as _sys; print(_json.dumps(_sys.modules['project'].touched()))"


def run(notebook: Path, target: Path, *, timeout: int = 3600) -> Any:
    """Run `notebook`, write the executed copy to `target` and return it (a notebook node).

    Raises
    ------
    InputError
        If the notebook touches other files than it declares, or an output holds an address
        of memory, which no second run would repeat.
    nbclient.exceptions.CellExecutionError
        If a cell fails.
    """
    notebook, target = Path(notebook).resolve(), Path(target)
    with only_writer(target):
        return _run(notebook, target, timeout)


def _run(notebook: Path, target: Path, timeout: int) -> Any:
    import nbformat

    target.unlink(missing_ok=True)
    target.with_suffix(RECORD).unlink(missing_ok=True)
    root = notebook.parents[1]
    sources = sources_of(root, _sources(notebook, root))  # as they are now, not after the run
    node = nbformat.read(notebook, as_version=4)  # type: ignore[no-untyped-call]
    seen = _execute(node, notebook.parent, timeout)
    said = declared(notebook)
    wrong = [] if said is None or seen is None else disagreements(said, seen)
    if wrong:
        raise InputError(
            f"{notebook.name} does not read and write what its first cell says: "
            f"{'; '.join(wrong)}. Correct `reads` and `writes` there, and the Makefile."
        )
    strip(node, notebook)
    write_text(target, nbformat.writes(node) + "\n")  # type: ignore[no-untyped-call]
    if target.resolve().is_relative_to(root):
        touched = seen or Files((), ())
        reads = sources | sums_of(root, touched.reads)
        write_record(target.with_suffix(RECORD), root, target, reads, touched.writes)
    return node


def _sources(notebook: Path, root: Path) -> list[str]:
    beside = (notebook, notebook.with_name("project.py"), root / "requirements.lock")
    return [path.relative_to(root).as_posix() for path in beside]


def _execute(node: Any, folder: Path, timeout: int) -> Files | None:
    """Execute every cell in place; return the files that the notebook's project module saw."""
    from nbclient import NotebookClient

    with tempfile.TemporaryDirectory(dir=_short()) as scratch:
        environment = {**_own_environment(), **ENVIRONMENT, "IPYTHONDIR": scratch}
        environment |= _matplotlib(folder.parent / "build" / "matplotlib")
        if any("figure" in cell.source for cell in node.cells):
            _list_fonts(environment)
        client = NotebookClient(
            node,
            timeout=timeout,
            km=_kernel_manager(Path(scratch)),
            record_timing=False,
            coalesce_streams=True,
            resources={"metadata": {"path": str(folder)}},
            on_cell_start=_progress(node),
        )
        with client.setup_kernel(cleanup_kc=True, env=environment):
            for index, cell in enumerate(node.cells):
                client.execute_cell(cell, index)
            return _ask_touched(client)


def _short() -> str | None:
    """Return a folder for temporary files whose name is short; None for the user's own."""
    return None if len(tempfile.gettempdir()) <= LONGEST else "/tmp"


def _own_environment() -> dict[str, str]:
    """Return the user's environment without what changes how Python and its libraries work."""
    return {
        name: value
        for name, value in os.environ.items()
        if name in KEPT or not name.startswith(THEIRS)
    }


def _matplotlib(cache: Path) -> dict[str, str]:
    """Return the environment in which figures take matplotlib's own defaults, not the user's.

    It is found without importing matplotlib, which a wrong setting of the user would stop. Its
    list of fonts is kept in `cache`: where the user's folder cannot be written, it would say so
    in the notebook.
    """
    found = importlib.util.find_spec("matplotlib")
    folder = Path(found.origin).parent if found and found.origin else Path()
    defaults = folder / "mpl-data" / "matplotlibrc"
    return {"MATPLOTLIBRC": str(defaults), "MPLCONFIGDIR": str(cache)}


def _list_fonts(environment: dict[str, str]) -> None:
    """Let matplotlib list the fonts before the kernel runs, where a slow list would say so."""
    if not [*Path(environment["MPLCONFIGDIR"]).glob("fontlist-*.json")]:
        listing = [sys.executable, "-c", "import matplotlib.font_manager"]
        subprocess.run(listing, env=environment, capture_output=True, check=False)


def _kernel_manager(scratch: Path) -> Any:
    """Return a manager that starts this Python, whatever kernels the user has installed.

    It speaks to the kernel through files in `scratch`: no port, so builds may run side by side.
    """
    from jupyter_client.kernelspec import KernelSpec, KernelSpecManager
    from jupyter_client.manager import AsyncKernelManager

    argv = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"]

    class ThisPython(KernelSpecManager):
        def get_kernel_spec(self, kernel_name: str) -> Any:
            return KernelSpec(argv=argv, display_name="Python 3", language="python")

    return AsyncKernelManager(
        kernel_name="python3",
        kernel_spec_manager=ThisPython(),
        transport="ipc",
        connection_file=str(scratch / "kernel.json"),
    )


def _progress(node: Any) -> Any:
    code = [index for index, cell in enumerate(node.cells) if cell.cell_type == "code"]

    def show(cell: Any, cell_index: int) -> None:
        if sys.stderr.isatty() and cell_index in code:
            print(f"\r  cell {code.index(cell_index) + 1} of {len(code)}", end="", file=sys.stderr)

    return show


def _ask_touched(client: Any) -> Files | None:
    import nbformat

    cell = nbformat.v4.new_code_cell(f"if 'project' in __import__('sys').modules:\n    {TOUCHED}")  # type: ignore[no-untyped-call]
    client.nb.cells.append(cell)
    client.execute_cell(cell, len(client.nb.cells) - 1, store_history=False)
    client.nb.cells.pop()
    if not cell.outputs:
        return None
    answer = json.loads(cell.outputs[0]["text"])
    return Files(tuple(answer["reads"]), tuple(answer["writes"]))


def to_html(node: Any, target: Path, title: str) -> None:
    """Write an executed notebook as one HTML page that loads nothing from elsewhere."""
    from nbconvert import HTMLExporter

    body, _ = HTMLExporter(  # type: ignore[no-untyped-call]
        template_name="basic", sanitize_html=False, mathjax_url="", require_js_url=""
    ).from_notebook_node(node)
    page = f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{title}</title>\n{body}'
    write_text(target, page + "</html>\n")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; return its exit status."""
    parser = argparse.ArgumentParser(prog="run_notebook", description=__doc__)
    parser.add_argument("notebook", type=Path)
    parser.add_argument("target", type=Path)
    parser.add_argument("--html", action="store_true", help="write the page beside the target too")
    parser.add_argument("--timeout", type=int, default=3600, help="seconds a cell may take")
    options = parser.parse_args(arguments)
    try:
        return _run_and_tell(options)
    except KeyboardInterrupt:
        print(f"{options.notebook} {INTERRUPTED}", file=sys.stderr)
        return 130


def _run_and_tell(options: argparse.Namespace) -> int:
    from nbclient.exceptions import CellExecutionError, DeadKernelError

    print(f"running {options.notebook}", file=sys.stderr)
    begun = time.monotonic()
    try:
        node = run(options.notebook, options.target, timeout=options.timeout)
    except CellExecutionError as failure:
        print(COLOUR.sub("", str(failure)), file=sys.stderr)
        print(f"{options.notebook} stopped with {failure.ename}", file=sys.stderr)
        if failure.ename in ("OSError", "PermissionError"):
            print(NOT_WRITTEN, file=sys.stderr)
        return 1
    except DeadKernelError:
        print(f"{options.notebook} stopped: {DIED}", file=sys.stderr)
        return 1
    except InputError as failure:
        print(failure, file=sys.stderr)
        return 1
    except OSError as failure:
        print(could_not_write(failure), file=sys.stderr)
        return 1
    if options.html:
        to_html(node, options.target.with_suffix(".html"), options.notebook.stem)
    taken = f"{time.monotonic() - begun:.0f} s, {processor_seconds():.0f} s of processor time"
    print(f"ran {options.notebook} in {taken}", file=sys.stderr)
    return 0


def processor_seconds() -> float:
    """Return the processor time of this process and of the kernels that it started."""
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


if __name__ == "__main__":
    sys.exit(main())
