"""Bureau of Labor Statistics (May 2025): location quotients of occupations in states and areas.

Occupational Employment and Wage Statistics. Employment is published in tens, so that a quotient can
be computed again only within what these tens allow; `allowed` says how far that is. Area totals are
not published; each cell's rate per 1,000 jobs says what they may be, and all rates of an area
together leave less than a quarter of a per cent.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pandas as pd

from agglometrics.measures.cells.quotients import location_quotient
from published.comparison import Computed, Paper

UNIT = 10.0  # jobs, the unit of published employment
SHARE = 0.001  # jobs per 1,000, the unit of published rates
LQ = 0.01  # the unit of published quotients
REST = "rest"
EVERY = {"major groups": 100, "detailed occupations": 500}
"""The sample: every k-th published quotient, in the order of the published tables."""


def cells(folder: Path) -> dict[str, pd.DataFrame]:
    """Return the published cells: major groups and detailed occupations, the nation in both."""
    found = folder / "published" / "oews_2025"
    text = {"area": str, "occ": str}
    return {
        "major groups": pd.read_csv(found / "major_groups_areas.csv", dtype=text),
        "detailed occupations": pd.read_parquet(found / "states_detailed.parquet"),
    }


def totals(published: pd.DataFrame) -> pd.DataFrame:
    """Return the least and largest total jobs of each area that its published rates allow."""
    known = published.dropna(subset=["employment", "per_1000"])
    half, rate = UNIT / 2, known["per_1000"]
    least = (known["employment"] - half) / (rate + SHARE / 2) * 1000
    most = (known["employment"] + half) / (rate - SHARE / 2) * 1000
    area = known["area"]
    return pd.DataFrame({"least": least.groupby(area).max(), "most": most.groupby(area).min()})


def with_rest(jobs: pd.DataFrame, total: pd.Series[float]) -> pd.DataFrame:
    """Return cells and, per area, a row of what is not published, so that they add up."""
    known = jobs.dropna(subset=["employment"])[["area", "occ", "employment"]]
    left = total[known["area"].unique()] - known.groupby("area")["employment"].sum()
    rest = left.clip(lower=0).rename("employment").rename_axis("area").reset_index()
    return pd.concat([known, rest.assign(occ=REST)], ignore_index=True)


def quotients(
    published: pd.DataFrame, total: pd.Series[float], nation: pd.Series[float], jobs: float
) -> pd.DataFrame:
    """Return the published cells that have a quotient, with ours beside it as ``lq``."""
    # Where all groups of the nation are published, one job stands for the rest that areas have.
    reference = pd.concat([nation, pd.Series({REST: max(jobs - nation.sum(), 1.0)})])
    areas = with_rest(published[published["type"] != "N"], total)
    found = location_quotient(
        areas, value="employment", region="area", industry="occ", reference=reference,
        undefined="nan",
    )  # fmt: skip
    rows = published.dropna(subset=["employment", "per_1000", "lq_published"])
    return rows.merge(found[["area", "occ", "lq"]], on=["area", "occ"], how="left")


def allowed(
    rows: pd.DataFrame, total: pd.DataFrame, nation: pd.Series[float], jobs: float, groups: int
) -> pd.Series[bool]:
    """Say where some numbers that round to the published ones have the published quotient.

    jobs : of the nation, the sum of so many `groups` of rounded numbers
    """
    half = UNIT / 2
    p = rows["occ"].map(nation)
    least = (rows["employment"] - half) / rows["area"].map(total["most"])
    most = (rows["employment"] + half) / rows["area"].map(total["least"])
    low = least / ((p + half) / (jobs - half * groups))
    high = most / ((p - half) / (jobs + half * groups))
    printed = rows["lq_published"]
    return (low <= printed + LQ / 2) & (high >= printed - LQ / 2)


def compared(folder: Path) -> pd.DataFrame:
    """Return every published quotient: ``file``, keys, ``lq``, ``lq_published``, ``allowed``."""
    tables = cells(folder)
    total = totals(pd.concat(tables.values()))
    groups = tables["major groups"].query("type == 'N'")
    jobs = groups["employment"].sum()
    frames = []
    for name, published in tables.items():
        nation = published.query("type == 'N'").set_index("occ")["employment"]
        found = quotients(published, total.mean(axis=1), nation, jobs)
        found["allowed"] = allowed(found, total, nation, jobs, len(groups))
        frames.append(found.assign(file=name))
    return pd.concat(frames, ignore_index=True)


def compute(folder: Path) -> Computed:
    """Return each quotient, and how many of a table agree, to rounding and to the last digit."""
    found: dict[tuple[str, str], dict[str, float]] = {}
    names = cell_names(folder)
    for name, rows in compared(folder).groupby("file", sort=False):
        equal = (rows["lq"] - rows["lq_published"]).abs().round(12) <= LQ / 2
        found[("All quotients", str(name))] = {
            "allowed by the rounding": float(rows["allowed"].sum()),
            "equal in print": float(equal.sum()),
        }
        items = zip(names(rows), rows["lq"], strict=True)
        found |= {(f"Sample, {name}", item): {"LQ": value} for item, value in items}
    return found


def cell_names(folder: Path) -> Callable[[pd.DataFrame], pd.Series[str]]:
    """Return a function that names cells: the area, and the occupation with its code."""
    read = folder / "published" / "oews_2025"
    areas = pd.read_csv(read / "areas.csv", dtype=str).set_index("area_code")["area_name"]
    text = pd.read_csv(read / "occupations.csv", dtype=str)
    occupations = text.set_index("occupation_code")["occupation_name"]
    return lambda rows: (
        rows["area"].map(areas) + ": " + rows["occ"].map(occupations) + " (" + rows["occ"] + ")"
    )


def sample(folder: Path) -> pd.DataFrame:
    """Return the published digits that are kept: all counts, and every k-th quotient."""
    names, rows = cell_names(folder), []
    for name, of_file in compared(folder).groupby("file", sort=False):
        counts = {
            "table": "All quotients",
            "item": [name] * 2,
            "number": ["allowed by the rounding", "equal in print"],
            "published": str(len(of_file)),
        }
        kept = of_file.iloc[:: EVERY[str(name)]]
        digits = kept["lq_published"].map("{:.2f}".format)
        item = {"table": f"Sample, {name}", "item": names(kept), "number": "LQ"}
        differ = (kept["lq"] - kept["lq_published"]).abs().round(12) > LQ / 2
        rows += [pd.DataFrame(counts), pd.DataFrame(item).assign(published=digits, differ=differ)]
    return pd.concat(rows, ignore_index=True)


PAPER = Paper("Location quotients (BLS, May 2025)", "location_quotients", compute)
