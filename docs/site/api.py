"""Pages of the reference: one for each public name, and the list of them by room."""

from __future__ import annotations

from pathlib import Path

from docs.site.formulas import set_formulas
from docs.site.methods import methods_of
from docs.site.names import ROOMS, Name, public_names, related

ROOT = Path(__file__).parents[2]
DIRECTIVES = {"function": "autofunction", "class": "autoclass", "exception": "autoexception"}


def title(text: str, under: str = "=") -> str:
    return f"{text}\n{under * max(len(text), 3)}\n"


def link(name: Name) -> str:
    return f":doc:`{name.name} </{name.page}>`"


def page(name: Name) -> str:
    """Return the page of a name in reStructuredText."""
    room = ROOMS.get(name.room, name.room.title())
    parts = [":orphan:\n", title(name.name), f":doc:`Reference </api/index>` › {room}\n"]
    if name.kind in DIRECTIVES:
        parts.append(f".. {DIRECTIVES[name.kind]}:: {name.qualified}\n")
        if name.kind == "class":
            parts.append("   :members:\n")
    else:
        parts.append(f"A value of ``{type(name.target).__name__}``.\n")
    if near := related(name):
        parts.append(".. rubric:: See also\n")
        parts += [f"* {link(other)}: {line(other)}" for other in near]
        parts.append("")
    if pages := methods_of(name.name):
        parts.append(".. rubric:: Methods\n")
        parts += [f"* :doc:`{text} </methods/{stem}>`" for stem, text in pages]
        parts.append("")
    parts.append(f".. rubric:: Defined in\n\n``{place(name.module)}``\n")
    return "\n".join(parts)


def place(module: str) -> str:
    """Return the file of a module, from the root of the repository."""
    path = f"src/{module.replace('.', '/')}"
    return f"{path}.py" if (ROOT / f"{path}.py").is_file() else f"{path}/__init__.py"


def line(name: Name) -> str:
    """Return the summary with its formulas set, without references to what has no page."""
    return set_formulas(name.summary) if name.summary else f"a {name.kind}"


def overview() -> str:
    """Return the list of names, by room."""
    parts = [title("Reference"), "Every public name of ``agglometrics``, imported as ``ag``.\n"]
    rooms = ROOMS | {n.room: n.room.title() for n in public_names() if n.room not in ROOMS}
    for room, heading in rooms.items():
        names = [name for name in public_names() if name.room == room]
        if not names:
            continue
        parts += [title(heading, "-"), ".. list-table::", "   :widths: 30 70", ""]
        for name in names:
            parts += [f"   * - {link(name)}", f"     - {line(name)}"]
        parts.append("")
    parts += [".. toctree::", "   :hidden:", "", "   notation", ""]
    return "\n".join(parts)


def write(folder: Path) -> None:
    """Write the pages below ``folder/api``."""
    target = folder / "api"
    target.mkdir(parents=True, exist_ok=True)
    for name in public_names():
        (folder / f"{name.page}.rst").write_text(page(name), encoding="utf-8")
    (target / "index.rst").write_text(overview(), encoding="utf-8")
    notation = title("Notation") + "\n.. automodule:: agglometrics.notation\n"
    (target / "notation.rst").write_text(notation, encoding="utf-8")
