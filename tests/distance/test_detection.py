"""Local concentration and the scan: by hand, by direct sums, their size, what is refused."""

import json
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest

from agglometrics.distance.detection.local import local_concentration
from agglometrics.distance.detection.scan import scan_clusters
from agglometrics.distance.marcon_puech import marcon_puech
from agglometrics.distance.points import read_points
from agglometrics.distance.relative.curves import coded
from agglometrics.distance.relative.profiles import within
from agglometrics.distance.relative.setting import individual_ratios
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
    data = read_points(points, "x", "y", "type", "weight")
    setting = coded(data, within(np.array(truth["r"]), data.space), None)
    centres = np.flatnonzero(data.of("S"))
    kind = setting.kind[centres]
    local = individual_ratios(setting.sums(centres, kind, setting.kind, data.w))
    w, all_own = data.w[centres], data.w[centres].sum()
    values = local / ((all_own - w) / (data.w.sum() - w))[:, None]
    for row, found in zip(data.row[centres], values, strict=True):
        expected = np.array(truth[f"M_{row + 1}"], dtype=float)
        np.testing.assert_allclose(found, expected, rtol=1e-12)


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
    assert found.plot().get_legend() is not None
    assert found.target == "A"


def test_local_refuses():
    with pytest.raises(IdentificationError, match="all points are of one industry"):
        local_concentration(plants().assign(industry="A"), target="A", distance=1.0)
    with pytest.raises(InputError, match="no point has industry 'Z'"):
        local_concentration(plants(), target="Z", distance=1.0)


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
    assert scan_clusters(cells, regions=regions, **arguments).plot().get_legend() is not None


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
