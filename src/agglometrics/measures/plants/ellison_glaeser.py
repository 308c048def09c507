"""The index of Ellison and Glaeser (1997), from plants."""

from __future__ import annotations

import numpy as np
import pandas as pd

from agglometrics.measures.plants.excess import Excess, answer, require_inference
from agglometrics.measures.plants.industries import Industries
from agglometrics.measures.plants.inference.experiment import Inference
from agglometrics.measures.plants.reading import read_industries, sum_cells
from agglometrics.notation import Array
from agglometrics.tables import ratio
from agglometrics.tables.arguments import checked
from agglometrics.tables.rounding import ROUNDING, without_dust


def raw_concentration(s: Array, x: Array) -> Array:
    """G = sum over regions of (s - x)^2 (Ellison and Glaeser 1997, section II).

    It is exactly zero where all s and x are equal within rounding.

    s : (R, I) region shares of the industries    x : (R,), (R, 1) or (R, I) reference shares
    """
    reference = x[:, None] if x.ndim == 1 else x
    deviation = s - reference
    G = np.einsum("ri,ri->i", deviation, deviation)
    dust = ROUNDING**2 * np.einsum("ri,ri->i", reference, reference)
    return np.where(dust >= G, 0.0, G)


def excess_concentration(G: Array, H: Array, x2: Array) -> Array:
    """Gamma = (G / (1 - x2) - H) / (1 - H) (Ellison and Glaeser 1997, eq. 5); NaN where H = 1.

    It is exactly zero where both terms of the numerator are equal within rounding.

    G : (T, I) raw concentration    H : (T, I) plant Herfindahl    x2 : (T, 1) sum of x^2
    """
    return ratio(without_dust(G / (1 - x2) - H, H), 1 - H)


def dartboard_variance(H: Array, z4: Array, x2: Array, x3: Array) -> Array:
    """Variance of G when plants choose regions with probabilities x.

    2 { H^2 [x2 - 2 x3 + x2^2] - z4 [x2 - 4 x3 + 3 x2^2] }  (Ellison and Glaeser 1997, p. 907).

    H, z4 : (T, I) sums of squared and fourth powers of plant shares
    x2, x3 : (T, 1) sums of squared and cubed reference shares
    """
    return 2 * (H**2 * (x2 - 2 * x3 + x2**2) - z4 * (x2 - 4 * x3 + 3 * x2**2))


@checked
def ellison_glaeser(
    plants: object,
    *,
    size: str,
    industry: str = "industry",
    region: str = "region",
    time: str | None = None,
    reference: object = None,
    inference: Inference | None = None,
) -> pd.DataFrame:
    """Concentration of industries beyond that of a dartboard.

    gamma is zero in expectation when plants choose regions at random with probability x, one when
    all choose the same; it can be negative. The cost is O(plants) to sum them, then O(R I) per
    period; simulations cost O(plants) per draw.

    Parameters
    ----------
    plants : table or path
        One row per plant (and period), of any kind that `collapse` reads.
    size : str
        The column of plant sizes (employment), positive.
    industry, region, time : str
        The key columns; with `time`, one answer per period.
    reference : "excluding", table or Series, optional
        By default x is the region share of all plants, the industry's own among them (see the
        notes for the bias); with ``"excluding"`` that of the other industries' plants. Or totals
        by region (and period), in the column `size` or in the only one beside the keys; they may
        have more regions than the plants.
    inference : Dartboard or LocationChoice, optional
        The random experiment. Without one, `p_value` is that of the normal approximation to the
        dartboard, whose size is wrong with few plants: `Dartboard()` tests
        exactly and reports the size of that z-test; `LocationChoice()` gives an interval.

    Returns
    -------
    pandas.DataFrame
        Industry (and period), `gamma`, `g` (raw concentration G), `herfindahl` (H), `x2`,
        `own_share` (of the industry in its reference; NaN for totals from outside), `n_plants`,
        `expected_g` and `variance_g` (under the dartboard), `z`, `p_value` (upper tail unless the
        test has another alternative), `model` (what the p-value rests on), `note`. With
        `Dartboard`: also `p_value_normal`, `z_size` (share of dartboards that a one-sided z-test
        at 5 percent rejects). With `LocationChoice`: `std_error`, `conf_low`, `conf_high`,
        `interval_model`.
        Where H = 1 (one plant) gamma is undefined: NaN, with a note and a warning.

    Raises
    ------
    InputError
        For plants without a region or industry, sizes that are not known and positive, and a
        reference that lacks a region of the plants.
    IdentificationError
        If the reference has activity in one region only.

    Notes
    -----
    An industry that is a share a of its own reference pulls x towards itself. With x_o the
    shares of the others, s - x = (1 - a)(s - x_o), so that with 1 - x2 near 1 - x_o2

        E gamma-hat = [(1 - a)^2 (gamma + (1 - gamma) H) - H] / (1 - H), nearly:

    a gamma of .05 shows as .028 at a = .17, H = .02, and zero as -.027 at a = .3, H = .05. Tests
    are then conservative, and `LocationChoice` covers the attenuated gamma. `note` warns of it from
    a = .1 on; ``reference="excluding"`` has no such bias, and is right for tests and intervals
    (another industry that moves with this one is then in x in full).

    References
    ----------
    Ellison, G. and Glaeser, E. L. (1997), Geographic concentration in U.S. manufacturing
    industries: a dartboard approach, Journal of Political Economy 105(5), 889-927.

    Examples
    --------
    >>> plants = pd.DataFrame(
    ...     {
    ...         "industry": ["A", "A", "A", "B", "B"],
    ...         "region": ["x", "x", "y", "x", "y"],
    ...         "emp": [2, 1, 1, 1, 3],
    ...     }
    ... )
    >>> index = ellison_glaeser(plants, size="emp")
    >>> index[["industry", "gamma", "g", "herfindahl", "n_plants"]].round(4)
      industry  gamma      g  herfindahl  n_plants
    0        A   -0.2  0.125       0.375         3
    1        B   -1.0  0.125       0.625         2
    """
    require_inference(inference)
    data = read_industries(
        plants, size=size, industry=industry, region=region, time=time, reference=reference
    )
    return answer(plants, data, excess_of(data), inference, size)


