"""From a table to the curves of M and m, of one industry, of two, or of all."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from agglometrics.distance.answers.envelopes import DistanceCurve, with_envelopes
from agglometrics.distance.nulls import Null, PopulationIndependence, RandomLocation, check_null
from agglometrics.distance.points import Points, read_marks, read_points, require_two
from agglometrics.distance.relative.industries import LEAST, RelativeCurves
from agglometrics.distance.relative.profiles import Profile
from agglometrics.distance.relative.setting import Setting, individual_ratios
from agglometrics.errors import IdentificationError, InputError
from agglometrics.notation import Array
from agglometrics.tables import ratio

MOST_IN_MATRIX = 20_000


@dataclass(frozen=True)
class Experiment:
    """The random experiment, None for the default, its draws, level and seed."""

    null: Null | None
    simulations: int
    level: float
    seed: int


def read(
    points: object,
    columns: tuple[str, str, str | None, str | None],
    industry: str,
    weight: str | None,
    distance_matrix: object,
) -> tuple[Points, Array | None]:
    """Return the points, and the matrix of their distances if one is given."""
    if distance_matrix is None:
        x, y, lon, lat = columns
        return read_points(points, x, y, industry, weight, lon, lat), None
    data = read_marks(points, industry, weight)
    return data, _matrix(distance_matrix, data.w.size)


def _matrix(given: object, N: int) -> Array:
    try:
        matrix = np.ascontiguousarray(given, dtype=np.float64)
    except (TypeError, ValueError):
        matrix = np.empty(0)
    right = matrix.shape == (N, N) and np.isfinite(matrix).all() and bool((matrix >= 0).all())
    if not right or N > MOST_IN_MATRIX:
        raise InputError(
            f"distance_matrix must hold the known, not negative distances between the {N} rows of "
            f"the points, ({N}, {N}), at most {MOST_IN_MATRIX}; found shape {matrix.shape}. Put "
            "it in the order of the rows; for larger sets pass coordinates."
        )
    return matrix


def coded(data: Points, profile: Profile, matrix: Array | None) -> Setting:
    """Return the setting, with industries as numbers in the order of their labels as text."""
    labels = labels_of(data)
    place = {label: k for k, label in enumerate(labels)}
    return Setting(data, data.industry.map(place).to_numpy(dtype=np.int64), profile, matrix)


def labels_of(data: Points) -> list[Any]:
    """Return the industries, sorted as text."""
    return sorted(data.industry.unique().tolist(), key=str)


def refuse_neighbor(neighbor: object) -> None:
    """Raise `InputError` if a neighbour is asked for around several industries."""
    if neighbor is not None:
        raise InputError(
            f"neighbor={neighbor!r} goes with one target; found several. Pass target=... of one."
        )


def one_curve(
    setting: Setting, target: object, neighbor: object, d: Array, method: str, test: Experiment,
    bandwidth: float | None = None,
) -> DistanceCurve:  # fmt: skip
    """Return the curve of one industry around another, with its envelopes."""
    data, own = setting.points, setting.points.of(target)
    around, counted = _codes(setting, target, neighbor)
    intra = around == counted
    if intra:
        require_two(int(own.sum()), target)
    if own.all():
        raise IdentificationError(
            f"all points are of industry {target!r}: relative to itself M is 1 everywhere. "
            "Add the plants of other industries."
        )
    null = check_null(test.null, RandomLocation() if intra else PopulationIndependence())
    observed = setting.curve(around, counted, setting.kind, data.w)
    curves = None
    if test.simulations:
        curves = setting.null(around, counted, null, test.simulations, test.seed)
    label = target if intra else (target, neighbor)
    return _labelled(setting, label, int(own.sum()), d, method, null, test, observed, curves,
                     bandwidth)  # fmt: skip


def _codes(setting: Setting, target: object, neighbor: object) -> tuple[int, int]:
    counted = setting.points.of(target if neighbor is None else neighbor)
    own = setting.points.of(target)
    return int(setting.kind[own][0]), int(setting.kind[counted][0])


def _labelled(
    setting: Setting, label: object, n: int, d: Array, method: str, null: Null, test: Experiment,
    observed: Array, curves: Array | None, bandwidth: float | None,
) -> DistanceCurve:  # fmt: skip
    table, p_value = with_envelopes(d, observed, curves, test.level)
    return DistanceCurve(
        table,
        method,
        label,
        n,
        bandwidth,
        null.name,
        test.simulations,
        test.level,
        p_value,
        setting.points.space.unit,
        (),
        curves,
    )


def all_curves(
    setting: Setting, target: list[Any] | None, d: Array, method: str, test: Experiment,
    bandwidth: float | None = None,
) -> RelativeCurves:  # fmt: skip
    """Return the curves of all industries, or of those in a list, from shared counts."""
    labels = labels_of(setting.points)
    chosen = _chosen(setting, labels, target)
    null = check_null(test.null, RandomLocation())
    sums = setting.sums(np.arange(setting.kind.size), setting.kind, setting.kind, setting.points.w)
    observed = by_industry(sums, setting.kind, setting.points.w, len(labels))
    curves = None
    if test.simulations:
        curves = _null_of_all(setting, chosen, null, test, sums[:, :, 1])
    n = np.bincount(setting.kind, minlength=len(labels))
    found = {
        labels[k]: _labelled(
            setting, labels[k], int(n[k]), d, method, null, test, observed[k],
            None if curves is None else curves[:, place], bandwidth,
        )
        for place, k in enumerate(chosen)
    }  # fmt: skip
    return RelativeCurves(found)


def _chosen(setting: Setting, labels: list[Any], target: list[Any] | None) -> list[int]:
    """Return the numbers of the industries that are asked for."""
    if len(labels) < 2:
        raise IdentificationError(
            f"all points are of industry {labels[0]!r}: relative to itself M is 1 everywhere. "
            "Add the plants of other industries."
        )
    n = np.bincount(setting.kind, minlength=len(labels))
    if target is not None:
        for label in target:
            require_two(int(setting.points.of(label).sum()), label)
        return [labels.index(label) for label in dict.fromkeys(target)]
    found = np.flatnonzero(n >= LEAST).tolist()
    if not found:
        raise IdentificationError(
            f"no industry has {LEAST} plants; the largest has {n.max()}. Name those that you want "
            "in target=[...]."
        )
    return [int(k) for k in found]


def by_industry(sums: Array, kind: Any, w: Array, I: int) -> Array:  # noqa: E741
    """Return M, (I, D), of every industry around itself; sums : (N, D, 2) around every point."""
    local = individual_ratios(sums)
    known = ~np.isnan(local)
    mass = np.bincount(kind, weights=w, minlength=I)[kind]
    expected = ratio(mass - w, w.sum() - w)
    each = [
        (np.where(near, value, 0.0), near * expected)
        for value, near in zip(local.T, known.T, strict=True)
    ]
    columns = [[np.bincount(kind, weights=part, minlength=I) for part in parts] for parts in each]
    top, bottom = np.array(columns).transpose(1, 2, 0)
    return ratio(top, bottom)


def _null_of_all(
    setting: Setting, chosen: list[int], null: Null, test: Experiment, around: Array
) -> Array:
    """Return the curves, (B, K), of the chosen industries: nested draws where weights stay."""
    n = np.bincount(setting.kind)[chosen]
    if setting.fixed_weights(null):
        order = np.argsort(n, kind="stable")
        back = np.argsort(order, kind="stable")
        return setting.nested(n[order], test.simulations, test.seed, around)[:, back]
    everyone, nobody = np.arange(setting.kind.size), np.zeros(setting.kind.size, dtype=bool)
    curves: Array = np.empty((test.simulations, len(chosen), around.shape[1]))
    for b in range(test.simulations):
        labels, weights = null.places(nobody, True, np.random.default_rng([test.seed, b]))
        kind, w = setting.kind[labels], setting.points.w[weights]
        sums = setting.sums(everyone, kind, kind, w)
        curves[b] = by_industry(sums, kind, w, int(setting.kind.max()) + 1)[chosen]
    return curves
