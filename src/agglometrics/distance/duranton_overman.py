"""Density of bilateral distances (Duranton and Overman 2005), of one industry or of all."""

from __future__ import annotations

import numpy as np
import pandas as pd

from agglometrics.distance.adjustments import Adjustment, BenjaminiHochberg
from agglometrics.distance.answers.envelopes import check_distances, check_level
from agglometrics.distance.density.bands import Bands, ExtremeRankBands
from agglometrics.distance.density.bandwidths import (
    SheatherJones,
    Silverman,
    as_bandwidth,
)
from agglometrics.distance.density.curves import DensityCurve
from agglometrics.distance.density.industries import IndustryCurves
from agglometrics.distance.density.lengths import Lengths
from agglometrics.distance.density.plants import Plants
from agglometrics.distance.density.question import Question
from agglometrics.distance.nulls import Null
from agglometrics.distance.points import Points, read_points
from agglometrics.distance.relative.curves import refuse_neighbor
from agglometrics.errors import IdentificationError, InputError
from agglometrics.notation import Array
from agglometrics.random.seeds import Seed, root
from agglometrics.tables.arguments import checked

TWO_SIDED, FALSE_DISCOVERIES = ExtremeRankBands(), BenjaminiHochberg()

STEPS = 100
"""Equal steps from zero to the median distance, where no distances are given."""

MOST_FOR_MEDIAN = 20_000
"""Most plants whose median distance is taken; of more, as many, evenly spaced by coordinates."""

FARTHEST = 1e9
"""Times the middle range of coordinates from their median: no place, but a no-data value."""


@checked
def duranton_overman(
    points: object,
    *,
    target: object = None,
    neighbor: object = None,
    distances: object = None,
    x: str = "x",
    y: str = "y",
    lon: str | None = None,
    lat: str | None = None,
    industry: str = "industry",
    weight: str | None = None,
    bandwidth: float | Silverman | SheatherJones | None = None,
    null: Null | None = None,
    simulations: int = 0,
    level: float = 0.95,
    bands: Bands = TWO_SIDED,
    adjustment: Adjustment = FALSE_DISCOVERIES,
    least: int = 10,
    seed: Seed = 0,
) -> DensityCurve | IndustryCurves:
    """Density K_d of the distances between the plants of an industry, or of every industry.

    K_d(d) = 1 / (h n (n - 1) / 2) sum over pairs k < l of f((d - d_kl) / h), f Gaussian, reflected
    at zero; with weights the pairs count w_k w_l, and their sum takes the place of n (n - 1) / 2
    (Duranton and Overman 2005). With `neighbor` the pairs are those of a plant of the target with
    one of the other industry, n_A n_B of them.

    The null puts the plants of the industry, with their weights, on random sites of all industries
    (their counterfactual). Between two industries the target stays, and all other plants go on
    random sites of theirs: location is given, and what is tested is whether the other industry is
    drawn to it. For several industries without weights it is nested: one permutation of
    all sites per simulation, of which an industry of n plants takes the first n. Each industry's
    draws are those of a call for it alone with the same seed, so that its bands and p-value are as
    exact; across industries draws are correlated.

    Gamma is max(K_d - upper global band, 0), Psi is max(lower global band - K_d, 0) where nothing
    is localised; the indices integrate them over distance (the article adds up 1-km steps).

    Pairs are counted on a grid of distances, h / 160 up to 1,000 plants and h / 20 above, and then
    smoothed: the error is about 1e-5 of the curve's peak, and below 1e-4 where all distances lie on
    a lattice.
    The cost is that of the pairs within the last distance and six bandwidths, O(n^2) at worst, per
    curve and simulation; that of a nested set is that of its largest industry.

    Parameters
    ----------
    points : table
        One row per plant: plane coordinates (projected, not degrees) in the unit of the distances,
        or longitude and latitude.
    target : label, list of labels, optional
        The industry to measure, or several; by default every one with at least `least` plants.
    neighbor : label, optional
        The industry to which distances are taken; by default the target itself.
    distances : (D,) list of numbers, optional
        Where to evaluate, ascending; by default 101 from zero to the median distance between all
        plants of the table (of 20,000 of them, evenly spaced by coordinates, if there are more).
    x, y, industry, weight : str
        Column names; without `weight` every pair counts once.
    lon, lat : str, optional
        Columns of degrees, instead of x and y, for great-circle distances in kilometres.
    bandwidth : float, Silverman or SheatherJones, optional
        h, or a rule; by default `Silverman()` on the distances between all pairs that are counted,
        whatever the distances asked for.
    null : RandomLocation, ShuffledLabels or PopulationIndependence, optional
        The random experiment: by default RandomLocation() within an industry and
        PopulationIndependence() between two. ShuffledLabels() leaves weights on their sites.
    simulations : int
        Draws B of the null; 0 for none.
    level : float
        Of the local (pointwise) and the global bands.
    bands : DurantonOvermanBands, DroppedSimulationBands or ExtremeRankBands
        Which bands, and which test `p_value` is of.
    adjustment : BenjaminiHochberg or WestfallYoung
        Of the p-values of several industries.
    least : int
        Plants that an industry needs to be measured if no `target` is given.
    seed : int or numpy.random.Generator
        The same seed gives the same answer on any number of threads and in any order of rows.

    Returns
    -------
    DensityCurve or IndustryCurves
        `.curve`, `.bandwidth`, `.localized`, `.dispersed`, `.gamma_index`, `.psi_index`,
        `.p_value`, `.plot()` of one industry; `.summary`, `.curve`, ``[industry]``, `.plot()` of
        several. Between two industries `.target` names both, and `n_points` counts the first.

    Raises
    ------
    InputError
        For faulty columns, distances or arguments, a target that is not there, and coordinates that
        are not places (no-data values).
    IdentificationError
        With fewer than two plants, or if all distances are equal and no bandwidth is given.

    References
    ----------
    Duranton, G. and Overman, H. G. (2005), Testing for localization using micro-geographic data,
    Review of Economic Studies 72(4), 1077-1106. Its abstract was read, its text could not be; the
    definitions are those of the documentation of dbmss 2.9 (K_d, reflection, the median distance as
    the range, the bandwidth, pairs between two industries and their nulls) and of McSpatial 2.0
    (global bands).

    Examples
    --------
    >>> import pandas as pd
    >>> plants = pd.DataFrame({"x": [0.0, 0, 3], "y": [0.0, 4, 0], "industry": "A"})
    >>> kd = duranton_overman(plants, target="A", distances=[0, 3, 5], bandwidth=1.0)
    >>> kd.curve["observed"].round(4).tolist()
    [0.003, 0.2316, 0.2316]
    >>> both = plants.assign(industry=["A", "A", "B"])  # distances 3 and 5 from A to B
    >>> kd = duranton_overman(both, target="A", neighbor="B", distances=[3, 4, 5], bandwidth=1.0)
    >>> kd.curve["observed"].round(4).tolist()
    [0.2265, 0.242, 0.2265]
    """
    data = read_points(points, x, y, industry, weight, lon, lat)
    _refuse_no_data(data, x, y)
    check_level(level, simulations)
    rule, d = as_bandwidth(bandwidth), _distances(distances, data)
    question = Question(data, d, weight is not None, rule, null, simulations, level, bands,
                        root(seed))  # fmt: skip
    if target is None or isinstance(target, list | tuple | set | np.ndarray | pd.Series | pd.Index):
        refuse_neighbor(neighbor)
        return question.industries(target, least, adjustment)
    return question.industry(target, neighbor)


