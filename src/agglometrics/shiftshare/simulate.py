"""A simulator of shift-share designs that returns its truth."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from agglometrics.errors import InputError
from agglometrics.notation import Array
from agglometrics.tables.arguments import checked

if TYPE_CHECKING:
    from agglometrics.shiftshare.design import ShiftShareDesign


@dataclass(frozen=True)
class SimulatedDesign:
    """A simulated design and the effect of ``x`` on ``y`` that it was made with."""

    design: ShiftShareDesign
    beta: float


@checked
def simulate_shift_share(
    seed: int | np.random.Generator,
    *,
    n_locations: int = 150,
    n_sectors: int = 60,
    per_cluster: int = 1,
    complete: bool = True,
    beta: float = 0.5,
) -> SimulatedDesign:
    """Draw a design whose shocks and residuals share sectors, and clusters of sectors.

    Residuals are W nu plus noise, with nu drawn as the shocks are: locations with similar shares
    have similar residuals, which standard errors by location ignore. The endogenous x is W g plus
    half of the residual and noise, so that least squares overstates the effect.

    Parameters
    ----------
    seed : seed or Generator
    n_locations, n_sectors : N and I
    per_cluster : sectors per cluster (column ``cluster`` of the shocks)
    complete : whether shares add up to one; otherwise to between .2 and .8
    beta : effect of ``x`` on ``y``

    Returns
    -------
    SimulatedDesign
        Locations have ``y``, the endogenous ``x``, a control ``q``, weights ``w``, groups
        ``state`` and ``sums`` of shares; shocks have ``cluster`` and ``age``, which is correlated
        with the shock.

    Examples
    --------
    >>> simulated = simulate_shift_share(1)
    >>> simulated.design
    ShiftShareDesign(150 locations, 60 shocks, instrument shock)
    >>> bool(abs(simulated.design.fit("y", "x").params[0] - simulated.beta) < 0.5)
    True
    """
    from agglometrics.shiftshare.design import ShiftShareDesign

    if n_sectors < 2 * per_cluster or n_locations < 2:
        raise InputError(
            f"at least two clusters and two locations are needed; found {n_sectors} sectors, "
            f"{per_cluster} a cluster, and {n_locations} locations. "
            "Raise n_sectors or n_locations, or lower per_cluster."
        )
    rng = np.random.default_rng(seed)
    W = rng.gamma(0.3, size=(n_locations, n_sectors)) + 1e-9
    W /= W.sum(axis=1, keepdims=True)
    W *= 1.0 if complete else rng.uniform(0.2, 0.8, (n_locations, 1))
    cluster = np.arange(n_sectors) // per_cluster
    g, nu = _clustered(rng, cluster), _clustered(rng, cluster)
    place, sector = np.divmod(np.arange(W.size), n_sectors)
    shares = pd.DataFrame({"location": place, "sector": sector, "share": W.ravel()})
    kinds = np.arange(n_sectors)
    shocks = pd.DataFrame({"sector": kinds, "shock": g, "cluster": cluster, "age": nu + g})
    return SimulatedDesign(ShiftShareDesign(_locations(rng, W, g, nu, beta), shares, shocks), beta)


def _clustered(rng: np.random.Generator, cluster: NDArray[np.intp]) -> Array:
    """Return (I,) draws of variance 1.25, of which 1 is common to a cluster."""
    common: Array = rng.normal(size=int(cluster.max()) + 1)[cluster]
    return common + 0.5 * rng.normal(size=len(cluster))


def _locations(
    rng: np.random.Generator, W: Array, g: Array, nu: Array, beta: float
) -> pd.DataFrame:
    N = len(W)
    q = rng.normal(size=N)
    error = W @ nu + 0.05 * rng.normal(size=N) + 0.2 * q
    x = W @ g + 0.5 * error + 0.1 * rng.normal(size=N)
    return pd.DataFrame(
        {
            "location": np.arange(N),
            "y": beta * x + error,
            "x": x,
            "q": q,
            "state": np.arange(N) % 10,
            "w": rng.uniform(0.5, 2.0, N),
            "sums": W.sum(axis=1),
        }
    )
