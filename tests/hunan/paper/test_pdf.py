import base64
from io import BytesIO

import pytest

from agglometrics import InputError
from agglometrics.plotting.fonts import FAMILY, require_collection
from hunan.paper import fonts, pdf

TEXT = "湖南的产业 Ellison–Glaeser, σ ≥ 0.5, Kolesár, Adão, “q” … − γ"


@pytest.fixture(scope="module")
def font_folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("fonts")
    fonts.write_subset(TEXT, folder / "cjk.otf")
    return folder


def check(source, font_folder, tmp_path):
    text = tmp_path / "paper.md"
    text.write_text("First line.\nSecond \u4e4d line.\n", encoding="utf-8")
    pdf.check_glyphs(source, tmp_path, font_folder, text)


def test_characters_of_the_fonts_pass(font_folder, tmp_path):
    check(TEXT, font_folder, tmp_path)
    check("plain ASCII", font_folder, tmp_path)
    check("no-break\u00a0space, accent a\u0301", font_folder, tmp_path)


@pytest.mark.parametrize("source", ["a \u4e4d b", "= \u4e4d", "`\u4e4d`", '#table("\u4e4d")'])
def test_a_character_without_a_glyph_is_named_with_its_line(source, font_folder, tmp_path):
    # U+4E4D is not in the subset; the size and place of the text do not matter
    with pytest.raises(InputError, match=r"no font has 乍 \(U\+4E4D, line 2\)"):
        check(source, font_folder, tmp_path)


def test_one_that_the_text_does_not_show_is_named_with_its_neighbours(font_folder, tmp_path):
    with pytest.raises(InputError, match=r"龘 \(U\+9F98, near 'in a table 龘 cell'\)"):
        check("in a table \u9f98 cell", font_folder, tmp_path)


def test_a_subset_has_what_it_was_asked_for_and_the_same_bytes(font_folder, tmp_path):
    from fontTools.ttLib import TTFont

    fonts.write_subset("".join(reversed(TEXT)), tmp_path / "again.otf")
    assert (tmp_path / "again.otf").read_bytes() == (font_folder / "cjk.otf").read_bytes()
    with TTFont(font_folder / "cjk.otf") as font:
        assert font["name"].getDebugName(1) == FAMILY
        assert {ord(character) for character in "湖南的产业"} <= set(font.getBestCmap())
        assert ord("\u4e4d") not in font.getBestCmap()


def test_a_page_carries_the_chinese_characters_that_it_shows():
    from fontTools.ttLib import TTFont

    style = fonts.chinese_style("<p>Hunan 湖南：产业</p>")
    assert style == fonts.chinese_style("产业 南：湖")  # the order of the text does not matter
    encoded = style.split("base64,")[1].split(")")[0]
    with TTFont(BytesIO(base64.b64decode(encoded))) as font:
        assert {ord(character) for character in "湖南：产业"} <= set(font.getBestCmap())
        assert ord("H") not in font.getBestCmap()
    assert fonts.chinese_style("<p>Hunan</p>") == ""


def test_a_page_without_mathematics_needs_no_mathematics_font():
    assert fonts.math_style("<p>text</p>") == ""


def test_a_pdf_has_a_fixed_date(font_folder, tmp_path):
    first, second = (pdf.compile_pdf("= One\n\ntext", tmp_path, font_folder) for _ in range(2))
    assert first == second
    assert b"D:20250101000000" in first


def test_a_face_that_is_not_there_is_named():
    with pytest.raises(InputError, match=r"holds the faces .*, not 'Comic Sans'"):
        fonts.face_number(require_collection(), "Comic Sans")
