"""Relative concentration within a distance (Marcon and Puech 2010)."""

from __future__ import annotations

from agglometrics.distance.answers.envelopes import DistanceCurve, check_distances, check_level
from agglometrics.distance.nulls import Null
from agglometrics.distance.relative.curves import (
    Experiment,
    all_curves,
    coded,
    one_curve,
    read,
    refuse_neighbor,
)
from agglometrics.distance.relative.industries import RelativeCurves
from agglometrics.distance.relative.profiles import within
from agglometrics.random.seeds import Seed, root
from agglometrics.tables.arguments import checked


@checked
def marcon_puech(
    points: object,
    *,
    target: object = None,
    distances: object,
    neighbor: object = None,
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
    """Share of an industry around the plants of one, relative to its share in the whole.

    M(r) = sum_i (W_N(i, r) / W(i, r)) / sum_i g_i: W_N and W are the weights of the neighbour
    industry and of all industries within r of plant i, g_i the share of the former in all but i;
    plants without a neighbour are in neither sum. M is 1 where the neighbours of the plants are
    like all others, above where they concentrate. A plant exactly at a distance is within it;
    plants on the same site are neighbours at zero. The cost is that of the pairs of target plants
    with all plants within the last distance; a draw that leaves weights on their sites costs the
    pairs of the target alone.

    What the nulls average: 1 within an industry whose plants count once; between two, where the
    target stays, (1 - g M_A) / (1 - g), with M_A the target's own curve and g its share: below 1
    if it is crowded; with weights that move with their plants another number, as envelopes show.

    Parameters
    ----------
    points, x, y, industry, weight
        As in `duranton_overman`; or a GeoDataFrame of points in a projected system.
    target : label, or list of labels, optional
        The industry around whose plants is counted. A list, or None for every industry of at least
        ten plants, gives all of them at once.
    distances : (D,) list of numbers
        Radii, ascending; on the globe in kilometres.
    neighbor : label, optional
        The industry that is counted; by default the target itself (a plant is not its neighbour).
    lon, lat : str, optional
        Columns of degrees, instead of x and y, for great-circle distances.
    distance_matrix : (N, N), optional
        Distances between the rows of `points`, instead of coordinates; for small sets.
    null : RandomLocation, ShuffledLabels or PopulationIndependence, optional
        The random experiment: by default RandomLocation() within an industry and
        PopulationIndependence() between two.
    simulations, level, seed
        As in `duranton_overman`.

    Returns
    -------
    DistanceCurve or RelativeCurves
        As in `duranton_overman`, without a bandwidth; `observed` is NaN at distances within which
        no plant of the target has a neighbour of any industry. Of several industries
        `RelativeCurves`: `.summary`, `.curve`, and ``["A"]`` for one.

    Raises
    ------
    InputError
        As `duranton_overman`; for an invalid distance matrix.
    IdentificationError
        With one plant in the target and no other `neighbor`, or if all plants are of the target.

    References
    ----------
    Marcon, E. and Puech, F. (2010), Measures of the geographic concentration of industries:
    improving distance-based methods, Journal of Economic Geography 10(5), 745-762.

    Examples
    --------
    >>> import pandas as pd
    >>> plants = pd.DataFrame({"x": [0, 1, 1, 5], "y": [0, 0, 1, 5], "industry": list("AABB")})
    >>> m = marcon_puech(plants, target="A", distances=[1, 2])
    >>> m.curve["observed"].tolist()  # 1: (1/1 + 1/2) / (1/3 + 1/3)
    [2.25, 1.5]
    """
    radii, test = check_distances(distances), Experiment(null, simulations, level, root(seed))
    check_level(level, simulations)
    data, matrix = read(points, (x, y, lon, lat), industry, weight, distance_matrix)
    setting = coded(data, within(radii, data.space), matrix)
    if target is None or isinstance(target, list):
        refuse_neighbor(neighbor)
        return all_curves(setting, target, radii, "Marcon-Puech M", test)
    return one_curve(setting, target, neighbor, radii, "Marcon-Puech M", test)
