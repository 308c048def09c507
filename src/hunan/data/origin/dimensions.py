"""Provinces: codes and names of the standard, and borders from an outline map."""

from __future__ import annotations

import json

import pandas as pd

from hunan.data.dimensions import load_provinces
from hunan.data.origin.comparing import Rebuilt
from hunan.data.origin.folder import Origin, codes

STANDARD = "concordance/provinces.csv"
OUTLINES = "boundaries/chn.topo.json"
OTHER_NAMES = {"Inner Mongol": "Inner Mongolia", "Xizang": "Tibet"}


def provinces(origin: Origin) -> pd.DataFrame:
    """Return code and name of every province."""
    return origin.text(STANDARD).rename(columns={"adcode": "region"})


def province_neighbours(origin: Origin) -> pd.DataFrame:
    """Return pairs of provinces whose outlines share an arc, in both directions."""
    text = origin.path(OUTLINES).read_text(encoding="utf-8")
    regions = codes(load_provinces(), "name_en", "region")
    arcs: dict[str, set[int]] = {}
    for shape in json.loads(text)["objects"]["chn"]["geometries"]:
        name = shape["properties"]["name"]
        if (found := OTHER_NAMES.get(name, name)) in regions:
            arcs[regions[found]] = _arcs(shape)
    pairs = [(a, b) for a in sorted(arcs) for b in sorted(arcs) if a != b and arcs[a] & arcs[b]]
    return pd.DataFrame(pairs, columns=["region", "neighbour"])


def _arcs(shape: dict[str, object]) -> set[int]:
    """Return the numbers of the arcs of a shape; a negative one is an arc walked backwards."""
    numbers = pd.Series([shape["arcs"]])
    while numbers.map(lambda part: isinstance(part, list)).any():
        numbers = numbers.explode()
    return {int(arc) if arc >= 0 else ~int(arc) for arc in numbers}


TABLES = (
    Rebuilt(
        "provinces", (STANDARD,), provinces, ("region",),
        "labels, the four regions, seats of government, the tile grid: ours",
    ),
    Rebuilt("province_neighbours", (OUTLINES,), province_neighbours),
)  # fmt: skip
