"""What an estimator may ask of a panel, one sentence each.

An estimator calls those it needs, and its user reads which unit and which period broke the rule.
"""

from __future__ import annotations

import numpy as np

from agglometrics.errors import IdentificationError, InputError
from agglometrics.evaluation.panel import TreatedPanel
from agglometrics.tables import listed


def require_balanced(panel: TreatedPanel) -> None:
    """Raise `InputError` naming the units, and the periods, whose outcome is unknown.

    Units are never dropped silently: whether to drop one is the user's decision.
    """
    unknown = np.isnan(panel.Y)
    if not unknown.any():
        return
    lacking = unknown.any(axis=1)
    early = unknown & ~panel.on & panel.ever[:, None]
    n = int(np.flatnonzero(early.any(axis=1) if early.any() else lacking)[0])
    names = panel.units[np.flatnonzero(lacking)]
    periods = panel.periods[np.flatnonzero(unknown[n])]
    who = "treated unit" if panel.ever[n] else "donor"
    when = "before its treatment " if early.any() else ""
    raise InputError(
        f"every unit needs an outcome in every period; {int(lacking.sum())} of "
        f"{len(panel.units)} units lack one: {listed(names)}. The {who} "
        f"{listed([panel.units[n]])} lacks {panel.outcome!r} {when}in "
        f"{listed(periods)}. Drop these units or these periods yourself, or "
        "fill the values in."
    )


def require_pre_periods(panel: TreatedPanel, least: int = 2) -> None:
    """Raise `IdentificationError` naming units with fewer than `least` untreated periods."""
    short = panel.ever & (panel.first < least)
    if short.any():
        n = int(np.flatnonzero(short)[0])
        raise IdentificationError(
            f"each treated unit needs at least {least} periods before its treatment; "
            f"{listed(panel.units[short])} have fewer, the first {int(panel.first[n])}. Add "
            "earlier periods; with one, only a difference in differences is defined."
        )


def require_donors(panel: TreatedPanel, least: int = 2) -> None:
    """Raise `IdentificationError` if fewer than `least` units are never treated."""
    donors = ~panel.ever
    if donors.sum() < least:
        found = f": {listed(panel.units[donors])}" if donors.any() else ": all are treated"
        raise IdentificationError(
            f"at least {least} {'unit' if least == 1 else 'units'} must be never treated, to stand "
            "for what would have been; "
            f"found {int(donors.sum())} of {len(panel.units)}{found}. Add untreated units, or end "
            "the table before the last units are treated."
        )


def require_one_start(panel: TreatedPanel) -> int:
    """Return the place of the one first treated period.

    Raises
    ------
    InputError
        If treated units start in different periods.
    """
    starts = np.unique(panel.first[panel.ever])
    if len(starts) > 1:
        raise InputError(
            f"all treated units must start in one period; found starts "
            f"{listed(panel.periods[starts])}. Keep the units of one start and the never treated, "
            "or use an estimator of staggered adoption, synthetic_did() or event_study()."
        )
    return int(starts[0])


def require_no_gaps(panel: TreatedPanel) -> None:
    """Raise `InputError` if a period is missing between the first and the last one."""
    steps = np.diff(panel.calendar)
    if (steps > 1).any():
        k = int(np.argmax(steps > 1))
        raise InputError(
            f"event time needs periods without gaps; none lies between "
            f"{listed([panel.periods[k]])} and {listed([panel.periods[k + 1]])}. Add the periods "
            "that are missing, or number the periods without gaps."
        )


def require_comparison(panel: TreatedPanel) -> None:
    """Raise `IdentificationError` if all units are treated from one period on."""
    if panel.ever.all() and len(np.unique(panel.first)) == 1:
        raise IdentificationError(
            "all units are treated, in one period: there is nothing to compare with. Add units "
            "that are treated later, or never."
        )
