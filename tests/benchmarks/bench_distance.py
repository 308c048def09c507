"""Speed of the distance-based measures: ratios to the alternative in the same run.

`rows()` yields one dict a benchmark, as in `bench_measures`. Points are made up: half in clusters,
half anywhere in a square of 700 km. Run alone with ``python tests/benchmarks/bench_distance.py``.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator

import numpy as np
import pandas as pd
from scipy.spatial import cKDTree
from scipy.spatial.distance import pdist

from agglometrics.distance.duranton_overman import duranton_overman
from agglometrics.distance.marcon_puech import marcon_puech
from agglometrics.distance.ripley import ripley

D = np.linspace(0, 180, 181)
H = 5.0


def timed(call: Callable[[], object], repeats: int = 3) -> tuple[float, float]:
    """Return median wall and CPU seconds of `repeats` calls."""
    runs = []
    for _ in range(repeats):
        wall, cpu = time.perf_counter(), time.process_time()
        call()
        runs.append((time.perf_counter() - wall, time.process_time() - cpu))
    return sorted(runs)[repeats // 2]


def points(n: int, target: int) -> pd.DataFrame:
    """n points, of which `target` random ones are of industry A."""
    rng = np.random.default_rng(0)
    centres = rng.uniform(0, 700, (60, 2))
    near = centres[rng.integers(0, 60, n // 2)] + rng.normal(0, 15, (n // 2, 2))
    xy = np.vstack([near, rng.uniform(0, 700, (n - n // 2, 2))])
    labels = np.where(rng.permutation(n) < target, "A", "B")
    return pd.DataFrame(xy, columns=["x", "y"]).assign(industry=labels)


def bench_curve(sites: pd.DataFrame) -> Iterator[dict[str, object]]:
    xy = sites.loc[sites["industry"] == "A", ["x", "y"]].to_numpy()
    edges, radii = np.arange(0, 210.25, 0.25), np.arange(0, 210.25, 0.25)
    wall, cpu = timed(lambda: duranton_overman(sites, target="A", distances=D, bandwidth=H))
    other = timed(lambda: np.histogram(pdist(xy), edges), 1)
    yield row("K_d curve, n = 5,000", wall, cpu, 10, "scipy pdist and histogram", *other)
    tree = cKDTree(xy)
    other = timed(lambda: tree.count_neighbors(tree, radii), 1)
    yield row("K_d curve, n = 5,000", wall, cpu, 50, "scipy cKDTree.count_neighbors", *other)


def bench_envelope(sites: pd.DataFrame) -> dict[str, object]:
    arguments = {"target": "A", "distances": D, "bandwidth": H}
    wall, cpu = timed(lambda: duranton_overman(sites, simulations=200, **arguments), 1)
    name = "K_d envelope, n = 5,000 of 50,000, 1,000 simulations (200 scaled), seconds at most"
    return row(name, 5 * wall, 5 * cpu, 6)


def bench_m(sites: pd.DataFrame) -> dict[str, object]:
    arguments = {"target": "A", "distances": np.linspace(0, 50, 26)}
    wall, cpu = timed(lambda: marcon_puech(sites, **arguments))
    return row("M curve, n = 5,000 of 50,000, to 50 km, seconds at most", wall, cpu, 1)


def bench_all_m() -> dict[str, object]:
    sites = points(176_000, 88_000)
    radii = np.linspace(2, 50, 25)
    wall, cpu = timed(lambda: marcon_puech(sites, target="A", distances=radii), 1)
    return row("M around half of 176,000 sites, 25 radii to 50 km, seconds at most", wall, cpu, 4)


def bench_globe() -> dict[str, object]:
    """Great circles against the plane: the bar is half the plane's speed."""
    sites = points(40_000, 20_000)
    degrees = sites.assign(lon=(sites["x"] - 350) / 71.5, lat=50 + (sites["y"] - 350) / 111.2)
    arguments = {"target": "A", "distances": np.linspace(2, 50, 25)}
    marcon_puech(degrees[:500], lon="lon", lat="lat", **arguments)  # compiles
    wall, cpu = timed(lambda: marcon_puech(degrees, lon="lon", lat="lat", **arguments), 1)
    other = timed(lambda: marcon_puech(sites, **arguments), 1)
    return row("M on great circles, n = 40,000", wall, cpu, 0.5, "in the plane", *other)


def bench_k() -> dict[str, object]:
    sites = points(20_000, 20_000)[["x", "y"]].clip(0, 700)
    radii = np.linspace(0.5, 20, 40)
    wall, cpu = timed(lambda: ripley(sites, distances=radii, window=(0, 700, 0, 700)))
    return row("edge-corrected K, n = 20,000, to 20 km, seconds at most", wall, cpu, 1)


def row(
    name: str,
    wall: float,
    cpu: float,
    bar: float,
    alternative: str = "",
    other_wall: float = np.nan,
    other_cpu: float = np.nan,
) -> dict[str, object]:
    """Return a line of the report: a bar on the ratio where there is an alternative."""
    ratio = other_wall / wall
    return {
        "benchmark": name,
        "wall_s": round(wall, 3),
        "cpu_s": round(cpu, 3),
        "alternative": alternative,
        "alternative_wall_s": round(other_wall, 3),
        "ratio": round(ratio, 2),
        "ratio_cpu": round(other_cpu / cpu, 2),
        "peak_mb": None,
        "load": round(os.getloadavg()[0], 1),
        "bar": bar,
        "met": ratio >= bar if alternative else wall <= bar,
    }


def rows() -> Iterator[dict[str, object]]:
    """Yield every benchmark of this module."""
    sites = points(50_000, 5_000)
    duranton_overman(sites, target="A", distances=D, bandwidth=H, simulations=19)  # compiles
    yield from bench_curve(sites)
    yield bench_envelope(sites)
    yield bench_m(sites)
    yield bench_all_m()
    yield bench_globe()
    yield bench_k()


if __name__ == "__main__":
    print(pd.DataFrame(rows()).to_string(index=False))
