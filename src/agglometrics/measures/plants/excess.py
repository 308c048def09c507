"""What the plant-based indices share: z, the p-value and inference, given G and its moments."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd

from agglometrics.errors import InputError
from agglometrics.measures.plants.industries import Industries
from agglometrics.measures.plants.inference.dartboard import Dartboard
from agglometrics.measures.plants.inference.experiment import Inference, Observed
from agglometrics.measures.plants.inference.location_choice import LocationChoice
from agglometrics.measures.plants.sizes import Sizes, read_sizes
from agglometrics.notation import Array
from agglometrics.random.canonical import canonical, canonical_order
from agglometrics.random.progress import progress
from agglometrics.tables import ratio


@dataclass(frozen=True)
class Excess:
    """An index of concentration beyond the dartboard.

    Attributes
    ----------
    G : (T, I) sum over regions of (s - origin)^2
    expected, variance : (T, I) moments of G under the dartboard
    gamma : (T, I) the index
    about_x : whether the origin is x, or zero
    """

    G: Array
    expected: Array
    variance: Array
    gamma: Array
    about_x: bool


def require_inference(inference: object) -> None:
    """Raise `InputError` unless `inference` is None or a known random experiment."""
    if inference is not None and not isinstance(inference, Dartboard | LocationChoice):
        raise InputError(
            f"inference must be Dartboard(...) or LocationChoice(...); found {inference!r}. "
            "Pass one of these."
        )


def upper_tail(z: Array) -> Array:
    """Return the probability that a standard normal exceeds z."""
    flat = [0.5 * math.erfc(value / math.sqrt(2)) for value in z.reshape(-1)]
    return np.asarray(flat).reshape(z.shape)


def answer(
    plants: object, data: Industries, excess: Excess, inference: Inference | None, size: str
) -> pd.DataFrame:
    """Return the tidy frame of an index, with the inference that was requested."""
    deviation = ratio(excess.G - excess.expected, np.sqrt(np.maximum(excess.variance, 0.0)))
    z = np.where(data.herfindahl < 1, deviation, np.nan)
    index: dict[str, Array] = {
        "gamma": excess.gamma,
        "g": excess.G,
        "herfindahl": data.herfindahl,
        "x2": np.broadcast_to(data.x2, z.shape),
        "own_share": data.own,
        "n_plants": data.n.astype(np.int64),
        "expected_g": excess.expected,
        "variance_g": excess.variance,
        "z": z,
        "p_value": upper_tail(z),
        "model": np.full(z.shape, "dartboard, normal approximation"),
    }
    if inference is not None:
        sizes = read_sizes(plants, size=size, industry=data.cube.industry, time=data.cube.time)
        index = _with_inference(index, simulate(data, excess, sizes, inference), inference)
    return data.tidy(**index, note=data.notes())


def simulate(
    data: Industries, excess: Excess, sizes: Sizes, inference: Inference
) -> dict[str, Array]:
    """Return the statistics of `inference`, each (T, I), NaN where gamma is undefined."""
    known = np.argwhere(~np.isnan(excess.gamma))
    work = int(data.n[tuple(known.T)].sum()) * inference.evaluations
    experiment, answers = inference.with_root(), {}
    for t, i in progress(map(tuple, known), len(known), work):
        answers[t, i] = experiment.statistics(observed_of(data, excess, sizes, t, i))
    columns = {name: np.full(data.n.shape, np.nan) for name in inference.columns}
    for where, statistics in answers.items():
        for name in inference.columns:
            columns[name][where] = statistics[name]
    return columns


def observed_of(data: Industries, excess: Excess, sizes: Sizes, t: int, i: int) -> Observed:
    """Return industry i in period t as an inference sees it."""
    time, industry = data.cube.times[t], data.cube.industries[i]
    x = data.reference(t, i)
    # No plant is ever placed where x is zero; the other regions are in the order of their names.
    order = canonical_order(data.cube.regions)
    order = order[x[order] > 0]
    return Observed(
        sizes.shares(time, industry),
        np.ascontiguousarray(x[order]),
        np.ascontiguousarray(x[order] if excess.about_x else np.zeros(len(order))),
        float(excess.G[t, i]),
        float(excess.expected[t, i]),
        float(excess.variance[t, i]),
        f"{canonical(time)}|{canonical(industry)}",
    )


def _with_inference(
    index: dict[str, Array], statistics: dict[str, Array], inference: Inference
) -> dict[str, Array]:
    named = np.full(index["z"].shape, inference.model)
    if "p_value" not in statistics:
        return index | statistics | {"interval_model": named}
    return index | {"p_value_normal": index["p_value"]} | statistics | {"model": named}
