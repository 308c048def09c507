import json
import re

import numpy as np
import pandas as pd
import pytest

from agglometrics import InputError
from agglometrics.inference.estimates import Covariance, Estimates
from agglometrics.report.html_table import write_html
from agglometrics.report.latex import LONG
from agglometrics.report.printed import Table, as_table, format_value
from agglometrics.report.sheet import wrapped
from agglometrics.report.tables import (
    save_table,
    to_html,
    to_latex,
    to_markdown,
    to_typst,
)
from hunan.labels import STUDY

# what each format would take for markup; pandoc, reading the format, must give it back
HOSTILE = [
    "A&B Co. <b>bold</b> &amp; done",
    "50 % of $x_1^2$ ~ #1",
    r"C:\temp\new {x} \\ end",
    "[1] first in a row",
    "* a star * and _under_ **strong**",
    "`code` and ``quotes'' and 'single' \"double\"",
    "a -- b --- c ... d",
    "pipe | pipe ^up^ ~~down~~",
    "@cite and #heading and <label> and = sign",
    "http://example.org/?a=1&b=2",
    "// comment /* block */",
    "!`¿ ?` -? :smile: ![x](y)",
    "湖南产业集群 1 − 2",
    "+ plus / slash",
    "1. list",
    "- dash",
]


def flat(node):
    """The text of a pandoc document's inline or block nodes."""
    if isinstance(node, list):
        return "".join(map(flat, node))
    kind, content = node.get("t"), node.get("c")
    if kind in ("Space", "SoftBreak", "LineBreak"):
        return " "
    if kind == "Math":
        return content[1]
    if kind in ("Str", "Plain", "Para", "Emph", "Strong"):
        return content if isinstance(content, str) else flat(content)
    if kind in ("Span", "Link", "Div", "Code"):
        return content[1] if isinstance(content[1], str) else flat(content[1])
    raise AssertionError(f"markup came through: {kind} {content}")


def find_table(blocks):
    for block in blocks:
        if block["t"] == "Table":
            return block
        if block["t"] in ("Div", "Figure"):
            inner = block["c"][-1]
            found = find_table(inner)
            if found:
                return found
    return None


def cells_read_back(text, reader):
    import pypandoc

    document = json.loads(pypandoc.convert_text(text, "json", format=reader))
    _, _, _, _, bodies, _ = find_table(document["blocks"])["c"]
    return [
        [flat(cell[4]) for cell in row[1]]
        for body in bodies
        for part in (body[2], body[3])
        for row in part
    ]


@pytest.mark.parametrize(
    ("write", "reader"),
    [
        (to_latex, "latex"),
        (to_typst, "typst"),
        (to_html, "html"),
        (to_markdown, "markdown"),
        (to_markdown, "gfm"),
    ],
)
def test_every_character_is_printed_as_itself(write, reader):
    table = Table(("a", "b"), tuple((text, "end") for text in HOSTILE), ("left", "right"))
    read = cells_read_back(write(table), reader)
    # pandoc reads $-$ as a hyphen, and \\textasciigrave (LaTeX's own since 2020) not at all
    lost = {"−": "-", "`": ""} if reader == "latex" else {}
    expected = [text.translate(str.maketrans(lost)) for text in HOSTILE]
    # and sets a no-break space after an abbreviation
    assert [row[0].replace("\N{NO-BREAK SPACE}", " ") for row in read] == expected
    assert {row[1] for row in read} == {"end"}


@pytest.fixture
def frame():
    return pd.DataFrame(
        {
            "region": ["430000", "440000"],
            "lq": [0.81, -1.255],
            "n_obs": [1722, 30],
            "theil": [np.nan, 0.5],
        }
    )


