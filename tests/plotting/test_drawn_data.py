"""What is drawn is what the table says: artists read back, and the errors of each picture."""

import numpy as np
import pandas as pd
import pytest

import agglometrics as ag
from agglometrics import Covariance, Estimates, InputError, Interval
from agglometrics.decomposition.plots import LOOKS
from agglometrics.plotting.palette import SERIES
from agglometrics.plotting.pictures import curves, maps, relatedness
from agglometrics.plotting.pictures.stages import LOOKS as STAGES
from agglometrics.plotting.placement import place_labels
from agglometrics.plotting.style import canvas
from agglometrics.plotting.words import WORDS, said
from tests.plotting import gallery
from tests.plotting.reading import grey, names, overlaps, points, texts

PAIRS = pd.DataFrame(
    {
        "industry_a": ["cars", "cars", "coal", "toys", "toys", "toys"],
        "industry_b": ["coal", "steel", "steel", "cars", "coal", "steel"],
        "proximity": [0.2, 0.7, 0.4, 0.1, 0.0, 0.3],
    }
)


# ---- points and bars -----------------------------------------------------------------------


def test_dots_are_ranked_and_carry_their_intervals():
    frame = pd.DataFrame(
        {
            "industry": ["a", "b", "c", "d"],
            "gini": [0.2, 0.6, np.nan, 0.4],
            "low": [0.1, 0.5, 0.0, 0.3],
            "high": [0.3, 0.7, 0.0, 0.6],
        }
    )
    axes = ag.plot_ranked_dots(frame, value="gini", low="low", high="high").axes[0]
    assert names(axes) == ["b", "d", "a"]  # the unknown one is left out
    np.testing.assert_allclose(points(axes)[:, 0], [0.6, 0.4, 0.2])
    drawn = [line.get_xdata() for line in axes.lines if line.get_marker() == "None"]
    np.testing.assert_allclose(drawn, [[0.5, 0.7], [0.3, 0.6], [0.1, 0.3]])
    chosen = ag.plot_ranked_dots(frame, value="gini", highlight=["a"]).axes[0].lines
    assert [line.get_markerfacecolor() for line in chosen] == ["white", "white", "#08519c"]
    with pytest.raises(InputError, match="an interval has two ends; found low='low' and high=None"):
        ag.plot_ranked_dots(frame, value="gini", low="low")
    with pytest.raises(InputError, match="every 'gini' is unknown"):
        ag.plot_ranked_dots(frame.assign(gini=np.nan), value="gini")
    with pytest.raises(InputError, match="'high' exceeds 'low' in 3 rows, first"):
        ag.plot_ranked_dots(frame, value="gini", low="high", high="low")


def test_theil_bars_add_up_and_print_the_share_between():
    table = ag.theil_decomposition(gallery.cells(), value="jobs", groups=gallery.macro())
    axes = ag.plot_theil(table).axes[0]
    table = table.set_index("industry").loc[names(axes)]
    between, within = ([bar.get_width() for bar in bars] for bars in axes.containers)
    np.testing.assert_allclose(between, table["between"])
    np.testing.assert_allclose(np.add(between, within), table["theil"])
    assert table["theil"].is_monotonic_increasing  # the largest on top
    assert [t.get_text() for t in axes.texts] == [f"{s:.0%}" for s in table["between_share"]]
    hatches = [bars[0].get_hatch() for bars in axes.containers]
    assert hatches[0] != hatches[1]


def test_zonings_are_one_marker_each():
    answer = ag.over_zonings(
        ag.concentration, gallery.cells(), {"four": gallery.macro()}, value="jobs"
    )
    axes = ag.plot_zonings(answer, value="gini").axes[0]
    wide = answer.pivot(index="industry", columns="zoning", values="gini").loc[names(axes)]
    np.testing.assert_allclose(points(axes, "o")[:, 0], wide["as given"])
    np.testing.assert_allclose(points(axes, "s")[:, 0], wide["four"])
    assert wide["as given"].is_monotonic_decreasing
    many = pd.concat([answer.assign(zoning=f"{answer.zoning[0]} {k}") for k in range(8)])
    with pytest.raises(InputError, match="tells 7 zonings apart in grey; found 8"):
        ag.plot_zonings(many.drop_duplicates(["zoning", "industry"]), value="gini")


