"""The covariance of the shock-level regression of Borusyak, Hull and Jaravel (2022)."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class ShockLevel:
    """Borusyak, Hull and Jaravel (2022): the robust or clustered error of the shock regression.

    No correction for degrees of freedom. It inverts nothing, so that any number of sectors will
    do; shock controls given to `fit` are taken out of the shocks.

    Attributes
    ----------
    cluster : column of the shocks with groups of sectors; None if each shock is independent
    """

    cluster: str | None = None
