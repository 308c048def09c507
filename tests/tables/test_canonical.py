"""One order of labels: by number where all are numbers, whatever the dtype."""

import numpy as np
import pandas as pd
import pytest

from agglometrics.tables.canonical import canonical_codes

RNG = np.random.default_rng(4)


@pytest.mark.parametrize(
    "labels",
    [
        RNG.integers(-500, 500, 400),
        RNG.integers(0, 9, 60).astype(np.uint8),
        2**53 + RNG.integers(0, 6, 40),  # floats do not tell these apart
        -(2**53) - RNG.integers(0, 6, 40),
        RNG.normal(size=50),
    ],
    ids=["whole", "small", "large", "large and negative", "fractions"],
)
def test_numbers_have_one_order_as_numbers_and_as_text(labels):
    numbers = pd.Series(labels)
    by_text = canonical_codes(numbers.astype(str))
    np.testing.assert_array_equal(canonical_codes(numbers), by_text)
    np.testing.assert_array_equal(canonical_codes(numbers.astype(object)), by_text)
    if np.abs(labels.astype(float)).max() < 2**53:
        assert (
            canonical_codes(numbers).tolist() == np.unique(labels, return_inverse=True)[1].tolist()
        )


def test_infinity_is_no_number_to_order_by():
    codes = canonical_codes(pd.Series([10.0, np.inf, 9.0]))
    assert codes.tolist() == canonical_codes(pd.Series(["10.0", "inf", "9.0"])).tolist()