def test_sensitivity_names_who_moves_an_end():
    answer = ag.leave_one_out(ag.concentration, gallery.cells(), leave="region", value="jobs")
    axes = ag.plot_sensitivity(answer, statistic="gini").axes[0]
    rows = answer[answer["statistic"] == "gini"].set_index("industry").loc[names(axes)]
    ends = np.array([segment[:, 0] for segment in axes.collections[0].get_segments()])
    np.testing.assert_allclose(ends, rows[["low", "high"]])
    np.testing.assert_allclose(points(axes)[:, 0], rows["value"])
    said = [text.get_text() for text in axes.texts]
    assert said == [*rows["low_without"], *rows["high_without"]]
    errors = ag.measurement_error(
        ag.concentration, gallery.cells(), relative=0.05, draws=5, seed=1, value="jobs"
    )
    assert not ag.plot_sensitivity(errors, statistic="gini").axes[0].texts
    with pytest.raises(InputError, match=r"statistic='gin' is not in the table, which has \['hoov"):
        ag.plot_sensitivity(answer, statistic="gin")


def test_without_each_shows_the_groups_that_move_it_most():
    fit = gallery.fits()["main"]
    answer = ag.without_each(fit, "region")
    estimate = float(fit.params[1])
    axes = ag.plot_without_each(answer, term="x", estimate=estimate, most=5).axes[0]
    rows = answer[answer["term"] == "x"].set_index("region")["estimate"]
    furthest = (rows - estimate).abs().nlargest(5).index
    assert set(names(axes)) == set(furthest)
    np.testing.assert_allclose(points(axes)[:, 0], rows.loc[names(axes)])
    assert axes.lines[0].get_xdata()[0] == pytest.approx(estimate)
    with pytest.raises(InputError, match=r"term='q' is not in the table, which has \['Intercept'"):
        ag.plot_without_each(answer, term="q")
    with pytest.raises(InputError, match=r"its other columns are \['region', 'extra'\]"):
        ag.plot_without_each(answer.assign(extra=1), term="x")


# ---- estimates -----------------------------------------------------------------------------


def test_coefficients_of_several_estimates():
    fits = gallery.fits()
    figure = ag.plot_coefficients(fits, terms=["w", "x"], level=0.9)
    assert [axes.get_title() for axes in figure.axes] == ["w", "x"]
    for axes in figure.axes:
        for line in axes.lines[1:]:
            name = list(fits)[round(float(line.get_ydata()[0]))]
            tidy = fits[name].tidy(0.9).set_index("term")
            if axes.get_title() not in tidy.index:
                assert np.isnan(line.get_xdata()).all()
                continue
            row = tidy.loc[axes.get_title()]
            wanted = [row["estimate"]] if len(line.get_xdata()) == 1 else row[-2:]
            np.testing.assert_allclose(line.get_xdata(), wanted[["conf_low", "conf_high"]]
                                       if len(line.get_xdata()) == 2 else wanted)  # fmt: skip
    with pytest.raises(InputError, match=r"terms \['q'\] are in no estimate; there are \['x', 'w'"):
        ag.plot_coefficients(fits, terms=["q"])
    with pytest.raises(InputError, match="there is no estimate to draw"):
        ag.plot_coefficients({})


