"""Randomisation inference: the test whose distribution is the counterfactual draws."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from agglometrics.errors import InputError
from agglometrics.inference.estimates import Interval
from agglometrics.labels import PLAIN, Labels, Lang, as_labels
from agglometrics.notation import Array
from agglometrics.random.seeds import Seed
from agglometrics.shiftshare.alignment.aligned_design import AlignedDesign, HasAligned
from agglometrics.shiftshare.alignment.specification import Specification, specification
from agglometrics.shiftshare.inference.counterfactuals import Counterfactual, counterfactual_shocks
from agglometrics.shiftshare.inference.randomization_set import extreme, not_rejected
from agglometrics.shiftshare.inference.studentized import ShockDraws, Statistic, Studentized
from agglometrics.tables.arguments import checked

if TYPE_CHECKING:
    from matplotlib.figure import Figure


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
    variances : (1 + B, 3) of the actual and of each draw, the squared standard error's V_yy,
        V_yx and V_xx: that of z'(y - b x) is V_yy - 2 b V_yx + b^2 V_xx
    """

    null: str
    estimate: float
    p_value: float
    draws: int
    actual: Array = field(repr=False)
    simulated: Array = field(repr=False)
    variances: Array = field(repr=False)

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
                f"{int(np.ceil(1 / (1 - level) - 1e-9)) - 1} are needed. "
                "Run the test with more draws, for example draws=9999."
            )
        pieces = not_rejected(self.actual, self.simulated, self.variances, allowed - 1)
        return Interval(pieces, level, "randomisation")

    @checked
    def plot(self, *, lang: Lang = "en", labels: Labels | Mapping[Any, Any] = PLAIN) -> Figure:
        """Draw the statistic under the draws, z'y over its standard error, and the actual one."""
        labels = as_labels(labels)
        from agglometrics.plotting.pictures.distributions import draw_distribution

        error = np.sqrt(self.variances[:, 0])
        return draw_distribution(self.simulated[:, 0] / error[1:], self.actual[0] / error[0],
                                 axis="_t", p_value=self.p_value, lang=lang,
                                 labels=labels)  # fmt: skip

    def tidy(self) -> pd.DataFrame:
        """Return one row: null, estimate, p_value, draws."""
        names = ["null", "estimate", "p_value", "draws"]
        values = [self.null, self.estimate, self.p_value, self.draws]
        return pd.DataFrame([dict(zip(names, values, strict=True))])


def against_draws(
    design: AlignedDesign,
    names: tuple[str, str | None],
    spec: Specification,
    source: Counterfactual | pd.DataFrame,
    draws: int,
    seed: Seed,
    statistic: Statistic = Studentized(),  # noqa: B008 (frozen)
) -> RandomizationTest:
    """See `ShiftShareDesign.randomization_test`.

    The shocks are centred on their mean over the draws and the actual ones: if any of the 1 + B
    could have been the actual one, the statistics of all are then exchangeable.
    """
    fallen = counterfactual_shocks(design, source, draws, seed)
    space = design.space(spec)
    outcome, treatment = names
    yx = space(np.column_stack([design.location_values(outcome), design.regressor(treatment)]))
    exposed = np.asarray(design.W.T @ (space.root[:, None] * yx))
    every = np.vstack([design.shock_values[:, 0], fallen])
    centred = every - every.mean(axis=0)
    totals = centred @ exposed
    variances = statistic.variances(ShockDraws(design, source, centred, exposed))
    cause = treatment or design.instrument_names[0]
    return RandomizationTest(
        null=f"the effect of {cause} on {outcome} is zero for every location",
        estimate=float(totals[0, 0] / totals[0, 1]),
        p_value=(1 + extreme(totals[0], totals[1:], variances)) / len(every),
        draws=len(fallen),
        actual=totals[0],
        simulated=totals[1:],
        variances=variances,
    )


@checked
def randomization_test(
    self: HasAligned,
    outcome: str,
    treatment: str | None = None,
    *,
    counterfactuals: Counterfactual | pd.DataFrame,
    controls: str | Sequence[str] = (),
    weights: str | None = None,
    fixed_effects: str | Sequence[str] = (),
    draws: int = 999,
    seed: Seed = 0,
    statistic: Statistic = Studentized(),  # noqa: B008 (frozen)
) -> RandomizationTest:
    """Test an effect of zero against its distribution under counterfactual shocks.

    Exact in any sample if the actual shocks are one more draw from `counterfactuals` and
    the effect is the same everywhere. Simulated at 5 percent (1,000 samples, Monte Carlo
    error .007): with exchangeable shocks it rejects .046 at 10 sectors and 19 draws, .054
    and .043 at 20 sectors of skewed exposure and 19 and 99 draws. Where the variance of
    shocks rises with exposure, `Studentized` rejects .047, .048 and .030 at 20, 60 and 200
    sectors, `Unstudentized` .271, .294 and .493.

    Parameters
    ----------
    outcome, treatment, controls, weights, fixed_effects : as in `fit`
    counterfactuals, draws, seed : as in `recentred`
    statistic : `Studentized` or `Unstudentized`

    Returns
    -------
    RandomizationTest
        ``estimate, p_value`` and ``interval(level)``, the inverted test.

    Notes
    -----
    Borusyak and Hull (2023).

    Examples
    --------
    >>> from agglometrics.shiftshare.simulate import simulate_shift_share
    >>> design = simulate_shift_share(1, per_cluster=3).design
    >>> from agglometrics.shiftshare.inference.counterfactuals import Permutation
    >>> test = design.randomization_test(
    ...     "y", "x", counterfactuals=Permutation("cluster"), draws=199, seed=1
    ... )
    >>> 0 < test.p_value <= 1
    True
    """
    spec = specification(controls, fixed_effects, weights, ())
    names = (outcome, treatment)
    return against_draws(self.aligned, names, spec, counterfactuals, draws, seed, statistic)
