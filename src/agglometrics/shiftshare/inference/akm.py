"""The exposure-robust covariance of Adao, Kolesar and Morales (2019)."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class AKM:
    """Adao, Kolesar and Morales (2019): shocks independent across sectors or their clusters.

    The shocks are re-estimated by regressing the residual instrument on the shares, so that
    fewer sectors than locations and well-conditioned shares are needed. With few shocks it
    covers too rarely; `AKM0` less so.

    Attributes
    ----------
    cluster : column of the shocks with groups of sectors; None if each shock is independent
    """

    cluster: str | None = None
