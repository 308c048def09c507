"""What the pictures show."""

import numpy as np
import pandas as pd
import pytest

from agglometrics import Gerfin, plot_components, plot_quadrant, shift_share
from agglometrics.errors import InputError
from agglometrics.labels import Label, Labels
from agglometrics.plotting import fonts


@pytest.fixture
def parts() -> pd.DataFrame:
    cells = pd.DataFrame(
        {
            "region": ["A", "A", "B", "B"] * 2,
            "industry": ["food", "cars"] * 4,
            "time": [0] * 4 + [1] * 4,
            "jobs": [60, 40, 40, 60, 60, 90, 60, 70],
        }
    )
    return shift_share(cells, value="jobs", start=0, end=1, method="esteban_marquillas")


def test_bars_add_up_to_the_change_that_is_marked(parts):
    axes = plot_components(parts, unit="jobs").axes[0]
    widths = np.array([[bar.get_width() for bar in bars] for bars in axes.containers])
    marked = axes.lines[0].get_xdata()
    assert widths.shape == (4, 2)
    np.testing.assert_allclose(widths.sum(axis=0), [50, 30], rtol=1e-12)
    np.testing.assert_allclose(marked, [50, 30], rtol=1e-12)
    assert [label.get_text() for label in axes.get_yticklabels()] == ["A", "B"]
    assert axes.get_xlabel() == "Change (jobs)"


def test_bars_of_one_sign_do_not_overlap(parts):
    axes = plot_components(parts, by="industry").axes[0]
    for k in range(2):
        bars = [bars[k] for bars in axes.containers]
        spans = sorted((min(b.get_x(), b.get_x() + b.get_width()), b.get_width()) for b in bars)
        ends = [low + abs(width) for low, width in spans]
        lows = [low for low, _ in spans]
        assert all(low >= end - 1e-9 for low, end in zip(lows[1:], ends, strict=False))


def test_the_quadrant_places_regions_by_mix_and_competitiveness(parts):
    axes = plot_quadrant(parts).axes[0]
    # by hand: A has mix 60 * -.2 + 40 * .2 = -4, and competitive -.2 * 50 + .65 * 50
    np.testing.assert_allclose(axes.collections[0].get_offsets()[0], [-4, 22.5], rtol=1e-9)
    assert [text.get_text() for text in axes.texts] == ["A", "B"]
    assert axes.get_xlabel() == "Industry mix"


def test_the_quadrant_fills_the_points_that_are_named(parts):
    points = plot_quadrant(parts, highlight=["B"]).axes[0].collections[0]
    assert [len(colour) and colour[3] for colour in points.get_facecolors()] == [0, 1]  # A, B
    assert plot_quadrant(parts).axes[0].collections[0].get_facecolors()[:, 3].tolist() == [1, 1]


def test_chinese_labels(parts):
    figure = plot_components(parts, lang="zh", unit="人")
    shown = [text.get_text() for text in figure.legends[0].get_texts()]
    assert shown == ["变化量", "全国增长分量", "产业结构分量", "竞争力分量", "配置分量"]
    assert figure.axes[0].get_xlabel() == "变化量（人）"


def test_a_caller_names_regions_and_parts(parts):
    labels = Labels({"A": Label("North", "北"), "national": Label("Country", "全国")})
    figure = plot_components(parts, labels=labels)
    assert [text.get_text() for text in figure.axes[0].get_yticklabels()] == ["North", "B"]
    assert [text.get_text() for text in figure.legends[0].get_texts()][1] == "Country"
    texts = plot_quadrant(parts, labels=labels, lang="zh").axes[0].texts
    assert {text.get_text() for text in texts} == {"北", "B"}


@pytest.mark.parametrize("plot", [plot_components, plot_quadrant])
def test_chinese_without_a_font_is_refused(parts, plot, monkeypatch):
    monkeypatch.setattr(fonts, "PACKAGE", "no_such_package_of_fonts")
    fonts.figure_family.cache_clear()
    with pytest.raises(InputError, match="needs the package noto-cjk-sans-otc"):
        plot(parts, lang="zh")
    fonts.figure_family.cache_clear()


@pytest.mark.parametrize("plot", [plot_components, plot_quadrant])
def test_bad_input_is_named(parts, plot):
    with pytest.raises(InputError, match="lang='fr' is unknown; labels exist in"):
        plot(parts, lang="fr")
    with pytest.raises(InputError, match=r"columns \['province'\] are not in the table"):
        plot(parts, by="province")
    with pytest.raises(InputError, match=r"keys are \['province', 'industry'\].*: by='province'"):
        plot(parts.rename(columns={"region": "province"}))
    with pytest.raises(InputError):
        plot(parts.drop(columns="competitive"))


def test_indices_have_no_bars(parts):
    frame = pd.DataFrame({"region": ["A"], "industry": ["x"], "time": [0], "jobs": [1.0]})
    frame = pd.concat([frame, frame.assign(region="B")])
    cells = pd.concat([frame, frame.assign(time=1, jobs=3.0)])
    indices = shift_share(cells, value="jobs", start=0, end=1, method=Gerfin())
    with pytest.raises(InputError, match="parts that add up"):
        plot_components(indices)
