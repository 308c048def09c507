"""The picture of estimates: what is drawn where, languages, faults."""

import numpy as np
import pandas as pd
import pytest

from agglometrics import plot_coefficients
from agglometrics.errors import InputError
from hunan.labels import STUDY

FRAME = pd.DataFrame(
    {
        "specification": ["b", "a", "b"],
        "outcome": ["growth", "growth", "employment"],
        "estimate": [0.3, 0.2, -1.0],
        "conf_low": [0.1, -0.1, -np.inf],
        "conf_high": [0.5, 0.5, 2.0],
    }
)


def drawn(axes: object) -> dict[int, list[float]]:
    """Return the ends of the interval at each height."""
    lines = [line for line in axes.get_lines() if len(line.get_xdata()) == 2]
    return {int(line.get_ydata()[0]): list(line.get_xdata()) for line in lines[1:]}


def test_rows_keep_their_order_and_intervals_their_ends() -> None:
    left, right = plot_coefficients(FRAME, by="outcome", labels=STUDY).axes
    assert [text.get_text() for text in left.get_yticklabels()] == ["b", "a"]
    assert drawn(left) == {0: [0.1, 0.5], 1: [-0.1, 0.5]}
    assert right.get_title() == "Employment"
    assert left.get_ylim() == (1.5, -0.5)  # the first row on top


def test_an_infinite_end_reaches_the_edge() -> None:
    right = plot_coefficients(FRAME, by="outcome").axes[1]
    assert drawn(right)[0] == [right.get_xlim()[0], 2.0]


def test_labels_in_chinese() -> None:
    figure = plot_coefficients(FRAME, by="outcome", lang="zh", labels=STUDY)
    assert figure.axes[1].get_title() == "就业人数"
    assert figure.get_supxlabel() == "估计值"


def test_highlighted_points_are_filled() -> None:
    axes = plot_coefficients(FRAME.iloc[:2], highlight=["a"]).axes[0]
    points = [line for line in axes.get_lines() if len(line.get_xdata()) == 1]
    assert [point.get_markerfacecolor() for point in points] == ["white", "#08519c"]


def test_faults_are_named() -> None:
    wrong = FRAME.assign(conf_high=0.0)
    with pytest.raises(InputError, match=r"'estimate' must lie between .* first .*'b'"):
        plot_coefficients(wrong, by="outcome")
    with pytest.raises(InputError, match="a picture has one row per"):
        plot_coefficients(FRAME)
    with pytest.raises(InputError, match="no rows"):
        plot_coefficients(FRAME.iloc[:0], by="outcome")
