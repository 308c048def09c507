"""What the benchmark modules share: timing a call, and a line of the report."""

from __future__ import annotations

import os
import time
from collections.abc import Callable

import numpy as np


def timed(call: Callable[[], object], repeats: int = 3) -> tuple[float, float]:
    """Return median wall and CPU seconds of `repeats` calls."""
    runs = []
    for _ in range(repeats):
        wall, cpu = time.perf_counter(), time.process_time()
        call()
        runs.append((time.perf_counter() - wall, time.process_time() - cpu))
    return sorted(runs)[repeats // 2]


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
        "bar": round(bar, 2),
        "met": ratio >= bar if alternative else wall <= bar,
    }
