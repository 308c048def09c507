"""Every picture, in both languages: texts legible, apart and on the page; glyphs there."""

import warnings

import numpy as np
import pytest
from matplotlib.figure import Figure

from tests.plotting.gallery import NAMES, pictures
from tests.plotting.reading import outside, overlaps, texts

PICTURES = pictures()
# what the picture must say, so that an empty one does not pass
SAID = {
    "heat map of 31": ("Inner Mongolia", "内蒙古"),
    "tile map of Laender": ("Mecklenburg-\nVorpommern", "Mecklenburg-\nVorpommern"),
    "map of Laender": ("Nordrhein-Westfalen", "Nordrhein-Westfalen"),
    "map of 31": ("Heilongjiang", "黑龙江"),
    "quadrant of Laender": ("Schleswig-Holstein", "Schleswig-Holstein"),
    "quadrant of 31": ("Xinjiang", "新疆"),
    "components of 31": ("Industry mix", "产业结构分量"),
    "Theil": ("Between groups", "组间"),
    "network": ("Food, drink and tobacco", "食品饮料烟草"),
    "relatedness": ("Non-metallic minerals", "非金属矿物"),
    "maturity": ("Crowding", "扎堆"),
    "zonings": ("As given", "原分区"),
    "impacts": ("Indirect", "间接效应"),
    "dartboard": ("Raw concentration G", "原始集中度 G"),
    "randomisation": ("Under the null", "零假设下"),
    "confidence curve": ("p-value (one minus the level)", "p 值（1 减置信水平）"),
    "binned scatter": ("x (km)", "x（km）"),
    "ranked bars": ("Location quotient", "区位熵"),
    "threshold": ("Likelihood ratio", "似然比"),
    "clusters": ("31 clusters", "31 个聚类"),
    "shocks": ("Exposure share", "暴露份额"),
    "gaps": ("Textiles", "纺织"),
    "synthetic control": ("Treated minus synthetic (bn yuan)", "处理组减合成对照（bn yuan）"),
    "placebos": ("RMSPE after over before treatment", "处理后与处理前 RMSPE 之比"),
    "weights": ("Weight", "权重"),
    "size of tests": ("Conformal", "保形检验"),
    "synthetic DID": ("2019Q4", "2019Q4"),
    "reassignments": ("Reassignments", "重新分配"),
    "rings": ("Ring 2", "第 2 圈"),
    "event study": ("95% simultaneous band", "95% 联合置信带"),
    "comparisons": ("Later vs earlier", "后处理对先处理"),
    "honest bounds": ("Largest m that excludes zero", "排除零的最大 m"),
    "pre-trends": ("Its mean estimate if the pre-test passes", "趋势下通过事前检验时的均值"),
    "Rotemberg": ("First-stage F", "第一阶段 F 值"),
}


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("name", PICTURES)
def test_texts_are_legible_apart_and_on_the_page(name, lang):
    with warnings.catch_warnings():
        warnings.simplefilter("error", UserWarning)  # matplotlib warns of a glyph it lacks
        figure = PICTURES[name](lang=lang, labels=NAMES)
        found = texts(figure)
    assert isinstance(figure, Figure)
    assert len(found) >= 5
    assert overlaps(found) == []
    assert outside(figure, found) == []
    assert min(text.get_fontsize() for text, _ in found) >= 7
    if name in SAID:
        assert SAID[name][lang == "zh"] in "|".join(text.get_text() for text, _ in found)


@pytest.mark.parametrize("name", PICTURES)
def test_an_unknown_language_is_refused(name):
    from agglometrics import InputError

    with pytest.raises(InputError, match=r"lang='fr' is unknown|lang must be"):
        PICTURES[name](lang="fr", labels=NAMES)


def test_the_check_sees_an_overlap_and_a_text_off_the_page():
    figure = Figure(figsize=(2, 1))
    figure.text(0.5, 0.5, "one")
    figure.text(0.52, 0.52, "other")
    assert overlaps(texts(figure)) == [("one", "other")]
    figure.text(0.95, 0.1, "too far to the right")
    assert outside(figure, texts(figure)) == ["too far to the right"]


def test_every_public_picture_is_in_the_gallery():
    import inspect

    import agglometrics as ag
    from tests.plotting import gallery

    source = inspect.getsource(gallery)
    public = [name for name in ag.__all__ if name.startswith("plot_")]
    assert len(public) >= 20
    assert [name for name in public if f"ag.{name}(" not in source] == []


@pytest.mark.parametrize("aspect", ["auto", "equal"])
def test_names_stand_beside_their_points_in_the_figure_that_is_drawn(aspect):
    """Limits that follow the data, margins and an aspect are in force when names are placed."""
    from matplotlib.collections import LineCollection

    from agglometrics.plotting.placement import place_labels, renderer_of
    from agglometrics.plotting.style import canvas, style

    x, y = np.random.default_rng(1).uniform(-9, 9, size=(2, 12))
    with style("en"):
        figure = canvas(6, 3)
        axes = figure.subplots()
        axes.add_collection(LineCollection([np.column_stack([x, y])]))
        axes.plot(x, y, "o")
        axes.set_axis_off()
        axes.margins(0.12)
        axes.set_aspect(aspect)
        notes = place_labels(axes, x, y, [f"name {k}" for k in range(12)])
        figure.draw_without_rendering()
        renderer = renderer_of(figure)
        for note in notes:
            box = note.get_window_extent(renderer)
            points = axes.transData.transform(np.column_stack([x, y]))
            inside = (points > [box.x0, box.y0]).all(1) & (points < [box.x1, box.y1]).all(1)
            assert not inside.any()
            own = axes.transData.transform(note.xy)
            gap = np.maximum(np.maximum([box.x0, box.y0] - own, own - [box.x1, box.y1]), 0)
            assert np.hypot(*gap) < 12
