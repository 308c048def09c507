"""K_d of a whole set of industries: its null, its table, and adjusted p-values."""

from types import SimpleNamespace

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest

import agglometrics as ag
from agglometrics.distance.density import smoothing
from agglometrics.distance.density.grids import Grid, pair_counts
from agglometrics.distance.density.placements import coarsened, merged
from agglometrics.distance.density.plants import Plants
from agglometrics.distance.density.simulating import (
    density,
    drawn_curves,
    nested_null_curves,
    null_curves,
)
from agglometrics.distance.points import read_points
from agglometrics.errors import IdentificationError, InputError

COLUMNS = [
    *("industry", "n", "bandwidth", "localized", "dispersed"),
    *("gamma_index", "psi_index", "p_value", "p_adjusted"),
]


def points(seed=0):
    """Industries of 60, 40, 25, 12 and 4 plants; B is clustered."""
    rng = np.random.default_rng(seed)
    sizes = {"A": 60, "B": 40, "C": 25, "D": 12, "E": 4}
    labels = np.repeat(list(sizes), list(sizes.values()))
    xy = rng.uniform(0, 10, (labels.size, 2))
    xy[labels == "B"] *= 0.3
    frame = pd.DataFrame(xy, columns=["x", "y"])
    return frame.assign(industry=labels, jobs=np.ceil(rng.lognormal(2, 1, labels.size)))


def counted(xy, width, bins):
    """Pairs by distance, each shared between the two grid distances around its own."""
    k, m = np.triu_indices(len(xy), 1)
    place = np.hypot(*(xy[k] - xy[m]).T) / width
    low = np.floor(place).astype(int)
    out = np.zeros(max(low.max(), bins) + 2)
    np.add.at(out, low, 1 - place + low)
    np.add.at(out, low + 1, place - low)
    return out


@pytest.mark.parametrize("unit", [1e-40, 1.0, 1e60])
@pytest.mark.parametrize("reach", [0.3, 4.0, 90.0])
def test_integer_counts_against_all_pairs(reach, unit):
    """Also with ties, and one point so far out that double precision is called for."""
    xy = np.round(np.random.default_rng(3).uniform(0, 30, (250, 2)), 1)
    xy = np.vstack([xy, xy[:20], [[1e6, -2e6]]])
    width, bins = reach / 200, 200
    found, truth = pair_counts(Plants(xy * unit), width * unit, bins), counted(xy, width, bins)
    assert found[:bins].sum() == pytest.approx(truth[:bins].sum(), abs=0.5)
    assert found[:bins] == pytest.approx(truth[:bins], abs=0.02 * max(truth[:bins].max(), 1))


def test_counts_do_not_depend_on_threads_or_how_points_are_split():
    xy = np.random.default_rng(0).uniform(0, 30, (2_500, 2))
    grid = Grid.of(xy, 0.02, 500)
    out = grid.within(np.arange(len(xy)), None, 0, len(xy))
    assert (pair_counts(Plants(xy), 0.02, 500) == out).all()


def test_grids_and_orders_by_hand():
    assert merged(np.array([1, 4]), np.array([0, 5, 9])).tolist() == [0, 1, 4, 5, 9]
    out = np.zeros(3)
    coarsened(np.array([1.0, 2, 3, 4]), 2, out)  # distances 0 .. 3 to 0, 2, 4
    assert out.tolist() == [2.0, 1 + 3 + 2, 2.0]


def test_nested_draws_are_those_of_each_industry_alone():
    """The same permutations, counted together or one by one; also where sizes are equal."""
    sites, d = points()[["x", "y"]].to_numpy(), np.linspace(0, 6, 13)
    sizes, h = np.array([12, 25, 25, 60]), np.array([1.5, 0.4, 0.9, 0.5])
    nested = nested_null_curves(Plants(sites), sizes, d, h, 30, 7)
    for k, n in enumerate(sizes):
        alone = null_curves(Plants(sites), Plants(sites[:n]), d, float(h[k]), 30, 7)
        np.testing.assert_allclose(nested[k], alone, atol=2e-3 * alone.max())