def excess_of(data: Industries) -> Excess:
    """Return G with its moments under the dartboard, and gamma, of every industry."""
    G, H, x2 = _raw(data), data.herfindahl, data.x2
    variance = dartboard_variance(H, data.p4, x2, data.x3)
    return Excess(G, H * (1 - x2), variance, excess_concentration(G, H, x2), True)


@checked
def ellison_glaeser_cells(
    cells: object,
    *,
    value: str,
    squared: str | None = None,
    count: str = "n",
    industry: str = "industry",
    region: str = "region",
    time: str | None = None,
    reference: object = None,
) -> pd.DataFrame:
    """Compute the index of `ellison_glaeser` from cells that `collapse` made, without a test.

    Parameters
    ----------
    cells : table
        One row per region and industry (and period).
    value, squared, count : str
        The columns of the sum of plant sizes, of the sum of their squares (by default
        ``{value}_squared``), and of the number of plants.
    industry, region, time, reference
        As in `ellison_glaeser`.

    Returns
    -------
    pandas.DataFrame
        Industry (and period), `gamma`, `g`, `herfindahl`, `x2`, `own_share`, `n_plants`, `note`.

    Raises
    ------
    InputError
        As `agglometrics.tables.to_cube`, for a reference that lacks a region, and where sums of
        squares and counts cannot belong together.
    IdentificationError
        If the reference has activity in one region only.

    Examples
    --------
    >>> from agglometrics.tables.collapse import collapse
    >>> plants = pd.DataFrame(
    ...     {
    ...         "industry": ["A", "A", "A", "B", "B"],
    ...         "region": ["x", "x", "y", "x", "y"],
    ...         "emp": [2, 1, 1, 1, 3],
    ...     }
    ... )
    >>> cells = collapse(plants, by=["region", "industry"], value="emp")
    >>> ellison_glaeser_cells(cells, value="emp")[["industry", "gamma", "g"]]
      industry  gamma      g
    0        A   -0.2  0.125
    1        B   -1.0  0.125
    """
    data = sum_cells(
        cells,
        value=value,
        squared=f"{value}_squared" if squared is None else squared,
        count=count,
        industry=industry,
        region=region,
        time=time,
        reference=reference,
    )
    G, H, x2 = _raw(data), data.herfindahl, data.x2
    return data.tidy(
        gamma=excess_concentration(G, H, x2),
        g=G,
        herfindahl=H,
        x2=np.broadcast_to(x2, G.shape),
        own_share=data.own,
        n_plants=data.n.astype(np.int64),
        note=data.notes(),
    )


def _raw(data: Industries) -> Array:
    G = np.empty_like(data.n)
    for t, s in data.shares():
        G[t] = raw_concentration(s, data.x[t])
    return G
