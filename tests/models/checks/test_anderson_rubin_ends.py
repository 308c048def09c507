"""Sets of Anderson and Rubin whose shapes and ends are known."""

import numpy as np
import pytest

from agglometrics.models.checks.anderson_rubin import accepted


def ends(a, b, A, C, critical):
    """One instrument: where (a - b x)^2 <= critical (A + x^2 C)."""
    found = accepted(np.array([[a], [b]], dtype=float), np.diag([A, C]).astype(float), critical)
    return [tuple(piece) for piece in found]


@pytest.mark.parametrize(
    ("a", "b", "A", "C", "pieces"),
    [
        (2, 4, 4, 4, [(0, 4 / 3)]),  # 12 x^2 - 16 x <= 0: it begins at zero
        (-2, 4, 4, 4, [(-4 / 3, 0)]),  # and ends there
        (2, -1, 4, 4, [(-np.inf, 0), (4 / 3, np.inf)]),  # -3 x^2 + 4 x <= 0
        (2, 1, 4, 4, [(-np.inf, -4 / 3), (0, np.inf)]),
        (1, 1, 4, 4, [(-np.inf, np.inf)]),  # -3 x^2 - 2 x - 3 <= 0
        (6, 4, 4, 4, [((12 - np.sqrt(48)) / 6, (12 + np.sqrt(48)) / 6)]),  # 12 x^2 - 48 x + 32
        (-6, 4, 4, 4, [((-12 - np.sqrt(48)) / 6, (-12 + np.sqrt(48)) / 6)]),
    ],
)
def test_one_instrument_by_hand(a, b, A, C, pieces):
    found = ends(a, b, A, C, 1.0)
    assert len(found) == len(pieces)
    assert np.ravel(found) == pytest.approx(np.ravel(pieces), abs=1e-12)


def test_units_of_the_coefficient_do_not_matter():
    for unit in (1e-6, 1e6):
        found = ends(6 * unit, 4, 4 * unit**2, 4, 1.0)
        root = np.sqrt(48)
        assert np.ravel(found) / unit == pytest.approx([(12 - root) / 6, (12 + root) / 6])
