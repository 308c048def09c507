"""Schemas of the establishments around Strasbourg, their blocks and brackets, and power plants.

`hunan.audits.schemas.validate` knows them by name. Needs pandera, as that module does.
"""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd
import pandera.pandas as pa

from hunan.data.plants import load_plant_blocks, load_size_brackets
from hunan.data.power_plants import load_power_fuels

BLOCK, COMMUNE = r"^67\d{7}$", r"^67\d{3}$"
LAMBERT_93 = 2154
EAST, NORTH = (1_010_000, 1_065_000), (6_815_000, 6_865_000)  # the area around Strasbourg

CHINA_LON, CHINA_LAT = (73.0, 136.0), (18.0, 54.0)
STATUS = ["Operational", "Shutdown", "Under Construction"]


def _within(frame: pd.DataFrame) -> pd.Series:
    return frame["block"].str[:5] == frame["commune"]


def _text(pattern: str, unique: bool = False) -> pa.Column:
    return pa.Column(str, pa.Check.str_matches(pattern), unique=unique)


def _count() -> pa.Column:
    return pa.Column(int, pa.Check.ge(0))


def _plants() -> pa.DataFrameSchema:
    blocks, brackets = load_plant_blocks()["block"], load_size_brackets()["bracket"]
    columns = {
        "plant": _text(r"^P\d{4}$", unique=True),
        "block": pa.Column(str, pa.Check.isin(blocks.tolist())),
        "commune": _text(COMMUNE),
        "naf_class": _text(r"^(1\d|2\d|3[0-3])\d\d[A-Z]$"),
        "bracket": pa.Column(str, pa.Check.isin(brackets.tolist())),
        "division": _text(r"^(1\d|2\d|3[0-3])$"),
        "low": pa.Column(float, pa.Check.ge(0.0)),
        "high": pa.Column(float, pa.Check.ge(0.0)),
    }
    return pa.DataFrameSchema(columns, checks=pa.Check(_within, error="block within its commune"))


def _blocks() -> pa.DataFrameSchema:
    columns = {
        "block": _text(BLOCK, unique=True),
        "commune": _text(COMMUNE),
        "x": pa.Column(int, pa.Check.in_range(*EAST)),
        "y": pa.Column(int, pa.Check.in_range(*NORTH)),
        "epsg": pa.Column(int, pa.Check.eq(LAMBERT_93)),
        "area_km2": pa.Column(float, pa.Check.gt(0.0)),
        "establishments": pa.Column(int, pa.Check.ge(1)),
        "manufacturing": _count(),
        "employers": _count(),
    }
    checks = [
        pa.Check(_within, error="block within its commune"),
        pa.Check(lambda f: f["manufacturing"] <= f["establishments"], error="part of the whole"),
        pa.Check(lambda f: f["employers"] <= f["establishments"], error="part of the whole"),
    ]
    return pa.DataFrameSchema(columns, checks=checks)


def _brackets() -> pa.DataFrameSchema:
    columns = {
        "bracket": pa.Column(str, unique=True),
        "low": pa.Column(float, pa.Check.ge(0.0)),
        "high": pa.Column(float, pa.Check.ge(0.0), nullable=True),
        "label": pa.Column(str, unique=True),
    }
    ordered = pa.Check(
        lambda f: (f["low"] <= f["high"]) | f["high"].isna(), error="low at most high"
    )
    return pa.DataFrameSchema(columns, checks=ordered)


def _power_plants() -> pa.DataFrameSchema:
    fuels = load_power_fuels()["fuel"].tolist()
    columns = {
        "power_plant": _text(r"^W\d{4}$", unique=True),
        "wri_id": _text(r"^\d{7}$"),
        "name": pa.Column(str),
        "fuel": pa.Column(str, pa.Check.isin(fuels)),
        "capacity_mw": pa.Column(float, pa.Check.ge(1.0), nullable=True),
        "status": pa.Column(str, pa.Check.isin(STATUS), nullable=True),
        "longitude": pa.Column(float, pa.Check.in_range(*CHINA_LON), nullable=True),
        "latitude": pa.Column(float, pa.Check.in_range(*CHINA_LAT), nullable=True),
        "located_by": pa.Column(str, nullable=True),
    }
    together = pa.Check(
        lambda f: f["longitude"].isna() == f["latitude"].isna(), error="both coordinates or none"
    )
    return pa.DataFrameSchema(columns, checks=together)


PLANT_SCHEMAS: dict[str, Callable[[], pa.DataFrameSchema]] = {
    "plant_blocks": _blocks,
    "plants": _plants,
    "power_plants": _power_plants,
    "size_brackets": _brackets,
}
