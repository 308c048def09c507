"""Tables of a synthetic control: its weights and paths, and the estimate with something changed."""

from __future__ import annotations

import numpy as np
import pandas as pd

from agglometrics.errors import InputError
from agglometrics.evaluation.matching import Predictors
from agglometrics.evaluation.panel import TreatedPanel
from agglometrics.evaluation.synthetic.fits import (
    Fits,
    Pool,
    Weigher,
    fit_assignments,
    outcome_weights,
    rank_p_value,
    ratio_quadratics,
)
from agglometrics.notation import Codes
from agglometrics.random.progress import watched
from agglometrics.tables import listed


def pool_of(pools: Pool, unit: int, assigned: Codes) -> Codes:
    """Return the donors of a unit whose assignment is treated together."""
    pool = pools[unit].copy()
    pool[assigned] = False
    return np.flatnonzero(pool)


def donor_weights(panel: TreatedPanel, fits: Fits, pools: Pool) -> pd.DataFrame:
    """Return treated, unit, weight: one row per treated unit and donor."""
    frames = []
    for k, n in enumerate(fits.units[0].tolist()):
        donors = pool_of(pools, n, fits.units[0])
        frames.append(pd.DataFrame({"treated": panel.units[n], "unit": panel.units[donors],
                                    "weight": fits.W[0, k, donors]}))  # fmt: skip
    return pd.concat(frames, ignore_index=True)


def paths(panel: TreatedPanel, fits: Fits) -> pd.DataFrame:
    """Return unit, time, outcome, synthetic, gap, treated: one row per treated unit and period."""
    at = fits.units[0]
    keys = pd.MultiIndex.from_product([panel.units[at], panel.periods])
    Y, gap = panel.Y[at], fits.gaps[0]
    frame = keys.to_frame(index=False, name=["unit", "time"])
    return frame.assign(outcome=Y.ravel(), synthetic=(Y - gap).ravel(), gap=gap.ravel(),
                        treated=fits.after[0].ravel())  # fmt: skip


def without_each_donor(
    panel: TreatedPanel, fits: Fits, pools: Pool, weigher: Weigher
) -> pd.DataFrame:
    """Return the estimate without each donor of positive weight: unit, weight, estimate."""
    used = np.flatnonzero(np.abs(fits.W[0]).max(axis=0) > 1e-6)
    rows = []
    slow = weigher is not outcome_weights
    for n in watched(used.tolist(), len(used), "leaving a donor out", slow=slow):
        keep = pools.copy()
        keep[:, n] = False
        again = _refit(panel, fits, fits.starts[:1], keep, weigher)
        weight = float(fits.W[0][:, n].max())
        rows.append({"unit": panel.units[n], "weight": weight, "estimate": again.att[0]})
    return pd.DataFrame(rows)


def at_earlier_starts(
    panel: TreatedPanel, fits: Fits, pools: Pool, weigher: Weigher, least: int
) -> pd.DataFrame:
    """Return placebos in time: start, estimate, ratio, p_value; later periods are cut off."""
    starts = np.unique(fits.starts[0])
    if len(starts) > 1:
        raise InputError(
            f"placebos in time need one start; found {listed(panel.periods[starts])}. "
            "Keep the units of one start."
        )
    rows = []
    earlier = range(least, int(starts[0]))
    slow = weigher is not outcome_weights
    for start in watched(earlier, len(earlier), "placebos in time", slow=slow):
        moved = np.full_like(fits.starts, start)
        again = _refit(panel, fits, moved, pools, weigher, int(starts[0]))
        q = ratio_quadratics(again, 0)
        rows.append({"start": panel.periods[start], "estimate": again.att[0],
                     "ratio": np.sqrt(q[0, 0]), "p_value": rank_p_value(q, 0, 0.0)})  # fmt: skip
    return pd.DataFrame(rows, columns=["start", "estimate", "ratio", "p_value"])


def _refit(
    panel: TreatedPanel, fits: Fits, starts: Codes, pools: Pool, weigher: Weigher,
    end: int | None = None,
) -> Fits:  # fmt: skip
    """Return the fits of as many assignments as there are rows of starts."""
    units = fits.units[: len(starts)]
    return fit_assignments(panel.Y[:, :end], units, starts, lambda n: pools[n], weigher, fits.moves)


def importances(panel: TreatedPanel, fits: Fits, pools: Pool, match: Predictors) -> pd.DataFrame:
    """Return V of the predictors: treated, predictor, importance."""
    rule = match.importance(panel)
    names = [each if isinstance(each, str) else each.column for each in match.predictors]
    frames = []
    for n, start in zip(fits.units[0].tolist(), fits.starts[0].tolist(), strict=True):
        pool = np.isin(np.arange(len(panel.units)), pool_of(pools, n, fits.units[0]))
        v = rule(panel.Y, n, pool, start)[1]
        frame = {"treated": panel.units[n], "predictor": names, "importance": v}
        frames.append(pd.DataFrame(frame))
    return pd.concat(frames, ignore_index=True)
