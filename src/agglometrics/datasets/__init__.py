"""The study tables, and readers of published archives."""

from agglometrics.datasets.dimensions import (
    load_concordance,
    load_industries,
    load_neighbours,
    load_provinces,
    with_names,
)
from agglometrics.datasets.io_tables import (
    load_io_industries,
    load_io_national_sectors,
    load_io_sector_names,
    load_io_sectors,
)
from agglometrics.datasets.store import raw_folder, verify

__all__ = [
    "load_concordance",
    "load_industries",
    "load_io_industries",
    "load_io_national_sectors",
    "load_io_sector_names",
    "load_io_sectors",
    "load_neighbours",
    "load_provinces",
    "raw_folder",
    "verify",
    "with_names",
]
