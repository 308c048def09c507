"""`cite`: every public name is accounted for, every entry is used and well formed."""

import json
import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import agglometrics as ag
from agglometrics.report.citations.entries import articles, fields, package
from agglometrics.report.citations.methods import METHODS, WITHOUT, has_no_article

PUBLIC = set(ag.__all__) - {"datasets", "notation", "__version__"}


def keys(*used):
    return re.findall(r"^@\w+\{([\w:-]+),", ag.cite(*used), re.MULTILINE)


rng = np.random.default_rng(2)
Z, E = rng.normal(size=(2, 72))
DATA = pd.DataFrame({"firm": np.repeat(range(12), 6), "year": np.tile(range(6), 12)}).assign(
    z=Z, x=Z + E, y=Z + 2 * E, c=rng.poisson(3, 72)
)


def test_every_public_name_has_articles_or_is_listed_as_having_none():
    assert {name for name in PUBLIC - set(METHODS) if not has_no_article(name)} == set()
    assert (set(METHODS) | WITHOUT) - PUBLIC == set()
    assert set(METHODS) & WITHOUT == set()
    assert all(METHODS.values())


def test_every_entry_is_used_and_every_key_has_an_entry():
    used = {key for found in METHODS.values() for key in found}
    assert used == set(articles())


@pytest.mark.parametrize("key", sorted(articles()))
def test_an_entry_says_what_its_kind_needs(key):
    entry = articles()[key]
    needed = {
        "article": {"author", "title", "journal", "year", "volume", "pages"},
        "book": {"author", "title", "publisher", "year"},
        "techreport": {"author", "title", "institution", "year"},
        "misc": {"author", "title", "year", "note"},
    }
    found = fields(entry)
    assert needed[re.match(r"@(\w+)", entry)[1]] <= set(found)
    assert entry.isascii()
    assert entry.count("{") == entry.count("}")
    assert re.fullmatch(r"(1[89]|20)\d\d", found["year"])
    assert found["year"] in key
    assert all(", " in name for name in found["author"].split(" and "))
    first = re.sub(r"\{\\.\s?(\w)\}|\W", r"\1", found["author"].split(",")[0])
    assert key.lower().startswith(first.lower()[:2]) or key.startswith("olea")
    assert "doi" not in found or re.fullmatch(r"10\.\d{4,5}/[\w./()-]+", found["doi"])


def test_no_doi_stands_twice():
    dois = [fields(entry).get("doi") for entry in articles().values()]
    known = [doi for doi in dois if doi]
    assert len(known) == len(set(known)) > 75


def test_the_papers_bibliography_says_the_same():
    paper = (Path(__file__).parents[2] / "paper" / "refs.bib").read_text(encoding="utf-8")
    theirs = {m[1]: m[0] for m in re.finditer(r"@\w+\{(\w+),.*?^\}$", paper, re.M | re.S)}
    shared = set(theirs) & set(articles())
    assert len(shared) > 25
    for key in shared:
        one, two = fields(theirs[key]), fields(articles()[key])
        for name in {"year", "volume", "number", "pages", "doi"} & set(one):
            assert two[name] == one[name], (key, name)


def test_docstrings_name_the_year_of_what_is_cited():
    # the text of the module or the object names a year of at least one of its articles
    silent = []
    for name, cited in METHODS.items():
        thing = getattr(ag, name)
        module = __import__("sys").modules[thing.__module__]
        text = f"{thing.__doc__} {Path(module.__file__).read_text(encoding='utf-8')}"
        if not any(re.search(r"\d{4}", key)[0] in text for key in cited):
            silent.append(name)
    assert len(silent) < 0.25 * len(METHODS), silent


def test_the_package_comes_first_and_alone_where_nothing_is_named():
    assert ag.cite() == package()
    found = fields(package())
    assert found["version"] == ag.__version__
    assert keys("Homoskedastic", "plot_map", "to_html") == ["agglometrics"]


