"""Where an estimate stands among others: placebos, weights of donors, sizes of tests."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from agglometrics.evaluation.pictures.words import worded
from agglometrics.labels import Label, Labels, Lang
from agglometrics.notation import Array
from agglometrics.plotting.pictures.bars import plot_ranked_bars
from agglometrics.plotting.pictures.coefficients import plot_coefficients
from agglometrics.plotting.pictures.distributions import draw_distribution
from agglometrics.plotting.pictures.dots import plot_ranked_dots
from agglometrics.plotting.words import said

NAMED = 40
"""Placebos that are drawn as named rows, at most; more are drawn as a distribution."""

LIGHTEST = 0.0005
"""Absolute weight from which on a donor is drawn."""

Names = Labels | Mapping[Any, Any]


def draw_placebos(
    values: Array, names: list[str], axis: str, p_value: float, *, lang: Lang, labels: Names
) -> Figure:
    """Draw values (M,), the true one first: named rows if they are few, else their distribution."""
    labels = worded(labels, lang)
    if len(values) > NAMED:
        return draw_reassignments(values, axis, p_value, "_placebos", lang=lang, labels=labels)
    frame = pd.DataFrame({"units": names, axis: values})
    return plot_ranked_dots(
        frame, value=axis, key="units", highlight=names[:1], lang=lang, labels=labels
    )


def draw_reassignments(
    values: Array, axis: str, p_value: float, of: str, *, lang: Lang, labels: Names
) -> Figure:
    """Draw the distribution of values (B,), the true one, the first, as a line."""
    labels = worded(labels, lang)
    renamed = Labels({
        "_chance": Label(*(labels.text(of, each) for each in ("en", "zh"))),
        "_draws": Label(*(labels.text("_count", each) for each in ("en", "zh"))),
    })  # fmt: skip
    return draw_distribution(
        values[1:], float(values[0]), axis=axis, p_value=p_value, lang=lang,
        labels=renamed.joined(labels),
    )  # fmt: skip


def effect_axis(outcome: str, unit: str, lang: Lang, labels: Names) -> str:
    """Return the name of an axis of effects on an outcome."""
    words = worded(labels, lang)
    return said("_effect", lang, words).format(said(outcome, lang, words, unit))


def draw_weights(weights: pd.Series[float], *, lang: Lang, labels: Names) -> Figure:
    """Draw the weights of donors, from the largest; at most `NAMED`, none below `LIGHTEST`."""
    kept = weights[weights.abs() >= LIGHTEST]
    kept = kept.iloc[np.argsort(-kept.abs().to_numpy(), kind="stable")[:NAMED]]
    frame = pd.DataFrame({"unit": kept.index, "weight": kept.to_numpy()})
    return plot_ranked_bars(frame, value="weight", key="unit", fmt=".3f", lang=lang,
                            labels=worded(labels, lang))  # fmt: skip


def draw_terms(tidy: pd.DataFrame, axis: str, *, lang: Lang, labels: Names) -> Figure:
    """Draw the estimate and set of each ring of exposure, one below the other."""
    words = worded(labels, lang)
    rings = {
        term: tuple(words.text("_ring", each).format(term[5:]) for each in ("en", "zh"))
        for term in tidy["term"] if term.startswith("ring_")
    }  # fmt: skip
    named = Labels({k: Label(*v) for k, v in rings.items()}).joined(words)
    axis_named = named.joined(Labels({"estimate": Label(axis, axis)}))
    return plot_coefficients(tidy, key="term", highlight=["att"], lang=lang, labels=axis_named)


def draw_size(table: pd.DataFrame, *, lang: Lang, labels: Names) -> Figure:
    """Draw how often each test rejects without an effect, and how often it should at most."""
    words = worded(labels, lang)
    half = 1.96 * table["mc_error"]
    frame = table.assign(
        low=(table["rejected"] - half).clip(lower=0), high=(table["rejected"] + half).clip(upper=1),
        nominal=1 - table["level"],
    )  # fmt: skip
    named = words.joined(Labels({
        "expected": Label(*(words.text("_nominal", each) for each in ("en", "zh"))),
        "rejected": Label(*(words.text("_rejected", each) for each in ("en", "zh"))),
    }))  # fmt: skip
    return plot_ranked_dots(frame, value="rejected", key="test", low="low", high="high",
                            expected="nominal", lang=lang, labels=named)  # fmt: skip
