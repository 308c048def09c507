"""`exposure_rings`: neighbours of treated units, estimated as exposed or left out as donors."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from agglometrics.errors import IdentificationError, InputError
from agglometrics.evaluation.panel import TreatedPanel, Truth, read_panel
from agglometrics.evaluation.permuting.over import PermuteUnits, reassigned
from agglometrics.evaluation.pictures.ranks import draw_terms, effect_axis
from agglometrics.evaluation.requirements import (
    require_balanced,
    require_donors,
    require_one_start,
)
from agglometrics.evaluation.results.permutation import PermutationTest, of_assignments
from agglometrics.evaluation.size import Size
from agglometrics.labels import PLAIN, Labels, Lang
from agglometrics.notation import Codes
from agglometrics.space.weights import weights_matrix
from agglometrics.tables import listed
from agglometrics.tables.arguments import checked


@dataclass(frozen=True)
class ExposureRings:
    """Effects on the treated and on the rings around them, against units that are far.

    Attributes
    ----------
    panel : what was read
    ring : (N,) links from the nearest treated unit; 0 treated, -1 farther than the last ring
    tests : the tests, by term: att, ring_1, ..., and naive (the exposed among the donors)
    level : of the sets in `tidy`
    """

    panel: TreatedPanel = field(repr=False)
    ring: Codes = field(repr=False)
    tests: dict[str, PermutationTest] = field(repr=False)
    level: float

    @property
    def rings(self) -> pd.DataFrame:
        """Return the ring of each unit: unit, ring (-1: far)."""
        return pd.DataFrame({"unit": self.panel.units, "ring": self.ring})

    @property
    def far(self) -> list[Any]:
        """The units beyond the rings: the `donors` of `synthetic_control` that are not exposed."""
        return list(self.panel.units[self.ring < 0])

    @property
    def exposed_share(self) -> float:
        """The share of the exposed among all donors: their weight in the naive comparison."""
        return float((self.ring > 0).sum() / (self.ring != 0).sum())

    def tidy(self) -> pd.DataFrame:
        """Return one row per term: estimate, std_error, conf_low, conf_high, p_value, level.

        att and ring_k against the far units; naive against far and exposed units together.
        """
        rows = [test.tidy().assign(term=term) for term, test in self.tests.items()]
        return pd.concat(rows, ignore_index=True)

    def bound(self, largest: float) -> pd.DataFrame:
        """Return what the naive estimate implies if the exposed stay among the donors.

        With a mean effect e on the exposed, who have weight s among the donors, the naive estimate
        is that of the effect on the treated less ``s e``. If ``|e| <= largest``, the effect lies
        within ``naive -+ s largest``.

        Parameters
        ----------
        largest : the largest mean effect on the exposed, in units of the outcome

        Returns
        -------
        DataFrame
            naive, share, low, high: bounds on the estimate without exposure, not a confidence set.
        """
        if not (np.isfinite(largest) and largest >= 0):
            raise InputError(
                f"largest must be a number from zero, in units of the outcome; found {largest!r}. "
                "For example largest=1.0."
            )
        naive, s = self.tests["naive"].estimate, self.exposed_share
        return pd.DataFrame([{"naive": naive, "share": s, "low": naive - s * largest,
                              "high": naive + s * largest}])  # fmt: skip

    @property
    def weights(self) -> pd.DataFrame:
        """Weights of the far units in att and ring_k: unit, weight."""
        return self.tests["att"].weights

    @property
    def placebos(self) -> pd.DataFrame:
        """Return the reassignments of every term: term, reassigned, estimate, true."""
        return pd.concat(
            [test.placebos.assign(term=term) for term, test in self.tests.items()],
            ignore_index=True,
        )

    @property
    def size(self) -> Size:
        """Size and power of the test of att."""
        return self.tests["att"].size

    def __str__(self) -> str:
        table = self.tidy().to_string(index=False, float_format=lambda x: f"{x:.4g}")
        return f"{table}\n{self.size}"

    @checked
    def plot(
        self,
        *,
        unit: str = "",
        lang: Lang = "en",
        labels: Labels | Mapping[Any, Any] = PLAIN,
    ) -> Figure:
        """Draw the estimates and sets of all terms, the treated dark.

        Parameters
        ----------
        unit : unit of the outcome, for the axis
        lang, labels : language, and what to print for machine names
        """
        axis = effect_axis(self.panel.outcome, unit, lang, labels)
        return draw_terms(self.tidy(), axis, lang=lang, labels=labels)


@checked
def exposure_rings(
    data: object,
    *,
    outcome: str,
    unit: str,
    time: str,
    treated: str,
    weights: object,
    rings: int = 1,
    draws: int = 9999,
    seed: int = 0,
    level: float = 0.95,
) -> ExposureRings:
    """Estimate a policy's effect on treated units and, apart, on their neighbours.

    A neighbour of a treated unit may be affected itself, and is then a bad donor. Units are sorted
    into rings by the number of links from the nearest treated unit; ring k is compared, as if
    treated, with the units beyond the last ring, and so are the treated. Differences in
    differences with `permutation_test` over units; the naive estimate, with the exposed among the
    donors, is beside them: ``naive = att - share of the exposed x their mean effect``, exactly.

    Parameters
    ----------
    data : long table, one row per unit and period
    outcome, unit, time, treated : columns; treated is 1 in treated unit-periods, 0 elsewhere
    weights : neighbours in any form that `weights_matrix` reads; a link counts in both directions
    rings : how many rings are exposed
    draws, seed : of the permutation tests, where they are not enumerated
    level : of the sets

    Raises
    ------
    InputError
        See `read_panel` and `weights_matrix`; for an unbalanced panel or several starts.
    IdentificationError
        If a ring is empty, or fewer than two units are beyond the last.

    Examples
    --------
    >>> import numpy as np, pandas as pd
    >>> from agglometrics import exposure_rings
    >>> city, year = np.divmod(np.arange(12 * 4), 4)
    >>> after = year >= 3
    >>> gdp = city + year + 4.0 * (after & (city == 5)) + 1.0 * (after & (abs(city - 5) == 1))
    >>> data = pd.DataFrame({"city": city, "year": year, "gdp": gdp,
    ...                      "pilot": (after & (city == 5)).astype(int)})
    >>> line = {k: [n for n in (k - 1, k + 1) if 0 <= n < 12] for k in range(12)}
    >>> found = exposure_rings(data, outcome="gdp", unit="city", time="year", treated="pilot",
    ...                        weights=line)
    >>> found.tidy().set_index("term")["estimate"].round(3).to_dict()
    {'att': 4.0, 'ring_1': 1.0, 'naive': 3.818}
    """
    panel = read_panel(data, outcome=outcome, unit=unit, time=time, treated=treated)
    require_balanced(panel)
    require_donors(panel)
    start = require_one_start(panel)
    if rings >= len(panel.units):
        raise InputError(
            f"rings must be fewer than the {len(panel.units)} units; found {rings}. Pass rings=1."
        )
    ring = ring_numbers(panel, weights, rings)
    _require_rings(panel, ring, rings)
    far, over = ring < 0, PermuteUnits(draws, seed)
    groups = {"att": (panel.ever, far)}
    groups |= {f"ring_{k}": (ring == k, far) for k in range(1, rings + 1)}
    groups["naive"] = (panel.ever, ~panel.ever)
    tests = {
        term: _as_if_treated(panel, on, donors, start, over, level)
        for term, (on, donors) in groups.items()
    }
    return ExposureRings(panel, ring, tests, level)


def ring_numbers(panel: TreatedPanel, weights: object, rings: int) -> Codes:
    """Return links from the nearest treated unit, (N,); -1 beyond `rings`."""
    sorted_units = panel.units.sort_values()
    W = weights_matrix(weights, sorted_units)
    place = sorted_units.get_indexer(panel.units)
    linked = ((W + W.T) != 0).tocsr()[place][:, place]
    ring = np.where(panel.ever, 0, -1)
    for k, reached in enumerate(_spread(linked, panel.ever, rings), start=1):
        ring[(ring < 0) & reached] = k
    return np.asarray(ring, dtype=np.intp)


def _spread(linked: Any, on: Truth, rings: int) -> Iterator[Truth]:
    for _ in range(rings):
        on = on | (linked.astype(float) @ on.astype(float) > 0)
        yield on


def _require_rings(panel: TreatedPanel, ring: Codes, rings: int) -> None:
    """Raise `IdentificationError` if a ring is empty or nothing is far."""
    empty = [k for k in range(1, rings + 1) if not (ring == k).any()]
    if empty:
        raise IdentificationError(
            f"rings {listed(empty)} around {listed(panel.units[panel.ever])} hold no unit. Pass "
            "fewer rings=, or weights with these neighbours."
        )
    if (ring < 0).sum() < 2:
        raise IdentificationError(
            f"{int((ring < 0).sum())} units are farther than {rings} links from the treated; two "
            "are needed to compare with. Pass fewer rings=, or add units."
        )


def _as_if_treated(
    panel: TreatedPanel, on: Truth, donors: Truth, start: int, over: PermuteUnits, level: float
) -> PermutationTest:
    """Return the test of the units `on`, treated from `start`, against donors."""
    T = panel.Y.shape[1]
    first = np.where(on, start, T).astype(np.intp)
    part = panel.with_first(first).take(on | donors)
    every, enumerated = reassigned(part.first, part.Y, over.draws, over.seed)
    return of_assignments(part, every, enumerated, over, level)
