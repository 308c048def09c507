"""Seeds, and a stream of random numbers for each label."""

from __future__ import annotations

import zlib

import numpy as np

Seed = int | np.random.Generator | None


def root(seed: Seed) -> int:
    """Return an integer seed: `seed` itself, or one drawn from the generator."""
    if isinstance(seed, int | np.integer):
        return int(seed)
    return int(np.random.default_rng(seed).integers(2**63))


def stream(seed: int, label: str) -> int:
    """Return the seed of the stream named `label`, the same whatever other labels there are."""
    words = np.random.SeedSequence([seed % 2**64, zlib.crc32(label.encode())])
    return int(words.generate_state(1, np.uint64)[0])
