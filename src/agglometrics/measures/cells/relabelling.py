"""Tests of concentration by permuting which industry each counted unit belongs to."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np

from agglometrics.errors import InputError
from agglometrics.measures.cells.intervals.requirements import require_counts
from agglometrics.measures.cells.references import Reference
from agglometrics.notation import Array
from agglometrics.random.canonical import canonical, canonical_order
from agglometrics.random.seeds import Seed, root, stream
from agglometrics.tables import Cube
from agglometrics.tables.argument.kinds import Stated
from agglometrics.tables.argument.words import found
from agglometrics.tables.arguments import checked
from agglometrics.tables.rounding import ROUNDING

Kernel = Callable[[Array, Array], dict[str, Array]]

LONG = 20_000_000
"""Random numbers from which drawing takes more than a few seconds and gets a progress bar."""

MOST = 10**9
"""The most units that numpy's multivariate hypergeometric distribution can draw."""


@checked
@dataclass(frozen=True)
class RandomLabelling:
    """The null that industries do not matter for location: labels permuted over the units.

    Every counted unit of the table keeps its region, and the industries' labels are reassigned
    among all units of the period; so regions and industries keep their totals, and an
    industry's counts are multivariate hypergeometric. The p-value, (1 + draws at least as
    concentrated) / (draws + 1), is exact under this null for any number of draws. With few
    units, a measure is large by chance alone: ``<measure>_expected`` is its mean under the null.

    The cost is O(draws R) per industry and period.

    Parameters
    ----------
    unit : what is permuted, ``"plants"`` or ``"persons"``: a statement that the answer repeats
        Persons of one plant do not move independently: with persons as units, concentration
        is found wherever plants are large.
    draws : random tables
    seed : an integer, a numpy Generator, or None for a fresh one; the same seed gives the same
        answer in any order of rows and type of keys (see `agglometrics.random.canonical`)
    """

    unit: Stated
    draws: int = 999
    seed: Seed = 0

    def __post_init__(self) -> None:
        if not isinstance(self.unit, str) or not self.unit:
            raise InputError(
                f"unit= must name what is permuted, such as 'plants'; found {found(self.unit)}. "
                "For example unit='plants'."
            )
        if self.draws < 1:
            raise InputError(f"draws must be positive; found {self.draws}. For example draws=999.")

    @property
    def experiment(self) -> str:
        """The random experiment, as the answer states it."""
        return f"labels of {self.unit} permuted, {self.draws} draws"


def require_labelling(inference: object) -> None:
    """Raise `InputError` unless `inference` is None or a `RandomLabelling`."""
    if inference is not None and not isinstance(inference, RandomLabelling):
        raise InputError(
            f"inference must be RandomLabelling(...); found {inference!r}. "
            "For example inference=RandomLabelling('plants', seed=1)."
        )


def reassigned(E_r: Array, E_i: float, draws: int, rng: np.random.Generator) -> Array:
    """Assign an industry's E_i labels at random to the E_r units; count by region: (draws, R)."""
    return rng.multivariate_hypergeometric(E_r.astype(np.int64), int(E_i), size=draws).astype(
        np.float64
    )


def permutation_test(
    cube: Cube,
    reference: Reference,
    observed: dict[str, Array],
    kernel: Kernel,
    inference: RandomLabelling,
) -> dict[str, Array]:
    """Return ``<measure>_expected`` and ``<measure>_p_value`` of the observed ones, (T, I) each.

    kernel : from counts (draws, R) and x (R,) to measures (draws,)

    Raises
    ------
    InputError
        If cells are not counts, or the reference is not the total of the table.
    """
    _require_permutable(cube, reference, inference)
    start, order = root(inference.seed), canonical_order(cube.regions)
    columns = {f"{name}_expected": np.full(v.shape, np.nan) for name, v in observed.items()}
    columns |= {f"{name}_p_value": np.full(v.shape, np.nan) for name, v in observed.items()}
    for t, i in _progress(cube, inference):
        # Each industry and period has its own stream: adding one leaves the others unchanged.
        label = f"{canonical(cube.times[t])}|{canonical(cube.industries[i])}"
        rng = np.random.default_rng(stream(start, label))
        E_r, E_i = cube.values[t].sum(axis=1), cube.values[t, :, i].sum()
        active = order[E_r[order] > 0]
        counts = np.zeros((inference.draws, len(E_r)))
        counts[:, active] = reassigned(E_r[active], E_i, inference.draws, rng)
        drawn = kernel(counts, E_r / E_r.sum())
        for name, values in observed.items():
            tie = ROUNDING * max(float(np.abs(drawn[name]).max()), abs(float(values[t, i])))
            extreme = (drawn[name] >= values[t, i] - tie).sum()
            columns[f"{name}_expected"][t, i] = drawn[name].mean()
            columns[f"{name}_p_value"][t, i] = (1 + extreme) / (inference.draws + 1)
    return columns


def _require_permutable(cube: Cube, reference: Reference, inference: RandomLabelling) -> None:
    if reference.name != "including":
        raise InputError(
            f"RandomLabelling permutes the table's own units, so reference={reference.name!r} "
            "has no such null; it needs 'including'. Pass reference='including'."
        )
    require_counts(cube, inference)
    largest = cube.values.sum(axis=(1, 2)).max()
    if largest >= MOST:
        raise InputError(
            f"a period has {largest:.0f} {inference.unit}; at most {MOST:.0e} can be permuted. "
            "Count in a larger unit, and name it in unit=."
        )


def _progress(cube: Cube, inference: RandomLabelling) -> Iterable[tuple[int, int]]:
    """Pairs (t, i) of the industries with activity, with a progress bar if it takes long."""
    t, i = np.nonzero(cube.values.sum(axis=1) > 0)
    pairs = list(zip(t.tolist(), i.tolist(), strict=True))
    if len(pairs) * inference.draws * len(cube.regions) < LONG:
        return pairs
    from tqdm.auto import tqdm

    bar: Iterable[tuple[int, int]] = tqdm(pairs, desc="random labellings", unit="industry")
    return bar
