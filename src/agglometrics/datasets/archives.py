"""Readers of published shift-share archives, from a folder that the user names.

The package holds none of these data. A reader finds each table by its name with the ending
``.parquet``, ``.csv`` or ``.dta``, checks rows and sums against what was published, and returns
a `ShiftShareDesign`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from agglometrics.datasets.files.binary import CUT_OFF
from agglometrics.errors import InputError
from agglometrics.tables import require_columns
from agglometrics.tables.arguments import checked

if TYPE_CHECKING:
    from agglometrics.shiftshare.design import ShiftShareDesign

TOLERANCE = 1e-6  # relative, of a checked sum: room for single precision
READERS: Mapping[str, Callable[[Path], pd.DataFrame]] = {
    ".parquet": pd.read_parquet,
    ".csv": pd.read_csv,
    ".dta": pd.read_stata,
}


@dataclass(frozen=True)
class Table:
    """A published table: the names of its file, its rows, and a checksum."""

    names: tuple[str, ...]
    rows: int
    column: str
    total: float


@dataclass(frozen=True)
class Archive:
    """A published archive: where it is, and its tables by role."""

    published: str
    tables: Mapping[str, Table]

    def read(self, folder: str | Path, role: str) -> pd.DataFrame:
        """Return one table, checked.

        Raises
        ------
        InputError
            If the file is not there, or is another edition of the table.
        """
        table = self.tables[role]
        frame = _read(Path(folder), table.names, self.published)
        require_columns(frame, [table.column])
        total = float(frame[table.column].sum())
        if len(frame) != table.rows or abs(total / table.total - 1) > TOLERANCE:
            raise InputError(
                f"{table.names[0]} should have {table.rows} rows and a sum of {table.column!r} of "
                f"{table.total:.8g}; found {len(frame)} and {total:.8g}. This is another edition: "
                f"the one meant is published at {self.published}. "
                "Find the edition published there."
            )
        return frame


def _read(folder: Path, names: tuple[str, ...], published: str) -> pd.DataFrame:
    paths = [folder / f"{name}{ending}" for name in names for ending in READERS]
    for path in paths:
        if path.is_file():
            return _whole(path)
    raise InputError(
        f"none of {', '.join(names)} ({', '.join(READERS)}) is in {folder}. "
        f"The data are published at {published}; name the folder where you put them."
    )


def _whole(path: Path) -> pd.DataFrame:
    """Return the table in a file, or raise `InputError` if it is cut off or of another kind."""
    try:
        return READERS[path.suffix](path)
    except CUT_OFF as failure:
        raise InputError(
            f"{path.name!r} cannot be read: {str(failure).strip()[:120].rstrip('. ')}. It is cut "
            "off or of another kind. Download it again, or name another folder."
        ) from None


ADH = Archive(
    "github.com/kolesarm/ShiftShareSE (the list ADH: reg, W in long form, sic)",
    {
        "locations": Table(("adh_akm_reg", "ADH_reg"), 1444, "IV", 2533.7000900520425),
        "shares": Table(("adh_akm_shares_long", "ADH_W"), 127594, "w", 349.1657860818269),
        "sectors": Table(("adh_akm_sectors", "ADH_sic"), 770, "col", 770 * 771 / 2),
    },
)
BHJ = Archive(
    "github.com/borusyak/shift-share (the application to Autor, Dorn and Hanson)",
    {
        "locations": Table(("bhj_location", "location_level"), 1444, "z", 2533.700175402075),
        "shares": Table(("bhj_shares_long", "Lshares"), 133936, "ind_share", 353.5103817115915),
        "shocks": Table(("bhj_shocks", "shocks"), 794, "g", 8790.053911826475),
        "industries": Table(("bhj_industries", "industries"), 397, "index", 397 * 398 / 2),
    },
)
GPSS_ADH = Archive(
    "github.com/jjchern/bartik.weight (ADH_master, ADH_local, ADH_global)",
    {
        "locations": Table(
            ("gpss_adh_master", "ADH_master"), 1444, "d_tradeusch_pw", 2751.6956270077594
        ),
        "shares": Table(
            ("gpss_adh_shares_long", "ADH_local"), 127951, "sh_ind_", 769.5411579293154
        ),
        "shocks": Table(("gpss_adh_global", "ADH_global"), 780, "trade_", 9450.759077651615),
    },
)
GPSS_CANONICAL = Archive(
    "github.com/jjchern/bartik.weight (BAR_master, BAR_local, BAR_global)",
    {
        "locations": Table(("gpss_bar_master", "BAR_master"), 2166, "emp_ch", 20.06112462095222),
        "shares": Table(("gpss_bar_shares1980_long", "BAR_local"), 139450, "init_sh_ind_", 722.0),
        "shocks": Table(("gpss_bar_global", "BAR_global"), 684, "nat_empl_ind_", 7.497654289220529),
    },
)


@checked
def read_adh(folder: str | Path) -> ShiftShareDesign:
    """Return Autor, Dorn and Hanson's design as Adao, Kolesar and Morales (2019) use it.

    722 US commuting zones in two decades; 770 industry-periods, of which only the instrument
    ``IV`` is known, with three-digit groups ``sic3``. Outcomes ``d_sh_empl, d_sh_empl_mfg,
    d_sh_empl_nmfg``, treatment ``shock``, weights ``weights``, clusters ``statefip``.

    Parameters
    ----------
    folder : where ``adh_akm_reg`` (ADH$reg), ``adh_akm_shares_long`` (ADH$W as row, col, w,
        counted from 1) and ``adh_akm_sectors`` (col, sic, sic3) are

    Raises
    ------
    InputError
        If a file is not there, saying where it is published, or is another edition.
    """
    from agglometrics.shiftshare.design import ShiftShareDesign

    locations = ADH.read(folder, "locations")
    return ShiftShareDesign(
        locations.assign(row=range(1, len(locations) + 1)),
        ADH.read(folder, "shares"),
        ADH.read(folder, "sectors"),
        location="row",
        sector="col",
        share="w",
        instrument="IV",
    )


@checked
def read_bhj(folder: str | Path) -> ShiftShareDesign:
    """Return the same setting from the archive of Borusyak, Hull and Jaravel (2022).

    397 manufacturing industries in two periods with shocks ``g`` and groups ``sic3, sic2``.
    Outcome ``y``, treatment ``x``, weights ``wei``; shares add up to ``Lsh_manuf``, so that it
    belongs among the controls, or ``with_missing_sector(0, sic3=0)`` completes them.

    Parameters
    ----------
    folder : where ``bhj_location``, ``bhj_shares_long``, ``bhj_shocks`` and ``bhj_industries``
        are (in the archive: location_level, Lshares, shocks, industries)

    Raises
    ------
    InputError
        If a file is not there, saying where it is published, or is another edition.
    """
    from agglometrics.shiftshare.design import ShiftShareDesign

    groups = BHJ.read(folder, "industries")[["sic87dd", "sic3", "sic2"]]
    return ShiftShareDesign(
        BHJ.read(folder, "locations"),
        BHJ.read(folder, "shares"),
        BHJ.read(folder, "shocks").merge(groups, on="sic87dd", validate="m:1"),
        location="czone",
        sector="sic87dd",
        time="year",
        share="ind_share",
        shock="g",
        instrument="z",
    )


@checked
def read_gpss(folder: str | Path) -> ShiftShareDesign:
    """Return the China-shock design of Goldsmith-Pinkham, Sorkin and Swift (2020).

    Outcome ``d_sh_empl_mfg``, treatment ``d_tradeusch_pw``, weights ``timepwt48``, shocks
    ``trade_`` of 780 industry-periods; the other columns are the controls.

    Parameters
    ----------
    folder : where ``gpss_adh_master``, ``gpss_adh_shares_long`` and ``gpss_adh_global`` are (in
        bartik.weight: ADH_master, ADH_local, ADH_global)

    Raises
    ------
    InputError
        If a file is not there, saying where it is published, or is another edition.
    """
    return _gpss(folder, GPSS_ADH, "sh_ind_", "trade_")


@checked
def read_gpss_canonical(folder: str | Path) -> ShiftShareDesign:
    """Return the canonical design of Goldsmith-Pinkham, Sorkin and Swift (2020).

    Growth of wages ``wage_ch`` on growth of employment ``emp_ch`` over three decades, weights
    ``pop1980``, industry shares of 1980 in every decade, 684 shocks ``nat_empl_ind_``.

    Parameters
    ----------
    folder : where ``gpss_bar_master``, ``gpss_bar_shares1980_long`` and ``gpss_bar_global`` are
        (in bartik.weight: BAR_master, BAR_local, BAR_global)

    Raises
    ------
    InputError
        If a file is not there, saying where it is published, or is another edition.
    """
    return _gpss(folder, GPSS_CANONICAL, "init_sh_ind_", "nat_empl_ind_")


def _gpss(folder: str | Path, archive: Archive, share: str, shock: str) -> ShiftShareDesign:
    from agglometrics.shiftshare.design import ShiftShareDesign

    return ShiftShareDesign(
        archive.read(folder, "locations"),
        archive.read(folder, "shares"),
        archive.read(folder, "shocks"),
        location="czone",
        sector="ind",
        time="year",
        share=share,
        shock=shock,
    )
