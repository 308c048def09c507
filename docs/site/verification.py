"""The page of verifications: what tests compared with outside references, as they recorded it."""

from __future__ import annotations

import html
import json
import math
import re
from collections import Counter
from pathlib import Path
from typing import Any

from docs.site.names import public_names
from tests.verification.sources import unlisted

ROOT = Path(__file__).parents[2]
HEAD = ("what", "against", "numbers", "ours", "theirs", "difference", "result")
RECORDED = ROOT / "build" / "verification.json"
MISSING = """# Verification

The comparisons have not been run here. `make verification` runs the tests that compare our
numbers with those of other programs and articles, and writes down what they compared; `make site`
then shows it.
"""
INTRO = """# Verification

Every number below was compared by a test when it ran; this page is written from that record, and
no result on it is typed. A row is a test function with one outside reference. **Ours** and
**theirs** are the pair that is furthest apart, **difference** is relative to theirs (absolute
where theirs is below 1e-12); where a printed table has few digits, it is that of rounding. Tests
may hold identities of the same numbers too; these count as compared.
Tests whose numbers are in archives of other authors are not run without them, and say so.
"""
NOT_RERUN = """## Published results that are not rerun

No printed table of these could be read, so nothing is compared:

* **Cigar** (Baltagi and Levin 1992; Baltagi's textbook, dynamic panels of cigarette sales): the
  data are public, the textbook's tables are not, and of the example in the documentation of
  SAS/ETS only the set-up was at hand, not its estimates.
* The examples of **spatialreg**: their output is not printed in a source that was at hand. Spatial
  panels are compared with Millo and Piras (2012), the article of splm.
* **Papke (1994)** itself: the numbers are those of textbooks that use her data (Wooldridge,
  Example 13.8 and Computer Exercise C5 of Chapter 10), of the first only the effect of the zones,
  without its standard error.
"""


def recorded() -> list[dict[str, Any]]:
    """Return the record of the tests, empty where they have not been run."""
    return json.loads(RECORDED.read_text("utf-8")) if RECORDED.is_file() else []


def number(value: float) -> str:
    return "–" if value is None or math.isnan(value) else f"{value:.7g}"


def outcome(rows: list[dict[str, Any]]) -> str:
    """Return the outcome of a test's cases: failed if one failed, skipped if none ran."""
    found = {row["outcome"] for row in rows}
    return "failed" if "failed" in found else "passed" if "passed" in found else "skipped"


def grouped(rows: list[dict[str, Any]]) -> list[list[dict[str, Any]]]:
    """Return the cases of each test function, in the order of the list of sources."""
    groups: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        groups.setdefault(row["test"].split("[")[0], []).append(row)
    return list(groups.values())


def judged(cases: list[dict[str, Any]]) -> dict[str, Any]:
    """Return one line for the cases of a test."""
    first = cases[0]
    ran = [case for case in cases if case["compared"]]
    worst = max(ran, key=lambda case: case["difference"]) if ran else {}
    return {
        key: first[key]
        for key in ("what", "against", "version", "runs", "differs", "calls", "file")
    } | {
        "test": first["test"].split("[")[0],
        "outcome": outcome(cases),
        "compared": sum(case["compared"] for case in cases),
        "ours": worst.get("ours"),
        "theirs": worst.get("theirs"),
        "difference": worst.get("difference"),
        "reason": next((case["reason"] for case in cases if case["reason"]), ""),
    }


def checks() -> list[dict[str, Any]]:
    """Return one line for each test with an outside reference."""
    return [judged(cases) for cases in grouped(recorded())]


def cells(line: dict[str, Any], known: dict[str, str]) -> list[str]:
    """Return the cells of a test's row as HTML."""
    calls = [
        f"<a href='{known[call]}.html'><code>{call}</code></a>"
        for call in line["calls"]
        if call in known
    ]
    program = " ".join(x for x in (line["against"], line["version"]) if x)
    beside = " (run beside ours)" if line["runs"] else ""
    silent = line["outcome"] == "passed" and not line["compared"]
    result = line["outcome"] + (", no number recorded" if silent else "")
    gap = "–" if line["difference"] is None else f"{line['difference']:.1e}"
    style = " class='failed'" if line["outcome"] == "failed" else ""
    figures = (str(line["compared"]), number(line["ours"]), number(line["theirs"]), gap)
    return [
        f"<td>{html.escape(line['what'])}<br>{', '.join(calls)}</td>",
        f"<td>{html.escape(program + beside)}</td>",
        *(f"<td class='number'>{figure}</td>" for figure in figures),
        f"<td{style}>{html.escape(result)}</td>",
    ]


def below(line: dict[str, Any]) -> str:
    """Return what stands below a row: the test, why numbers differ, and why it did not run."""
    breakable = re.sub(r"([/_:])(?=\w)", r"\1<wbr>", html.escape(line["test"]))
    said = [f"<code>{breakable}</code>"]
    said += [f"<em>differs: {html.escape(line['differs'])}</em>"] if line["differs"] else []
    said += [html.escape(line["reason"])] if line["reason"] else []
    return f"<td colspan='{len(HEAD)}'>{' · '.join(said)}</td>"


def table(lines: list[dict[str, Any]]) -> list[str]:
    """Return an HTML table, a row for each test."""
    known = {name.name: name.page for name in public_names()}
    head = "".join(f"<th>{x}</th>" for x in HEAD)
    rows = [
        f"<tr>{''.join(cells(line, known))}</tr><tr class='below'>{below(line)}</tr>"
        for line in lines
    ]
    opening = "<div class='table-wrapper'><table class='docutils verification'>"
    return [opening, f"<thead><tr>{head}</tr></thead><tbody>", *rows, "</tbody></table></div>"]


def said(lines: list[dict[str, Any]]) -> str:
    """Return how many tests ran, and how they ended."""
    counts = Counter(line["outcome"] for line in lines)
    compared = sum(line["compared"] for line in lines)
    programs = len({line["against"] for line in lines if line["compared"]})
    return (
        f"In this run {len(lines)} tests, of which {counts['passed']} passed, "
        f"{counts['failed']} failed and {counts['skipped']} were skipped; {compared:,} numbers "
        f"compared with {programs} programs and tables. Every pair: "
        "<a href='verification.json'><code>verification.json</code></a>."
    )


def text() -> str:
    """Return the page."""
    lines = checks()
    if not lines:
        return MISSING
    failed = [line for line in lines if line["outcome"] == "failed"]
    other = [line for line in lines if line["differs"] and line not in failed]
    same = [line for line in lines if line not in failed and line not in other]
    parts = [INTRO, said(lines), ""]
    headings = {
        "Failed": failed,
        "Equal, within the tolerance that the test states": same,
        "Where the other program differs, and why": other,
    }
    for heading, chosen in headings.items():
        if chosen:
            parts += [f"## {heading}", "", *table(chosen), ""]
    if beside := unlisted():
        about = "Tests whose names say a program, and that `tests/verification/sources.py` lacks:"
        parts += ["## Not recorded", "", about, "", *(f"* `{name}`" for name in beside), ""]
    parts += [NOT_RERUN]
    return "\n".join(parts)


def write(folder: Path) -> None:
    """Write the page, and the record beside it."""
    (folder / "verification.md").write_text(text(), encoding="utf-8")
    if RECORDED.is_file():
        extra = folder / "extra"
        extra.mkdir(exist_ok=True)
        (extra / "verification.json").write_text(RECORDED.read_text("utf-8"), encoding="utf-8")
