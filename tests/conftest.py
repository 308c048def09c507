"""Shared fixtures; `external` tests find their data through AGGLOMETRICS_REFERENCE."""

import gc
import os
from pathlib import Path

# before numpy loads: two test processes with a BLAS thread for every core would starve each other
os.environ.setdefault("OMP_NUM_THREADS", "1")

import pytest
from _pytest.doctest import DoctestModule


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


@pytest.hookimpl(wrapper=True)
def pytest_collect_file():
    """Leave tests out of the search for examples: the package has them, tests have none."""
    return [each for each in (yield) if not isinstance(each, DoctestModule)]


# Some nine thousand tests and what they import stay alive for the whole run: collections that walk
# through them again and again take a tenth of its time.
gc.disable()


def pytest_collection_finish() -> None:
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)
    gc.enable()


def pytest_sessionfinish() -> None:
    gc.unfreeze()
