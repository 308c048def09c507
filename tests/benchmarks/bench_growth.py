"""How cost grows with size, measured: CPU seconds at three sizes, each twice the one before.

`rows()` yields one dict per benchmark. ``growth`` is p where seconds grow as size^p: the slope of
log CPU seconds on log size; ``bar`` is the largest p that the method's cost allows, with room for
what does not grow. Data are made up here. Run alone with
``python tests/benchmarks/bench_growth.py``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
import pandas as pd
from timing import row, timed

import agglometrics as ag

DOUBLINGS = (1, 2, 4)


def cells(regions: int, industries: int) -> pd.DataFrame:
    """Jobs of every region and industry, none of them zero."""
    rng = np.random.default_rng(regions)
    keys = pd.MultiIndex.from_product([range(regions), range(industries)])
    jobs = rng.lognormal(3, 1, len(keys)).round() + 1
    return keys.to_frame(index=False, name=["region", "industry"]).assign(jobs=jobs)


def plants(n: int) -> pd.DataFrame:
    """Plants of 100 industries in 300 regions, with sizes and places."""
    rng = np.random.default_rng(n)
    return pd.DataFrame({
        "region": rng.integers(0, 300, n), "industry": rng.integers(0, 100, n).astype(str),
        "jobs": rng.lognormal(2, 1, n).round() + 1, "x": rng.uniform(0, 7e5, n),
        "y": rng.uniform(0, 7e5, n),
    })  # fmt: skip


def units(n: int) -> pd.DataFrame:
    """A panel of n units over ten years, with places."""
    rng = np.random.default_rng(n)
    unit, year = np.repeat(np.arange(n), 10), np.tile(np.arange(10), n)
    x = rng.normal(size=10 * n) + rng.normal(size=n)[unit]
    lat, lon = rng.uniform(25, 45, n)[unit], rng.uniform(100, 120, n)[unit]
    y = x + rng.normal(size=n)[unit] + rng.normal(size=10 * n)
    return pd.DataFrame({"unit": unit, "year": year, "x": x, "y": y, "lat": lat, "lon": lon})


def within(data: pd.DataFrame, cov: object) -> object:
    return ag.panel("y ~ x", data, absorb=["unit", "year"], cov=cov)


# name, smallest size, the largest power, what makes data of a size, what is timed
CASES: tuple[tuple[str, int, float, Callable[[int], pd.DataFrame], Callable[..., object]], ...] = (
    ("location_quotient, rows", 1_000, 1.2, lambda n: cells(n, 200),
     lambda d: ag.location_quotient(d, value="jobs")),
    ("concentration, rows", 1_000, 1.2, lambda n: cells(n, 200),
     lambda d: ag.concentration(d, value="jobs")),
    ("proximity, industries", 200, 2.2, lambda n: cells(300, n),
     lambda d: ag.proximity(d, value="jobs")),
    ("ellison_glaeser, plants", 100_000, 1.2, plants,
     lambda d: ag.ellison_glaeser(d, size="jobs")),
    ("duranton_overman without bands, plants of the industry", 200_000, 2.2, plants,
     lambda d: ag.duranton_overman(d, target="1", distances=range(0, 180_001, 4_000))),
    ("panel, two effects, Cluster, units", 10_000, 1.2, units,
     lambda d: within(d, ag.Cluster("unit"))),
    ("panel, two effects, CR2, units", 1_000, 1.6, units, lambda d: within(d, ag.CR2("unit"))),
    ("panel, two effects, Conley 100 km, units", 500, 2.2, units,
     lambda d: within(d, ag.Conley(km=100, lat="lat", lon="lon"))),
)  # fmt: skip


def grown(
    smallest: int, data: Callable[[int], pd.DataFrame], call: Callable[..., object]
) -> tuple[float, float, float]:
    """Return wall and CPU seconds at the largest size, and the power with which CPU grows."""
    taken = []
    for times in DOUBLINGS:
        table = data(smallest * times)
        call(table)  # what is compiled or imported once
        taken.append(timed(lambda table=table: call(table)))
    seconds = np.log([max(cpu, 1e-6) for _, cpu in taken])
    return (*taken[-1], float(np.polyfit(np.log(DOUBLINGS), seconds, 1)[0]))


def rows() -> Iterator[dict[str, object]]:
    """Yield every benchmark of this module."""
    for name, smallest, most, data, call in CASES:
        wall, cpu, power = grown(smallest, data, call)
        sizes = " to ".join(f"{smallest * k:,}" for k in (DOUBLINGS[0], DOUBLINGS[-1]))
        yield {**row(f"{name}: {sizes}", wall, cpu, most), "growth": round(power, 2),
               "met": power <= most}  # fmt: skip


if __name__ == "__main__":
    print(pd.DataFrame(rows()).to_string(index=False))
