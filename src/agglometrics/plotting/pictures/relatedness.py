"""Relatedness of industries: a heat map in an order that shows groups, and a network."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from numpy.typing import NDArray

from agglometrics.errors import InputError
from agglometrics.labels import PLAIN, Labels, Lang, as_labels, require_language
from agglometrics.notation import Array
from agglometrics.plotting.checks import drawn
from agglometrics.plotting.palette import DARK, INK, OPEN, SHADES
from agglometrics.plotting.pictures.tiles import class_legend, classes
from agglometrics.plotting.placement import place_labels
from agglometrics.plotting.style import LINE, WIDTH, canvas, finished, style
from agglometrics.plotting.ticks import name_columns, name_rows
from agglometrics.plotting.words import said
from agglometrics.tables import numeric
from agglometrics.tables.arguments import checked
from agglometrics.tables.checks import first_of

BREAKS = (0.15, 0.3, 0.45, 0.6, 0.75)
ROUNDS = 300
"""Steps of the layout, each of which lowers its stress."""


@checked
def plot_relatedness(
    frame: pd.DataFrame,
    *,
    value: str = "proximity",
    industry: str = "industry",
    lang: Lang = "en",
    labels: Labels | Mapping[Any, Any] = PLAIN,
) -> Figure:
    """Draw the proximity of each pair of industries, related ones side by side.

    Industries are in the order of an average-linkage clustering of 1 - proximity, turned so that
    neighbours are as close as possible (Bar-Joseph, Gifford and Jaakkola 2001, as scipy has it).

    Parameters
    ----------
    frame : what `proximity` returns, one period of it: one row per pair
    value : column of a proximity in [0, 1]
    industry : name of the industries' column, without ``_a`` and ``_b``
    lang, labels : language, and what to print for machine names

    Returns
    -------
    Figure
        A matplotlib figure; the diagonal and unknown pairs are blank.

    Raises
    ------
    InputError
        For unknown columns, a repeated pair, or values outside [0, 1].

    Examples
    --------
    >>> import pandas as pd
    >>> pairs = pd.DataFrame({"industry_a": ["cars", "cars", "coal"],
    ...     "industry_b": ["coal", "steel", "steel"], "proximity": [0.2, 0.7, 0.4]})
    >>> figure = plot_relatedness(pairs)
    >>> [text.get_text() for text in figure.axes[0].get_yticklabels()]
    ['coal', 'steel', 'cars']
    """
    labels = as_labels(labels)
    require_language(lang)
    names, phi = matrix(frame, value, industry)
    order = seriated(phi)
    with style(lang):
        side = min(max(1.5 + 0.17 * len(names), 3.0), WIDTH)
        figure = canvas(max(side, 4.6), max(side, LINE * len(names) + 1.4))
        axes = figure.subplots()
        for y, i in enumerate(order):
            for x, j in enumerate(order):
                if i != j and not np.isnan(phi[i, j]):
                    shade = SHADES[int(classes(phi[[i], [j]], BREAKS)[0])]
                    axes.add_patch(Rectangle((x - 0.5, y - 0.5), 1, 1, facecolor=shade))
        axes.set_xlim(-0.5, len(names) - 0.5)
        axes.spines[:].set_visible(False)
        axes.tick_params(length=0)
        texts = [labels.text(names[k], lang) for k in order]
        name_rows(axes, texts)
        class_legend(figure, BREAKS, said(value, lang, labels))
        name_columns(axes, texts)
        return finished(figure)


@checked
def plot_network(
    frame: pd.DataFrame,
    *,
    value: str = "proximity",
    industry: str = "industry",
    strong: float = 0.55,
    lang: Lang = "en",
    labels: Labels | Mapping[Any, Any] = PLAIN,
) -> Figure:
    """Draw industries as a network: the maximum spanning tree of proximity, and all strong links.

    That is how Hidalgo, Klinger, Barabasi and Hausmann (2007) draw the product space, with 0.55
    for a strong link. Positions lower the stress of the network's distances by majorisation
    (Gansner, Koren and North 2005); they have no axis and no unit.

    Parameters
    ----------
    frame : what `proximity` returns, one period of it: one row per pair
    value : column of a proximity in [0, 1]
    industry : name of the industries' column, without ``_a`` and ``_b``
    strong : proximity from which on a link is drawn although it is not in the tree
    lang, labels : language, and what to print for machine names

    Returns
    -------
    Figure
        A matplotlib figure: strong links dark, those of the tree alone light; the names do not
        overlap.

    Raises
    ------
    InputError
        As `plot_relatedness`.

    Examples
    --------
    >>> import pandas as pd
    >>> pairs = pd.DataFrame({"industry_a": ["cars", "cars", "coal"],
    ...     "industry_b": ["coal", "steel", "steel"], "proximity": [0.2, 0.7, 0.4]})
    >>> figure = plot_network(pairs)
    >>> sorted(text.get_text() for text in figure.axes[0].texts)
    ['cars', 'coal', 'steel']
    """
    labels = as_labels(labels)
    require_language(lang)
    names, phi = matrix(frame, value, industry)
    phi = np.nan_to_num(phi)
    links = linked(phi, strong)
    places = settled(links)
    with style(lang):
        figure = canvas(WIDTH, min(3.0 + 0.06 * len(names), WIDTH))
        axes = figure.subplots()
        pairs = np.argwhere(np.triu(links))
        dark = [bool(phi[i, j] >= strong) for i, j in pairs]
        axes.add_collection(LineCollection(
            [places[pair] for pair in pairs.tolist()], zorder=1,
            colors=[DARK if chosen else OPEN for chosen in dark],
            linewidths=[1.4 if chosen else 0.7 for chosen in dark]))  # fmt: skip
        axes.plot(places[:, 0], places[:, 1], "o", color=INK, markersize=5)
        axes.set_axis_off()
        axes.margins(0.12)
        texts = [labels.text(name, lang) for name in names]
        step = np.linspace(0, 1, 40)[1:-1, None]
        along = [places[i] + step * (places[j] - places[i]) for i, j in pairs]
        place_labels(axes, places[:, 0], places[:, 1], texts,
                     avoid=np.vstack([places[:1], *along]))  # fmt: skip
        return finished(figure)


def matrix(frame: pd.DataFrame, value: str, industry: str) -> tuple[list[Any], Array]:
    """Return the industries in the order of their names, and proximity (I, I), NaN on the diagonal.

    Raises
    ------
    InputError
        For unknown columns, repeated pairs, fewer than three industries or values outside [0, 1].
    """
    pair = [f"{industry}_a", f"{industry}_b"]
    _require_pair(frame, pair)
    values = drawn(frame, pair, value, row="pair of industries")
    if ((values < 0) | (values > 1)).any():
        raise InputError(
            f"{value!r} must lie in [0, 1]; found {values.min():g} to {values.max():g}. "
            "Divide by the largest first."
        )
    names = sorted({*frame[pair[0]], *frame[pair[1]]}, key=str)
    at = {name: k for k, name in enumerate(names)}
    rows, columns = (frame[side].map(at).to_numpy(dtype=np.intp) for side in pair)
    if len(names) < 3:
        raise InputError(
            f"a picture of pairs needs at least three industries; found {names}. Print the number."
        )
    seen = pd.DataFrame({"a": np.minimum(rows, columns), "b": np.maximum(rows, columns)})
    if seen.duplicated().any():
        first = first_of(frame, seen.duplicated(), pair)
        raise InputError(f"a pair is repeated, first {first}. Keep one row per pair.")
    phi = np.full((len(names), len(names)), np.nan)
    phi[rows, columns] = phi[columns, rows] = numeric(frame, value).to_numpy()
    np.fill_diagonal(phi, np.nan)
    return names, phi


def _require_pair(frame: pd.DataFrame, pair: list[str]) -> None:
    """Raise `InputError` with the name of the pair that the table has in place of `pair`."""
    names = [str(column) for column in frame.columns]
    stems = [name[:-2] for name in names if name.endswith("_a") and f"{name[:-2]}_b" in names]
    if len(stems) == 1 and not {*pair} <= {*names}:
        raise InputError(
            f"columns {pair} are not in the table; its pairs are in {stems[0] + '_a'!r} and "
            f"{stems[0] + '_b'!r}. Write industry={stems[0]!r}."
        )


def seriated(phi: Array) -> list[int]:
    """Return an order of industries in which related ones are near, phi (I, I)."""
    from scipy.cluster.hierarchy import leaves_list, linkage, optimal_leaf_ordering
    from scipy.spatial.distance import squareform

    distance = 1 - np.nan_to_num(phi)
    np.fill_diagonal(distance, 0.0)
    condensed = squareform(distance, checks=False)
    tree = optimal_leaf_ordering(linkage(condensed, "average"), condensed)
    return [int(leaf) for leaf in leaves_list(tree)]


def linked(phi: Array, strong: float) -> NDArray[np.bool_]:
    """Return whether two industries are linked, (I, I): in the maximum tree, or strongly.

    Pairs of proximity zero are never linked.
    """
    from scipy.sparse.csgraph import minimum_spanning_tree

    weight = np.where(phi > 0, 2.0 - phi, 0.0)  # zero is no edge; the least weight is the closest
    tree = minimum_spanning_tree(weight).toarray() > 0
    found = tree | tree.T | (phi >= strong)
    np.fill_diagonal(found, False)
    return np.asarray(found)


def settled(links: NDArray[np.bool_]) -> Array:
    """Return places (I, 2) whose distances are near the numbers of links between industries.

    Stress majorisation with weights d^-2: each place moves to the weighted mean of where the others
    would have it, which never raises sum_ij d_ij^-2 (|p_i - p_j| - d_ij)^2.
    """
    from scipy.sparse.csgraph import shortest_path

    d = shortest_path(links.astype(np.float64), unweighted=True)
    far = np.max(d[np.isfinite(d)], initial=1.0) + 1
    d = np.where(np.isfinite(d), d, far)
    n = len(d)
    centred = np.eye(n) - 1 / n
    roots, vectors = np.linalg.eigh(-0.5 * centred @ d**2 @ centred)
    turn = np.sign(vectors[np.abs(vectors).argmax(axis=0), np.arange(n)])
    places = (vectors * turn * np.sqrt(roots.clip(min=0)))[:, [-1, -2]]
    angle = 2 * np.pi * np.arange(n) / n
    places = places + 1e-3 * np.column_stack([np.cos(angle), np.sin(angle)])  # no two at one place
    weight = np.divide(1.0, d**2, out=np.zeros_like(d), where=d > 0)
    weight /= weight.sum(axis=1, keepdims=True)
    for _ in range(ROUNDS):
        apart = places[:, None] - places[None]
        length = np.sqrt((apart**2).sum(axis=2))
        pull = np.divide(d, length, out=np.zeros_like(d), where=length > 0)
        wish = places[None] + apart * pull[:, :, None]
        places = 0.5 * places + 0.5 * np.einsum("ij,ijk->ik", weight, wish)
    return np.asarray(places)
