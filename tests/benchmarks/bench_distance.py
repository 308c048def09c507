"""Speed of the distance-based measures: ratios to the alternative in the same run.

`rows()` yields one dict a benchmark, as in `bench_measures`. Points are made up: half in clusters,
half anywhere in a square of 700 km. Run alone with ``python tests/benchmarks/bench_distance.py``.

How cost grows: K_d with the pairs of plants within the last distance, its bands with that times
draws; M with the plants of the target times the plants within the last distance; K with the pairs
within the last radius.
"""

from __future__ import annotations

import resource
from collections.abc import Callable, Iterator
from functools import partial
from multiprocessing import get_context
from multiprocessing.connection import Connection

import numpy as np
import pandas as pd
from scipy.spatial import cKDTree
from scipy.spatial.distance import pdist
from scipy.stats import norm
from timing import row, timed

from agglometrics.distance.duranton_overman import duranton_overman
from agglometrics.distance.marcon_puech import marcon_puech
from agglometrics.distance.ripley import ripley

D = np.linspace(0, 180, 181)
H = 5.0
RADII = np.linspace(2, 50, 25)


def points(n: int, target: int) -> pd.DataFrame:
    """n points, of which `target` random ones are of industry A."""
    rng = np.random.default_rng(0)
    centres = rng.uniform(0, 700, (60, 2))
    near = centres[rng.integers(0, 60, n // 2)] + rng.normal(0, 15, (n // 2, 2))
    xy = np.vstack([near, rng.uniform(0, 700, (n - n // 2, 2))])
    labels = np.where(rng.permutation(n) < target, "A", "B")
    return pd.DataFrame(xy, columns=["x", "y"]).assign(industry=labels)


def bench_curve() -> Iterator[dict[str, object]]:
    """One curve of 5,000 uniform plants on 300 x 300 km, against the fastest a user would write."""
    xy = np.random.default_rng(1).uniform(0, 300, (5_000, 2))
    plants = pd.DataFrame(xy, columns=["x", "y"]).assign(industry="A")
    last, bins, tree = 210.0, 840, cKDTree(xy)
    histogram = timed(lambda: np.histogram(pdist(xy), bins=bins, range=(0, last)))
    trees = timed(lambda: tree.count_neighbors(tree, np.linspace(0, last, bins + 1)), 1)
    given = timed(lambda: duranton_overman(plants, target="A", distances=D, bandwidth=H), 9)
    name = "K_d curve, n = 5,000 uniform on 300 x 300 km"
    yield row(name, *given, 9, "scipy pdist and numpy histogram by range", *histogram)
    yield row(name, *given, 80, "scipy cKDTree.count_neighbors", *trees)
    silverman = timed(lambda: duranton_overman(plants, target="A", distances=D), 9)
    name = "K_d curve with Silverman's bandwidth, n = 5,000 uniform on 300 x 300 km"
    yield row(name, *silverman, 4, "scipy pdist and numpy histogram by range", *histogram)


def bench_envelope() -> Iterator[dict[str, object]]:
    """1,000 simulations, with smoothing and bands; what grows with n."""
    arguments = {"target": "A", "distances": D, "bandwidth": H}
    for n, bar in ((5_000, 4), (10_000, 12)):
        call = partial(duranton_overman, points(50_000, n), simulations=1_000, **arguments)
        wall, cpu = timed(call, 1)
        name = f"K_d, n = {n:,} of 50,000, 1,000 simulations, seconds at most"
        yield row(name, wall, cpu, bar)


def sector_set(industries: int, median: int = 309, spread: float = 1.2961) -> pd.DataFrame:
    """Industries whose sizes are the middle quantiles of a log-normal, of ten plants at least.

    250 of them have 176,000 plants, between 10 and 12,886 each.
    """
    middle = norm.ppf((np.arange(industries) + 0.5) / industries)
    sizes = np.maximum(np.round(median * np.exp(spread * middle)), 10).astype(int)
    labels = np.random.default_rng(2).permutation(np.repeat(np.arange(industries), sizes))
    return points(labels.size, 0).assign(industry=labels)


def bench_set(draws: int = 1_000) -> Iterator[dict[str, object]]:
    """A whole set of industries, nested: 250 of them, with smoothing, bands and peak memory."""
    plants = sector_set(250)
    wall, cpu = timed(lambda: duranton_overman(plants, simulations=draws), 1)
    name = f"K_d, 250 industries, {len(plants):,} plants, {draws:,} simulations, seconds at most"
    yield {**row(name, wall, cpu, 90), "peak_mb": peak_mb()}


def peak_mb() -> int:
    """Return the most memory that this process has held so far, in megabytes."""
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)


def growth() -> Iterator[dict[str, object]]:
    """How cost grows with plants, distance and industries: CPU seconds, and memory of each call."""
    sites = points(50_000, 0)
    few = sites.assign(industry=np.where(np.arange(50_000) < 50, "A", "B"))
    duranton_overman(few, target="A", distances=D, bandwidth=H)  # compiles
    duranton_overman(sector_set(3), distances=D, simulations=39)
    marcon_puech(few, target="A", distances=RADII)
    for n in (1_000, 2_000, 4_000, 8_000, 16_000, 32_000):
        plants = sites.assign(industry=np.where(np.arange(50_000) < n, "A", "B"))
        call = partial(duranton_overman, plants, target="A", distances=D, bandwidth=H)
        yield grown("plants, K_d to 180 km", n, call)
    plants = sites.assign(industry=np.where(np.arange(50_000) < 16_000, "A", "B"))
    for reach in (22.5, 45, 90, 180, 360):
        to = np.linspace(0, reach, 181)
        call = partial(duranton_overman, plants, target="A", distances=to, bandwidth=H)
        yield grown("last distance, K_d of 16,000", reach, call)
    for industries in (15, 30, 60, 120):
        call = partial(duranton_overman, sector_set(industries), distances=D, simulations=39)
        yield grown("industries, 39 simulations", industries, call)
    for n in (11_000, 44_000, 176_000):
        call = partial(marcon_puech, points(n, n // 2), target="A", distances=RADII)
        yield grown("sites, M to 50 km", n, call)


def grown(what: str, size: float, call: Callable[[], object]) -> dict[str, object]:
    """Return a line of the table of growth."""
    cpu, memory = alone(call)
    return {"grows_with": what, "size": size, "cpu_s": round(cpu, 3), "memory_mb": memory}


def alone(call: Callable[[], object]) -> tuple[float, int]:
    """Return the CPU seconds of a call, and the megabytes its process grows by at most.

    In a child process: its peak begins at what the parent holds, so that no row hides another.
    """

    def measured(end: Connection) -> None:
        before = peak_mb()
        end.send((timed(call, 1)[1], peak_mb() - before))

    context = get_context("fork")
    ours, theirs = context.Pipe()
    child = context.Process(target=measured, args=(theirs,))
    child.start()
    theirs.close()
    answer: tuple[float, int] = ours.recv()
    child.join()
    return answer


def bench_m(sites: pd.DataFrame) -> dict[str, object]:
    arguments = {"target": "A", "distances": np.linspace(0, 50, 26)}
    wall, cpu = timed(lambda: marcon_puech(sites, **arguments))
    return row("M curve, n = 5,000 of 50,000, to 50 km, seconds at most", wall, cpu, 1)


def bench_all_m() -> dict[str, object]:
    sites = points(176_000, 88_000)
    wall, cpu = timed(lambda: marcon_puech(sites, target="A", distances=RADII))
    return row("M around half of 176,000 sites, 25 radii to 50 km, seconds at most", wall, cpu, 4)


def bench_globe() -> dict[str, object]:
    """Great circles against the plane: the bar is half the plane's speed."""
    sites = points(40_000, 20_000)
    degrees = sites.assign(lon=(sites["x"] - 350) / 71.5, lat=50 + (sites["y"] - 350) / 111.2)
    arguments = {"target": "A", "distances": RADII}
    marcon_puech(degrees[:500], lon="lon", lat="lat", **arguments)  # compiles
    wall, cpu = timed(lambda: marcon_puech(degrees, lon="lon", lat="lat", **arguments))
    other = timed(lambda: marcon_puech(sites, **arguments))
    return row("M on great circles, n = 40,000", wall, cpu, 0.5, "in the plane", *other)


def bench_k() -> dict[str, object]:
    sites = points(20_000, 20_000)[["x", "y"]].clip(0, 700)
    radii = np.linspace(0.5, 20, 40)
    wall, cpu = timed(lambda: ripley(sites, distances=radii, window=(0, 700, 0, 700)))
    return row("edge-corrected K, n = 20,000, to 20 km, seconds at most", wall, cpu, 1)


def rows() -> Iterator[dict[str, object]]:
    """Yield every benchmark of this module."""
    sites = points(50_000, 5_000)
    duranton_overman(sites.head(500), distances=D, simulations=19)  # compiles
    duranton_overman(sites, target="A", distances=D, bandwidth=H, simulations=19)
    yield from bench_curve()
    yield from bench_envelope()
    yield from bench_set()
    yield bench_m(sites)
    yield bench_all_m()
    yield bench_globe()
    yield bench_k()


if __name__ == "__main__":
    print(pd.DataFrame(rows()).to_string(index=False))
    print(pd.DataFrame(growth()).to_string(index=False))
