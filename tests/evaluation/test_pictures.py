"""Pictures of evaluations show the numbers of their results."""

import warnings

import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure
from scipy import special

import agglometrics as ag
from agglometrics.evaluation.pictures import paths, ranks
from tests.evaluation.examples import NAMES, factor_panel
from tests.evaluation.panels import KEYS, growing, long, staggered
from tests.plotting.reading import names, points


def lines(axes):
    """Return the (x, y) of lines without markers that are as long as the periods."""
    return [line.get_ydata() for line in axes.lines if len(line.get_ydata()) > 2]


def test_stages_of_a_synthetic_control():
    fit = ag.synthetic_control(factor_panel(1, effect=4), **NAMES)
    figure = fit.plot(unit="t")
    above, below = figure.axes
    gaps = fit.gaps
    assert lines(above)[0] == pytest.approx(gaps["outcome"].to_numpy())
    assert lines(above)[1] == pytest.approx(gaps["synthetic"].to_numpy())
    drawn = lines(below)
    assert len(drawn) == 12  # eleven placebos, then the treated
    assert drawn[-1] == pytest.approx(gaps["gap"].to_numpy())
    assert np.array(drawn[:-1]) == pytest.approx(fit.fits.gaps[1:, 0])
    assert above.get_ylabel() == "y (t)"
    assert {round(line.get_xdata()[0], 1) for line in above.lines} >= {11.5}  # before place 12


def test_placebo_paths_are_spread_over_all(monkeypatch):
    monkeypatch.setattr(paths, "MOST", 5)
    fit = ag.synthetic_control(factor_panel(2), **NAMES)
    drawn = lines(fit.plot().axes[1])
    assert len(drawn) == 6
    assert drawn[0] == pytest.approx(fit.fits.gaps[1, 0])
    assert drawn[4] == pytest.approx(fit.fits.gaps[-1, 0])


def test_placebos_are_rows_if_few_and_a_distribution_if_many(monkeypatch):
    fit = ag.synthetic_control(factor_panel(3), **NAMES)
    axes = fit.plot_placebos().axes[0]
    shown = dict(zip(names(axes), points(axes)[:, 0], strict=True))
    expected = fit.placebos.set_index("units")["ratio"].to_dict()
    assert shown == pytest.approx(expected)
    monkeypatch.setattr(ranks, "NAMED", 5)
    figure = fit.plot_placebos()
    assert sum(bar.get_height() for bar in figure.axes[0].patches) == 11
    assert f"p = {fit.p_value:.3g}" in figure.legends[0].get_texts()[1].get_text()


def test_weights_of_donors_and_their_mean():
    fit = ag.synthetic_control(factor_panel(4, treated=(0, 1)), **NAMES)
    axes = fit.plot_weights().axes[0]
    shown = {name: bar.get_width() for name, bar in zip(names(axes), axes.patches, strict=True)}
    mean = fit.weights.groupby("unit")["weight"].sum() / 2
    assert shown == pytest.approx({str(k): w for k, w in mean[mean >= 5e-4].items()})
    assert sum(shown.values()) == pytest.approx(1, abs=0.01)


def test_synthetic_did_of_two_starts():
    frame = factor_panel(5, n=14, treated=(0, 1, 2), effect=3)
    frame["d"] *= (frame["i"] != 0) | (frame["t"] >= 2014)
    fit = ag.synthetic_did(frame, **NAMES)
    figure = fit.plot(unit="t")
    panels = [axes for axes in figure.axes if axes.get_title()]
    assert [axes.get_title() for axes in panels] == ["2012", "2014"]
    for axes, block in zip(panels, fit.found, strict=True):
        treated, moved = lines(axes)[:2]
        gap = treated - moved
        # weighted years before coincide, and the mean gap after is the estimate
        assert block.lam @ gap[: block.start] == pytest.approx(0, abs=1e-9)
        assert gap[block.start :].mean() == pytest.approx(block.tau)
    heights = [bar.get_height() for axes in figure.axes if not axes.get_title()
               for bar in axes.patches if np.isfinite(bar.get_height())]  # fmt: skip
    assert sum(heights) == pytest.approx(2)
    weights = fit.plot_weights().axes[0]
    assert sum(bar.get_width() for bar in weights.patches) == pytest.approx(1, abs=0.01)
    placebos = fit.plot_placebos().axes[0]
    assert sum(bar.get_height() for bar in placebos.patches) == len(fit.placebos)


def event_fit():
    Y, first = staggered(3)
    return ag.event_study(long(Y + growing(first, 8), first), **KEYS)


def test_event_study_has_intervals_and_bands():
    fit = event_fit()
    axes = fit.plot(level=0.9).axes[0]
    bands = fit.bands(0.9)
    drawn = points(axes)
    shown = dict(drawn[drawn[:, 0] != -1])
    assert shown == pytest.approx(dict(zip(bands["event_time"], bands["estimate"], strict=True)))
    together, alone = (np.array(bars.get_segments())[:, :, 1] for bars in axes.collections)
    assert together == pytest.approx(bands[["band_low", "band_high"]].to_numpy())
    assert alone == pytest.approx(bands[["conf_low", "conf_high"]].to_numpy())


def test_event_study_without_standard_errors_has_points_alone():
    Y, first = staggered(16, sizes=(1, 19), starts=(4, 8))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        fit = ag.event_study(long(Y, first), **KEYS)
    axes = fit.plot().axes[0]
    assert not axes.collections and len(points(axes)) == 8


