"""Local concentration and the scan: by hand, by direct sums, their size, what is refused."""

import json
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest

from agglometrics.distance.detection.local import local_concentration
from agglometrics.distance.detection.pictures import placed
from agglometrics.distance.detection.scan import scan_clusters
from agglometrics.distance.detection.scanning import log_terms
from agglometrics.distance.marcon_puech import marcon_puech
from agglometrics.errors import IdentificationError, InputError


def plants(seed=0, n=120):
    rng = np.random.default_rng(seed)
    xy = np.round(rng.uniform(0, 10, (n, 2)), 1)
    return pd.DataFrame(xy, columns=["x", "y"]).assign(industry=["A", "B", "C"] * (n // 3))


def test_local_values_by_hand():
    """Around (0,0): one A of one neighbour; P(X >= 1) of 1 drawn, 1 of 3 A's: 1/3."""
    four = pd.DataFrame({"x": [5, 0, 1, 1], "y": [5, 0, 0, 1], "industry": list("BAAB")})
    found = local_concentration(four, target="A", distance=1).table
    assert found["row"].tolist() == [1, 2]
    assert found["value"].tolist() == [3.0, 1.5]
    np.testing.assert_allclose(found["p_value"], [1 / 3, 2 / 3])
    assert found["neighbors"].tolist() == [1, 2]


def test_terms_of_the_likelihood_are_those_of_every_number_of_plants():
    np.testing.assert_allclose(log_terms(4), [0, 0, *(k * np.log(k) for k in (2, 3, 4))])
    assert log_terms(0).tolist() == [0]


@pytest.mark.parametrize("neighbor", [None, "B"])
def test_local_p_values_by_shuffling(neighbor):
    """The chance of as many neighbours, by 20,000 shuffles of all others; 4 Monte Carlo errors."""
    points = plants(n=45)
    found = local_concentration(points, target="A", neighbor=neighbor, distance=3).table
    xy, kind = points[["x", "y"]].to_numpy(), points["industry"].to_numpy()
    rng = np.random.default_rng(1)
    for k in (0, 7):
        i = found["row"][k]
        others = np.delete(np.arange(45), i)
        near = np.hypot(*(xy[others] - xy[i]).T) <= 3 * (1 + 1e-12)
        same = kind[others] == (neighbor or "A")
        drawn = rng.permuted(np.tile(same, (20_000, 1)), axis=1)[:, near].sum(axis=1)
        p = (drawn >= found["same"][k]).mean()
        assert found["p_value"][k] == pytest.approx(p, abs=4 * np.sqrt(0.25 / 20_000))
        assert found["same"][k] == (near & same).sum()


@pytest.mark.external
def test_individual_values_against_dbmss(reference):
    """dbmss 2.11.0, Mhat(S, r, "S", Individual = TRUE), by weight."""
    folder = reference / "agglomeration"
    cases = {c["id"]: c["value"] for c in json.loads((folder / "dbmss.json").read_text())["cases"]}
    truth = cases["dbmss_M_syn_individual"]
    points = pd.read_csv(folder / "inputs" / "syn_points_14.csv")
    columns = {"industry": "type", "weight": "weight", "simulations": 0}
    for k, r in enumerate(truth["r"]):
        if r > 0:
            found = local_concentration(points, target="S", distance=r, **columns).table
            expected = np.array([truth[f"M_{row + 1}"][k] for row in found["row"]], dtype=float)
            np.testing.assert_allclose(found["value"], expected, rtol=1e-12)


def weighted(seed=0, n=120):
    """Plants on few sites, of very different weights."""
    points = plants(seed, n)
    staff = np.random.default_rng([seed, 1]).lognormal(2, 1.5, n).round() + 1
    return points.assign(x=points["x"].round(), staff=staff)


@pytest.mark.parametrize("neighbor", [None, "B"])
def test_weighted_values_by_direct_sums(neighbor):
    points = weighted()
    arguments = {"target": "A", "neighbor": neighbor, "weight": "staff", "simulations": 0}
    found = local_concentration(points, distance=2.0, **arguments).table
    xy, w = points[["x", "y"]].to_numpy(), points["staff"].to_numpy()
    wanted = (points["industry"] == (neighbor or "A")).to_numpy()
    for row in found.itertuples():
        i = row.row
        others = np.arange(len(w)) != i
        near = (np.hypot(*(xy - xy[i]).T) <= 2 * (1 + 1e-12)) & others
        g = w[wanted & others].sum() / w[others].sum()
        share = w[near & wanted].sum() / w[near].sum()
        assert row.value == pytest.approx(share / g, rel=1e-12)
        assert row.expected == pytest.approx(g, rel=1e-12)
        assert (row.weight, row.neighbors, row.same) == (w[i], near.sum(), (near & wanted).sum())
        assert row.neighbors_weight == w[near].sum()
        assert row.same_weight == w[near & wanted].sum()
    assert found["p_value"].isna().all()


@pytest.mark.parametrize("neighbor", [None, "B"])
def test_weighted_values_average_to_m(neighbor):
    points = weighted()
    arguments = {"target": "A", "neighbor": neighbor, "weight": "staff"}
    local = local_concentration(points, distance=1.0, simulations=0, **arguments).table.dropna(
        subset="value"
    )
    m = marcon_puech(points, distances=[1.0], **arguments).curve["observed"][0]
    assert np.average(local["value"], weights=local["expected"]) == pytest.approx(m, rel=1e-12)


@pytest.mark.parametrize("neighbor", [None, "B"])
def test_weighted_p_values_by_moving_all_others(neighbor):
    """The chance of as large a share, by 20,000 moves of all others; 4 errors of both."""
    points = weighted(n=45)
    draws = 4_000
    found = local_concentration(points, target="A", neighbor=neighbor, distance=3, weight="staff",
                                simulations=draws).table  # fmt: skip
    xy, w = points[["x", "y"]].to_numpy(), points["staff"].to_numpy()
    wanted = (points["industry"] == (neighbor or "A")).to_numpy() * w
    rng = np.random.default_rng(1)
    for k in (0, 5, 11):
        i = found["row"][k]
        others = np.delete(np.arange(45), i)
        near = np.hypot(*(xy[others] - xy[i]).T) <= 3 * (1 + 1e-12)
        move = rng.permuted(np.tile(others, (20_000, 1)), axis=1)[:, near]
        share = wanted[move].sum(axis=1) / w[move].sum(axis=1)
        least = wanted[others][near].sum() / w[others][near].sum()
        p = (share >= least * (1 - 1e-9)).mean()
        error = 4 * np.sqrt(0.25 / draws + 0.25 / 20_000)
        assert found["p_value"][k] == pytest.approx(p, abs=error)
    assert found["p_value"].nunique() > 5


def test_equal_weights_are_no_weights():
    points = plants().assign(staff=7.0)
    once = local_concentration(points, target="A", distance=1.5)
    same = local_concentration(points, target="A", distance=1.5, weight="staff")
    pd.testing.assert_frame_equal(once.table, same.table[once.table.columns])
    assert (once.simulations, same.simulations) == (0, 0)


def test_weighted_p_values_depend_on_no_unit_order_or_thread(monkeypatch):
    points = weighted()
    arguments = {"target": "A", "distance": 2.0, "weight": "staff", "simulations": 199}
    one = local_concentration(points, **arguments).table
    shuffled = points.sample(frac=1, random_state=1)
    mixed = local_concentration(shuffled.assign(staff=shuffled["staff"] * 1e-3), **arguments).table
    mixed["row"] = shuffled.index[mixed["row"]]
    mixed = mixed.sort_values("row", ignore_index=True)
    for name in ("value", "p_value", "p_adjusted"):
        np.testing.assert_allclose(mixed[name], one[name], rtol=1e-12)
    monkeypatch.setattr("os.cpu_count", lambda: 1)
    pd.testing.assert_frame_equal(local_concentration(points, **arguments).table, one)


def test_weighted_p_values_have_their_size():
    """100 maps of 60 plants with sizes that cluster: a tenth at most .1, within 4 errors."""
    hits = []
    for seed in range(100):
        points = weighted(seed, 60)
        points["staff"] = points["staff"] * (1 + 9 * (points["x"] < 3))
        rng = np.random.default_rng([seed, 2])
        points[["industry", "staff"]] = points[["industry", "staff"]].to_numpy()[
            rng.permutation(60)
        ]
        points["staff"] = points["staff"].astype(float)
        p = local_concentration(points, target="A", distance=2.0, weight="staff", simulations=39,
                                seed=seed).table["p_value"]  # fmt: skip
        hits.append((p <= 0.1).sum() / p.notna().sum())
    assert np.mean(hits) < 0.1 + 4 * np.std(hits) / np.sqrt(100)
    assert np.mean(hits) > 0.06


def test_map_of_values():
    points = plants(n=60).assign(y=lambda d: d["y"].where(d["industry"] != "A", 5))
    found = local_concentration(points, target="A", distance=1.0)
    figure = found.plot(level=0.99, unit="km")
    drawn = {artist.get_label(): artist for artist in figure.axes[0].collections}
    circled = len(found.clustered(0.99))
    [rings] = [artist for label, artist in drawn.items() if label.startswith("Concentrated")]
    assert len(rings.get_offsets()) == circled > 0
    assert figure.legends[1].get_title().get_text() == "M within 1 (km)"
    shown = sum(len(artist.get_offsets()) for artist in figure.axes[0].collections)
    assert shown - circled == len(found.table)
    chinese = found.plot(lang="zh", labels={"A": ("Food", "食品")})
    assert chinese.axes[0].get_title() == "食品"
    assert chinese.legends[1].get_title().get_text() == "距离 1（坐标单位）以内的 M"


def test_map_of_clusters():
    cells, regions = grid()
    found = scan_clusters(cells, target="A", value="plants", regions=regions, simulations=99)
    names = {"A": ("Food", "食品"), found.clusters["centre"][0]: ("West", "西部")}
    figure = found.plot(unit="km", labels=names)
    texts = [text.get_text() for text in figure.legends[0].get_texts()]
    first = found.clusters.iloc[0]
    assert texts[0] == "Regions, by number of plants"
    assert texts[1].startswith(f"1: around West, radius {first['radius']:.3g} (km), relative risk")
    assert len(texts) == 1 + (found.clusters["p_value"] <= 0.05).sum()
    assert (
        "以西部为中心" in found.plot(lang="zh", labels=names).legends[0].get_texts()[1].get_text()
    )


def test_map_across_the_date_line():
    """Fiji lies on both sides of 180 degrees: its points stay together."""
    xy, aspect = placed(np.array([[177.5, -18.0], [179.9, -17.0], [-179.8, -17.0]]), True)
    np.testing.assert_allclose(np.ptp(xy[:, 0]), 2.7)
    np.testing.assert_allclose(xy[:, 1], [-18, -17, -17])
    assert aspect == pytest.approx(1 / np.cos(np.radians(17.5)))
    france = np.array([[-4.5, 48.4], [7.7, 48.6]])
    np.testing.assert_allclose(placed(france, True)[0], france)
    assert placed(france, False)[1] == 1.0


def test_a_plant_alone_has_no_value():
    """Two plants far apart: nothing within the distance; one plant of its industry has g = 0."""
    points = pd.DataFrame({"x": [0.0, 50, 51], "y": 0.0, "industry": list("ABB")})
    for weight in (None, "staff"):
        table = local_concentration(points.assign(staff=[1, 2, 3]), target="A", distance=2.0,
                                    weight=weight).table  # fmt: skip
        assert table[["value", "p_value", "p_adjusted"]].isna().all(axis=None)
        table = local_concentration(points.assign(staff=[1, 2, 3]), target="B", distance=2.0,
                                    weight=weight).table  # fmt: skip
        assert table["value"].notna().all()


def test_local_values_average_to_m():
    points = plants()
    local = local_concentration(points, target="A", distance=2.0).table
    m = marcon_puech(points, target="A", distances=[2.0]).curve["observed"][0]
    assert local["value"].mean() == pytest.approx(m)


def test_local_finds_a_planted_cluster():
    points = plants(n=300)
    inside = (points.index < 60) & (points["industry"] == "A")
    points.loc[inside, ["x", "y"]] = 5 + points.loc[inside, ["x", "y"]] / 20
    found = local_concentration(points, target="A", distance=0.6)
    marked = set(found.clustered()["row"])
    assert len(marked & set(points.index[inside])) > 15
    away = found.table[~found.table["row"].isin(points.index[inside])]
    assert (away["p_adjusted"] <= 0.05).mean() < 0.1
    assert found.plot().legends
    assert found.target == "A"


def test_local_refuses():
    with pytest.raises(IdentificationError, match="all points are of one industry"):
        local_concentration(plants().assign(industry="A"), target="A", distance=1.0)
    with pytest.raises(InputError, match="no point has industry 'Z'"):
        local_concentration(plants(), target="Z", distance=1.0)
    with pytest.raises(InputError, match="simulations must be a whole number from 0"):
        local_concentration(plants(), target="A", distance=1.0, simulations=-1)


# ---------------------------------------------------------------- scan


def grid(side=6, seed=0, clustered=True):
    rng = np.random.default_rng(seed)
    names = [f"r{k:02d}" for k in range(side * side)]
    regions = pd.DataFrame({"region": names, "x": np.arange(side * side) % side + 0.0,
                            "y": np.arange(side * side) // side + 0.0})  # fmt: skip
    other = rng.integers(5, 30, side * side)
    own = rng.binomial(other, 0.2)
    if clustered:
        own[[0, 1, side, side + 1]] += 12
    cells = pd.DataFrame({"region": names * 2, "industry": ["A"] * len(names) + ["B"] * len(names),
                          "plants": np.append(own, other)})  # fmt: skip
    return cells, regions


def likelihood(c, n, C, N):
    """Log-likelihood ratio of one share inside and another outside, by logs of shares."""

    def term(k, m):
        p = k / m
        return (k * np.log(p) if k else 0) + ((m - k) * np.log(1 - p) if k < m else 0)

    if n in (0, N) or c / n <= (C - c) / (N - n):
        return 0.0
    return term(c, n) + term(C - c, N - n) - term(C, N)


def test_scan_by_direct_search():
    cells, regions = grid()
    found = scan_clusters(cells, target="A", value="plants", regions=regions, simulations=19)
    wide = cells.pivot(index="region", columns="industry", values="plants")
    own, total = wide["A"].to_numpy(), wide.sum(axis=1).to_numpy()
    xy = regions[["x", "y"]].to_numpy()
    best = 0.0
    for r in range(len(xy)):
        d = np.hypot(*(xy - xy[r]).T)
        for reach in np.unique(np.round(d, 9)):
            inside = d <= reach + 1e-9
            if total[inside].sum() <= total.sum() / 2:
                best = max(best, likelihood(own[inside].sum(), total[inside].sum(),
                                            own.sum(), total.sum()))  # fmt: skip
    first = found.clusters.iloc[0]
    assert first["statistic"] == pytest.approx(best)
    assert first["p_value"] == pytest.approx(1 / 20)
    inside = found.regions[found.regions["cluster"] == 1]
    assert {"r00", "r01", "r06"} <= set(inside["region"])
    assert first["plants"] == inside["plants"].sum()
    share = inside["plants"].sum() / inside["total"].sum()
    rest = found.regions[found.regions["cluster"].ne(1).fillna(True)]
    risk = share / (rest["plants"].sum() / rest["total"].sum())
    assert first["relative_risk"] == pytest.approx(risk)
    assert all(a >= b for a, b in pairwise(found.clusters["statistic"]))


def test_scan_has_its_size():
    """150 maps without clusters, 19 draws: p <= .1 in a tenth, within 4 Monte Carlo errors."""
    hits = 0
    for seed in range(150):
        cells, regions = grid(4, seed, clustered=False)
        rng = np.random.default_rng([seed, 1])
        wide = cells.pivot(index="region", columns="industry", values="plants").sum(axis=1)
        own = rng.multivariate_hypergeometric(wide.to_numpy(), 60)
        cells = cells.assign(plants=np.append(own, wide.to_numpy() - own))
        found = scan_clusters(cells, target="A", value="plants", regions=regions, simulations=19,
                              seed=seed)  # fmt: skip
        hits += bool((found.clusters["p_value"] <= 0.1 + 1e-12).any())
    assert abs(hits / 150 - 0.1) < 4 * np.sqrt(0.09 / 150)


def test_scan_does_not_depend_on_order_units_or_idle_regions():
    cells, regions = grid()
    arguments = {"target": "A", "value": "plants", "simulations": 39}
    one = scan_clusters(cells, regions=regions, **arguments).clusters
    shuffled = regions.sample(frac=1, random_state=2)
    mixed = scan_clusters(cells.sample(frac=1, random_state=1), regions=shuffled, **arguments)
    mixed = mixed.clusters
    pd.testing.assert_frame_equal(one, mixed)
    metres = regions.assign(x=regions["x"] * 1e3, y=regions["y"] * 1e3)
    scaled = scan_clusters(cells, regions=metres, **arguments).clusters
    pd.testing.assert_frame_equal(one.drop(columns="radius"), scaled.drop(columns="radius"))
    np.testing.assert_allclose(scaled["radius"], one["radius"] * 1e3)
    assert scan_clusters(cells, regions=regions, **arguments).plot().legends


def test_scan_refuses():
    cells, regions = grid()
    arguments = {"target": "A", "value": "plants", "regions": regions, "simulations": 9}
    with pytest.raises(InputError, match=r"whole and not negative; found 0\.5 in row 0"):
        scan_clusters(cells.assign(plants=cells["plants"] + 0.5 - cells["plants"][0]), **arguments)
    with pytest.raises(InputError, match=r"regions 'r00' of the cells have no coordinates"):
        scan_clusters(cells, **{**arguments, "regions": regions[1:]})
    with pytest.raises(InputError, match="no cell has industry 'Z'"):
        scan_clusters(cells, **{**arguments, "target": "Z"})
    with pytest.raises(InputError, match="largest must be a share"):
        scan_clusters(cells, **arguments, largest=2.0)
    with pytest.raises(IdentificationError, match="has 0 of"):
        scan_clusters(cells.assign(plants=cells["plants"].where(cells["industry"] != "A", 0)),
                      **arguments)  # fmt: skip