def test_an_experiment_that_moves_nothing_draws_the_observed_curve(monkeypatch):
    """Observed and drawn pairs are counted on one grid, which is finer for few plants of both."""
    monkeypatch.setattr(smoothing, "FEW", 50)
    read = read_points(points(), "x", "y", "industry", None)
    stays = SimpleNamespace(places=lambda own, intra, rng: (np.arange(own.size),) * 2)
    d, (a, b) = np.linspace(0, 6, 13), (read.of("A"), read.of("B"))
    for one, other in ((a, a), (a, b)):
        own = Plants.of(read, one, weighted=False)
        far = None if one is other else Plants.of(read, other, weighted=False)
        drawn = drawn_curves(read, one, other, False, stays, d, 0.5, 2, 0)
        for curve in drawn:
            np.testing.assert_allclose(curve, density(own, d, 0.5, far), rtol=1e-6)


@pytest.fixture(scope="module")
def industries():
    return ag.duranton_overman(points(), simulations=199, seed=1)


def test_summary_and_curves(industries):
    summary = industries.summary
    assert list(summary.columns) == COLUMNS
    assert summary["industry"].tolist() == list("ABCD")
    assert summary["n"].tolist() == [60, 40, 25, 12]
    assert industries.left_out.to_dict() == {"E": 4}
    assert summary.set_index("industry").loc["B", "localized"]
    assert list(industries.curve.columns[:3]) == ["industry", "distance", "observed"]
    assert len(industries.curve) == 4 * 101
    assert len(industries) == 4
    assert "nested" in industries.null
    for row in summary.itertuples():
        one = industries[row.industry]
        assert (row.bandwidth, row.gamma_index) == (one.bandwidth, one.gamma_index)


def test_one_of_many_is_the_one_alone(industries):
    alone = ag.duranton_overman(points(), target="C", simulations=199, seed=1)
    many = industries["C"]
    peak = alone.curve["observed"].max()
    for column in ("observed", "local_high", "global_low", "global_high"):
        assert many.curve[column].to_numpy() == pytest.approx(
            alone.curve[column].to_numpy(), abs=2e-3 * peak
        )
    assert many.p_value == pytest.approx(alone.p_value, abs=2 / 200)


def test_distances_end_at_the_median_between_plants(industries):
    from scipy.spatial.distance import pdist

    d = industries["A"].curve["distance"]
    assert d.iloc[0] == 0
    assert d.iloc[-1] == pytest.approx(np.median(pdist(points()[["x", "y"]])))


def test_a_list_of_targets_and_weights():
    found = ag.duranton_overman(
        points(), target=["E", "B"], weight="jobs", distances=[1, 2, 3], simulations=39, seed=2
    )
    assert found.summary["industry"].tolist() == ["B", "E"]
    assert "nested" not in found.null
    alone = ag.duranton_overman(
        points(), target="B", weight="jobs", distances=[1, 2, 3], simulations=39, seed=2
    )
    pd.testing.assert_frame_equal(found["B"].curve, alone.curve)


def test_rows_and_units_do_not_matter(industries):
    rng = np.random.default_rng(9)
    shuffled = points().sample(frac=1, random_state=rng)
    again = ag.duranton_overman(shuffled, simulations=199, seed=1)
    pd.testing.assert_frame_equal(again.summary, industries.summary)
    metres = points().assign(x=lambda f: f["x"] * 1e3, y=lambda f: f["y"] * 1e3)
    again = ag.duranton_overman(metres, simulations=199, seed=1)
    assert again.summary["gamma_index"].to_numpy() == pytest.approx(
        industries.summary["gamma_index"].to_numpy(), abs=1e-4
    )


@pytest.mark.parametrize(("least", "measured"), [(1, "PT"), (2, "PT"), (3, "T")])
def test_industries_of_two_plants_are_measured_where_they_are_asked_for(least, measured):
    xy = [(0, 0), (1, 0), (2, 1), (0, 2), (3, 3), (1, 2)]
    few = pd.DataFrame(xy, columns=["x", "y"]).assign(industry=list("SPPTTT"))
    found = ag.duranton_overman(few, least=least, distances=[0, 1, 2], bandwidth=0.5)
    assert "".join(found.summary["industry"]) == measured


def test_a_far_plant_of_another_industry_changes_nothing():
    d, near = [1.0, 2, 3], points()
    far = pd.concat([near, pd.DataFrame({"x": [1e8], "y": [-3e8], "industry": ["Z"]})])
    one = ag.duranton_overman(near, target="A", distances=d)
    two = ag.duranton_overman(far, target="A", distances=d)
    assert one.bandwidth == pytest.approx(two.bandwidth, rel=1e-6)
    assert one.curve["observed"].to_numpy() == pytest.approx(
        two.curve["observed"].to_numpy(), rel=1e-5
    )


