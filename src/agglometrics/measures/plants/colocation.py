"""Colocation of two industries by counts of plants (Howard, Newman and Tarp 2016)."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from agglometrics.errors import InputError
from agglometrics.measures.cells.relabelling import RandomLabelling, require_labelling
from agglometrics.notation import Array, Codes
from agglometrics.random.canonical import canonical, canonical_order
from agglometrics.random.progress import progress
from agglometrics.random.seeds import root, stream
from agglometrics.tables import Cube, to_cube
from agglometrics.tables.arguments import checked
from agglometrics.tables.collapse import collapse
from agglometrics.tables.rounding import without_dust


def colocated_pairs(n: Array) -> Array:
    """Share of cross pairs of plants that are in the same region, (I, I).

    CL_ab = sum over pairs (a, b) of 1{same region} / (N_a N_b)  (Howard, Newman and Tarp 2016)

    n : (R, I) plants by region and industry
    """
    N = n.sum(axis=0)
    return np.asarray(n.T @ n / np.outer(N, N))


def expected_colocation(n_r: Array) -> float:
    """Mean of CL when industries are assigned at random to plants: the share of all pairs.

    n_r : (R,) plants of all industries by region
    """
    N = n_r.sum()
    return float((n_r * (n_r - 1)).sum() / (N * (N - 1)))


@checked
def colocation(
    plants: object,
    *,
    industry: str = "industry",
    region: str = "region",
    time: str | None = None,
    inference: RandomLabelling | None = None,
) -> pd.DataFrame:
    """Colocation of all pairs of industries: the chance that a plant of each share a region.

    All pairs are one matrix product, O(R I^2) per period and, with inference, per draw.

    Parameters
    ----------
    plants : table or path
        One row per plant (and period), of any kind that `collapse` reads; sizes do not count.
    industry, region, time : str
        The key columns; with `time`, one answer per period.
    inference : RandomLabelling, optional
        Adds a p-value under the null that plants keep their places and industries are assigned to
        them at random: ``RandomLabelling("plants", draws=999, seed=1)``.

    Returns
    -------
    pandas.DataFrame
        (Period), `industry_a`, `industry_b` (each pair once), `colocation`, `expected` (its exact
        mean when industries are assigned to plants at random, the same for all pairs), `excess`
        (the difference), `n_a`, `n_b`; with inference `p_value` (upper tail) and `model`.

    Raises
    ------
    InputError
        As `collapse`; for an `inference` other than `RandomLabelling` of plants.

    References
    ----------
    Howard, E., Newman, C. and Tarp, F. (2016), Measuring industry coagglomeration and identifying
    the driving forces, Journal of Economic Geography 16(5), 1055-1078.

    Examples
    --------
    >>> plants = pd.DataFrame(
    ...     {"industry": ["A", "B", "A", "B", "A", "B"], "region": ["x", "x", "x", "y", "y", "x"]}
    ... )
    >>> colocation(plants)[["industry_a", "industry_b", "colocation", "expected"]].round(4)
      industry_a industry_b  colocation  expected
    0          A          B      0.5556    0.4667
    """
    require_labelling(inference)
    if inference is not None and inference.unit != "plants":
        raise InputError(
            f"colocation counts plants, so plants are relabelled; found unit={inference.unit!r}. "
            "Pass inference=RandomLabelling('plants')."
        )
    keys = [region, industry] if time is None else [region, industry, time]
    counts = collapse(plants, by=keys)
    cube = to_cube(counts, value="n", region=region, industry=industry, time=time)
    frames = [_pairs(cube, t) for t in range(len(cube.times))]
    if inference is not None:
        start, order = root(inference.seed), canonical_order(cube.regions)
        for t, frame in enumerate(frames):
            # Each period has its own stream: adding one leaves the others unchanged.
            rng = np.random.default_rng(stream(start, canonical(cube.times[t])))
            frame["p_value"] = _p_values(cube, t, order, inference.draws, rng)
            frame["model"] = f"{inference.experiment}, greater"
    return pd.concat(frames, ignore_index=True)


def _pairs(cube: Cube, t: int) -> pd.DataFrame:
    n = cube.values[t]
    active = np.flatnonzero(n.sum(axis=0) > 0)
    n, labels = n[:, active], cube.industries[active]
    a, b = np.triu_indices(len(active), k=1)
    observed, expected = colocated_pairs(n)[a, b], expected_colocation(n.sum(axis=1))
    N = n.sum(axis=0).astype(np.int64)
    when: dict[str, Any] = {} if cube.time is None else {cube.time: [cube.times[t]] * len(a)}
    pairs = {
        "industry_a": labels[a],
        "industry_b": labels[b],
        "colocation": observed,
        "expected": np.full(len(a), expected),
        "excess": without_dust(observed - expected, expected),
        "n_a": N[a],
        "n_b": N[b],
    }
    return pd.DataFrame(when | pairs)


def _p_values(cube: Cube, t: int, order: Codes, draws: int, rng: np.random.Generator) -> Array:
    """Return upper-tail Monte Carlo p-values of all pairs that have plants."""
    active = np.flatnonzero(cube.values[t].sum(axis=0) > 0)
    canonically = canonical_order(cube.industries[active])
    n = cube.values[t][order][:, active[canonically]].astype(np.int64)
    R, I = n.shape  # noqa: E741
    where = np.repeat(np.arange(R), n.sum(axis=1))
    labels = np.repeat(np.arange(I), n.sum(axis=0))
    observed = n.astype(np.float64).T @ n
    extreme = np.ones((I, I))
    for _ in progress(range(draws), draws, draws * (len(labels) + n.size * I // 50)):
        reassigned = np.bincount(where * I + rng.permutation(labels), minlength=R * I).reshape(R, I)
        pairs = reassigned.astype(np.float64)
        extreme += pairs.T @ pairs >= observed  # whole numbers: ties are exact
    back = np.argsort(canonically)
    a, b = np.triu_indices(I, k=1)
    return extreme[back][:, back][a, b] / (draws + 1)
