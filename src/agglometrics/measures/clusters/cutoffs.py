"""Cut-offs: the location quotient above which a region has a cluster, by the spread of regions."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from agglometrics.errors import InputError
from agglometrics.measures.cells.inequality import row_shares
from agglometrics.measures.cells.quotients import quotient
from agglometrics.measures.cells.references import Reference, name_reference, resolve
from agglometrics.measures.cells.rules import (
    Undefined,
    left_out,
    require_defined,
    require_two_industries,
)
from agglometrics.measures.clusters.cutoff_rules import FEWEST, Cut, Cutoff, NormalCutoff
from agglometrics.notation import Array
from agglometrics.random.canonical import canonical
from agglometrics.random.seeds import root, stream
from agglometrics.tables import Cube, Missing, listed, to_cube
from agglometrics.tables.arguments import checked
from agglometrics.tables.rounding import above, even


@checked
def cluster_cutoff(
    cells: object,
    *,
    value: str,
    rule: Cutoff | None = None,
    region: str = "region",
    industry: str = "industry",
    time: str | None = None,
    reference: object = "including",
    undefined: Undefined = "raise",
    missing: Missing = "raise",
) -> pd.DataFrame:
    """Location quotient above which a region has a cluster of the industry.

    A fixed quotient (1, 1.25, 3) means something different in every industry. O'Donoghue and Gleave
    (2004) take the spread over regions as the yardstick: the standardised location quotient
    SLQ = (LQ - mean) / sd of the industry, compared with a cut-off.

    Parameters
    ----------
    cells, value, region, industry, time, reference, undefined, missing : as in `location_quotient`
    rule : `NormalCutoff` (also for None) or `BootstrapCutoff`

    Returns
    -------
    DataFrame
        [time], industry, and

        ===================  ==================================================================
        ``rule``             the rule
        ``scale``            what was standardised: ``lq`` or ``lq_log``; "" for no cut-off
        ``n_regions``        regions that were standardised (with ``lq_log`` those with LQ > 0)
        ``mean, std``        over regions, of that scale
        ``cutoff``           as a z-score; ``cutoff_error``: its bootstrap standard error
        ``lq_cutoff``        as a location quotient: above it is a cluster
        ``n_clusters``       regions above it (missing without a cut-off)
        ``size``             probability that a region is above it where there are no clusters:
                             under the normal rule exact for R independent normal values
                             (Thompson 1935), under the bootstrap its `level`
        ``p_normal``         p-value of a Shapiro-Wilk test that LQ is normal over regions;
        ``p_normal_log``     that ln LQ is. NaN for fewer than 8 or more than 5000 values
        ``reference``        as in `location_quotient`
        ===================  ==================================================================

    Raises
    ------
    InputError
        For fewer than 8 regions, an infinite quotient, or keys or values that break a rule.
    IdentificationError
        For one industry, or an industry or region without activity.

    Notes
    -----
    No region of R can have a z-score above (R - 1) / sqrt(R), and one cluster raises the standard
    deviation it is measured by. A strong cluster itself violates normality: among 31 normal
    regions, one that lies 3 standard deviations out is found in 97 percent of samples, one at 5 in
    49, because in the others normality is rejected and there is no cut-off. Read
    ``p_normal`` beside ``n_clusters``. Testing many industries at 5 percent finds some clusters
    where there are none. For tests against a random experiment of counts see
    `location_quotient` with ``interval=``.

    The cost is O(T R I), and O(T I B) more for B draws.

    Examples
    --------
    >>> import pandas as pd
    >>> from agglometrics import BootstrapCutoff, NormalCutoff
    >>> jobs = [90, 95, 100, 102, 105, 108, 112, 118, 122, 140]
    >>> cells = pd.DataFrame({
    ...     "region": list("abcdefghij") * 2, "industry": ["cars"] * 10 + ["rest"] * 10,
    ...     "jobs": jobs + [1000 - n for n in jobs]})
    >>> found = cluster_cutoff(cells, value="jobs", rule=NormalCutoff(critical=1.645))
    >>> found[["industry", "scale", "lq_cutoff", "n_clusters", "size"]].round(3)
      industry scale  lq_cutoff  n_clusters  size
    0     cars    lq      1.220           1  0.04
    1     rest    lq      1.027           0  0.04
    >>> cluster_cutoff(cells, value="jobs", rule=BootstrapCutoff(level=0.1, seed=1)).loc[
    ...     0, ["cutoff", "cutoff_error", "lq_cutoff"]].astype(float).round(3).tolist()
    [1.086, 0.667, 1.145]
    """
    chosen: Cutoff = NormalCutoff() if rule is None else rule
    if not isinstance(chosen, Cutoff):
        raise InputError(
            f"rule must be NormalCutoff(...) or BootstrapCutoff(...); found {rule!r}. "
            "Pass one of these."
        )
    cube = to_cube(cells, value=value, region=region, industry=industry, time=time, missing=missing)
    cube, against = resolve(cube, reference, parts="industry")
    if len(cube.regions) < FEWEST:
        raise InputError(
            f"a cut-off from the spread over regions needs {FEWEST} of them; found "
            f"{len(cube.regions)}. "
            "Use location_quotient(..., interval=...) for few regions."
        )
    require_two_industries(cube)
    require_defined(cube, against, undefined, left_out(cells, cube, value, missing))
    answer = cube.keys("industry")
    answer.insert(len(answer.columns), "rule", chosen.named)
    rows = [_row(lq, chosen, rng) for lq, rng in _quotients(cube, against, chosen)]
    return name_reference(pd.concat([answer, _frame(rows)], axis=1), against)


def _quotients(
    cube: Cube, against: Reference, rule: Cutoff
) -> Iterator[tuple[Array, np.random.Generator]]:
    """Yield the finite quotients of each period and industry, with a stream of its own."""
    start = root(rule.seed)
    for t, activity in enumerate(cube.values):
        lq = quotient(row_shares(activity), against.shares(t, activity))
        infinite = np.asarray(np.isinf(lq).any(axis=0))
        if infinite.any():
            raise InputError(
                f"the reference {against.name!r} is zero where there is activity, in "
                f"{cube.industry} {listed(cube.industries[infinite])}: the mean of infinite "
                "quotients is undefined. Pass reference='including'."
            )
        for i in range(lq.shape[1]):
            # Each industry and period has its own stream: adding one leaves the others unchanged.
            name = f"{canonical(cube.times[t])}|{canonical(cube.industries[i])}"
            yield lq[~np.isnan(lq[:, i]), i], np.random.default_rng(stream(start, name))


def _row(lq: Array, rule: Cutoff, rng: np.random.Generator) -> tuple[Cut, int | None]:
    """Return the cut-off, and how many regions are above it; none where regions are equal."""
    if len(lq) < FEWEST or even(lq):
        nan = float("nan")
        return Cut("", len(lq), nan, nan, nan, nan, nan, nan, nan), None
    cut = rule.cut(lq, rng)
    return cut, int(above(lq, cut.lq).sum()) if cut.scale else None


def _frame(rows: list[tuple[Cut, int | None]]) -> pd.DataFrame:
    cuts = [cut for cut, _ in rows]
    return pd.DataFrame(
        {
            "scale": [cut.scale for cut in cuts],
            "n_regions": [cut.n for cut in cuts],
            "mean": [cut.mean for cut in cuts],
            "std": [cut.std for cut in cuts],
            "cutoff": [cut.cutoff for cut in cuts],
            "cutoff_error": [cut.cutoff_error for cut in cuts],
            "lq_cutoff": [cut.lq for cut in cuts],
            "n_clusters": pd.array([count for _, count in rows], dtype="Int64"),
            "size": [cut.size for cut in cuts],
            "p_normal": [cut.p_normal for cut in cuts],
            "p_normal_log": [cut.p_normal_log for cut in cuts],
        }
    )
