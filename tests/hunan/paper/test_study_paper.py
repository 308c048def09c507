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


def test_every_citation_has_its_entry(document, entries):
    literature = {name for name in cited(document) if not crossrefs.NAME.fullmatch(name)}
    assert len(literature) > 5
    assert literature <= {key for key, _, _ in entries}


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
