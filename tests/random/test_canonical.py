"""One order of labels for draws, whatever their type."""

import numpy as np
import pandas as pd

from agglometrics.random.canonical import canonical, canonical_order


def test_names_do_not_depend_on_the_type():
    for label in (10, 10.0, np.int32(10), np.float64(10), "10", pd.Index([10])[0]):
        assert canonical(label) == "10"
    assert canonical(2.5) == "2.5"
    assert canonical(pd.Timestamp("2020-01-02")) == "2020-01-02"


def test_the_order_is_that_of_names():
    numbers = pd.Index([1, 2, 10])
    assert numbers[canonical_order(numbers)].tolist() == [1, 10, 2]
    text = pd.Index(["1", "10", "2"])
    assert text[canonical_order(text)].tolist() == ["1", "10", "2"]
