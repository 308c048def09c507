import numpy as np
import pandas as pd
import pytest

from agglometrics import InputError, plot_ranges
from hunan.labels import STUDY

FRAME = pd.DataFrame(
    {
        "region": ["a", "b", "a", "b"],
        "time": [2007, 2007, 2017, 2017],
        "low": [0.2, 0.4, 0.1, np.nan],
        "high": [0.6, 0.9, 0.5, np.nan],
        "rate": [0.3, np.nan, 0.4, np.nan],
    }
)
ENDS = {"low": "low", "high": "high", "value": "share"}


def test_bars_span_their_range_and_points_stand_in_them():
    figure = plot_ranges(FRAME, **ENDS, estimate="rate", by="time", highlight=["a"], reference=0.5)
    first, second = figure.axes
    spans = [(bar.get_x(), bar.get_x() + bar.get_width()) for bar in first.patches]
    np.testing.assert_allclose(spans, [(0.2, 0.6), (0.4, 0.9)])
    # An unknown range is blank; an unknown point is not marked.
    assert len(second.patches) == 1
    points = [line.get_xdata()[0] for line in first.lines if line.get_marker() == "D"]
    assert points == [0.3]
    assert first.get_title() == "2007"
    assert first.patches[0].get_hatch()
    assert not first.patches[1].get_hatch()


def test_rows_run_from_the_top_and_labels_follow_the_language():
    figure = plot_ranges(
        FRAME.iloc[:2].assign(region=["lq", "gini"]), **ENDS, lang="zh", labels=STUDY
    )
    axes = figure.axes[0]
    assert [text.get_text() for text in axes.get_yticklabels()] == ["区位熵", "区位基尼系数"]
    bottom, top = axes.get_ylim()
    assert bottom > top


@pytest.mark.parametrize(
    ("frame", "words"),
    [
        (FRAME, r"found 2 values of 'time'. Choose one: frame\[frame\['time'\] == 2017"),
        (FRAME.iloc[:0], r"no rows"),
        (FRAME.iloc[:2].assign(low=[0.7, 0.4]), r"'low' exceeds 'high' in 1 rows, first .*'a'"),
        (FRAME.drop(columns="high"), r"columns \['high'\]"),
    ],
)
def test_errors(frame, words):
    with pytest.raises(InputError, match=words):
        plot_ranges(frame, **ENDS)
