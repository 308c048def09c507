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
import ast
import json
import os
import re
import sys
import tempfile
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from agglometrics.errors import InputError
from hunan.paper.files import could_not_write, only_writer, record, write_text
from hunan.paper.numbers import code_cells

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
ADDRESS = re.compile(r" at 0x[0-9a-f]{6,}")
# a warning names the file of its cell, which bears the number of the kernel's process
CELL_FILE = re.compile(r"[^\s\"']*ipykernel_\d+[/\\]\d+\.py")
COLOUR = re.compile(r"\x1b\[[0-9;]*m")
# what a kernel asked after the last cell answers: the files that notebooks/project.py saw opened
TOUCHED = "import json as _json, sys as _sys; print(_json.dumps(_sys.modules['project'].touched()))"


@dataclass(frozen=True)
class Files:
    """Files of a notebook, as paths from the root of the project.

    Attributes
    ----------
    reads, writes : paths; one that names a folder stands for what is inside it
    """

    reads: tuple[str, ...]
    writes: tuple[str, ...]


def declared(notebook: Path) -> Files | None:
    """Return what the first code cell of a notebook says it reads and writes, or None."""
    cells = code_cells(json.loads(Path(notebook).read_text(encoding="utf-8")))
    if not cells:
        return None
    lists = {
        target.id: ast.literal_eval(statement.value)
        for statement in ast.parse("".join(cells[0]["source"])).body
        if isinstance(statement, ast.Assign)
        for target in statement.targets
        if isinstance(target, ast.Name) and target.id in ("reads", "writes")
    }
    if not lists:
        return None
    return Files(tuple(lists.get("reads", ())), tuple(lists.get("writes", ())))


def disagreements(said: Files, seen: Files) -> list[str]:
    """Return a sentence for each file that was declared or touched but not both."""
    return [
        sentence
        for verb, stated, touched in (
            ("read", said.reads, seen.reads),
            ("written", said.writes, seen.writes),
        )
        for sentence in (
            *(f"{p} was {verb}, not declared" for p in touched if not _covered(p, stated)),
            *(f"{p} is declared, was not {verb}" for p in stated if not _used(p, touched)),
        )
    ]


def _covered(path: str, stated: Iterable[str]) -> bool:
    return any(path == entry or path.startswith(entry.rstrip("/") + "/") for entry in stated)


def _used(entry: str, touched: Iterable[str]) -> bool:
    return any(_covered(path, [entry]) for path in touched)


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
    node = nbformat.read(notebook, as_version=4)  # type: ignore[no-untyped-call]
    seen = _execute(node, notebook.parent, timeout)
    said = declared(notebook)
    wrong = [] if said is None or seen is None else disagreements(said, seen)
    if wrong:
        raise InputError(
            f"{notebook.name} does not read and write what its first cell says: "
            f"{'; '.join(wrong)}. Correct `reads` and `writes` there, and the Makefile."
        )
    _strip(node, notebook)
    if seen is not None:
        record(target, notebook.parents[1], seen.writes)
    write_text(target, nbformat.writes(node) + "\n")  # type: ignore[no-untyped-call]
    return node


def _execute(node: Any, folder: Path, timeout: int) -> Files | None:
    """Execute every cell in place; return the files that the notebook's project module saw."""
    from nbclient import NotebookClient

    with tempfile.TemporaryDirectory() as scratch:
        environment = {**os.environ, **ENVIRONMENT, "IPYTHONDIR": scratch, **_matplotlib()}
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


def _matplotlib() -> dict[str, str]:
    """Return the environment in which figures take matplotlib's own defaults, not the user's."""
    import matplotlib as mpl

    return {"MATPLOTLIBRC": str(Path(mpl.get_data_path()) / "matplotlibrc")}


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


def _strip(node: Any, notebook: Path) -> None:
    """Remove from a notebook, in place, all that another run or machine would change."""
    node.metadata = {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    }
    for cell in node.cells:
        cell.metadata = {key: cell.metadata[key] for key in ("tags",) if key in cell.metadata}
        for output in cell.get("outputs", []):
            output.pop("metadata", None) if output["output_type"] == "stream" else None
            _strip_text(output, cell, notebook)


def _strip_text(output: Any, cell: Any, notebook: Path) -> None:
    holders = [output, output.get("data", {})]
    for holder in holders:
        for key, text in holder.items():
            if isinstance(text, str) and (key == "text" or key.startswith("text/")):
                holder[key] = without_places(text, notebook.parents[1])
                if ADDRESS.search(text):
                    raise InputError(
                        f"{notebook.name}, In [{cell.execution_count}] shows an address of memory: "
                        f"{ADDRESS.split(text)[0][-60:]!r}. No second run repeats it: end the "
                        "cell with a semicolon, or print what matters."
                    )


def without_places(text: str, root: Path) -> str:
    """Return an output's text without the project's folder and the files of running cells.

    >>> without_places("/tmp/ipykernel_79/22.py:3: x in /project/src", Path("/project"))
    'cell:3: x in src'
    """
    return CELL_FILE.sub("cell", text.replace(f"{root}{os.sep}", ""))


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
    from nbclient.exceptions import CellExecutionError

    print(f"running {options.notebook}", file=sys.stderr)
    begun = time.monotonic()
    try:
        node = run(options.notebook, options.target, timeout=options.timeout)
    except CellExecutionError as failure:
        print(COLOUR.sub("", str(failure)), file=sys.stderr)
        print(f"{options.notebook} stopped with {failure.ename}", file=sys.stderr)
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
