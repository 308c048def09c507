"""The built site in a real browser: every page, at the width of a phone, from files."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.docs_site.browser import Browser, program

SITE = Path(os.environ.get("AGGLOMETRICS_SITE", Path(__file__).parents[2] / "build" / "site"))
PHONE = 390
LOOK = """(async () => {
  await document.fonts.ready;
  const images = [...document.images];
  return {
    title: document.title,
    silent: images.filter(i => !(i.alt || '').trim()).map(i => i.getAttribute('src')),
    broken: images.filter(i => i.loading !== 'lazy' && i.naturalWidth === 0).map(i => i.src),
    wide: document.documentElement.scrollWidth - document.documentElement.clientWidth,
    heading: (document.querySelector('h1') || {}).innerText || '',
  };
})()"""
# results come one after the other: they are all there when none has come for half a second
SEARCH = """new Promise(answer => {
  const end = Date.now() + 15000;
  let before = 0, still = 0;
  const look = () => {
    const found = [...document.querySelectorAll('#search-results li a')].map(a => a.innerText);
    still = found.length && found.length === before ? still + 1 : 0;
    before = found.length;
    if (still > 5 || Date.now() > end) answer(found); else setTimeout(look, 100);
  };
  look();
})"""
FONTS = """document.fonts.ready.then(() =>
  [...document.fonts].filter(f => f.status === 'loaded').map(f => f.family.replaceAll('"', '')))"""


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    if program() is None:
        pytest.skip("no Chromium here: install the package chromium to test the site in it")
    if not (SITE / "index.html").is_file():
        pytest.skip(f"no site at {SITE}: make site builds it")
    found = Browser(tmp_path_factory.mktemp("chromium"))
    yield found
    found.close()


def test_every_page(browser: Browser) -> None:
    browser.width(PHONE)
    pages = sorted(SITE.rglob("*.html"))
    assert len(pages) > 200
    faults = []
    for path in pages:
        page = browser.open(path.resolve().as_uri(), LOOK)
        seen = page.answer or {}
        outside = [
            url for url in page.requests if not url.startswith(("file://", "data:", "blob:"))
        ]
        found = {
            "console errors": page.errors,
            "outside requests": outside,
            "no title": [] if seen.get("title") else [path.name],
            "no heading": [] if seen.get("heading") or path.stem == "search" else [path.name],
            "pictures without a text": seen.get("silent"),
            "pictures that do not load": seen.get("broken"),
            "wider than the phone by": [seen["wide"]] if seen.get("wide") else [],
        }
        faults += [f"{path.relative_to(SITE)}: {what}: {x}" for what, x in found.items() if x]
    assert faults == [], "\n".join(faults)


def test_a_fault_is_heard(browser: Browser, tmp_path: Path) -> None:
    """The looks above would see an error, an outside request, a silent picture, a wide table."""
    page = tmp_path / "bad.html"
    page.write_text(
        '<meta name=viewport content="width=device-width"><img src="https://nowhere.invalid/a.png">'
        '<div style="width:900px">wide</div><script>console.error("no"); undefined_name()</script>',
        encoding="utf-8",
    )
    browser.width(PHONE)
    found = browser.open(page.as_uri(), LOOK)
    assert any("https://nowhere.invalid" in url for url in found.requests)
    assert any("undefined_name" in text for text in found.errors)
    assert any('"no"' in text for text in found.errors)
    assert found.answer["title"] == ""
    assert len(found.answer["silent"]) == len(found.answer["broken"]) == 1
    assert found.answer["wide"] > 400


@pytest.mark.parametrize(
    ("word", "page"), [("rotemberg", "plot_rotemberg"), ("quotient", "location_quotient")]
)
def test_search_answers_from_files(browser: Browser, word: str, page: str) -> None:
    found = browser.open((SITE / "search.html").resolve().as_uri() + f"?q={word}", SEARCH).answer
    assert any(page in title for title in found)


def test_chinese_and_formulas_have_the_sites_own_fonts(browser: Browser) -> None:
    index = browser.open((SITE / "index.html").resolve().as_uri(), FONTS).answer
    assert "Noto Sans CJK SC" in index
    formulas = (SITE / "api" / "location_quotient.html").resolve().as_uri()
    assert "STIX Two Math" in browser.open(formulas, FONTS).answer
