"""How much memory this process may use: of the machine, of its container, of its own limit."""

from __future__ import annotations

import os
import sys
from pathlib import Path

CONTAINER = Path("/sys/fs/cgroup/memory.max")
UNKNOWN = 2**34
"""Bytes assumed where the system reports no limit."""


def memory_limit() -> int:
    """Return the number of bytes that this process may use at most."""
    limits = [_machine(), _container(), _process()]
    return min([limit for limit in limits if limit is not None], default=UNKNOWN)


def _machine() -> int | None:
    try:
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (ValueError, OSError, AttributeError):
        return None


def _container() -> int | None:
    try:
        text = CONTAINER.read_text().strip()
    except OSError:
        return None
    return int(text) if text.isdigit() else None


def _process() -> int | None:
    if sys.platform == "win32":
        return None
    import resource

    soft, _ = resource.getrlimit(resource.RLIMIT_AS)
    return None if soft == resource.RLIM_INFINITY else soft
