"""China's power plants: the working file of the Global Power Plant Database."""

from __future__ import annotations

import pandas as pd

from hunan.data.origin.comparing import Rebuilt
from hunan.data.origin.folder import Origin

DATABASE = "points/wri_power_plants_china.csv"
NAMES = {
    "Power Plant ID": "wri_id", "Name": "name", "Fuel": "fuel", "Capacity (MW)": "capacity_mw",
    "Operational Status": "status", "Longitude": "longitude", "Latitude": "latitude",
    "Geolocation Source": "located_by",
}  # fmt: skip
"""Columns that are kept, in the order of the table."""


def power_plants_china(origin: Origin) -> pd.DataFrame:
    """Return every entry, numbered by fuel, identifier, name and capacity; cells as read."""
    read = origin.text(DATABASE)[list(NAMES)].rename(columns=NAMES)
    order = read.assign(megawatts=pd.to_numeric(read["capacity_mw"]))
    table = read.loc[
        order.sort_values(["fuel", "wri_id", "name", "megawatts"], kind="stable").index
    ]
    table.insert(0, "power_plant", [f"W{number:04d}" for number in range(1, len(table) + 1)])
    return table


def power_fuels(origin: Origin) -> pd.DataFrame:
    """Return the fuels that the database names."""
    return origin.text(DATABASE)[["Fuel"]].drop_duplicates().rename(columns=NAMES)


TABLES = (
    Rebuilt("power_plants_china", (DATABASE,), power_plants_china),
    Rebuilt("power_fuels", (DATABASE,), power_fuels, ("fuel",), "names in two languages: ours"),
)
