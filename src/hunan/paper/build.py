"""Build a paper from Markdown: PDF (Typst), one HTML page, and LaTeX.

Command line::

    python -m hunan.paper.build paper/paper.md [--numbers FOLDER] [--out FOLDER]

``{{key}}`` in the text becomes a number of the registry (`hunan.paper.numbers`);
figures and tables are taken from ``figures/`` and ``tables/`` beside the text, numbered and
referred to as `hunan.paper.crossrefs` says; citations come from the bibliography that
the text names. An empty block ``::: {#numbers-in-text} :::`` becomes the list of all numbers
with their notebooks and cells. The same sources give the same bytes in any folder.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path

from agglometrics.errors import InputError
from agglometrics.plotting.fonts import FAMILY
from agglometrics.tables import listed
from hunan.paper import fonts, pandoc, pdf
from hunan.paper.files import INTERRUPTED, could_not_write, only_writer, write_bytes, write_text
from hunan.paper.formats.html import Html
from hunan.paper.formats.latex import Latex
from hunan.paper.formats.typst import Typst
from hunan.paper.pandoc import Node, raw, string
from hunan.paper.records import RECORD, sources_of, write_record
from hunan.paper.rendered import in_format, list_of_numbers
from hunan.paper.text import Paper, read_paper


def to_html(paper: Paper) -> str:
    """Return the paper as one page that loads nothing from elsewhere."""
    templates = paper.folder / "templates"
    document = in_format(paper, Html(paper.lists_numbers))
    page = pandoc.write(
        document,
        "html5",
        paper.folder,
        ["--mathml", "--standalone", "--number-sections", "--section-divs", "--wrap=none",
         f"--template={templates / 'paper.html'}"],
    )  # fmt: skip
    style = (templates / "paper.css").read_text(encoding="utf-8")
    return (
        page.replace("/* paper.css */", style + fonts.chinese_style(page) + fonts.math_style(page))
        + "\n"
    )


def to_typst(paper: Paper) -> str:
    """Return the paper as the Typst source of its PDF."""
    template = paper.folder / "templates" / "paper.typ"
    arguments = ["--standalone", "--wrap=none", f"--template={template}"]
    return (
        pandoc.write(
            in_format(paper, Typst(paper.lists_numbers)), "typst-citations", paper.folder, arguments
        )
        + "\n"
    )


def to_latex(paper: Paper) -> str:
    """Return the paper as LaTeX for an engine that knows Unicode (LuaLaTeX, XeLaTeX)."""
    document = in_format(paper, Latex())
    meta = dict(document["meta"])
    meta["abstract"] = {"t": "MetaBlocks", "c": _abstracts(meta)}
    header = "\\usepackage{longtable,booktabs,array}"
    meta["header-includes"] = {"t": "MetaBlocks", "c": [raw("latex", header, block=True)]}
    arguments = ["--standalone", "--number-sections", "--wrap=none", "-V", "geometry:margin=25mm",
                 "-V", f"CJKmainfont={FAMILY}"]  # fmt: skip
    return pandoc.write({**document, "meta": meta}, "latex", paper.folder, arguments) + "\n"


def _abstracts(meta: Node) -> list[Node]:
    """Return both abstracts with their keywords: LaTeX's classes have a place for one."""
    blocks: list[Node] = []
    for ending, heading, words, comma in (
        ("", "", "Keywords: ", ", "),
        ("-zh", "摘要", "关键词：", "；"),
    ):
        if heading and f"abstract{ending}" in meta:
            blocks.append(_paragraph({"t": "Strong", "c": [string(heading)]}))
        if abstract := meta.get(f"abstract{ending}"):
            inline = abstract["t"] == "MetaInlines"
            blocks += [_paragraph(*abstract["c"])] if inline else abstract["c"]
        if keywords := meta.get(f"keywords{ending}"):
            listing = comma.join(pandoc.plain(word) for word in keywords["c"])
            blocks.append(_paragraph({"t": "Emph", "c": [string(words)]}, string(listing)))
    return blocks


