"""Shared fixtures; `external` tests find their data through AGGLOMETRICS_REFERENCE."""

import os
from pathlib import Path

# before numpy loads: two test processes with a BLAS thread for every core would starve each other
os.environ.setdefault("OMP_NUM_THREADS", "1")

import pytest


def _reference_folder() -> Path:
    default = Path(__file__).parents[1] / ".." / "shared" / "reference"
    return Path(os.environ.get("AGGLOMETRICS_REFERENCE", default)).resolve()


@pytest.fixture(scope="session")
def reference() -> Path:
    """The folder of third-party reference data, or a skip that says it is not there."""
    folder = _reference_folder()
    if not folder.is_dir():
        pytest.skip(
            f"no reference data at {folder}: set AGGLOMETRICS_REFERENCE to the folder that holds "
            "agglomeration/, shift_share/ and panel/"
        )
    return folder
