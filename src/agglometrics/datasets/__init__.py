"""The study tables, and readers of published archives."""

from agglometrics.datasets.store import raw_folder, verify

__all__ = [
    "raw_folder",
    "verify",
]
