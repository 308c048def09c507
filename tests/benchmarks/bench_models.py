"""Speed of panel models: each a ratio to the alternative in the same run, or a bar in seconds.

`rows()` yields one dict a benchmark, with the columns of the other benchmark modules. Data are
made up here. Run alone with ``python tests/benchmarks/bench_models.py``.

pyfixest compiles on its first call, so its second is timed; ours has nothing to compile. How cost
grows: absorbed effects with rows x columns; clusters with rows; Conley with the pairs of places
within the cut-off; the wild bootstrap with draws x clusters squared, whatever the rows.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator

import numpy as np
import pandas as pd
from timing import row, timed

from agglometrics import Cluster, Conley, Gmm, Robust, WildBootstrap, dynamic_panel, panel
from agglometrics import poisson as ppml


def paired(
    ours: Callable[[], object], other: Callable[[], object], repeats: int = 5
) -> tuple[tuple[float, float], tuple[float, float]]:
    """Return the medians of both, called in turn so that load falls on both alike."""
    first, second = [], []
    for _ in range(repeats):
        first.append(timed(ours, 1))
        second.append(timed(other, 1))
    return sorted(first)[repeats // 2], sorted(second)[repeats // 2]


def big_panel() -> pd.DataFrame:
    """One million rows of 100,000 units and 20 years."""
    rng = np.random.default_rng(0)
    n, units = 1_000_000, 100_000
    unit, year = rng.integers(0, units, n), rng.integers(0, 20, n)
    effect = rng.normal(size=units)[unit]
    x1, x2 = rng.normal(size=n) + effect, rng.normal(size=n) + 0.1 * year
    y = x1 - 0.5 * x2 + effect + 0.2 * year + rng.normal(size=n)
    return pd.DataFrame({"y": y, "x1": x1, "x2": x2, "unit": unit, "year": year})


def bench_two_way() -> dict[str, object]:
    """At most 1.3 times pyfixest's second call, so a ratio of at least 1 / 1.3."""
    import pyfixest as pf

    data = big_panel()

    def theirs() -> object:
        return pf.feols("y ~ x1 + x2 | unit + year", data, vcov={"CRV1": "unit"})

    def ours() -> object:
        return panel("y ~ x1 + x2", data, absorb=["unit", "year"], cov=Cluster("unit"))

    assert np.allclose(ours().params, theirs().coef().to_numpy(), atol=1e-7)
    mine, other = paired(ours, theirs)
    return row("two-way effects, 1e6 rows, clustered", *mine, 1 / 1.3, "pyfixest", *other)


def bench_linearmodels() -> dict[str, object]:
    from linearmodels.panel import PanelOLS

    # linearmodels wants each unit and year once
    data = big_panel().drop_duplicates(["unit", "year"])
    indexed = data.set_index(["unit", "year"])

    def theirs() -> object:
        model = PanelOLS(
            indexed["y"], indexed[["x1", "x2"]], entity_effects=True, time_effects=True
        )
        return model.fit(cov_type="clustered", cluster_entity=True)

    def ours() -> object:
        return panel("y ~ x1 + x2", data, absorb=["unit", "year"], cov=Cluster("unit"))

    mine, other = timed(ours), timed(theirs, 1)
    name = f"two-way effects, {len(data):,} rows, clustered"
    return row(name, *mine, 5.0, "linearmodels", *other)


def bench_poisson() -> dict[str, object]:
    import pyfixest as pf

    rng = np.random.default_rng(0)
    n, units = 100_000, 5_000
    unit, year = rng.integers(0, units, n), rng.integers(0, 20, n)
    x1, x2 = rng.normal(size=(2, n))
    mu = np.exp(0.3 * x1 - 0.2 * x2 + 0.7 * rng.normal(size=units)[unit] + 0.02 * year)
    data = pd.DataFrame({"y": rng.poisson(mu), "x1": x1, "x2": x2, "unit": unit, "year": year})

    def theirs() -> object:
        return pf.fepois("y ~ x1 + x2 | unit + year", data, vcov={"CRV1": "unit"})

    def ours() -> object:
        return ppml("y ~ x1 + x2", data, absorb=["unit", "year"], cov=Cluster("unit"))

    assert np.allclose(ours().params, theirs().coef().to_numpy(), atol=1e-6)
    mine, other = paired(ours, theirs)
    return row("PPML, 1e5 rows, clustered", *mine, 1 / 1.3, "pyfixest", *other)


