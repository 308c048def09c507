"""Commuting zones of Chetty and others (2014): mobility and the share of black residents."""

from __future__ import annotations

from pathlib import Path

import pandas as pd


def zones(folder: Path) -> pd.DataFrame:
    """Return 693 zones without Alaska and Hawaii, am and fracblack standardised."""
    data = pd.read_csv(folder / "published" / "chetty_zones" / "chetty.csv")
    columns = ["am", "fracblack", "lat", "lon", "state"]
    data = data.loc[~data["state"].isin(["AK", "HI"]), columns].dropna()
    values = data[["am", "fracblack"]]
    return data.assign(**(values - values.mean()) / values.std())
