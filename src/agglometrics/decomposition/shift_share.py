"""Shift-share decompositions: the public calls, tables in and tidy tables out."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from agglometrics.decomposition.formulas.gerfin import gerfin
from agglometrics.decomposition.formulas.rates import Parts
from agglometrics.decomposition.growth import Growth
from agglometrics.decomposition.history import History, Names, read_history
from agglometrics.decomposition.methods import Dynamic, Gerfin, resolve
from agglometrics.decomposition.periods import chain, check_ends, step_note
from agglometrics.decomposition.totals import assert_adds_up, cleaned
from agglometrics.errors import IdentificationError
from agglometrics.tables import Missing, listed, to_frame
from agglometrics.tables.arguments import checked


@checked
def shift_share(
    cells: object,
    *,
    value: str,
    time: str = "time",
    start: Any,
    end: Any,
    method: object = "dunn",
    reference: object = "including",
    region: str = "region",
    industry: str = "industry",
    missing: Missing = "raise",
) -> pd.DataFrame:
    """Decompose the change of every region and industry into parts that add up to it.

    Parameters
    ----------
    cells : long table, one row per (region, industry, time); a missing row is zero activity
    value : column of the activity (employment, output), not negative
    time : column of the period
    start, end : the two periods, both in the table
    method : ``Dunn()``, ``EstebanMarquillas()``, ``Arcelus()``, ``Spatial(weights)``,
        ``Stochastic()``, ``Dynamic(Dunn())``, ``Gerfin()``, or the names "dunn",
        "esteban_marquillas", "arcelus", "stochastic", "dynamic", "gerfin"
    reference : the economy that growth is compared with: ``"including"`` the sum of the cells;
        ``"excluding"`` for each region, the sum of the others; or a long table of industry,
        time and value (named as in `cells`), which may have more industries than the cells
    region, industry : key columns
    missing : what an unknown value (NaN) is: ``"raise"``, ``"zero"``, or ``"drop_industry"``,
        which leaves the industry out of all periods and of the reference

    Returns
    -------
    DataFrame
        Keys region and industry, ``change``, and the parts of `method` in the unit of the
        value, which add up to it. `Gerfin` returns one row per region: ``change``, the growth
        factor ``growth``, and ``national``, ``structure``, ``location``, ``net_total``.

    Raises
    ------
    InputError
        For periods that are not in the table or not in order, an empty or incomplete
        reference, weights whose labels are not the regions, and bad cells.
    IdentificationError
        If `Stochastic` or `Gerfin` cannot be computed from the cells.

    Notes
    -----
    The period is the common step of a chain: where periods are whole numbers two or five apart,
    or packed dates (yyyymm, yyyyq, yyyymmdd), ``answer.attrs["notes"]`` names the step. Text
    periods must sort in the order of time, or be ordered categories.

    Zeros are allowed. A cell without a base: national and mix effect zero, the whole change
    competitive (allocation zero). An industry that the reference does not have in the base
    is compared with the growth of the reference as a whole: no mix effect. A region that has no
    row in one of the periods starts or ends with nothing.

    Cost grows with the number of cells; `Spatial` multiplies a matrix, R^2 I, and `Stochastic`
    solves for R + I effects, R I^2 + R^2 I.

    References
    ----------
    Dunn (1960), Papers of the Regional Science Association 6. Esteban-Marquillas (1972),
    Regional and Urban Economics 2. Arcelus (1984), Growth and Change 15. Barff and Knight
    (1988), Growth and Change 19. Nazara and Hewings (2004), Growth and Change 35. Patterson
    (1991), Regional Studies 25. Gerfin (1964), Kyklos 17.

    Examples
    --------
    >>> import pandas as pd
    >>> cells = pd.DataFrame(
    ...     {
    ...         "region": ["A", "A", "B", "B"] * 2,
    ...         "industry": ["food", "cars"] * 4,
    ...         "year": [2002] * 4 + [2012] * 4,
    ...         "jobs": [60, 40, 40, 60, 60, 80, 60, 80],
    ...     }
    ... )
    >>> shift_share(cells, value="jobs", time="year", start=2002, end=2012).round(6)
      region industry  change  national  industry_mix  competitive
    0      A     cars    40.0      16.0           8.0         16.0
    1      A     food     0.0      24.0         -12.0        -12.0
    2      B     cars    20.0      24.0          12.0        -16.0
    3      B     food    20.0      16.0          -8.0         12.0
    """
    names, chosen = Names(value, time, region, industry), resolve(method)
    if isinstance(chosen, Gerfin):
        history = _history(cells, start, end, (start, end), reference, names, missing)
        return history.answer("region", **_gerfin(history.steps()[0]))
    chained = chosen if isinstance(chosen, Dynamic) else Dynamic(chosen, periods=(start, end))
    history = _history(cells, start, end, chained.periods, reference, names, missing)
    parts = _summed([chained.base.components(growth) for growth in history.steps()])
    levels = history.cube.values
    change = levels[-1] - levels[0]
    assert_adds_up(change, parts, levels)
    parts = cleaned(parts, levels.max(axis=0))
    answer = history.answer("region", "industry", change=change, **parts)
    return _noted(answer, history) if isinstance(chosen, Dynamic) else answer


@checked
def shift_share_path(
    cells: object,
    *,
    value: str,
    time: str = "time",
    start: Any,
    end: Any,
    method: object = "dynamic",
    reference: object = "including",
    region: str = "region",
    industry: str = "industry",
    missing: Missing = "raise",
) -> pd.DataFrame:
    """Decompose the change from each period to the next, one row per period, region and industry.

    The rows of a region and industry add up to ``shift_share(..., method=Dynamic(...))``.

    Parameters
    ----------
    cells, value, time, start, end, reference, region, industry, missing :
        as in `shift_share`
    method : as in `shift_share`; one that is not `Dynamic` is taken as its base

    Returns
    -------
    DataFrame
        Keys time (the end of the step), region and industry; ``change`` and its parts. With
        `Gerfin`, one row per period and region.

    Raises
    ------
    InputError
        As `shift_share`; and for periods that are not equally spaced.

    Examples
    --------
    >>> import pandas as pd
    >>> cells = pd.DataFrame(
    ...     {
    ...         "region": ["A", "B"] * 3,
    ...         "industry": "food",
    ...         "year": [2000, 2000, 2001, 2001, 2002, 2002],
    ...         "jobs": [10, 10, 12, 10, 15, 11],
    ...     }
    ... )
    >>> path = shift_share_path(cells, value="jobs", time="year", start=2000, end=2002)
    >>> path[["year", "region", "change", "competitive"]].round(3)
       year region  change  competitive
    0  2001      A     2.0        1.000
    1  2001      B     0.0       -1.000
    2  2002      A     3.0        0.818
    3  2002      B     1.0       -0.818
    """
    names, chosen = Names(value, time, region, industry), resolve(method)
    if isinstance(chosen, Gerfin):
        history = _history(cells, start, end, None, reference, names, missing)
        steps = [_gerfin(growth) for growth in history.steps()]
        return history.step_ends().tidy("region", **_stacked(steps))
    chained = chosen if isinstance(chosen, Dynamic) else Dynamic(chosen)
    history = _history(cells, start, end, chained.periods, reference, names, missing)
    parts = _stacked([chained.base.components(growth) for growth in history.steps()])
    change = np.diff(history.cube.values, axis=0)
    levels = history.cube.values
    assert_adds_up(change, parts, levels)
    parts = cleaned(parts, np.maximum(levels[1:], levels[:-1]))
    answer = history.step_ends().tidy("region", "industry", change=change, **parts)
    return _noted(answer, history)


def _noted(answer: pd.DataFrame, history: History) -> pd.DataFrame:
    """Say in ``attrs["notes"]`` how long a step of the chain is, unless it is one."""
    note = step_note(list(history.cube.times), str(history.cube.time))
    answer.attrs["notes"] = [note] if note else []
    return answer


def _history(
    cells: object,
    start: Any,
    end: Any,
    periods: tuple[Any, ...] | None,
    reference: object,
    names: Names,
    missing: Missing,
) -> History:
    """Read the periods from start to end: those asked for, or all that the table has."""
    frame = to_frame(cells)
    times = check_ends(frame, names.time, start, end)
    return read_history(frame, chain(times, start, end, periods), reference, names, missing)


def _summed(steps: list[Parts]) -> Parts:
    return {name: np.sum([step[name] for step in steps], axis=0) for name in steps[0]}


def _stacked(steps: list[Parts]) -> Parts:
    return {name: np.stack([step[name] for step in steps]) for name in steps[0]}


def _gerfin(growth: Growth) -> Parts:
    """Return change and indices, each (R,)."""
    N0, N1 = growth.reference_start.sum(axis=1), growth.reference_end.sum(axis=1)
    _require_activity(growth.regions, (N0 > 0) & (N1 > 0) & (growth.start.sum(axis=1) > 0))
    with np.errstate(divide="ignore", invalid="ignore"):
        indices = gerfin(growth.start, growth.end, growth.reference_start, growth.reference_end)
    _require_activity(growth.regions, indices["structure"] > 0)
    change = (growth.end - growth.start).sum(axis=1)
    return {"change": change} | indices


def _require_activity(regions: pd.Index[Any], active: NDArray[np.bool_]) -> None:
    if not active.all():
        raise IdentificationError(
            "Gerfin's indices are ratios of growth factors, which need activity at the start and "
            f"an industry that lives on in the reference; none in {listed(regions[~active])}. "
            "Leave these regions out, or use Dunn(), which works in differences."
        )
