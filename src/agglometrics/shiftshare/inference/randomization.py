"""Randomisation inference: the test whose distribution is the counterfactual draws."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from agglometrics.errors import InputError
from agglometrics.inference.estimates import Interval
from agglometrics.inference.sets import Pieces, quadratic_set
from agglometrics.notation import Array
from agglometrics.random.seeds import Seed
from agglometrics.shiftshare.alignment.aligned_design import AlignedDesign
from agglometrics.shiftshare.alignment.specification import Specification
from agglometrics.shiftshare.inference.counterfactuals import Counterfactual, counterfactual_shocks
from agglometrics.tables.arguments import checked


@dataclass(frozen=True)
class RandomizationTest:
    """A test of beta = 0 whose distribution is the counterfactual draws, and its inversion.

    Attributes
    ----------
    null : what is tested
    estimate : the recentred estimate
    p_value : two-sided, (1 + draws at least as extreme) / (1 + draws)
    draws : number of counterfactual draws
    actual : (2,) recentred z'y and z'x
    simulated : (B, 2) the same under each draw
    """

    null: str
    estimate: float
    p_value: float
    draws: int
    actual: Array = field(repr=False)
    simulated: Array = field(repr=False)

    @checked
    def interval(self, level: float = 0.95) -> Interval:
        """Return the values of beta that a test of size 1 - level does not reject.

        Raises
        ------
        InputError
            With too few draws for any value to be rejected.
        """
        allowed = round((1 - level) * (self.draws + 1), 9)  # 1 - 0.9 is not quite 0.1
        if allowed < 1:
            raise InputError(
                f"{self.draws} draws cannot reject at {1 - level:.3g}: at least "
                f"{int(np.ceil(1 / (1 - level))) - 1} are needed. "
                "Run the test with more draws, for example draws=9999."
            )
        pieces = _not_rejected(self.actual, self.simulated, allowed - 1)
        return Interval(pieces, level, "randomisation")

    def tidy(self) -> pd.DataFrame:
        """Return one row: null, estimate, p_value, draws."""
        names = ["null", "estimate", "p_value", "draws"]
        values = [self.null, self.estimate, self.p_value, self.draws]
        return pd.DataFrame([dict(zip(names, values, strict=True))])


def randomization_test(
    design: AlignedDesign,
    names: tuple[str, str | None],
    spec: Specification,
    source: Counterfactual | pd.DataFrame,
    draws: int,
    seed: Seed,
) -> RandomizationTest:
    """See `ShiftShareDesign.randomization_test`."""
    g_star = counterfactual_shocks(design, source, draws, seed)
    space = design.space(spec)
    outcome, treatment = names
    yx = space(np.column_stack([design.location_values(outcome), design.regressor(treatment)]))
    exposed = np.asarray(design.W.T @ (space.root[:, None] * yx))
    mean = g_star.mean(axis=0)
    actual = (design.shock_values[:, 0] - mean) @ exposed
    simulated = (g_star - mean) @ exposed
    extreme = int((np.abs(simulated[:, 0]) >= abs(actual[0]) * (1 - 1e-12)).sum())
    cause = treatment or design.instrument_names[0]
    return RandomizationTest(
        null=f"the effect of {cause} on {outcome} is zero for every location",
        estimate=float(actual[0] / actual[1]),
        p_value=(1 + extreme) / (1 + len(g_star)),
        draws=len(g_star),
        actual=actual,
        simulated=simulated,
    )


def _not_rejected(actual: Array, simulated: Array, most: float) -> Pieces:
    """Return the b at which more than `most` draws are at least as extreme as the actual one.

    Draw d is where (d_y - b d_x)^2 >= (a_y - b a_x)^2: a quadratic inequality in b.
    """
    ends: list[tuple[float, int]] = []
    for dy, dx in simulated:
        for low, high in quadratic_set(
            actual[1] ** 2 - dx**2, actual[1] * actual[0] - dx * dy, actual[0] ** 2 - dy**2
        ):
            ends += [(low, -1), (high, 1)]
    pieces, count, start = [], 0, np.nan
    for position, closing in sorted(ends):  # openings first: the pieces are closed
        before, count = count, count - closing
        if before <= most < count:
            start = position
        elif count <= most < before:
            pieces.append((start, position))
    return tuple(pieces)