def test_markdown_by_hand(frame):
    labels = STUDY.extended(
        pd.DataFrame({"code": ["430000"], "name_en": ["Hunan"], "name_zh": ["湖南"]}), "code"
    )
    table = as_table(frame, formats={"lq": ".1f", "n_obs": ",d"}, labels=labels)
    assert to_markdown(table) == (
        "| Region | Location quotient | Observations | Theil index |\n"
        "|:-------|------------------:|-------------:|------------:|\n"
        "| Hunan  |               0.8 |        1,722 |           – |\n"
        "| 440000 |              −1.3 |           30 |       0.500 |\n"
    )


def test_chinese_headings(frame):
    assert as_table(frame, lang="zh", labels=STUDY).columns == (
        "地区",
        "区位熵",
        "观测数",
        "泰尔指数",
    )


def test_number_codes_with_labels_are_not_numbers():
    labels = STUDY.extended(
        pd.DataFrame({"code": [43], "name_en": ["Hunan"], "name_zh": ["湖南"]}), "code"
    )
    table = as_table(pd.DataFrame({"region": [43]}), labels=labels)
    assert (table.rows, table.align) == ((("Hunan",),), ("left",))


def test_latex_by_hand(frame):
    assert to_latex(frame[["region", "lq"]], caption="A 1 % case", label="tbl:x") == (
        "\\begin{table}\n\\centering\n\\caption{A 1 \\% case}\\label{tbl:x}\n"
        "\\begin{tabular}{@{}lr@{}}\n\\toprule\nregion & lq \\\\\n\\midrule\n"
        "430000 & 0.810 \\\\\n440000 & $-$1.255 \\\\\n\\bottomrule\n\\end{tabular}\n"
        "\\end{table}\n"
    )


def test_a_long_latex_table_breaks_over_pages():
    rows = pd.DataFrame({"time": range(LONG + 1)})
    assert "longtable" in to_latex(rows)
    assert "\\endhead" in to_latex(rows)
    assert "longtable" not in to_latex(rows.head(LONG))


@pytest.mark.parametrize("caption", ["", 'A caption with #hash and "quotes"'])
def test_typst_compiles(frame, caption):
    import typst

    source = to_typst(frame, caption=caption, label="tbl-x" if caption else "", notes=["a *note*"])
    pdf = typst.compile(source.encode(), ignore_system_fonts=True)
    assert pdf.startswith(b"%PDF")


def test_long_words_wrap_in_columns_weighted_by_their_length():
    rows = (("a" * 16, "b" * 81, "1"), ("a" * 48, "b" * 81, "2"))
    table = Table(("x", "y", "z"), rows, ("left", "left", "right"))
    # (mean * longest) ** .25: (32 * 48) ** .25 = 6.26, (81 * 81) ** .25 = 9
    assert wrapped(table) == pytest.approx({0: 6.2604, 1: 9.0}, rel=1e-4)
    assert "columns: (6.26fr, 9.00fr, auto,)" in to_typst(table)
    assert "{@{}p{0.25\\linewidth}p{0.35\\linewidth}r@{}}" in to_latex(table)


def test_html_has_headings_notes_and_a_rule():
    table = Table(("a",), (("1",), ("2",)), ("right",), rules=(1,), notes=("n < 3",), label="t")
    assert write_html(table) == (
        '<table id="t">\n<thead><tr><th scope="col" style="text-align:right">a</th></tr></thead>\n'
        '<tbody>\n<tr><td style="text-align:right">1</td></tr>\n'
        '<tr class="rule"><td style="text-align:right">2</td></tr>\n</tbody>\n'
        '<tfoot>\n<tr class="note"><td colspan="1">n &lt; 3</td></tr>\n</tfoot>\n</table>\n'
    )


