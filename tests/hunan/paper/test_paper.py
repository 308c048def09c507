import atexit
import json
import re
import shutil
import subprocess
import sys
import tempfile
from functools import cache
from html.parser import HTMLParser
from pathlib import Path

import pandas as pd
import pytest

from agglometrics import plot_ranked_bars, save_figure
from agglometrics.errors import InputError
from agglometrics.report.tables import save_table, to_html, to_typst
from hunan.paper import build as paper
from hunan.paper.crossrefs import Target
from hunan.paper.formats.exhibit import Exhibit
from hunan.paper.formats.html import Html
from hunan.paper.numbers import Numbers

TEMPLATES = Path(__file__).parents[3] / "paper" / "templates"

TEXT = """---
title: A small paper
title-zh: 一篇小论文
author: The agglometrics developers
abstract: The share was {{share}} percent.
abstract-zh: |
  份额为{{share}}%。
  第二行。
keywords: [clusters, places]
keywords-zh: [产业集群]
bibliography: refs.bib
---

# Start {#sec:start}

@smith2001 and [@smith2001] say more than @fig:bars, @tbl:lq, [@fig:bars; @eq:lq] and @sec:end.
The fall was {{fall}}, "{{share}}," and $y = {{big}}$.

$$ LQ = \\frac{s}{x} $$ {#eq:lq}

![Bars, with {{share}}.](figures/bars){#fig:bars width=60%}

![Quotients.](tables/lq){#tbl:lq}

# End {#sec:end}

::: {#numbers-in-text}
:::
"""

REFS = """@book{smith2001,
  author = {Smith, Ana},
  title = {Places},
  publisher = {Press},
  year = {2001},
}
"""


def make_folder(folder, text=TEXT):
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copytree(TEMPLATES, folder / "templates", dirs_exist_ok=True)
    (folder / "paper.md").write_text(text, encoding="utf-8")
    (folder / "refs.bib").write_text(REFS, encoding="utf-8")
    numbers = Numbers("20_agglomeration", folder / "numbers")
    numbers.record("share", 2.2017, ".2f", label="share <of> output", unit="percent")
    numbers.record("fall", -0.36, ".2f", label="fall")
    numbers.record("big", 1234.5, ",.1f", label="big")
    numbers.record("spare", 7, label="spare")
    shutil.copytree(exhibits(), folder, dirs_exist_ok=True)
    return folder / "paper.md"


