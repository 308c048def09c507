"""The shock-level test with the null imposed."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class ShockLevel0:
    """`ShockLevel` with the null imposed; the confidence set may be two rays, or the line.

    Attributes
    ----------
    cluster : column of the shocks with groups of sectors; None if each shock is independent
    """

    cluster: str | None = None
