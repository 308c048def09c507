"""The study's own paper, without building it: its numbers, references and exhibits."""

import re
from collections import Counter
from pathlib import Path

import pytest

from hunan.paper import crossrefs, pandoc
from hunan.paper.typed_numbers import check_typed_numbers

PAPER = Path(__file__).parents[3] / "paper"
REQUIRED = {
    "article": {"author", "title", "journal", "volume", "pages"},
    "book": {"author", "title", "publisher"},
    "misc": {"author", "title"},
}


@pytest.fixture(scope="module")
def text():
    return (PAPER / "paper.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def document(text):
    return pandoc.read(text)


@pytest.fixture(scope="module")
def entries():
    """The bibliography: (key, kind, fields) of each entry."""
    source = (PAPER / "refs.bib").read_text(encoding="utf-8")
    blocks = re.findall(r"^@(\w+)\{([^,\s]+),\n(.*?)^\}$", source, re.M | re.S)
    return [(key, kind, dict(re.findall(r"^  (\w+) = \{(.*)\},$", body, re.M)))
            for kind, key, body in blocks]  # fmt: skip


def cited(document):
    return {
        item["citationId"]
        for node in pandoc.nodes([document["meta"], document["blocks"]])
        if node["t"] == "Cite"
        for item in node["c"][0]
    }


def test_no_number_is_typed(text):
    check_typed_numbers(text)


def sentences(text):
    """The sentences of a text's paragraphs and abstracts, captions with them; no display math."""
    for paragraph in re.split(r"\n\s*\n", text):
        if not paragraph.lstrip().startswith("$$"):
            yield from re.split(r"(?<=[.?!:])\s+|(?<=[。；])", " ".join(paragraph.split()))


@pytest.mark.parametrize(("name", "most"), [("paper.md", 2), ("appendix.md", 5)])
def test_a_sentence_carries_few_numbers(name, most):
    said = list(sentences((PAPER / name).read_text(encoding="utf-8")))
    assert len(said) > 300
    numbers = {sentence: len(re.findall(r"\{\{\w+\}\}|\.fixed", sentence)) for sentence in said}
    assert {sentence: n for sentence, n in numbers.items() if n > most} == {}
    assert max(numbers.values()) == most


@pytest.fixture(scope="module")
def literature():
    """The keys that each text cites."""
    documents = {
        name: pandoc.read((PAPER / f"{name}.md").read_text(encoding="utf-8"))
        for name in ("paper", "appendix")
    }
    return {
        name: {key for key in cited(document) if not crossrefs.NAME.fullmatch(key)}
        for name, document in documents.items()
    }


def test_every_citation_has_its_entry(literature, entries):
    known = {key for key, _, _ in entries}
    for name, keys in literature.items():
        assert len(keys) > 20, name
        assert keys - known == set(), name


def test_no_entry_is_uncited(literature, entries):
    assert {key for key, _, _ in entries} - set().union(*literature.values()) == set()


# a style that writes titles in lower case would make "u-shaped" and "china" of them
NAMES = "U|U.S.|GMM|CO|China|China's|Chinese|Hunan's|French|Europe|United States|East Asia|Bartik"


def test_names_in_titles_are_protected(entries):
    word = re.compile(rf"(?<![\w.])(?:{re.escape(NAMES).replace(chr(92) + '|', '|')})(?![\w.'])")
    protected = 0
    for key, _, fields in entries:
        title = fields["title"]
        assert not word.search(re.sub(r"\{[^}]*\}", "", title)), key
        protected += len(word.findall(title))
    assert protected > 10


def test_an_article_has_a_doi_or_is_known_to_have_none(entries):
    without = {key for key, kind, fields in entries if kind == "article" and "doi" not in fields}
    # the first four have none that we found; those of the last two could not be checked
    assert without == {"porter1998", "holm1979", "moses1955", "isard1953"} | {
        "kronenberg2009", "howardNewmanTarp2016",
    }  # fmt: skip


def test_every_exhibit_is_referred_to_and_every_reference_leads_somewhere(document):
    known = crossrefs.targets(document)
    referred = {name for name in cited(document) if crossrefs.NAME.fullmatch(name)}
    assert referred <= set(known)
    exhibits = {name for name, target in known.items() if target.kind in ("fig", "tbl")}
    assert exhibits <= referred


def test_entries_are_complete_and_stand_once(entries):
    assert len(entries) > 40
    assert max(Counter(key for key, _, _ in entries).values()) == 1
    for key, kind, fields in entries:
        assert REQUIRED[kind] <= set(fields), key
        assert {"year", "date"} & set(fields), key
        assert re.search(r"\d{4}", fields.get("year", fields.get("date"))), key
        assert re.fullmatch(r"10\.\d{4,}/\S+", fields.get("doi", "10.1234/x")), key
        assert re.fullmatch(r"[A-Z]?\d+(--[A-Z]?\d+)?", fields.get("pages", "1")), key
