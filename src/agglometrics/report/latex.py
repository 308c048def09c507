"""Tables in LaTeX, with booktabs rules."""

from __future__ import annotations

from collections.abc import Sequence

from agglometrics.errors import InputError
from agglometrics.report.sheet import MINUS, MISSING, Sheet, wrapped

LONG = 40  # rows that still fit one page; a longer table breaks over pages

_LATEX = {
    "\\": r"\textbackslash{}",
    "{": r"\{",
    "}": r"\}",
    "$": r"\$",
    "&": r"\&",
    "#": r"\#",
    "_": r"\_",
    "%": r"\%",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "`": r"\textasciigrave{}",
    "'": r"\textquotesingle{}",
    '"': r"\textquotedbl{}",
    "[": "{[}",  # after a row's end it would open an optional argument
    "*": "{*}",  # and a star would forbid a page break
    "-": "{-}",  # two would be a dash
    "\n": " ",
    MINUS: "$-$",
    MISSING: "--",
    "\N{INFINITY}": r"$\infty$",
}


def escape_latex(text: str) -> str:
    r"""Return `text` as LaTeX that prints it (needs T1 or a Unicode engine).

    >>> print(escape_latex("50 % of A&B"))
    50 \% of A\&B
    """
    return "".join(_LATEX.get(character, character) for character in text)


def write_latex(table: Sheet) -> str:
    """Return a LaTeX table; it floats if it has a caption."""
    long = len(table.rows) > LONG
    environment = "longtable" if long else "tabular"
    head = f"{_latex_row(table.columns)}\n\\midrule\n"
    body = [("\\midrule\n" if n in table.rules else "") + _latex_row(row) + "\n"
            for n, row in enumerate(table.rows)]  # fmt: skip
    top = "\\toprule\n" + head + ("\\endhead\n" if long else "")
    caption = _latex_caption(table)
    begin = f"\\begin{{{environment}}}{{@{{}}{_latex_columns(table)}@{{}}}}\n"
    inside = (caption + "\\\\\n" if long and caption else "") + top + "".join(body)
    grid = f"{begin}{inside}\\bottomrule\n\\end{{{environment}}}\n"
    notes = "".join(f"\\par\\footnotesize {escape_latex(note)}\n" for note in table.notes)
    if long or not caption:
        return grid + notes
    return f"\\begin{{table}}\n\\centering\n{caption}\n{grid}{notes}\\end{{table}}\n"


def _latex_row(cells: Sequence[str]) -> str:
    return " & ".join(map(escape_latex, cells)) + r" \\"


def _latex_caption(table: Sheet) -> str:
    if not table.caption:
        return ""
    label = f"\\label{{{_label(table.label)}}}" if table.label else ""
    return f"\\caption{{{escape_latex(table.caption)}}}{label}"


def _label(label: str) -> str:
    """Return the name of a label; names have no escapes in TeX, so code in one is refused."""
    wrong = sorted(set(label) & set("\\{}%#&$~^\n"))
    if wrong:
        raise InputError(
            f"label={label!r} holds {wrong}, which LaTeX reads as code in a name. Use letters, "
            "digits, '-', '_' and ':', as in label='tbl:quotients'."
        )
    return label


def _latex_columns(table: Sheet) -> str:
    wide = wrapped(table)
    shares = {n: 0.6 * weight / sum(wide.values()) for n, weight in wide.items()}
    return "".join(
        f"p{{{shares[n]:.2f}\\linewidth}}" if n in wide else align[0]
        for n, align in enumerate(table.align)
    )