def test_names_functions_and_classes_are_the_same():
    expected = ["agglometrics", "durantonOverman2005"]
    assert keys("duranton_overman") == keys(ag.duranton_overman) == expected
    assert keys(ag.Conley, "Conley") == ["agglometrics", "conley1999"]


def test_an_estimate_names_its_method_and_its_covariance():
    fit = ag.panel("y ~ x", DATA, entity="firm", time="year", cov=ag.DriscollKraay(2))
    assert "driscollKraay1998" in keys(fit)
    assert "correia2015" not in keys(fit)
    absorbed = ag.panel("y ~ x", DATA, absorb="firm")
    assert {"correia2015", "cameronMiller2015"} < set(keys(absorbed))
    robust = keys(absorbed.with_cov(ag.Robust()))
    assert "white1980" in robust
    assert "cameronMiller2015" not in robust


@pytest.mark.parametrize(
    ("make", "expected"),
    [
        (lambda: ag.poisson("c ~ x", DATA), "santosSilvaTenreyro2006"),
        (lambda: ag.iv("y ~ [x ~ z]", DATA, estimator=ag.Liml()), "andersonRubin1949"),
        (lambda: ag.iv("y ~ [x ~ z]", DATA, estimator=ag.Fuller()), "fuller1977"),
        (
            lambda: ag.panel(
                "y ~ x", DATA, cov=ag.WildBootstrap("firm", draws=99, weights=ag.Webb())
            ),
            "webb2023",
        ),
        (
            lambda: ag.panel(
                "y ~ x", DATA, entity="firm", time="year", estimator=ag.RandomEffects()
            ),
            "swamyArora1972",
        ),
        (
            lambda: ag.simulate_shift_share(1, per_cluster=3).design.fit("y", "x", cov=ag.AKM()),
            "adaoKolesarMorales2019",
        ),
        (
            lambda: ag.event_study(
                DATA.assign(d=((DATA.firm < 4) & (DATA.year > 3)).astype(int)),
                outcome="y",
                unit="firm",
                time="year",
                treated="d",
                estimator=ag.SunAbraham(),
            ),
            "sunAbraham2021",
        ),
    ],
    ids=["poisson", "liml", "fuller", "webb", "random", "akm", "events"],
)
@pytest.mark.filterwarnings("ignore")
def test_results_name_what_they_were_made_with(make, expected):
    assert expected in keys(make())


def test_a_script_is_read_and_not_run(tmp_path):
    script = tmp_path / "study.py"
    script.write_text(
        "import agglometrics as ag\nfrom agglometrics import Conley as C, moran\n"
        "raise SystemExit\nfit = ag.panel('y ~ x', data, cov=C(km=100))\nag.oster(fit)\n"
    )
    assert keys(script) == ["agglometrics", "correia2015", "baltagi2021", "conley1999", "oster2019"]
    script.write_text("import agglometrics as ag\n# ag.oster(fit)\n")
    assert keys(script) == ["agglometrics"]


def test_a_notebook_is_read_past_its_magics(tmp_path):
    cells = [
        {"cell_type": "markdown", "source": ["ag.oster"]},
        {"cell_type": "code", "source": ["%matplotlib inline\n", "!ls\n", "ag.u_test(fit, 'x')"]},
    ]
    notebook = tmp_path / "study.ipynb"
    notebook.write_text(json.dumps({"cells": cells}))
    assert keys(notebook) == ["agglometrics", "lindMehlum2010", "sasabuchi1980"]


def test_errors(tmp_path):
    with pytest.raises(
        ag.InputError, match=r"'durantonoverman' is not a public.*'duranton_overman'"
    ):
        ag.cite("durantonoverman")
    with pytest.raises(ag.InputError, match=r"a DataFrame does not record how it was made.*cite\("):
        ag.cite(DATA)
    with pytest.raises(ag.InputError, match=r"cite reads scripts.*none.py"):
        ag.cite(tmp_path / "none.py")
    broken = tmp_path / "broken.py"
    broken.write_text("if")
    with pytest.raises(ag.InputError, match=r"broken.py does not parse as .py.*Correct it"):
        ag.cite(broken)
