"""Which units may stand in for which: the donors of each treated unit."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from agglometrics.errors import IdentificationError, InputError
from agglometrics.evaluation.panel import TreatedPanel
from agglometrics.evaluation.synthetic.fits import Pool
from agglometrics.tables import listed
from agglometrics.tables.argument.by_name import label as require_label

Donors = Sequence[Any] | Mapping[Any, Sequence[Any]] | None


def _named(panel: TreatedPanel, names: Iterable[Any]) -> Pool:
    """Return whether each unit is among `names`, (N,)."""
    wanted = list(names)
    for name in wanted:
        require_label("donors", name)
    unknown = [name for name in wanted if name not in panel.units]
    if unknown:
        raise InputError(
            f"donors {listed(unknown)} are not units of the table, which has "
            f"{listed(panel.units)}. Name units as column {panel.unit!r} does."
        )
    return np.asarray(panel.units.isin(wanted))


def restricted(panel: TreatedPanel, donors: Donors) -> TreatedPanel:
    """Return the treated and the donors that some treated unit may use."""
    if donors is None:
        return panel
    if isinstance(donors, Mapping):
        _named(panel, donors)
        lacking = [u for u in panel.units[panel.ever] if u not in donors]
        if lacking:
            raise InputError(
                f"donors names none for the treated units {listed(lacking)}. Add them to the "
                "mapping, or pass one list for all."
            )
        keep = np.any([_named(panel, each) for each in donors.values()], axis=0)
    else:
        keep = _named(panel, donors)
    twice = panel.units[np.flatnonzero(keep & panel.ever)]
    if len(twice):
        raise InputError(
            f"units {listed(twice)} are treated and cannot be donors. Drop them from donors."
        )
    return panel.take(keep | panel.ever)


def pools_of(panel: TreatedPanel, donors: Donors) -> Pool:
    """Return the units that each unit may have as donors, (N, N); its own set is taken out later.

    A unit that is not in a mapping may use all.
    """
    pools = ~np.eye(len(panel.units), dtype=bool)
    if isinstance(donors, Mapping):
        for name, allowed in donors.items():
            pools[panel.units.get_loc(name)] &= _named(panel, allowed)
    return pools


def require_pools(panel: TreatedPanel, pools: Pool) -> None:
    """Raise `IdentificationError` naming treated units with fewer than two donors."""
    short = panel.ever & ((pools & ~panel.ever).sum(axis=1) < 2)
    if short.any():
        raise IdentificationError(
            f"treated units {listed(panel.units[np.flatnonzero(short)])} have fewer than two "
            "donors. Name more in donors=."
        )
