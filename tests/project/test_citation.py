"""CITATION.cff keeps to the schema of its version and agrees with the package."""

import re
import tomllib
from pathlib import Path

import yaml

from agglometrics.report.citations.entries import fields, package

ROOT = Path(__file__).parents[2]
CFF = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]

# Citation File Format 1.2.0, schema.json: the keys it requires and those used here with their type
REQUIRED = {"authors", "cff-version", "message", "title"}
ALLOWED = {
    "abstract": str,
    "authors": list,
    "cff-version": str,
    "date-released": object,
    "doi": str,
    "keywords": list,
    "license": str,
    "message": str,
    "repository-code": str,
    "title": str,
    "type": str,
    "url": str,
    "version": str,
}


def test_the_file_keeps_to_the_schema():
    assert set(CFF) >= REQUIRED
    for key, value in CFF.items():
        assert isinstance(value, ALLOWED[key]), key
        assert value, key
    assert CFF["cff-version"] == "1.2.0"
    assert CFF["type"] in ("software", "dataset")
    assert len(CFF["keywords"]) == len(set(CFF["keywords"]))
    for author in CFF["authors"]:
        entity = set(author) <= {"name", "website", "email", "orcid"} and author.get("name")
        person = set(author) <= {"family-names", "given-names", "orcid", "affiliation", "email"}
        assert entity or (person and author)


def test_it_agrees_with_the_package():
    assert CFF["version"] == PROJECT["version"]
    assert CFF["license"] == PROJECT["license"]
    assert [author["name"] for author in CFF["authors"]] == [a["name"] for a in PROJECT["authors"]]
    assert set(CFF["keywords"]) == set(PROJECT["keywords"])
    entry = fields(package())
    assert entry["title"].strip("{}") == CFF["title"]
    assert entry["author"].strip("{}") == CFF["authors"][0]["name"]
    assert entry["version"] == CFF["version"]


def test_the_message_names_the_function_that_prints_the_articles():
    assert re.search(r"\bcite\(", CFF["message"])