def bench_conley() -> dict[str, object]:
    rng = np.random.default_rng(0)
    places, n = 10_000, 100_000
    lon, lat = rng.uniform(75, 130, places), rng.uniform(20, 50, places)
    place = np.repeat(np.arange(places), n // places)
    x, y = rng.normal(size=(2, n))
    data = pd.DataFrame({"x": x, "y": y, "lon": lon[place], "lat": lat[place], "p": place})
    fit = panel("y ~ x", data, absorb="p", cov=Robust())
    wall, cpu = timed(lambda: fit.with_cov(Conley(km=200)))
    return row("Conley 200 km, 1e5 rows, 10,000 places, seconds at most", wall, cpu, 1.0)


def bench_conley_dense() -> dict[str, object]:
    """100,000 places on 15 x 10 degrees, on their bands against blocks of all pairs in them."""
    from agglometrics import Uniform
    from agglometrics.inference.spatial.near_pairs import EDGE, all_pairs_meat
    from agglometrics.space.globe import unit_vectors

    rng = np.random.default_rng(0)
    places = 100_000
    lon, lat = rng.uniform(105, 120, places), rng.uniform(22, 32, places)
    x, y = rng.normal(size=(2, places))
    fit = panel("y ~ x", pd.DataFrame({"x": x, "y": y, "lon": lon, "lat": lat}), cov=Robust())
    fit.with_cov(Conley(km=1, kernel=Uniform()))  # compiles
    mine = timed(lambda: fit.with_cov(Conley(km=100)), 3)
    angle, some = 100 / 6371.01, 4_000
    xyz = unit_vectors(lon[:some], lat[:some])
    scores, limit = rng.normal(size=(some, 1, 2)), 4 * np.sin(angle / 2) ** 2 * (1 + EDGE)
    wall, cpu = timed(lambda: all_pairs_meat(scores, xyz, angle, limit, False), 1)
    whole = (places / some) ** 2
    name = "Conley 100 km, 1e5 places on 15 x 10 degrees"
    return row(name, *mine, 20.0, "all pairs (scaled)", wall * whole, cpu * whole)


def bench_wild() -> dict[str, object]:
    rng = np.random.default_rng(0)
    n, clusters = 10_000, 50
    g = rng.integers(0, clusters, n)
    x = rng.normal(size=n) + rng.normal(size=clusters)[g]
    y = rng.normal(size=n) + rng.normal(size=clusters)[g]
    data = pd.DataFrame({"x": x, "y": y, "g": g, "year": rng.integers(0, 10, n)})
    fit = panel("y ~ x", data, absorb=["g", "year"], cov=Cluster("g"))
    wall, cpu = timed(lambda: fit.with_cov(WildBootstrap("g", draws=9_999, seed=1)).tidy())
    name = "wild bootstrap and its bounds, 9,999 draws, 1e4 rows, 50 clusters, seconds at most"
    return row(name, wall, cpu, 5.0)


def bench_gmm() -> dict[str, object]:
    rng = np.random.default_rng(0)
    y, frames = rng.normal(size=1_000), []
    for year in range(10):
        y = 0.5 * y + rng.normal(size=1_000)
        frames.append(pd.DataFrame({"firm": range(1_000), "year": year, "y": y}))
    data = pd.concat(frames)

    def ours() -> object:
        keys = {"entity": "firm", "time": "year"}
        return dynamic_panel("y ~ lag(y)", data, gmm=[Gmm("y")], steps=2, **keys)

    wall, cpu = timed(ours)
    return row("two-step GMM, 1,000 units x 10 years, seconds at most", wall, cpu, 2.0)


def rows() -> Iterator[dict[str, object]]:
    """Yield every benchmark of this module."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # singletons that pyfixest leaves out
        for bench in (
            bench_two_way,
            bench_linearmodels,
            bench_poisson,
            bench_conley,
            bench_conley_dense,
            bench_wild,
            bench_gmm,
        ):
            yield bench()


if __name__ == "__main__":
    print(pd.DataFrame(rows()).to_string(index=False))
