"""Counterfactual shocks: recentred instruments and randomisation inference.

Borusyak and Hull (2023): with draws g* of the shocks that could have happened as well, the
expected instrument mu = E[W g*] is what makes z endogenous when exposure is; z - mu is not. And
under beta = b the outcome less b x does not depend on which draw happened, so that the
recentred statistic T(b) = sum_l omega_l (z - mu)_l (yperp - b xperp)_l has a known distribution.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol, runtime_checkable

import numpy as np
import pandas as pd

from agglometrics.errors import InputError
from agglometrics.models.estimates import Interval
from agglometrics.shiftshare.aligned import AlignedDesign
from agglometrics.shiftshare.alignment import known, label_codes
from agglometrics.shiftshare.kernels import Pieces, quadratic_set
from agglometrics.shiftshare.specification import Specification
from agglometrics.tables import Array, require_columns, require_keys, to_frame

Seed = int | np.random.Generator


@runtime_checkable
class Counterfactual(Protocol):
    """How shocks could have fallen otherwise."""

    def draw(self, design: AlignedDesign, draws: int, rng: np.random.Generator) -> Array:
        """Return (B, I) counterfactual shocks."""


@dataclass(frozen=True)
class Permutation:
    """Shocks are exchangeable among all sectors, or within groups of them.

    Attributes
    ----------
    within : column of the shocks with the groups; None for all
    """

    within: str | None = None

    def draw(self, design: AlignedDesign, draws: int, rng: np.random.Generator) -> Array:
        """Return (B, I) permuted shocks."""
        g = design.shock_values[:, 0]
        groups = design.sector_groups(self.within)
        labels = np.zeros(len(g), dtype=np.intp) if groups is None else groups
        home = np.argsort(labels, kind="stable")
        out = np.empty((draws, len(g)))
        for b in range(draws):
            shuffled = np.lexsort((rng.random(len(g)), labels))
            out[b, home] = g[shuffled]
        return out


@dataclass(frozen=True)
class SignFlips:
    """Shocks, less their mean, are as likely to have had the other sign.

    Attributes
    ----------
    cluster : column of the shocks whose groups flip together; None for each on its own
    """

    cluster: str | None = None

    def draw(self, design: AlignedDesign, draws: int, rng: np.random.Generator) -> Array:
        """Return (B, I) shocks with random signs about their mean."""
        g = design.shock_values[:, 0]
        groups = design.sector_groups(self.cluster)
        labels = np.arange(len(g)) if groups is None else groups
        signs = rng.choice([-1.0, 1.0], size=(draws, int(labels.max()) + 1))
        return np.asarray(g.mean() + signs[:, labels] * (g - g.mean()))


def counterfactual_shocks(
    design: AlignedDesign, source: Counterfactual | pd.DataFrame, draws: int, seed: Seed
) -> Array:
    """Return (B, I) counterfactual shocks from a rule, or from a long table of draws.

    The table has the keys of the shocks, a column ``draw``, and the shock column; every shock
    is there in every draw.

    Raises
    ------
    InputError
        For several or location-specific shocks, and for tables with gaps.
    """
    if len(design.shock_names) != 1 or design.local is not None:
        raise InputError(
            "counterfactual shocks need one known shock a sector that is the same everywhere; "
            f"found {list(design.shock_names)}."
        )
    # a frame with a column of draws has an attribute of that name, so it is asked for first
    if not isinstance(source, pd.DataFrame) and isinstance(source, Counterfactual):
        return source.draw(design, draws, np.random.default_rng(seed))
    return _from_table(design, to_frame(source))


def _from_table(design: AlignedDesign, table: pd.DataFrame) -> Array:
    keys, name = design.keys.of_sectors, design.shock_names[0]
    require_columns(table, [*keys, "draw", name])
    require_keys(table, ["draw", *keys])
    draw, labels = pd.factorize(table["draw"], sort=True)
    columns = label_codes(table, design.sectors, keys, "the draws", "the shocks")
    out = np.full((len(labels), len(design.sectors)), np.nan)
    out[draw, columns] = known(table, name, "the draws")
    gaps = int(np.isnan(out).sum())
    if gaps:
        raise InputError(
            f"{gaps} of {out.size} counterfactual shocks are missing. Give every shock a value in "
            "every draw (the actual one, where it could not have been otherwise)."
        )
    return out


def recentred_shocks(
    design: AlignedDesign, source: Counterfactual | pd.DataFrame, draws: int, seed: Seed
) -> pd.DataFrame:
    """Return the shocks less their mean over counterfactual draws, as a table of shocks.

    W (g - mean g*) is z - mu exactly, since z is linear in the shocks.
    """
    mean = counterfactual_shocks(design, source, draws, seed).mean(axis=0)
    sectors = design.sectors
    return sectors.assign(**{design.shock_names[0]: sectors[design.shock_names[0]] - mean})


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
                f"{int(np.ceil(1 / (1 - level))) - 1} are needed."
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
