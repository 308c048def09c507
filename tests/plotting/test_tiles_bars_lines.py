from itertools import combinations

import numpy as np
import pandas as pd
import pytest

from agglometrics import InputError
from agglometrics.plotting import fonts, palette
from agglometrics.plotting.pictures import tiles
from agglometrics.plotting.pictures.bars import plot_ranked_bars
from agglometrics.plotting.pictures.lines import plot_trajectories
from agglometrics.plotting.pictures.tiles import plot_heat_map, plot_tile_map
from agglometrics.plotting.placement import spread
from agglometrics.plotting.style import save_figure
from hunan.labels import STUDY

REGIONS = pd.DataFrame(
    {
        "region": ["430000", "440000", "150000", "540000"],
        "name_en": ["Hunan", "Guangdong", "Inner Mongolia", "Tibet"],
        "name_zh": ["湖南", "广东", "内蒙古", "西藏"],
        "tile_row": [1, 2, 0, 1],
        "tile_column": [1, 1, 1, 0],
    }
)
LABELS = STUDY.extended(REGIONS, "region")
KNOWN = REGIONS["region"].iloc[:3]


@pytest.fixture
def cells():
    keys = pd.MultiIndex.from_product([KNOWN, ["coal", "textiles"]], names=["region", "industry"])
    return pd.DataFrame({"lq": [0.4, 2.5, 1.0, 0.8, 1.1, 1.3]}, index=keys).reset_index()


@pytest.fixture
def regions(cells):
    return cells.loc[cells["industry"] == "coal", ["region", "lq"]]


@pytest.fixture
def paths():
    """Three series that end within a hundredth of each other."""
    keys = pd.MultiIndex.from_product([KNOWN, [2002, 2007, 2012]], names=["region", "time"])
    values = [0.8, 0.9, 1.50, 1.9, 1.2, 1.51, 1.1, np.nan, 1.49]
    return pd.DataFrame({"lq": values}, index=keys).reset_index()


def drawn(name, cells, regions, paths, lang):
    options = {"lang": lang, "labels": LABELS}
    calls = {
        "heatmap": lambda: plot_heat_map(cells, **options),
        "map": lambda: plot_tile_map(regions, REGIONS, value="lq", highlight=["430000"], **options),
        "bars": lambda: plot_ranked_bars(regions, value="lq", highlight=["430000"], **options),
        "panels": lambda: plot_ranked_bars(
            cells, value="lq", key="industry", by="region", **options
        ),
        "trajectories": lambda: plot_trajectories(paths, value="lq", reference=1, **options),
    }
    return calls[name]()