@cache
def exhibits():
    """Return a folder with a figure and a table, drawn once."""
    folder = Path(tempfile.mkdtemp(prefix="exhibits-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    frame = pd.DataFrame({"region": ["Hunan", "Jiangsu"], "lq": [0.8, -1.2]})
    save_figure(plot_ranked_bars(frame, value="lq"), folder / "figures" / "bars")
    frame = frame.assign(seen=["@sec:end", "@fig:bars, @tbl:lq"])
    notes = ("Output & jobs.", "Current prices.")
    save_table(frame, folder / "tables" / "lq", formats={"lq": ".2f"}, notes=notes)
    return folder


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """The same paper built in two folders."""
    folders = [tmp_path_factory.mktemp(name) for name in ("first", "second")]
    for folder in folders:
        assert paper.main([str(make_folder(folder))]) == 0
    return folders


def test_the_same_bytes_in_two_folders(built):
    for name in ("paper.pdf", "paper.html", "paper.tex", "tables/numbers_in_paper.csv"):
        first, second = ((folder / name).read_bytes() for folder in built)
        assert first == second, name
        assert len(first) > 100
        assert str(built[0]).encode() not in first


class Page(HTMLParser):
    def __init__(self):
        super().__init__()
        self.loads, self.ids, self.links, self.text = [], set(), [], ""

    def handle_starttag(self, tag, attrs):
        found = dict(attrs)
        self.ids.add(found.get("id"))
        if tag in ("img", "script", "link", "iframe", "source", "object"):
            self.loads.append(found.get("src") or found.get("href") or tag)
        if tag == "a" and found["href"].startswith("#"):
            self.links.append(found["href"][1:])

    def handle_data(self, data):
        self.text += data


@pytest.fixture(scope="module")
def page(built):
    parser = Page()
    parser.feed((built[0] / "paper.html").read_text(encoding="utf-8"))
    return parser


def test_the_page_loads_nothing_from_elsewhere(built, page):
    assert page.loads
    assert all(load.startswith("data:") for load in page.loads)
    style = (built[0] / "paper.html").read_text(encoding="utf-8").split("</style>")[0]
    assert re.findall(r"url\((?!data:)|@import|https?://", style) == []


def test_every_link_of_the_page_leads_somewhere(page):
    assert {"fig:bars", "tbl:lq", "eq:lq", "sec:end", "num:share"} <= set(page.links)
    assert set(page.links) <= page.ids


def test_numbers_of_the_page(built, page):
    html = (built[0] / "paper.html").read_text(encoding="utf-8")
    assert (
        '<data value="2.2017" title="share &lt;of&gt; output: 20_agglomeration">2.20</data>' in html
    )
    assert 'style="--width:60%" alt="Bars, with 2.20."' in html
    assert ">1,234.5</mtext>" in html
    assert "{{" not in html
    words = " ".join(page.text.split())
    assert "The fall was −0.36" in words
    assert "“2.20,”" in words
    assert "Figure 1 and Equation (1)" in words
    assert "Smith (2001) and (Smith 2001) say" in words
    assert "<math" in html


def test_notes_of_a_table_do_not_scroll_with_it(built):
    html = (built[0] / "paper.html").read_text(encoding="utf-8")
    figure = html.split('id="tbl:lq" class="table">')[1].split("</figure>")[0]
    scrolled, below = figure.split("</table>")
    assert "note" not in scrolled
    assert "tfoot" not in scrolled
    assert re.findall("<.*", below) == [
        "</div>",
        '<p class="note">Output &amp; jobs.</p>',
        '<p class="note">Current prices.</p>',
    ]


def test_a_table_of_many_columns_may_be_wider_than_the_text():
    target = Target("tbl:many", "tbl", "1")
    exhibit = Exhibit(target, [], "", "tables/many")
    for columns, classes in ((8, "table wide"), (7, "table")):
        frame = pd.DataFrame([range(columns)], columns=[f"c{n}" for n in range(columns)])
        opening = Html().tabular(exhibit, to_html(frame))[0]["c"][1]
        assert f'class="{classes}"' in opening


def test_latex_numbers_itself(built):
    tex = (built[0] / "paper.tex").read_text(encoding="utf-8")
    for part in (
        "Figure~\\ref{fig:bars}",
        "Equation~\\eqref{eq:lq}",
        "\\begin{equation}\\label{eq:lq}\nLQ = \\frac{s}{x}\n\\end{equation}",
        "\\includegraphics[width=0.6\\linewidth]{figures/bars.pdf}",
        "\\caption{Bars, with 2.20.}\\label{fig:bars}",
        "\\caption{Quotients.}\\label{tbl:lq}\n\n\\begin{tabular}{@{}lrl@{}}",
        "\\(y = \\text{1,234.5}\\)",
        "摘要",
        "\\emph{Keywords: }clusters, places",
        "份额为2.20\\%。第二行。",
    ):
        assert part in tex, part


def test_a_width_is_a_percentage(tmp_path):
    text = make_folder(tmp_path, TEXT.replace("width=60%", "width=6cm"))
    small = paper.read_paper(text, tmp_path / "numbers")
    with pytest.raises(InputError, match=r"fig:bars has the width '6cm'; say it in percent"):
        paper.in_format(small, Html())


def test_the_list_of_numbers(built):
    lines = (built[0] / "tables" / "numbers_in_paper.csv").read_text(encoding="utf-8").splitlines()
    assert lines[0] == "key,text,unit,label,notebook,cell"
    # in the order of the text, the abstract first
    assert [line.split(",")[0] for line in lines[1:]] == ["share", "fall", "big"]


def test_unused_numbers_are_named(built):
    read = paper.read_paper(built[0] / "paper.md", built[0] / "numbers")
    assert read.unused() == ["spare"]


@pytest.mark.parametrize(
    ("before", "after", "message"),
    [
        ("{{fall}}", "{{fal}}", r"no notebook records a number 'fal'; the nearest are \['fall'\]"),
        ("{{fall}}", "{{fall", "is not a call of a number"),
        ("{{fall}}", "{{ fall }}", "is not a call of a number"),
        ("{{fall}}", "35.1", "line 17: 35.1 in"),
        ("@sec:end", "@sec:middle", "refers to @sec:middle, which is not there"),
        ("@smith2001 and", "@smith2002 and", r"refs.bib has no entry \['smith2002'\]"),
        ("figures/bars", "figures/baz", "there is no baz.svg in figures/"),
        ("tables/lq", "tables/qq", "there is no qq.typ in tables/"),
        ("more than", "more \U00012000 than", r"𒀀 \(U\+12000, line 16\). Typst would print empty"),
    ],
)
def test_errors_leave_no_paper(tmp_path, capsys, before, after, message):
    text = make_folder(tmp_path, TEXT.replace(before, after))
    status = paper.main([str(text)])
    said = capsys.readouterr().err
    assert status == 1
    assert re.search(message, said), said
    assert not (tmp_path / "paper.pdf").exists()


def test_a_table_refers_to_places_of_the_text(built):
    seen = ("Section\N{NO-BREAK SPACE}2", "Figure\N{NO-BREAK SPACE}1, Table\N{NO-BREAK SPACE}1")
    source = paper.to_typst(paper.read_paper(built[0] / "paper.md", built[0] / "numbers"))
    for text in (source, *((built[0] / f"paper.{e}").read_text("utf-8") for e in ("html", "tex"))):
        assert all(words in text for words in seen)


def test_a_table_that_refers_to_nothing_is_refused(tmp_path, capsys):
    text = make_folder(tmp_path, TEXT.replace(" and @sec:end", "").replace("{#sec:end}", ""))
    assert paper.main([str(text)]) == 1
    assert "tables/lq refers to @sec:end, which the text does not have" in capsys.readouterr().err


def test_a_table_with_a_caption_of_its_own_is_refused(tmp_path, capsys):
    text = make_folder(tmp_path)
    table = tmp_path / "tables" / "lq.typ"
    table.write_text(to_typst(pd.DataFrame({"a": [1]}), caption="Mine"), encoding="utf-8")
    assert paper.main([str(text)]) == 1
    assert "tables/lq has a caption of its own" in capsys.readouterr().err


def test_the_pdf_has_its_fonts_and_no_date(built):
    pdf = (built[0] / "paper.pdf").read_bytes()
    assert b"LibertinusSerif" in pdf
    assert b"NotoSansCJKsc" in pdf


def test_typst_numbers_figures_as_the_text_does(built, tmp_path):
    """Typst counts figures itself; its counts must be those that references print."""
    import typst

    source = paper.to_typst(paper.read_paper(built[0] / "paper.md", built[0] / "numbers"))
    file = built[0] / "query.typ"
    file.write_text(source, encoding="utf-8")
    for name, kind in (("fig:bars", "image"), ("tbl:lq", "table")):
        (figure,) = json.loads(typst.query(str(file), f"<{name}>"))
        assert figure["kind"] == kind
        assert figure["counter"] if "counter" in figure else figure["numbering"] == "1"
    file.unlink()


def test_the_command_line(tmp_path):
    text = make_folder(tmp_path / "paper", TEXT.replace("{{fall}}", "{{no}}"))
    done = subprocess.run(
        [sys.executable, "-m", "hunan.paper.build", text, "--out", tmp_path / "out"],
        capture_output=True,
        text=True,
    )
    assert done.returncode == 1
    assert "no notebook records a number 'no'" in done.stderr
