"""Pages of methods: written by hand in ``docs/methods``, their names checked against the code."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from docs.site.names import public_names

SPAN = re.compile(r"(?<![\[`])`(ag\.\w+\([^`\n]*\)|[\w.]+(?:\(\))?)`(?![\]`])")
FOLDER = Path(__file__).parents[1] / "methods"
CALLS = re.compile(r"^\*\*Calls\*\*: (.+?)(?:\n\n|\Z)", re.MULTILINE | re.DOTALL)


@cache
def methods() -> dict[str, tuple[str, tuple[str, ...]]]:
    """Return title and calls of each method page, by the stem of its file."""
    found = {}
    for path in sorted(FOLDER.glob("*.md")):
        text = path.read_text("utf-8")
        heading = re.match(r"# (.+)", text)
        calls = CALLS.search(text)
        if heading is None or calls is None:
            raise ValueError(f"{path.name} needs a heading and a line '**Calls**: `name`, ...'")
        found[path.stem] = (heading[1].strip(), tuple(re.findall(r"`([\w.]+)`", calls[1])))
    known = {name.name for name in public_names()}
    for stem, (_, calls) in found.items():
        if strange := [name for name in calls if name not in known]:
            raise ValueError(f"docs/methods/{stem}.md names {strange}, which the package lacks")
    return found


def methods_of(name: str) -> list[tuple[str, str]]:
    """Return stem and title of the pages that list a name among their calls."""
    return [(stem, title) for stem, (title, calls) in methods().items() if name in calls]


def linked(text: str, up: str = "..") -> str:
    """Return Markdown whose code spans of public names are links to their pages."""
    known = {name.name: name.page for name in public_names()}

    def change(match: re.Match[str]) -> str:
        bare = match[1].removeprefix("ag.").split("(")[0]
        return f"[`{match[1]}`]({up}/{known[bare]}.rst)" if bare in known else match[0]

    parts = re.split(r"(```.*?```)", text, flags=re.DOTALL)
    return "".join(part if part.startswith("```") else SPAN.sub(change, part) for part in parts)


def write(folder: Path) -> None:
    """Write the pages, and the list of them."""
    target = folder / "methods"
    target.mkdir(parents=True, exist_ok=True)
    for stem in methods():
        text = (FOLDER / f"{stem}.md").read_text("utf-8")
        (target / f"{stem}.md").write_text(linked(text), encoding="utf-8")
    about = "A short page for each method: its article, what it assumes, and when not to use it."
    lines = ["# Methods", "", about, "", "| method | calls |", "|---|---|"]
    for stem, (title, calls) in methods().items():
        names = ", ".join(f"`{name}`" for name in calls)
        lines.append(f"| [{title}]({stem}.md) | {linked(names)} |")
    lines += ["", "```{toctree}", ":hidden:", "", *methods(), "```", ""]
    (target / "index.md").write_text("\n".join(lines), encoding="utf-8")