def test_one_estimate_draws_its_terms():
    fit = Estimates(
        ("Intercept", "a", "b"), np.array([9.0, 1.0, -2.0]), Covariance(np.eye(3), "given"),
        "y", "m", 50)  # fmt: skip
    axes = fit.plot().axes[0]
    assert names(axes) == ["a", "b"]
    np.testing.assert_allclose(points(axes)[:, 0], [1, -2])
    half = 1.959963984540054  # of the normal distribution
    spans = [line.get_xdata() for line in axes.lines if len(line.get_xdata()) == 2][1:]
    np.testing.assert_allclose(spans, [[1 - half, 1 + half], [-2 - half, -2 + half]])


def test_impacts_have_a_panel_each():
    table = gallery.spatial_impacts()
    figure = ag.plot_impacts(table)
    for axes, kind in zip(figure.axes, ["direct", "indirect", "total"], strict=True):
        wanted = table[table["impact"] == kind]["estimate"]
        np.testing.assert_allclose(points(axes)[:, 0], wanted)
    outside = table.assign(conf_high=table["estimate"] - 0.1)  # a simulated end may miss it
    assert ag.plot_impacts(outside).axes


def test_the_specification_curve_matches_choices_to_estimates():
    frame = gallery.specifications().sample(frac=1, random_state=3)
    above, below = ag.plot_specification_curve(frame, choices=["controls", "sample"]).axes
    ordered = frame.sort_values("estimate").reset_index(drop=True)
    np.testing.assert_allclose(above.collections[0].get_offsets()[:, 1], ordered["estimate"])
    spans = np.array([s[:, 1] for s in above.collections[1].get_segments()])
    np.testing.assert_allclose(spans, ordered[["conf_low", "conf_high"]])
    levels = names(below)
    for level, marks in zip(levels, below.collections, strict=True):
        taken = ordered.index[(ordered[["controls", "sample"]] == level).any(axis=1)]
        assert marks.get_offsets()[:, 0].tolist() == taken.tolist()
    assert levels[: len(levels) - 3] == list(frame["controls"].unique())
    with pytest.raises(InputError, match="choices must name at least one column"):
        ag.plot_specification_curve(frame, choices=[])
    with pytest.raises(InputError, match="'conf_high' exceeds 'estimate' in 18 rows"):
        ag.plot_specification_curve(frame, choices=["sample"], low="conf_high", high="conf_high")


# ---- confidence curves ---------------------------------------------------------------------


def test_a_confidence_curve_is_the_p_value_of_every_null():
    """At an end of the set of level 1 - p the Anderson-Rubin test has the p-value p."""
    fit = gallery.weak()
    figure = ag.plot_confidence_curve(lambda level: ag.anderson_rubin(fit, level))
    seen = 0
    for line in figure.axes[0].lines[2:]:
        x, p = line.get_xdata(), line.get_ydata()
        window = figure.axes[0].get_xlim()
        for null, height in list(zip(x, p, strict=True))[::6]:
            if window[0] < null < window[1]:
                test = ag.anderson_rubin_test(fit, [null])["p_value"].item()
                assert test == pytest.approx(height, abs=1e-6)
                seen += 1
    assert seen >= 10


def test_branches_of_nested_sets_by_hand():
    inf = np.inf
    stack = [((1.0, 2.0),), ((0.5, 3.0),), ((-inf, -4.0), (0.0, inf)), ((-inf, inf),)]
    found = curves.branches(stack, np.array([0.9, 0.5, 0.1, 0.01]))
    # from the lowest p up: the line, two rays with one finite end each, then an interval
    assert [x.tolist() for x, _ in found] == [
        [-inf], [inf], [-inf], [-4.0], [0.0], [inf], [0.5, 1.0], [3.0, 2.0]]  # fmt: skip
    assert found[-1][1].tolist() == [0.5, 0.9]


