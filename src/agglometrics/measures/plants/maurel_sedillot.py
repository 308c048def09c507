"""Two relatives of the Ellison-Glaeser index: Maurel-Sedillot, Devereux-Griffith-Simpson."""

from __future__ import annotations

import numpy as np
import pandas as pd

from agglometrics.errors import InputError
from agglometrics.measures.plants.excess import Excess, answer, require_inference
from agglometrics.measures.plants.inference.experiment import Inference
from agglometrics.measures.plants.reading import read_industries
from agglometrics.notation import Array
from agglometrics.tables import ratio
from agglometrics.tables.arguments import checked
from agglometrics.tables.rounding import without_dust


def pair_concentration(S: Array, H: Array, x2: Array) -> Array:
    """Gamma = ((S - x2) / (1 - x2) - H) / (1 - H), S = sum s^2 (Maurel and Sedillot 1999).

    S, H : (T, I)    x2 : (T, 1)
    """
    beyond = without_dust(S - x2, x2) / (1 - x2)
    return ratio(without_dust(beyond - H, H), 1 - H)


def share_variance(H: Array, z3: Array, z4: Array, x2: Array, x3: Array) -> Array:
    """Variance of S = sum s^2 when plants choose regions with probabilities x.

    S = H + 2 sum over pairs k < l of z_k z_l u_kl, where u_kl is one if the two share a region:
    its variance is x2 - x2^2, the covariance of two pairs with one plant in common x3 - x2^2,
    that of pairs without one zero. Summed:

    2 (H^2 - z4) (x2 - x2^2) + 4 (H - H^2 - 2 z3 + 2 z4) (x3 - x2^2)

    H, z3, z4 : (T, I) sums of powers 2, 3, 4 of plant shares    x2, x3 : (T, 1)
    """
    return 2 * (H**2 - z4) * (x2 - x2**2) + 4 * (H - H**2 - 2 * z3 + 2 * z4) * (x3 - x2**2)


@checked
def maurel_sedillot(
    plants: object,
    *,
    size: str,
    industry: str = "industry",
    region: str = "region",
    time: str | None = None,
    reference: object = None,
    inference: Inference | None = None,
) -> pd.DataFrame:
    """Concentration by the chance that two jobs of an industry share a region.

    Like `ellison_glaeser`, with the same null, but built on sum s^2 - sum x^2 instead of
    sum (s - x)^2: unlike that, it rises when an industry is located where all activity is.

    Parameters
    ----------
    plants, size, industry, region, time, reference, inference
        As in `ellison_glaeser`.

    Returns
    -------
    pandas.DataFrame
        The columns of `ellison_glaeser`; here `g` is S = sum s^2, and `expected_g`, `variance_g`
        and `z` are of it.

    Raises
    ------
    InputError, IdentificationError
        As `ellison_glaeser`.

    References
    ----------
    Maurel, F. and Sedillot, B. (1999), A measure of the geographic concentration in French
    manufacturing industries, Regional Science and Urban Economics 29(5), 575-604.

    Examples
    --------
    >>> plants = pd.DataFrame(
    ...     {
    ...         "industry": ["A", "A", "A", "B", "B"],
    ...         "region": ["x", "x", "y", "x", "y"],
    ...         "emp": [2, 1, 1, 1, 3],
    ...     }
    ... )
    >>> maurel_sedillot(plants, size="emp")[["industry", "gamma", "g"]]
      industry  gamma      g
    0        A   -0.2  0.625
    1        B   -1.0  0.625
    """
    require_inference(inference)
    data = read_industries(
        plants, size=size, industry=industry, region=region, time=time, reference=reference
    )
    S, H, x2 = np.empty_like(data.n), data.herfindahl, data.x2
    for t, s in data.shares():
        S[t] = (s**2).sum(axis=0)
    variance = share_variance(H, data.p3, data.p4, x2, data.x3)
    gamma = pair_concentration(S, H, x2)
    excess = Excess(S, H + (1 - H) * x2, variance, gamma, False)
    return answer(plants, data, excess, inference, size)


@checked
def devereux_griffith_simpson(
    plants: object,
    *,
    size: str,
    industry: str = "industry",
    region: str = "region",
    time: str | None = None,
    reference: object = None,
) -> pd.DataFrame:
    """Geographic minus industrial concentration, each relative to an even spread.

    alpha = sum (s - 1/K)^2 - sum (z - 1/N)^2 = (sum s^2 - 1/K) - (H - 1/N)

    with K regions and N plants; there is no reference distribution (Devereux, Griffith and
    Simpson 2004). Fewer plants than regions cannot be even over all of these, so
    `alpha_attainable` takes K* = min(K, N) for K.

    Parameters
    ----------
    plants, size, industry, region, time
        As in `ellison_glaeser`.
    reference : table or Series, optional
        Only its regions count: they are the K regions where plants might be (default: the regions
        that have plants of any industry in the period).

    Returns
    -------
    pandas.DataFrame
        Industry (and period), `alpha`, `alpha_attainable`, `herfindahl` (H), `n_plants`,
        `n_regions`, defined for one plant too.

    Raises
    ------
    InputError, IdentificationError
        As `ellison_glaeser`.

    References
    ----------
    Devereux, M. P., Griffith, R. and Simpson, H. (2004), The geographic distribution of
    production activity in the UK, Regional Science and Urban Economics 34(5), 533-564.

    Examples
    --------
    >>> plants = pd.DataFrame(
    ...     {"industry": ["A", "A", "A"], "region": ["x", "x", "y"], "emp": [2, 1, 1]}
    ... )
    >>> devereux_griffith_simpson(plants, size="emp")[["industry", "alpha"]].round(4)
      industry   alpha
    0        A  0.0833
    """
    if isinstance(reference, str):
        raise InputError(
            f"reference={reference!r} has no meaning here: there is no reference distribution. "
            "Give a table of the regions where plants might be, or leave it out."
        )
    data = read_industries(
        plants, size=size, industry=industry, region=region, time=time, reference=reference
    )
    S = np.empty_like(data.n)
    K = (data.x > 0).any(axis=2).sum(axis=1, keepdims=True).astype(np.float64)
    if reference is not None:
        K[:] = len(data.cube.regions)
    for t, s in data.shares():
        S[t] = (s**2).sum(axis=0)
    industrial = data.herfindahl - ratio(1.0, data.n)
    return data.tidy(
        alpha=without_dust(S - 1 / K - industrial),
        alpha_attainable=without_dust(S - ratio(1.0, np.minimum(K, data.n)) - industrial),
        herfindahl=data.herfindahl,
        n_plants=data.n.astype(np.int64),
        n_regions=np.broadcast_to(K, data.n.shape).astype(np.int64),
    )