def _distances(given: object, data: Points) -> Array:
    """Return the distances asked for, or equal steps to the median one between all plants."""
    if given is not None:
        return check_distances(given)
    N = len(data.xy)
    some = np.linspace(0, N - 1, min(N, MOST_FOR_MEDIAN)).round().astype(int)
    plants = Plants.of(data, some, weighted=False)
    median = float(Lengths.of(plants).quartiles[1]) if N > 1 else 0.0
    if not median > 0:
        raise IdentificationError(
            "the median distance between plants is zero: more than half of all pairs are on one "
            "site. Pass distances=."
        )
    return np.linspace(0.0, median, STEPS + 1)


def _refuse_no_data(data: Points, x: str, y: str) -> None:
    """Raise `InputError` for a plane coordinate so far out that it is a code for no data."""
    if data.z is not None:
        return
    with np.errstate(over="ignore", invalid="ignore"):
        middle = np.median(data.xy, axis=0)
        span = float(np.ptp(np.quantile(data.xy, [0.1, 0.9], axis=0), axis=0).max())
        far = np.abs(data.xy - middle)
        wrong = ~(far <= FARTHEST * span) if span > 0 else ~(far < np.inf)
    if wrong.any():
        row, axis = (int(place) for place in np.argwhere(wrong)[0])
        count = int(wrong.any(axis=1).sum())
        raise InputError(
            f"column {(x, y)[axis]!r} holds a value that is no place, first in row {data.row[row]} "
            f"({count} in all): it lies a thousand million times as far out as most plants are "
            "apart. It may be a no-data code; drop these rows or correct them."
        )