def test_a_set_of_two_rays_has_arrows_and_two_ends():
    rays = Interval(((-np.inf, -1.0), (2.0, np.inf)), 0.95, "AKM0")
    axes = rays.plot(null=0.0).axes[0]
    spans = [line.get_xdata() for line in axes.lines if len(line.get_xdata()) == 2][1:]
    low, high = axes.get_xlim()
    np.testing.assert_allclose(spans, [[low, -1], [2, high]])
    assert [line.get_marker() for line in axes.lines if line.get_marker() != "None"] == [
        "<", "|", "|", ">"]  # fmt: skip
    empty = Interval((), 0.9, "Anderson-Rubin").plot()
    assert empty.axes[0].get_title(loc="left") == "0.9, Anderson-Rubin: empty"


def test_errors_of_confidence_curves():
    whole = Interval(((-np.inf, np.inf),), 0.95, "m")
    with pytest.raises(InputError, match="no set has a finite end"):
        ag.plot_confidence_curve(lambda level: whole)
    with pytest.raises(InputError, match="must be a function from a level to an Interval"):
        ag.plot_confidence_curve({"a": whole})
    with pytest.raises(InputError, match="levels must ascend between 0 and 1"):
        ag.plot_confidence_curve(gallery.weak().interval, levels=[0.9, 0.5])


# ---- distributions -------------------------------------------------------------------------


def test_the_dartboard_is_that_of_the_test():
    call = {"size": "size", "reference": "excluding"}
    found = ag.dartboard_draws(gallery.plants(), of="clustered", **call)
    index = ag.ellison_glaeser(gallery.plants(), inference=ag.Dartboard(), **call)
    row = index.set_index("industry").loc["clustered"]
    assert found.p_value == row["p_value"]
    assert found.g == pytest.approx(row["g"])
    # 999 draws: the mean of G is within four of its standard errors of the expectation
    error = np.sqrt(found.variance_g / len(found.draws))
    assert abs(found.draws.mean() - found.expected_g) < 4 * error
    axes = found.plot().axes[0]
    assert sum(bar.get_height() for bar in axes.patches) == len(found.draws)
    assert axes.lines[0].get_xdata()[0] == pytest.approx(found.g)
    with pytest.raises(InputError, match="of='toys' is not an industry of the table, which has"):
        ag.dartboard_draws(gallery.plants(), of="toys", **call)
    single = pd.DataFrame({"region": list("aab"), "industry": ["x", "x", "y"], "size": 1.0})
    with pytest.raises(ag.IdentificationError, match="industry 'y' has one plant"):
        ag.dartboard_draws(single, of="y", size="size")


def test_the_randomisation_picture_counts_the_extreme_draws():
    test = gallery.design().randomization_test(
        "y", "x", counterfactuals=ag.Permutation(), draws=199, seed=1
    )
    axes = test.plot().axes[0]
    actual = axes.lines[0].get_xdata()[0]
    t = test.simulated[:, 0] / np.sqrt(test.variances[1:, 0])
    assert (1 + (np.abs(t) >= abs(actual) * (1 - 1e-9)).sum()) / 200 == pytest.approx(test.p_value)
    assert sum(bar.get_height() for bar in axes.patches) == 199


# ---- relatedness ---------------------------------------------------------------------------


def test_relatedness_draws_each_pair_twice_and_no_diagonal():
    axes = ag.plot_relatedness(PAIRS).axes[0]
    assert len(axes.patches) == 12
    order = names(axes)
    assert abs(order.index("cars") - order.index("steel")) == 1  # the most related pair


def test_the_tree_by_hand_and_strong_links():
    labels, phi = relatedness.matrix(PAIRS, "proximity", "industry")
    assert labels == ["cars", "coal", "steel", "toys"]
    tree = relatedness.linked(np.nan_to_num(phi), strong=1.0)
    # the largest sum without a circle: cars-steel .7, coal-steel .4, toys-steel .3
    assert np.argwhere(np.triu(tree)).tolist() == [[0, 2], [1, 2], [2, 3]]
    more = relatedness.linked(np.nan_to_num(phi), strong=0.15)
    assert np.argwhere(np.triu(more)).tolist() == [[0, 1], [0, 2], [1, 2], [2, 3]]


