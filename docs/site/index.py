"""Machine-readable lists of the site: ``llms.txt`` and ``index.json``, both generated."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pandas as pd

from docs.site.landing import parts
from docs.site.methods import methods, methods_of
from docs.site.names import public_names
from docs.site.verification import checks

ROOT = Path(__file__).parents[2]
LEDGER = ROOT / "data" / "measures" / "claims_ledger.csv"
CLAIM = ["claim_id", "topic", "region", "quantity", "relation", "value", "unit", "computed",
         "agreement"]  # fmt: skip


def functions() -> list[dict[str, Any]]:
    """Return every public name with what the code says, and the checks that name it."""
    named = [(line["test"], line["calls"], line["outcome"], line["compared"]) for line in checks()]
    return [
        {
            "name": name.name,
            "kind": name.kind,
            "signature": name.signature,
            "summary": name.summary,
            "module": name.module,
            "page": f"{name.page}.html",
            "example_in_docstring": name.has_example,
            "methods": [f"methods/{stem}.html" for stem, _ in methods_of(name.name)],
            "outside_checks_passed": [
                test for test, calls, outcome, compared in named
                if name.name in calls and outcome == "passed" and compared
            ],
            "outside_checks_not_passed": [
                test for test, calls, outcome, compared in named
                if name.name in calls and not (outcome == "passed" and compared)
            ],
        }
        for name in public_names()
    ]  # fmt: skip


def claims() -> list[dict[str, Any]]:
    """Return the study's ledger of claims, with the verdict that the notebooks computed."""
    if not LEDGER.is_file():
        return []
    table = pd.read_csv(LEDGER, dtype=str, keep_default_na=False)
    return table[[name for name in CLAIM if name in table]].to_dict("records")


def content() -> dict[str, Any]:
    """Return the index of functions, methods, claims and checks."""
    found = {
        "functions": functions(),
        "methods": [
            {"title": title, "page": f"methods/{stem}.html", "calls": list(calls)}
            for stem, (title, calls) in methods().items()
        ],
        "checks": checks(),
        "claims": claims(),
    }
    notes = {"checks": "make verification has not been run", "claims": "make has not been run"}
    return found | {"not_here": {key: why for key, why in notes.items() if not found[key]}}


def llms(found: dict[str, Any]) -> str:
    """Return llms.txt: relative links to every page, with one line each."""
    readme = (ROOT / "README.md").read_text("utf-8").split("\n## ")[0].split("\n\n")[1]
    lines = ["# agglometrics", "", f"> {' '.join(readme.split())}", "", "## Pages", ""]
    lines += [f"- [{title}]({page}.html): {what}" for page, (title, what) in parts().items()]
    lines.append("- [Index of functions, claims and checks](index.json): the same, for programs")
    lines += ["", "## Methods", ""]
    lines += [f"- [{m['title']}]({m['page']}): {', '.join(m['calls'])}" for m in found["methods"]]
    lines += ["", "## Reference", ""]
    for entry in found["functions"]:
        count = len(entry["outside_checks_passed"])
        checked = f" ({count} outside checks passed)" if count else ""
        lines.append(f"- [{entry['name']}]({entry['page']}): {entry['summary']}{checked}")
    return "\n".join([*lines, ""])


def write(folder: Path) -> None:
    """Write both files among the extra files of the site."""
    extra = folder / "extra"
    extra.mkdir(exist_ok=True)
    found = content()
    text = json.dumps(found, ensure_ascii=False, indent=1)
    (extra / "index.json").write_text(text + "\n", encoding="utf-8")
    (extra / "llms.txt").write_text(llms(found), encoding="utf-8")