def texts(figure):
    """The texts that a figure shows, with their extents in pixels."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.text import Text

    renderer = FigureCanvasAgg(figure).get_renderer()
    shown = [text for text in figure.findobj(Text) if text.get_visible() and text.get_text()]
    # of the words alone: an annotation's own extent holds its arrow too
    extents = [Text.get_window_extent(text, renderer) for text in shown]
    inside = [figure.bbox.overlaps(extent) for extent in extents]
    return [(t.get_text(), e) for t, e, i in zip(shown, extents, inside, strict=True) if i]


KINDS = ["heatmap", "map", "bars", "panels", "trajectories"]


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("kind", KINDS)
def test_no_text_overlaps_another_or_leaves_the_page(kind, lang, cells, regions, paths):
    figure = drawn(kind, cells, regions, paths, lang)
    found = texts(figure)
    assert ("湖南" if lang == "zh" else "Hunan") in "\n".join(text for text, _ in found)
    for (one, a), (other, b) in combinations(found, 2):
        width = min(a.x1, b.x1) - max(a.x0, b.x0)
        height = min(a.y1, b.y1) - max(a.y0, b.y0)
        assert width <= 1 or height <= 1, (one, other)
    for text, extent in found:
        assert extent.x0 >= -1 and extent.x1 <= figure.bbox.x1 + 1, text
        assert extent.y0 >= -1 and extent.y1 <= figure.bbox.y1 + 1, text


@pytest.mark.parametrize("kind", KINDS)
def test_every_glyph_is_there(kind, cells, regions, paths, recwarn):
    figure = drawn(kind, cells, regions, paths, "zh")
    texts(figure)
    assert not [warning for warning in recwarn if "Glyph" in str(warning.message)]


def test_two_savings_give_the_same_bytes_without_a_date(tmp_path, regions):
    first, second = (
        save_figure(plot_ranked_bars(regions, value="lq"), tmp_path / folder / "bars")
        for folder in ("a", "b")
    )
    for one, other in zip(first, second, strict=True):
        assert one.read_bytes() == other.read_bytes()
        assert one.stat().st_size > 1000
    assert b"<dc:date>" not in first[0].read_bytes()
    assert b"CreationDate" not in first[1].read_bytes()


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_no_reader_of_pdf_is_told_that_outlines_of_postscript_are_truetype(tmp_path, regions, lang):
    # matplotlib issue 20870: as Type 42 the packaged font is a TrueType font of CFF outlines, and
    # readers that take the label at its word (MuPDF) leave every text out
    figure = plot_ranked_bars(regions, value="lq", lang=lang)
    pdf = save_figure(figure, tmp_path / "bars")[1].read_bytes()
    assert b"/Type3" in pdf
    assert b"/FontFile2" not in pdf


def test_a_notebook_shows_a_figure(regions):
    figure = plot_ranked_bars(regions, value="lq")
    assert figure._repr_png_().startswith(b"\x89PNG")
    assert figure._repr_png_() == plot_ranked_bars(regions, value="lq")._repr_png_()


def test_classes_meet_at_their_bounds():
    # a break belongs to the class above it: 1 is "1-1.25", not "0.8-1"
    values = np.array([0.49, 0.5, 0.8, 1.0, 1.25, 1.99, 2.0])
    assert tiles.classes(values, tiles.LQ_BREAKS).tolist() == [0, 1, 2, 3, 4, 4, 5]


def test_shades_fall_steadily_in_grey():
    # luminance of ITU-R BT.601, which is what a grey print keeps
    def grey(shade):
        red, green, blue = (int(shade[k : k + 2], 16) for k in (1, 3, 5))
        return 0.299 * red + 0.587 * green + 0.114 * blue

    steps = -np.diff([grey(shade) for shade in palette.SHADES])
    assert steps.min() > 12


def test_series_differ_without_colour():
    assert len({(marker, str(dash)) for _, marker, dash in palette.SERIES}) == len(palette.SERIES)


def test_bars_are_in_order_and_highlighted(regions):
    figure = plot_ranked_bars(regions, value="lq", labels=LABELS, highlight=["430000"])
    axes = figure.axes[0]
    # lq of coal: Hunan .4, Guangdong 1.0, Inner Mongolia 1.1; the largest stands on top
    names = [label.get_text() for label in axes.get_yticklabels()]
    assert names == ["Hunan", "Guangdong", "Inner Mongolia"]
    assert [bar.get_hatch() for bar in axes.patches] == ["////", None, None]
    assert [bar.get_width() for bar in axes.patches] == [0.4, 1.0, 1.1]


def test_a_region_without_a_value_is_hatched(regions):
    figure = plot_tile_map(regions, REGIONS, value="lq", labels=LABELS)
    tiles = {text.get_text().split("\n")[0]: text for text in figure.axes[0].texts}
    assert tiles["Tibet"].get_text() == "Tibet"
    assert [patch.get_hatch() for patch in figure.axes[0].patches] == [None, None, None, "////"]


def test_spread_by_hand():
    # 1.0, 1.0, 1.3 need gaps of .4: the least-squares shift keeps their mean 1.1
    assert spread(np.array([1.0, 1.3, 1.0]), 0.4) == pytest.approx([0.7, 1.5, 1.1])
    assert spread(np.array([3.0, 1.0]), 0.4).tolist() == [3.0, 1.0]


def test_spread_keeps_order_mean_and_gap():
    positions = np.random.default_rng(3).normal(size=30)
    apart = spread(positions, 0.2)
    order = np.argsort(positions)
    assert np.diff(apart[order]).min() >= 0.2 - 1e-12
    assert apart.mean() == pytest.approx(positions.mean())
    assert np.abs(apart - positions).max() > 0.1


def test_errors(cells, regions, paths):
    with pytest.raises(InputError, match=r"columns \['gamma'\] are not in the table"):
        plot_heat_map(cells, value="gamma")
    with pytest.raises(
        InputError, match="a picture has one row per region; found 2 values of 'industry'"
    ):
        plot_ranked_bars(cells, value="lq")
    with pytest.raises(InputError, match="breaks must be 5 ascending bounds; found"):
        plot_heat_map(cells, breaks=[1, 2])
    with pytest.raises(InputError, match=r"regions \['440000'\] have no place in the layout"):
        plot_tile_map(regions, REGIONS[REGIONS["region"] != "440000"], value="lq")
    with pytest.raises(InputError, match="lang='fr' is unknown"):
        plot_ranked_bars(regions, value="lq", lang="fr")
    many = pd.concat([paths.assign(region=str(n)) for n in range(3)]).drop_duplicates(
        ["region", "time"]
    )
    many = pd.concat([many.assign(region=many["region"] + letter) for letter in "abc"])
    with pytest.raises(InputError, match="tells 7 series apart in grey; found 9"):
        plot_trajectories(many, value="lq")


def test_chinese_needs_its_font_package(monkeypatch, regions):
    fonts.figure_family.cache_clear()
    monkeypatch.setattr(fonts, "PACKAGE", "no_such_font_package")
    with pytest.raises(InputError, match="needs the package noto-cjk-sans-otc"):
        plot_ranked_bars(regions, value="lq", lang="zh")
    assert fonts.figure_family(False) == ["DejaVu Sans"]
    fonts.figure_family.cache_clear()