def test_a_chain_settles_on_a_line():
    chain = np.eye(5, k=1, dtype=bool) | np.eye(5, k=-1, dtype=bool)
    places = relatedness.settled(chain)
    apart = np.linalg.norm(places[:, None] - places[None], axis=2)
    wanted = np.abs(np.subtract.outer(np.arange(5), np.arange(5)))
    np.testing.assert_allclose(apart, wanted, atol=0.05)


def test_errors_of_relatedness():
    with pytest.raises(InputError, match=r"'proximity' must lie in \[0, 1\]; found"):
        ag.plot_relatedness(PAIRS.assign(proximity=2.0))
    turned = PAIRS.rename(columns={"industry_a": "industry_b", "industry_b": "industry_a"})
    with pytest.raises(InputError, match="a pair is repeated, first"):
        ag.plot_network(pd.concat([PAIRS, turned]))
    with pytest.raises(InputError, match="needs at least three industries"):
        ag.plot_network(PAIRS.iloc[:1])


# ---- maps and stages -----------------------------------------------------------------------


def ring(x: float, y: float, side: float) -> list[list[float]]:
    return [[x, y], [x + side, y], [x + side, y + side], [x, y + side], [x, y]]


def test_a_map_shades_by_class_hatches_the_unknown_and_keeps_holes():
    shapes = pd.DataFrame(
        {
            "region": ["W", "E", "N"],
            "geometry": [
                {"type": "Polygon", "coordinates": [ring(0, 0, 3), ring(1, 1, 1)[::-1]]},
                {"type": "MultiPolygon", "coordinates": [[ring(3, 0, 3)], [ring(7, 0, 1)]]},
                {"type": "Polygon", "coordinates": [ring(0, 3, 2)]},
            ],
        }
    )
    frame = pd.DataFrame({"region": ["E", "W"], "lq": [0.3, 3.0]})
    drawn = ag.plot_map(frame, shapes, value="lq").axes[0].collections
    assert [np.round(c.get_facecolor()[0, :3] * 255).tolist() for c in drawn[:2]] == [
        [8, 69, 138], [247, 251, 255]]  # fmt: skip
    assert [c.get_hatch() for c in drawn] == [None, None, "////"]
    assert len(drawn[0].get_paths()[0].vertices) == 10  # two rings
    for hole in (ring(1, 1, 1), ring(1, 1, 1)[::-1]):  # however it was drawn, it runs the other way
        around = {"type": "Polygon", "coordinates": [ring(0, 0, 3), hole]}
        areas = [maps._twice_area(corners) for corners in maps.rings_of(around)]
        assert areas == [18, -2]
    assert maps.middle([np.array(ring(0, 0, 3), float), np.array(ring(9, 9, 1), float)]) == (
        1.5, 1.5)  # fmt: skip
    with pytest.raises(InputError, match=r"regions \['S'\] have no shape"):
        ag.plot_map(frame.assign(region=["E", "S"]), shapes, value="lq")
    point = {"type": "Point", "coordinates": [0, 0]}
    with pytest.raises(InputError, match="must be a Polygon or MultiPolygon; found Point"):
        ag.plot_map(frame, shapes.assign(geometry=[point] * 3), value="lq")


def test_a_geodataframe_is_drawn_as_its_geojson_is():
    geopandas = pytest.importorskip("geopandas")
    shapely = pytest.importorskip("shapely.geometry")
    table = gallery.shapes(["a", "b", "c"], 2)
    frame = pd.DataFrame({"region": ["a", "b", "c"], "lq": [0.4, 0.9, 2.1]})
    geometry = [shapely.shape(shape) for shape in table["geometry"]]
    geo = geopandas.GeoDataFrame(table[["region"]], geometry=geometry, crs=4326)
    one, other = (ag.plot_map(frame, shapes, value="lq").axes[0] for shapes in (table, geo))
    for a, b in zip(one.collections, other.collections, strict=True):
        np.testing.assert_allclose(np.sort(a.get_paths()[0].vertices, axis=0),
                                   np.sort(b.get_paths()[0].vertices, axis=0))  # fmt: skip
        np.testing.assert_allclose(a.get_facecolor(), b.get_facecolor())
    # a degree of longitude is narrower by the cosine of the latitude
    middle = np.mean(one.dataLim.intervaly)
    assert one.get_aspect() == pytest.approx(1 / np.cos(np.deg2rad(middle)), rel=1e-6)
    assert ag.plot_map(frame, geo.to_crs(3857), value="lq").axes[0].get_aspect() == 1