def test_honest_bounds_beside_parallel_trends():
    fit = event_fit()
    found = ag.honest_bounds(fit, ag.Smoothness([1.0, 0.0, 0.2]), level=0.9)
    axes = found.plot().axes[0]
    bars = np.array([line.get_ydata() for line in axes.lines
                     if len(line.get_ydata()) == 2 and np.ptp(line.get_xdata()) == 0
                     and line.get_linewidth() > 2])  # fmt: skip
    half = special.ndtri(0.95) * found.std_error
    assert bars[0] == pytest.approx([found.estimate - half, found.estimate + half])
    expected = found.table.sort_values("m")[["conf_low", "conf_high"]].to_numpy()
    assert bars[1:] == pytest.approx(expected)  # in the order of m
    assert [t.get_text() for t in axes.get_xticklabels()][1:] == ["0", "0.2", "1"]
    # the mean of event times from zero on, each counted once, with its standard error
    post = [
        k for k, term in enumerate(fit.terms) if term.startswith("event ") and int(term[6:]) > -1
    ]
    loading = np.full(len(post), 1 / len(post))
    variance = loading @ fit.covariance.matrix[np.ix_(post, post)] @ loading
    assert found.std_error == pytest.approx(np.sqrt(variance))


def test_infinite_bounds_are_arrows():
    from agglometrics.evaluation.pictures.bounds import draw_bounds

    figure = draw_bounds(
        np.array([1.0]), np.array([[-np.inf, 3.0]]), (1.0, 2.0), estimate=1.5, breakdown=0.4,
        restriction="smoothness", level=0.95, unit="", lang="en", labels={},
    )  # fmt: skip
    assert [line.get_marker() for line in figure.axes[0].lines].count("v") == 1
    assert [line.get_marker() for line in figure.axes[0].lines].count("^") == 0


def test_pretrends_go_through_zero_at_the_reference():
    found = ag.pretrend_power(event_fit())
    axes = found.plot(unit="%").axes[0]
    (trend,) = [line for line in axes.lines if line.get_linestyle() == "--"]
    x, y = trend.get_data()
    assert y == pytest.approx(found.slope * (x + 1))
    assert (np.diff(x) == 1).all()
    assert points(axes, "D")[:, 1] == pytest.approx(found.table["mean_after_pass"].to_numpy())


def test_sizes_beside_their_nominal_ones():
    size = ag.synthetic_control(factor_panel(6), **NAMES).size
    axes = size.plot().axes[0]
    table = size.tidy().sort_values("rejected", ascending=False, kind="stable")
    assert points(axes)[:, 0] == pytest.approx(table["rejected"].to_numpy())
    assert points(axes, "D")[:, 0] == pytest.approx(1 - table["level"].to_numpy())


def test_gaps_of_several_outcomes():
    frame = pd.DataFrame({
        "outcome": ["a"] * 4 + ["b"] * 4, "time": [3, 1, 2, 4] * 2, "gap": [3.0, 1, 2, 4] * 2,
        "low": -1.0, "high": 1.0,
    })  # fmt: skip
    figure = ag.plot_gaps(frame, start=3, columns=2)
    assert len(figure.axes) == 2
    assert lines(figure.axes[0])[0].tolist() == [1, 2, 3, 4]
    assert [line.get_xdata()[0] for line in figure.axes[0].lines].count(2.5) == 1
    with pytest.raises(ag.InputError, match="'low' exceeds 'high' in 8 rows"):
        ag.plot_gaps(frame.assign(low=2.0))
    with pytest.raises(ag.InputError, match="periods must be numbers"):
        ag.plot_gaps(frame.assign(time=frame["time"].astype(str)))


def test_a_curve_without_intervals_marks_what_is_asked():
    frame = pd.DataFrame({"way": list("abc"), "estimate": [3.0, 1.0, 2.0]})
    figure = ag.plot_specification_curve(frame, choices=["way"], low=None, high=None, highlight=[2])
    at = figure.axes[0].collections[0]
    assert at.get_offsets()[:, 1].tolist() == [1, 2, 3]
    faces = at.get_facecolors()
    assert (faces[0] == faces[2]).all() and (faces[0] != faces[1]).any()
    with pytest.raises(ag.InputError, match="an interval has two ends"):
        ag.plot_specification_curve(frame, choices=["way"], low=None)


def test_every_picture_of_the_room_is_a_figure_with_the_same_arguments():
    import inspect

    from agglometrics.evaluation.size import Size

    kinds = [
        ag.SyntheticControl, ag.SyntheticDID, ag.PermutationTest, ag.ExposureRings, ag.EventStudy,
        ag.BaconDecomposition, ag.HonestBounds, ag.PretrendPower, Size,
    ]  # fmt: skip
    for kind in kinds:
        pictures = [name for name in vars(kind) if name.startswith("plot")]
        assert "plot" in pictures
        for name in pictures:
            signature = inspect.signature(getattr(kind, name))
            assert signature.return_annotation == "Figure", (kind, name)
            assert {"lang", "labels"} <= set(signature.parameters)
            assert all(p.kind is p.KEYWORD_ONLY for p in list(signature.parameters.values())[1:])
    assert isinstance(event_fit().plot(), Figure)
