"""Executed notebooks, as `make` left them, with a text for each picture."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from hunan.paper.exhibits import exhibits

ROOT = Path(__file__).parents[2]
EXECUTED = ROOT / "build" / "notebooks"
MISSING = """# Notebooks

No notebook has been executed here. `make` runs them; `make site` then shows them.
"""


def captions() -> dict[str, str]:
    """Return the captions of the paper's exhibits, by the name under which they are saved."""
    found = {}
    for text in ("appendix", "paper"):
        table = exhibits(ROOT / "paper" / f"{text}.md", ROOT / "notebooks")
        for caption, output in zip(table["caption"], table["output"], strict=True):
            name = re.sub(r"_(en|zh)$", "", Path(output).stem)
            found[name] = re.sub(r"\{\{.*?\}\}", "…", caption)
    return found


def heading(source: str) -> str | None:
    found = re.findall(r"^#+ +(.+)$", source, flags=re.MULTILINE)
    return re.sub(r"[`*$]", "", found[-1]) if found else None


def alternative(source: str, section: str, known: dict[str, str], above: str) -> str:
    """Return the text that stands for a picture: its caption in the paper, or where it stands.

    `above` is the text cell before it.
    """
    names = re.findall(r"[\"'](\w+)(?:_\{\w+\})?[\"']", source)
    for name in names:
        for saved, caption in known.items():
            if saved == name or re.fullmatch(rf"{name}_?\d{{4}}", saved):
                return caption
    sentence = re.sub(r"[`*$#\[\]]", "", above.strip().split("\n\n")[-1]).replace("\n", " ")
    return f"Figure of the section “{section}”. {sentence[:200]}".strip()


def described(notebook: dict[str, Any], known: dict[str, str]) -> dict[str, Any]:
    """Return a notebook whose pictures have alternative texts."""
    section, above = "", ""
    for cell in notebook["cells"]:
        source = "".join(cell["source"])
        if cell["cell_type"] == "markdown":
            section, above = heading(source) or section, source
        elif any("image/png" in out.get("data", {}) for out in cell["outputs"]):
            alt = alternative(source, section, known, above)
            cell["metadata"]["mystnb"] = {"image": {"alt": alt}}
    return notebook


def title(notebook: dict[str, Any]) -> str:
    first = "".join(notebook["cells"][0]["source"])
    return heading(first.split("\n")[0]) or ""


def write(folder: Path) -> None:
    """Write copies of the executed notebooks, and the list of them."""
    target = folder / "notebooks"
    target.mkdir(parents=True, exist_ok=True)
    books = sorted(EXECUTED.glob("*.ipynb"))
    if not books:
        (target / "index.md").write_text(MISSING, encoding="utf-8")
        return
    known = captions()
    about = "As `make` executed them. Those from 60 on print the paper's exhibits."
    lines = ["# Notebooks", "", about, "", "| notebook | what it does |", "|---|---|"]
    for path in books:
        notebook = described(json.loads(path.read_text("utf-8")), known)
        (target / path.name).write_text(json.dumps(notebook, ensure_ascii=False), encoding="utf-8")
        lines.append(f"| [`{path.stem}`]({path.name}) | {title(notebook)} |")
    lines += ["", "```{toctree}", ":hidden:", "", *(path.stem for path in books), "```", ""]
    (target / "index.md").write_text("\n".join(lines), encoding="utf-8")
