"""Establishments around Strasbourg: an extract of the register, and the outlines of its blocks."""

from __future__ import annotations

import pandas as pd

from agglometrics.errors import InputError
from hunan.data.origin.comparing import Rebuilt
from hunan.data.origin.folder import Origin

FOLDER = "points/sirene_basrhin"
REGISTER = f"{FOLDER}/sirene_with_iris.csv"
OUTLINES = f"{FOLDER}/CONTOURS-IRIS_D067.shp"
NAMES = {"CODE_IRIS": "block", "APET700": "naf_class", "TEFET": "bracket"}
LAMBERT_93 = 2154
NO_EMPLOYEE = ("00", "NN")
M2_OF_KM2 = 1e6


def _read(origin: Origin) -> pd.DataFrame:
    return origin.text(REGISTER, encoding="latin-1").rename(columns=NAMES)


def _in_manufacturing(naf_class: pd.Series) -> pd.Series[bool]:
    return naf_class.str[:2].between("10", "33")


def plants_bas_rhin(origin: Origin) -> pd.DataFrame:
    """Return the establishments of manufacturing, numbered by block, class and bracket."""
    read = _read(origin)
    made = read[_in_manufacturing(read["naf_class"])].sort_values(["block", "naf_class", "bracket"])
    return pd.DataFrame(
        {
            "plant": [f"P{number:04d}" for number in range(1, len(made) + 1)],
            "block": made["block"],
            "commune": made["block"].str[:5],
            "naf_class": made["naf_class"],
            "bracket": made["bracket"],
        }
    )


def plants_bas_rhin_blocks(origin: Origin) -> pd.DataFrame:
    """Return blocks with their establishments, and centroid and area of their outline."""
    counts = _read(origin)
    counts["manufacturing"] = _in_manufacturing(counts["naf_class"])
    counts["employers"] = ~counts["bracket"].isin(NO_EMPLOYEE)
    by_block = counts.groupby("block").agg(
        establishments=("bracket", "size"),
        manufacturing=("manufacturing", "sum"),
        employers=("employers", "sum"),
    )
    outlines = _outlines(origin).loc[by_block.index]
    return outlines.join(by_block.astype(str)).reset_index()


def _outlines(origin: Origin) -> pd.DataFrame:
    """Return commune, centroid (whole metres) and area (square kilometres) of every block."""
    import geopandas

    shapes = geopandas.read_file(origin.path(OUTLINES), columns=["DCOMIRIS", "DEPCOM"])
    if shapes.crs is None or shapes.crs.to_epsg() != LAMBERT_93:
        raise InputError(
            f"outlines {OUTLINES!r} must be in Lambert-93 (EPSG {LAMBERT_93}); found {shapes.crs}. "
            "Put the .prj file beside them."
        )
    table = pd.DataFrame(
        {
            "block": shapes["DCOMIRIS"],
            "commune": shapes["DEPCOM"],
            "x": shapes.centroid.x.map("{:.0f}".format),
            "y": shapes.centroid.y.map("{:.0f}".format),
            "area_km2": (shapes.area / M2_OF_KM2).round(3).map("{:g}".format),
            "epsg": str(LAMBERT_93),
        }
    )
    return table.set_index("block")


def plants_brackets(origin: Origin) -> pd.DataFrame:
    """Return the ends of the size brackets, from the labels of the register."""
    labels = _read(origin).drop_duplicates("bracket")
    # a space separates thousands; a bracket with one number is open, or has no employee
    numbers = labels["LIBTEFET"].str.replace(r"(?<=\d)\s(?=\d{3})", "", regex=True)
    ends = numbers.str.findall(r"\d+")
    low = ends.map(lambda found: found[0] if found else "0")
    high = ends.map(lambda found: found[-1] if len(found) > 1 else "")
    empty = labels["bracket"].isin(NO_EMPLOYEE)
    return pd.DataFrame({"bracket": labels["bracket"], "low": low, "high": high.mask(empty, "0")})


TABLES = (
    Rebuilt("plants_bas_rhin", (REGISTER,), plants_bas_rhin),
    Rebuilt("plants_bas_rhin_blocks", (REGISTER, OUTLINES), plants_bas_rhin_blocks),
    Rebuilt("plants_brackets", (REGISTER,), plants_brackets, ("bracket",), "English labels: ours"),
)
