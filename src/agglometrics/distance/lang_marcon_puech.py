"""Relative density of neighbours at a distance: m (Lang, Marcon and Puech 2020)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from agglometrics.distance.answers.envelopes import DistanceCurve, check_distances, check_level
from agglometrics.distance.density.bandwidths import LARGEST, silverman_rule
from agglometrics.distance.density.lengths import Lengths
from agglometrics.distance.nulls import Null
from agglometrics.distance.places import Globe
from agglometrics.distance.points import Points
from agglometrics.distance.relative.curves import (
    Experiment,
    all_curves,
    coded,
    labels_of,
    one_curve,
    read,
    refuse_neighbor,
)
from agglometrics.distance.relative.industries import LEAST, RelativeCurves
from agglometrics.distance.relative.profiles import near
from agglometrics.errors import IdentificationError, InputError
from agglometrics.notation import Array
from agglometrics.random.seeds import Seed, root
from agglometrics.tables.arguments import checked

MOST_POINTS = 3_000
"""Plants of an industry whose distances set the bandwidth; more are thinned evenly."""


@checked
def lang_marcon_puech(
    points: object,
    *,
    target: object = None,
    distances: object,
    neighbor: object = None,
    bandwidth: float | None = None,
    x: str = "x",
    y: str = "y",
    lon: str | None = None,
    lat: str | None = None,
    distance_matrix: object = None,
    industry: str = "industry",
    weight: str | None = None,
    null: Null | None = None,
    simulations: int = 0,
    level: float = 0.95,
    seed: Seed = 0,
) -> DistanceCurve | RelativeCurves:
    """Share of an industry at a distance from the plants of one, relative to its overall share.

    m(r) = sum_i (D_N(i, r) / D(i, r)) / sum_i g_i, as M (see `marcon_puech`), with densities at r
    in place of sums within r: D(i, r) = sum_j w_j f((r - d_ij) / h) over all other plants, f
    Gaussian, and D_N over those of the neighbour industry. m sees at which distances an industry
    concentrates, M up to which. Pairs count in bins of h / 100; plants without any within six
    bandwidths of r are in neither sum.

    Parameters
    ----------
    points, target, neighbor, x, y, lon, lat, distance_matrix, industry, weight
        As in `marcon_puech`, and so null, simulations, level and seed.
    distances : (D,) list of numbers
        Where to evaluate, ascending.
    bandwidth : float, optional
        h. By default Silverman's rule (1986, eq. 3.31) on the distances between the plants of the
        target and those counted, up to twice the last of `distances` (as dbmss); of several
        industries the median of theirs, one for all.

    Returns
    -------
    DistanceCurve or RelativeCurves
        As in `marcon_puech`, with `.bandwidth`.

    Raises
    ------
    InputError
        As `marcon_puech`.
    IdentificationError
        As `marcon_puech`; if all distances are equal and no bandwidth is given.

    References
    ----------
    Lang, G., Marcon, E. and Puech, F. (2020), Distance-based measures of spatial concentration:
    introducing a relative density function, Annals of Regional Science 64, 243-265 (not read; the
    formula as in dbmss, mhat).

    Examples
    --------
    >>> import pandas as pd
    >>> plants = pd.DataFrame({"x": [0, 1, 1, 5], "y": [0, 0, 1, 5], "industry": list("AABB")})
    >>> m = lang_marcon_puech(plants, target="A", distances=[1, 2], bandwidth=0.5)
    >>> m.curve["observed"].round(2).tolist()  # 1: (1 / 1.71 + 1 / 2) / (2 / 3)
    [1.63, 1.07]
    """
    d, test = check_distances(distances), Experiment(null, simulations, level, root(seed))
    check_level(level, simulations)
    data, matrix = read(points, (x, y, lon, lat), industry, weight, distance_matrix)
    several = target is None or isinstance(target, list)
    if bandwidth is not None and not 1 / LARGEST < bandwidth < LARGEST:
        raise InputError(
            f"bandwidth must be positive, up to {LARGEST:g}; found {bandwidth}. "
            "For example bandwidth=2.0."
        )
    if bandwidth is not None:
        h = float(bandwidth)
    elif several:
        named = target if isinstance(target, list) else None
        h = _common_bandwidth(data, matrix, named, 2 * d[-1])
    else:
        h = _bandwidth(data, matrix, target, target if neighbor is None else neighbor, 2 * d[-1])
    setting = coded(data, near(d, h, data.space), matrix)
    if target is None or isinstance(target, list):
        refuse_neighbor(neighbor)
        return all_curves(setting, target, d, "Lang-Marcon-Puech m", test, h)
    return one_curve(setting, target, neighbor, d, "Lang-Marcon-Puech m", test, h)


def _common_bandwidth(
    data: Points, matrix: Array | None, named: list[object] | None, most: float
) -> float:
    """Return the median of the industries' bandwidths."""
    labels = labels_of(data) if named is None else named
    least = LEAST if named is None else 2
    wanted = [label for label in labels if data.of(label).sum() >= least]
    found = [_bandwidth(data, matrix, label, label, most) for label in wanted]
    if not found:
        raise IdentificationError(
            f"no industry has {LEAST} plants. Name those that you want in target=[...]."
        )
    return float(np.median(found))


def _bandwidth(
    data: Points, matrix: Array | None, target: object, neighbor: object, most: float
) -> float:
    """Silverman's rule on the distances from one industry to another, up to `most`."""
    lengths = _lengths(data, matrix, target, neighbor)
    h = silverman_rule(Lengths.exactly(lengths[lengths <= most]))
    if h == 0.0:
        raise IdentificationError(
            f"Silverman's rule needs different distances up to {most:g} (twice the last one) from "
            f"industry {target!r} to {neighbor!r}; found none, or all equal. Pass bandwidth=..."
        )
    return h


def _lengths(data: Points, matrix: Array | None, target: object, neighbor: object) -> Array:
    """Return the distances between an industry's plants, or from it to another's."""
    from scipy.spatial.distance import cdist, pdist

    own, counted = np.flatnonzero(data.of(target)), np.flatnonzero(data.of(neighbor))
    same = own.size == counted.size and bool((own == counted).all())
    own, counted = _thinned(own), _thinned(counted)
    if matrix is not None:
        block = matrix[np.ix_(own, counted)]
        return block[np.triu_indices(own.size, 1)] if same else block.ravel()
    xyz = data.xy if data.z is None else np.column_stack([data.xy, data.z])
    chords = pdist(xyz[own]) if same else cdist(xyz[own], xyz[counted]).ravel()
    return data.space.arc(chords) if isinstance(data.space, Globe) else np.asarray(chords)


def _thinned(which: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return every k-th of the points, in their canonical order, if they are too many."""
    return which[:: -(-which.size // MOST_POINTS)] if which.size else which
