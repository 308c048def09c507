"""Designs that several tests share: one worked by hand, and the simulator."""

from collections.abc import Callable

import pandas as pd
import pytest

from agglometrics.shiftshare.design import ShiftShareDesign
from agglometrics.shiftshare.simulate import SimulatedDesign, simulate_shift_share


@pytest.fixture
def hand() -> ShiftShareDesign:
    """Four locations, three sectors; the numbers that follow from it are in test_by_hand.py."""
    locations = pd.DataFrame(
        {"place": list("abcd"), "y": [1.0, 0.0, 5.0, 2.0], "x": [0.0, 0.0, 4.0, 2.0]}
    )
    shares = pd.DataFrame(
        {
            "place": ["a", "b", "c", "d", "d"],
            "sector": ["s", "t", "u", "s", "u"],
            "share": [1.0, 1.0, 1.0, 0.5, 0.5],
        }
    )
    shocks = pd.DataFrame({"sector": list("stu"), "shock": [0.0, 1.0, 2.0]})
    return ShiftShareDesign(locations, shares, shocks, location="place")


@pytest.fixture
def simulate() -> Callable[..., SimulatedDesign]:
    """Return the simulator."""
    return simulate_shift_share
