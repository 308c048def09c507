"""Density of activity: per area, and as the workers of a region's parts meet it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from agglometrics.errors import IdentificationError, InputError
from agglometrics.notation import Array
from agglometrics.tables import listed, numeric, ratio, require_columns, require_keys, to_frame
from agglometrics.tables.arguments import checked

ANSWER = ("activity", "area", "density", "units", "density_index", "equivalent_density")


def density_index(
    n: Array, a: Array, h: Array, theta: float, eta: float, group: NDArray[np.intp]
) -> Array:
    """D(theta, eta) = sum over parts c of (n_c h_c^eta)^theta a_c^(1 - theta) / sum of n_c.

    Ciccone and Hall (1996), the factor density index; h = 1 leaves their index without education.

    n, a, h : (C,) activity, area, education    group : (C,) region of a part, 0 … R - 1    -> (R,)
    """
    produced = (n * h**eta) ** theta * a ** (1 - theta)
    return ratio(np.bincount(group, produced), np.bincount(group, n))


@checked
@dataclass(frozen=True)
class CicconeHall:
    """Density index of Ciccone and Hall (1996) of regions made of parts (states of counties).

    Attributes
    ----------
    part : column of the part of a region that a row is about (county)
    theta : elasticity of output per area with respect to factors per area, positive and not 1;
        above 1 density raises productivity. It is a parameter of their production function,
        estimated there with the index: take an estimate and cite it.
    education : column of average years of schooling of a part, or None
    eta : elasticity with respect to education; zero without `education`
    """

    part: str
    theta: float
    education: str | None = None
    eta: float = 0.0

    def __post_init__(self) -> None:
        """Refuse elasticities for which the index is not defined."""
        if not (np.isfinite(self.theta) and self.theta > 0) or self.theta == 1:
            raise InputError(
                f"theta must be positive and not 1, where the index is 1 for all; found "
                f"{self.theta}. "
                "For example theta=1.05."
            )
        if not np.isfinite(self.eta) or (self.education is None) != (self.eta == 0):
            raise InputError(
                f"education={self.education!r} and eta={self.eta} must come together: "
                "name the column and give its elasticity, or neither."
            )


@checked
def density(
    cells: object,
    *,
    value: str,
    area: str,
    region: str = "region",
    industry: str | None = None,
    time: str | None = None,
    index: CicconeHall | None = None,
) -> pd.DataFrame:
    """Activity per area of each region, and the density index of Ciccone and Hall (1996).

    Density is E_r / A_r. It averages over land; the index averages over workers. For parts c of
    region r with n_c workers (h_c years of schooling) on area a_c,

        D_r(theta, eta) = sum_c (n_c h_c^eta)^theta a_c^(1 - theta) / sum_c n_c ,

    which is output per worker of the region if output per area of a part is
    (n_c h_c^eta / a_c)^theta: a region is as productive as its parts are, not as its average.

    Parameters
    ----------
    cells : table, one row per (region[, part][, industry][, time])
    value : column of activity (employment), not negative
    area : column of the area of the region, or of the part with ``index=``; positive
    region, time : key columns; ``time=None`` is one period
    industry : key column, for the density of each industry; None for one row per region
    index : `CicconeHall`, or None

    Returns
    -------
    DataFrame
        [time], region, [industry], ``activity``, ``area`` (sums over the parts) and ``density``.
        With ``index=`` also ``units`` (number of parts), ``density_index`` (D, in units of density
        to the power theta - 1), ``theta`` and ``eta``; and, without education,
        ``equivalent_density``, D^(1 / (theta - 1)): the even density with the same D, in the unit
        of `density`, a power mean over workers (ours, for reading D).

    Raises
    ------
    InputError
        If keys, values or areas break a rule, or an area differs between rows of one place.
    IdentificationError
        With ``index=``, for a region without activity.

    Notes
    -----
    D depends on the unit of area by a factor common to all regions, which a regression in logs
    absorbs. How a region is cut into parts matters: parts of one density may be merged, others not.
    The cost is linear in rows.

    Examples
    --------
    >>> import pandas as pd
    >>> counties = pd.DataFrame({
    ...     "region": ["N", "N", "S", "S"], "county": ["n1", "n2", "s1", "s2"],
    ...     "jobs": [8, 2, 5, 5], "km2": [2.0, 2.0, 2.0, 2.0]})
    >>> found = density(counties, value="jobs", area="km2", index=CicconeHall("county", theta=1.5))
    >>> found[["region", "density", "density_index", "equivalent_density"]].round(3)
      region  density  density_index  equivalent_density
    0      N      2.5          1.800                3.24
    1      S      2.5          1.581                2.50
    """
    frame = to_frame(cells)
    by = [key for key in (time, region, industry) if key is not None]
    part = [] if index is None else [index.part]
    education = [] if index is None or index.education is None else [index.education]
    require_columns(frame, [*by, *part, value, area, *education])
    if frame.empty:
        raise InputError("the table of cells has no rows. Pass one row per cell.")
    taken = sorted({*by} & {*ANSWER, "theta", "eta"})
    if taken:
        raise InputError(f"key columns {taken} have the names of answers. Rename them.")
    require_keys(frame, [*by, *part])
    n = _known(frame, value, [*by, *part], positive=False)
    a = _known(frame, area, [*by, *part], positive=True)
    _require_one_area(frame, a, [key for key in [*by, *part] if key != industry], area)
    groups = frame.groupby(by, observed=True, sort=True)
    group = groups.ngroup().to_numpy().astype(np.intp)
    activity, total = np.bincount(group, n), np.bincount(group, a)
    answer = frame.loc[~frame.duplicated(by), by].sort_values(by, ignore_index=True)
    answer = answer.assign(activity=activity, area=total, density=activity / total)
    if index is None:
        return answer
    _require_activity(answer, by)
    h = _known(frame, education[0], [*by, *part], positive=True) if education else np.ones_like(n)
    return _with_index(answer, index, density_index(n, a, h, index.theta, index.eta, group), group)


def _with_index(
    answer: pd.DataFrame, index: CicconeHall, D: Array, group: NDArray[np.intp]
) -> pd.DataFrame:
    answer = answer.assign(units=np.bincount(group), density_index=D)
    if index.education is None:
        answer["equivalent_density"] = D ** (1 / (index.theta - 1))
    return answer.assign(theta=index.theta, eta=index.eta)


def _known(frame: pd.DataFrame, column: str, keys: list[str], positive: bool) -> Array:
    """Return a column as (N,) floats, all known and at least, or above, zero."""
    values = numeric(frame, column).to_numpy()
    wrong = ~(values > 0) if positive else ~(values >= 0)
    if wrong.any():
        rule = "known and positive" if positive else "known and not negative"
        rows = frame.loc[wrong, [*keys, column]].head(6).to_dict("records")
        raise InputError(
            f"{column!r} must be {rule}; {int(wrong.sum())} rows are not: {listed(rows)}. "
            "Correct these rows or leave their regions out."
        )
    return np.asarray(values, dtype=np.float64)


def _require_one_area(frame: pd.DataFrame, a: Array, place: list[str], area: str) -> None:
    areas = frame[place].assign(area_=a).groupby(place, observed=True)["area_"].nunique()
    several = areas[areas > 1]
    if len(several):
        raise InputError(
            f"{area!r} must be the same in all rows of a place ({place}); it differs in "
            f"{len(several)}: {listed(several.index[:6].tolist())}. Give each its whole area."
        )


def _require_activity(answer: pd.DataFrame, by: list[str]) -> None:
    empty = answer.loc[answer["activity"] == 0, by]
    if len(empty):
        raise IdentificationError(
            f"no activity in {listed(empty.head(6).to_dict('records'))}: the index averages over "
            "workers and there are none. Leave these out."
        )
