"""Speed of measures from plants and cells: each a ratio to the alternative in the same run.

`rows()` yields one dict a benchmark. Bars are on wall time and meant for a quiet machine: `load`,
the load average, and `ratio_cpu` say how far to trust a run. Data are made up here: 400,000 plants
over 16 years, 2,800 regions, 500 industries.
Run alone with ``python tests/benchmarks/bench_measures.py``.

How cost grows: collapsing with the rows of plants; measures of cells with regions x industries x
periods; all pairs of industries with regions x industries^2 x periods; dartboards with draws x
plants.
"""

from __future__ import annotations

import itertools
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from timing import row, timed

from agglometrics.measures.cells.concentration import concentration
from agglometrics.measures.plants.coagglomeration import coagglomeration, pairwise_excess
from agglometrics.measures.plants.ellison_glaeser import ellison_glaeser_cells
from agglometrics.measures.plants.inference.simulate import simulated_g, urn
from agglometrics.tables.collapse import collapse

PLANTS, YEARS, REGIONS, INDUSTRIES = 400_000, 16, 2_800, 500
BY = ["region", "industry", "year"]


def plant_years() -> pa.Table:
    """6.4 million plant-years in random order."""
    rng = np.random.default_rng(0)
    region = (rng.beta(0.6, 2.5, PLANTS) * REGIONS).astype("int32")
    industry = (rng.beta(0.5, 2, PLANTS) * INDUSTRIES).astype("int16")
    emp = np.maximum(1, rng.lognormal(3, 1.2, PLANTS))
    grown = np.tile(emp, YEARS) * rng.uniform(0.8, 1.2, PLANTS * YEARS)
    table = {
        "region": np.tile(region, YEARS),
        "industry": np.tile(industry, YEARS),
        "year": np.repeat(np.arange(2000, 2000 + YEARS, dtype="int16"), PLANTS),
        "emp": grown.astype("int32") + 1,
    }
    return pa.table(table).take(rng.permutation(PLANTS * YEARS))


def pandas_cells(plants: pd.DataFrame) -> pd.DataFrame:
    """The cells by pandas, in memory: the alternative to `collapse`."""
    v = plants["emp"].astype("float64")
    sums = plants[BY].assign(emp=v, emp_squared=v * v)
    groups = sums.groupby(BY, sort=True)
    return groups.agg(emp=("emp", "sum"), emp_squared=("emp_squared", "sum"), n=("emp", "size"))


def bench_collapse(file: Path, plants: pd.DataFrame) -> dict[str, object]:
    collapse(file, by=BY, value="emp", output="arrow")  # imports and file cache
    wall, cpu = timed(lambda: collapse(file, by=BY, value="emp", output="arrow"))
    other = timed(lambda: pandas_cells(plants))
    return row("collapse 6.4e6 rows, Parquet to Arrow", wall, cpu, 1.5, "pandas in memory", *other)


ALONE = """
import json, resource, sys, time
from agglometrics.tables.collapse import collapse
start = time.perf_counter(), time.process_time()
collapse(sys.argv[1], by=["region", "industry", "year"], value="emp", output="arrow")
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
print(json.dumps([time.perf_counter() - start[0], time.process_time() - start[1], peak]))
"""


def bench_collapse_large(table: pa.Table, folder: Path) -> dict[str, object]:
    folder.mkdir()
    for part in range(16):  # no two alike: a folder with a copied file is refused
        more = pc.add(table["emp"], pa.scalar(part, "int32"))
        emp = table.schema.get_field_index("emp")
        pq.write_table(table.set_column(emp, "emp", more), folder / f"part{part}.parquet")
    alone = [sys.executable, "-c", ALONE, str(folder)]
    done = subprocess.run(alone, capture_output=True, text=True, check=True)
    wall, cpu, peak = json.loads(done.stdout)
    answer = row("collapse 1.0e8 rows, at most 60 s and 3 GB", wall, cpu, 60.0)
    return answer | {"peak_mb": round(peak), "met": wall <= 60 and peak <= 3 * 1024}


def bench_cells(cells: pd.DataFrame) -> dict[str, object]:
    def measures() -> None:
        ellison_glaeser_cells(cells, value="emp", time="year")
        concentration(cells, value="emp", time="year")

    wall, cpu = timed(measures, 1)
    return row("gamma and the concentration measures, 16 years, seconds at most", wall, cpu, 5.0)


def bench_pairs(cells: pd.DataFrame) -> Iterator[dict[str, object]]:
    E = cells.pivot(index="region", columns="industry", values="emp").fillna(0.0).to_numpy()
    s, x = E / E.sum(axis=0), E.sum(axis=1) / E.sum()
    some = list(itertools.islice(itertools.combinations(range(E.shape[1]), 2), 5_000))

    def loop() -> None:
        for a, b in some:
            ((s[:, a] - x) * (s[:, b] - x)).sum() / (1 - x @ x)

    wall, cpu = timed(lambda: pairwise_excess(s, x))
    scale = E.shape[1] * (E.shape[1] - 1) / 2 / len(some)
    other = [seconds * scale for seconds in timed(loop, 1)]
    yield row("pairwise gamma of a year, kernel", wall, cpu, 50, "loop over pairs (scaled)", *other)
    wall, cpu = timed(lambda: coagglomeration(cells, size="emp"))
    yield row("the same from the table to the table, seconds at most", wall, cpu, 1.0)


def bench_dartboard() -> dict[str, object]:
    rng = np.random.default_rng(1)
    z, x = np.sort(rng.lognormal(3, 1.2, 10_000))[::-1].copy(), rng.dirichlet(np.ones(REGIONS))
    z /= z.sum()
    simulated_g(urn, z, x, x, 0.0, 10, 0)
    wall, cpu = timed(lambda: simulated_g(urn, z, x, x, 0.0, 1_000, 0))
    return row("1,000 dartboards of 10,000 plants, seconds at most", wall, cpu, 1.0)


def rows() -> Iterator[dict[str, object]]:
    """Yield every benchmark of this module."""
    with tempfile.TemporaryDirectory() as scratch:
        file = Path(scratch) / "plants.parquet"
        table = plant_years()
        pq.write_table(table, file)
        yield bench_collapse(file, table.to_pandas())
        yield bench_collapse_large(table, Path(scratch) / "large")
        cells = collapse(file, by=BY, value="emp")
        yield bench_cells(cells)
        yield from bench_pairs(cells[cells["year"] == 2000].drop(columns="year"))
    yield bench_dartboard()


if __name__ == "__main__":
    print(pd.DataFrame(rows()).to_string(index=False))