def test_html_by_itself_has_three_lines_and_a_pages_table_none():
    table = Table(("a",), (("1",), ("2",)), ("right",), rules=(1,), notes=("n < 3",))
    lines = re.findall(r"<(\w+)[^>]*?(border-(?!coll)[a-z]+:[\d.]+px solid[^\"]*)", to_html(table))
    thick, thin = "1.5px solid", "1px solid"
    assert lines == [
        ("thead", f"border-top:{thick};border-bottom:{thin}"),
        ("tbody", f"border-bottom:{thick}"),
        ("tr", f"border-top:{thin}"),
    ]
    assert "border" not in write_html(table)
    assert re.sub(r"<[^>]*>", "", to_html(table)) == re.sub(r"<[^>]*>", "", write_html(table))


def test_saves_four_files_with_unix_line_ends(tmp_path, frame):
    files = save_table(frame, tmp_path / "sub" / "lq", formats={"lq": ".2f"}, caption="Quotients")
    assert [file.name for file in files] == ["lq.typ", "lq.tex", "lq.html", "lq.md"]
    for file in files:
        assert b"0.81" in file.read_bytes()
        assert b"\r" not in file.read_bytes()
        # the text that shows a table gives the caption; the .md file is read by itself
        assert (b"Quotients" in file.read_bytes()) == (file.suffix == ".md")


@pytest.mark.parametrize(
    ("value", "fmt", "text"),
    [
        (-0.5, "", "−0.500"),
        (np.int64(1234567), ",d", "1,234,567"),
        (0.256, ".1%", "25.6%"),
        (np.nan, ".2f", "–"),
        (None, "", "–"),
        (-np.inf, ".2f", "−∞"),
        (1e-7, ".1e", "1.0e−07"),
        ("word", ".2f", "word"),
    ],
)
def test_values_as_printed(value, fmt, text):
    assert format_value(value, fmt) == text


@pytest.mark.parametrize("write", [to_latex, to_typst, to_html, to_markdown])
def test_what_is_no_table_or_option_is_refused_with_the_way_out(write, frame):
    fit = Estimates(("x",), np.ones(1), Covariance(np.eye(1), "robust"), "y", "OLS", 20)
    with pytest.raises(InputError, match=r"\(Estimates\) is not a table. Print compare\(fit\)"):
        write(fit)
    with pytest.raises(InputError, match="data must be a table"):
        write("lq")
    with pytest.raises(InputError, match=r"options \['foo'\] are unknown; .*'formats', 'caption'"):
        write(frame, foo=1)


def test_errors(frame):
    with pytest.raises(InputError, match=r"columns \['gamma'\] are not in the table"):
        as_table(frame, formats={"gamma": ".2f"})
    with pytest.raises(InputError, match=r"format 'd' of 'lq' cannot print 0\.81"):
        as_table(frame, formats={"lq": "d"})
    with pytest.raises(InputError, match=r"as many cells in each row .* lengths \[1, 2\]"):
        Table(("a",), (("1", "2"),), ("left",))


@pytest.mark.parametrize("label", ["x}\\input{secret}", "50%", "a#b"])
def test_a_label_is_no_code(label):
    frame = pd.DataFrame({"a": [1]})
    with pytest.raises(InputError, match=r"which LaTeX reads as code in a name. Use letters"):
        to_latex(frame, caption="c", label=label)
    typst = to_typst(frame, caption="c", label=label)
    assert typst.strip().endswith("#label(" + '"' + label.replace("\\", "\\\\") + '")')
    assert "<input>" not in to_html(frame, caption="c", label='"><input>')


def test_a_plain_label_stands_as_it_is():
    frame = pd.DataFrame({"a": [1]})
    assert "\\label{tbl:lq_1}" in to_latex(frame, caption="c", label="tbl:lq_1")
    assert "<tbl:lq_1>" in to_typst(frame, caption="c", label="tbl:lq_1")


def test_typst_takes_a_label_that_is_no_plain_name(tmp_path):
    import json

    import typst

    file = tmp_path / "t.typ"
    file.write_text(to_typst(pd.DataFrame({"a": [1]}), caption="c", label="50% <b>"), "utf-8")
    assert len(json.loads(typst.query(str(file), 'label("50% <b>")'))) == 1