def _paragraph(*inlines: Node) -> Node:
    return {"t": "Para", "c": list(inlines)}


def build(text: Path, numbers: Path, out: Path) -> Paper:
    """Write a text's PDF, HTML and LaTeX, and ``tables/numbers_in_<name>.csv``, to `out`.

    Raises
    ------
    InputError
        As `read_paper`; for a missing figure or table; for a character that no font has.
    """
    paper = read_paper(text, numbers)
    source = to_typst(paper)
    with tempfile.TemporaryDirectory() as scratch:
        fonts.write_subset(source, Path(scratch) / "cjk.otf")
        pdf.check_glyphs(source, paper.folder, Path(scratch), text)
        page = pdf.compile_pdf(source, paper.folder, Path(scratch))
    rows = list_of_numbers(paper).to_csv(index=False, lineterminator="\n")
    latex, web = to_latex(paper), to_html(paper)
    with only_writer(out / f"{text.stem}.pdf"):
        write_text(out / "tables" / f"numbers_in_{text.stem}.csv", rows)
        write_text(out / f"{text.stem}.tex", latex)
        write_text(out / f"{text.stem}.html", web)
        write_bytes(out / f"{text.stem}.pdf", page)
    return paper


def _read_by(text: Path) -> dict[str, str]:
    """Return the sums of all that a text may show: what notebooks wrote, not its own list."""
    root = text.resolve().parents[1]
    inside = (path for part in ("numbers", "tables", "figures", "templates")
              for path in (text.parent / part).rglob("*") if path.is_file())  # fmt: skip
    read = [text, *text.parent.glob("*.bib"), *inside]
    shown = [path for path in read if not path.name.startswith(("numbers_in_", "."))]
    return sources_of(root, _named(root, shown))


def _written_by(text: Path, out: Path) -> list[str]:
    made = [out / f"{text.stem}{ending}" for ending in (".pdf", ".html", ".tex")]
    listing = out / "tables" / f"numbers_in_{text.stem}.csv"
    return _named(text.resolve().parents[1], [*made, listing])


def _named(root: Path, paths: Iterable[Path]) -> list[str]:
    return [path.resolve().relative_to(root).as_posix() for path in paths]


def _build_and_record(folder: Path, text: Path, numbers: Path, out: Path) -> Paper:
    """Build, and leave a record in `folder`; a build that is interrupted has none."""
    path = folder / f"{text.stem}{RECORD}"
    path.unlink(missing_ok=True)
    reads = _read_by(text)
    paper = build(text, numbers, out)
    write_record(
        path, text.resolve().parents[1], out / f"{text.stem}.pdf", reads, _written_by(text, out)
    )
    return paper


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; return its exit status."""
    parser = argparse.ArgumentParser(prog="paper", description=__doc__)
    parser.add_argument("text", type=Path)
    parser.add_argument("--numbers", type=Path, help="default: numbers/ beside the text")
    parser.add_argument("--record", type=Path, help="folder for the record of the build, if any")
    parser.add_argument("--out", type=Path, help="default: the folder of the text")
    options = parser.parse_args(arguments)
    folder = options.text.parent
    try:
        numbers, out = options.numbers or folder / "numbers", options.out or folder
        if options.record:
            paper = _build_and_record(options.record, options.text, numbers, out)
        else:
            paper = build(options.text, numbers, out)
    except InputError as failure:
        print(f"{options.text}: {failure}", file=sys.stderr)
        return 1
    except OSError as failure:
        print(could_not_write(failure), file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print(f"{options.text} {INTERRUPTED}", file=sys.stderr)
        return 130
    unused = paper.unused()
    print(f"{len(paper.used)} numbers in the text, {len(unused)} recorded and not called"
          + (f": {listed(unused, 10)}" if unused else ""), file=sys.stderr)  # fmt: skip
    return 0


if __name__ == "__main__":
    sys.exit(main())