def test_no_simulations_no_verdicts():
    found = ag.duranton_overman(points(), distances=[1, 2])
    assert found.summary[["localized", "p_value", "p_adjusted", "gamma_index"]].isna().all().all()
    assert found.note == "no simulations: no p-values"


def test_benjamini_hochberg_by_hand():
    p = np.array([0.01, 0.02, 0.03, 0.5])
    assert ag.BenjaminiHochberg().adjusted(p, None) == pytest.approx([0.04, 0.04, 0.04, 0.5])


def test_westfall_young_by_hand():
    """Minima .2, .4, .2, .4 of four draws: two at most .2, with the data 3 of 5."""
    null = np.array([[0.2, 0.6], [0.4, 0.8], [0.6, 0.2], [0.8, 0.4]])
    assert ag.WestfallYoung().adjusted(np.array([0.2, 0.4]), null).tolist() == [0.6, 0.6]
    # the larger p-value alone: one of four at most .3
    assert ag.WestfallYoung().adjusted(np.array([0.1, 0.3]), null).tolist() == [0.2, 0.4]


def test_familywise_error():
    """200 sets of 8 independent true nulls: 5 percent within three Monte Carlo errors."""
    rng, wrong = np.random.default_rng(4), 0
    for _ in range(200):
        null = rng.permuted(np.tile(np.arange(1, 400)[:, None] / 399, 8), axis=0)
        p = rng.integers(1, 400, 8) / 399
        wrong += bool((ag.WestfallYoung().adjusted(p, null) <= 0.05).any())
    assert abs(wrong / 200 - 0.05) < 3 * np.sqrt(0.05 * 0.95 / 200)


def test_adjusted_by_either(industries):
    p = industries.summary["p_value"].to_numpy()
    bh = industries.adjusted(ag.BenjaminiHochberg())
    assert industries.summary["p_adjusted"].to_numpy() == pytest.approx(bh)
    wy = industries.adjusted(ag.WestfallYoung())
    assert (wy >= p).all()
    assert wy == pytest.approx(1 - (1 - p) ** 4, abs=0.06) or (wy <= 1 - (1 - p) ** 4 + 0.06).all()
    assert "Holm's 0.02" in industries.note


def test_small_multiples(industries):
    mpl.use("agg")
    figure = industries.plot(["A", "B", "C"], columns=2)
    shown = [axes for axes in figure.axes if axes.get_visible()]
    assert [axes.get_title() for axes in shown] == ["A (60)", "B (40)", "C (25)"]
    assert len([axes for axes in industries.plot().axes if axes.get_visible()]) == 4


def test_small_multiples_in_chinese(industries):
    figure = industries.plot(["A", "B"], lang="zh", labels={"A": ("Food", "食品")})
    assert [axes.get_title() for axes in figure.axes] == ["食品 (60)", "B (40)"]
    assert figure.get_supxlabel() == "距离（坐标单位）"
    assert [text.get_text() for text in figure.legends[0].get_texts()] == [
        "全局带（95%）", "局部带（95%）",
    ]  # fmt: skip


def test_no_text_of_small_multiples_lies_on_another(industries):
    """Of the panels' tick labels, the two axis labels and the legend, in pixels."""
    figure = industries.plot(columns=3)
    figure.draw_without_rendering()
    ticks = [text for axes in figure.axes if axes.get_visible()
             for text in axes.get_xticklabels() if text.get_text()]  # fmt: skip
    ends = [figure._supxlabel.get_window_extent(), figure.legends[0].get_window_extent()]
    assert not ends[0].overlaps(ends[1])
    for text in ticks:
        assert not any(text.get_window_extent().overlaps(end) for end in ends)


def test_refusals(industries):
    with pytest.raises(InputError, match=r"no curve of industry 'E'.*left_out"):
        industries["E"]
    with pytest.raises(InputError, match=r"no industry has 100 plants; the largest has 60"):
        ag.duranton_overman(points(), least=100)
    with pytest.raises(InputError, match="target is an empty list"):
        ag.duranton_overman(points(), target=[])
    with pytest.raises(IdentificationError, match="median distance between plants is zero"):
        ag.duranton_overman(points().assign(x=0.0, y=0.0), bandwidth=1.0)


@pytest.mark.parametrize("code", [-1.797693e308, -3.4e38, 1e12])
def test_codes_for_no_data_are_refused_by_row(code):
    table = points()
    table.loc[3, ["x", "y"]] = code
    with pytest.raises(InputError, match=r"'x'.*\b3\b"):
        ag.duranton_overman(table, target="A", distances=[1, 2], bandwidth=3)