def test_maturity_marks_stages_and_disputed_cells():
    frame = gallery.matured()
    axes = ag.plot_maturity(frame).axes[0]
    drawn = [np.round(np.array(p.get_facecolor()[:3]) * 255).astype(int).tolist()
             for p in axes.patches]  # fmt: skip
    colours = [STAGES[stage][0] for stage in frame["stage"]]
    assert drawn == [[int(c[k : k + 2], 16) for k in (1, 3, 5)] for c in colours]
    assert len(axes.lines) == (frame["agreement"] < 1).sum() > 5
    with pytest.raises(InputError, match=r"stages \['ripe'\] are unknown; there are \['none'"):
        ag.plot_maturity(frame.assign(stage="ripe"))


# ---- bins ----------------------------------------------------------------------------------


def test_the_binned_scatter_draws_means_intervals_and_band():
    bins = ag.binned_scatter("y ~ x + w", gallery.data(), x="x", bins=6)
    axes = ag.plot_binned_scatter(bins).axes[0]
    np.testing.assert_allclose(axes.lines[0].get_xydata(), bins[["x", "y"]])
    spans = np.array([s[:, 1] for s in axes.collections[1].get_segments()])
    np.testing.assert_allclose(spans, bins[["conf_low", "conf_high"]])
    band = axes.collections[0].get_paths()[0].vertices
    assert band[:, 1].min() == pytest.approx(bins["band_low"].min())
    assert band[:, 1].max() == pytest.approx(bins["band_high"].max())


# ---- grey, words, labels -------------------------------------------------------------------


def test_stacked_parts_and_stages_differ_in_grey_or_by_hatch():
    for looks in (LOOKS, tuple(STAGES.values())):
        for k, (colour, hatch) in enumerate(looks):
            for other, mark in looks[:k]:
                assert hatch != mark or abs(grey(colour) - grey(other)) > 12, (colour, other)
    assert len({marker for _, marker, _ in SERIES}) == len(SERIES)


def test_words_are_there_in_both_languages_and_units_follow():
    for name, label in WORDS.names.items():
        assert label.en
        assert any("\u4e00" <= letter <= "\u9fff" for letter in label.zh), name
    assert said("gini", "zh", gallery.NAMES, "%") == "区位基尼系数（%）"
    assert said("Coal", "zh", gallery.NAMES) == "煤炭"


def test_labels_of_points_at_one_place_are_all_there_and_apart():
    figure = canvas(5, 4)
    axes = figure.subplots()
    axes.plot([0, 1], [0, 1], "o")
    x = y = np.full(25, 0.5)
    place_labels(axes, x, y, [f"label {k}" for k in range(25)])
    found = [(text, extent) for text, extent in texts(figure) if "label" in text.get_text()]
    assert len(found) == 25
    assert overlaps(found) == []


def test_labels_do_not_depend_on_the_order_of_points():
    rng = np.random.default_rng(1)
    x, y = rng.normal(size=(2, 30))
    words = np.array([f"region {k}" for k in range(30)])

    def places(order):
        axes = canvas(5, 4).subplots()
        axes.set(xlim=(-3, 3), ylim=(-3, 3))
        notes = place_labels(axes, x[order], y[order], words[order].tolist())
        return {note.get_text(): note.get_position() for note in notes}

    assert places(np.arange(30)) == places(rng.permutation(30))
