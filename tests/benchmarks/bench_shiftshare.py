"""Speed of shift-share inference: each a ratio to the alternative in the same run, or a bar.

`rows()` yields one dict a benchmark, with the columns of the other benchmark modules. Data are
made up here: shares a tenth filled. Run alone with ``python tests/benchmarks/bench_shiftshare.py``.

How cost grows, with N locations, I sectors, f filled sectors a location, C controls: a
shock-level fit N (f + C); AKM N f^2 + I^3 / 3 once for each set of weights and each covariance;
Rotemberg weights with first-stage F N C^2 + N C I.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
from timing import row, timed

from agglometrics.shiftshare.design import ShiftShareDesign
from agglometrics.shiftshare.inference.akm import AKM
from agglometrics.shiftshare.inference.akm0 import AKM0


def made_up(n_locations: int, n_sectors: int, n_controls: int = 0) -> ShiftShareDesign:
    """A design with shares a tenth filled."""
    rng = np.random.default_rng(0)
    filled = max(2, n_sectors // 10)
    sector = np.argsort(rng.random((n_locations, n_sectors)), axis=1)[:, :filled]
    share = rng.dirichlet(np.full(filled, 0.5), size=n_locations)
    place = np.repeat(np.arange(n_locations), filled)
    shares = pd.DataFrame({"location": place, "sector": sector.ravel(), "share": share.ravel()})
    g = rng.normal(size=n_sectors)
    kinds = np.arange(n_sectors)
    shocks = pd.DataFrame({"sector": kinds, "shock": g, "cluster": kinds // 4})
    z = (share * g[sector]).sum(axis=1)
    x = z + 0.1 * rng.normal(size=n_locations)
    columns = {
        "location": np.arange(n_locations),
        "x": x,
        "y": 0.5 * x + rng.normal(size=n_locations),
    }
    columns |= {f"q{k}": rng.normal(size=n_locations) for k in range(n_controls)}
    return ShiftShareDesign(pd.DataFrame(columns), shares, shocks)


def lstsq_akm(y: np.ndarray, z: np.ndarray, W: np.ndarray) -> float:
    """The AKM standard error of a reduced form with numpy's least squares."""
    y, z = y - y.mean(), z - z.mean()
    beta = z @ y / (z @ z)
    score = np.linalg.lstsq(W, z)[0] * (W.T @ (y - beta * z))
    return float(np.sqrt(score @ score) / (z @ z))


def bench_akm_pair() -> dict[str, object]:
    design = made_up(1_444, 770)

    def both() -> None:
        fit = design.fit("y", "x", cov=AKM())
        fit.with_cov(AKM0()).interval()

    wall, cpu = timed(both)
    return row("AKM and AKM0, 1,444 x 770, seconds at most", wall, cpu, 0.5)


def bench_akm_lstsq() -> dict[str, object]:
    design = made_up(3_000, 800)
    y, z = design.locations["y"].to_numpy(), design.instruments["shock"].to_numpy()
    W = design.aligned.W.toarray()
    ours = float(design.fit("y", cov=AKM()).std_errors[0])
    assert abs(ours / lstsq_akm(y, z, W) - 1) < 1e-10
    wall, cpu = timed(lambda: design.fit("y", cov=AKM()))
    other = timed(lambda: lstsq_akm(y, z, W))
    return row("AKM, 3,000 x 800", wall, cpu, 2.0, "numpy lstsq", *other)


ALONE = """
import json, resource, sys
sys.path.insert(0, sys.argv[1])
from bench_shiftshare import made_up, timed
from agglometrics import ShockLevel
design = made_up(3_000, 5_000)
wall, cpu = timed(lambda: design.fit("y", "x", cov=ShockLevel("cluster")).first_stage(), 5)
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
print(json.dumps([wall, cpu, peak]))
"""


def bench_shock_level() -> dict[str, object]:
    here = str(Path(__file__).parent)
    alone = [sys.executable, "-c", ALONE, here]
    done = subprocess.run(alone, capture_output=True, text=True, check=True)
    wall, cpu, peak = json.loads(done.stdout)
    answer = row("shock-level 2SLS and F, 3,000 x 5,000, 0.2 s and 500 MB", wall, cpu, 0.2)
    return answer | {"peak_mb": round(peak), "met": wall <= 0.2 and peak <= 500}


def bench_rotemberg() -> dict[str, object]:
    design = made_up(2_166, 684, n_controls=737)
    controls = [f"q{k}" for k in range(737)]
    wall, cpu = timed(lambda: design.rotemberg("y", "x", controls=controls))
    return row("Rotemberg weights, 737 controls, 684 shares, seconds at most", wall, cpu, 2.0)


def rows() -> Iterator[dict[str, object]]:
    """Yield every benchmark of this module."""
    yield bench_akm_pair()
    yield bench_akm_lstsq()
    yield bench_shock_level()
    yield bench_rotemberg()


if __name__ == "__main__":
    print(pd.DataFrame(rows()).to_string(index=False))
