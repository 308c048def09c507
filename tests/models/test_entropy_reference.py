"""Entropy weights against scikit-criteria 0.10 (PyPI)."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

import agglometrics as ag


def wave(a: float) -> np.ndarray:
    """Return numbers that look random and are the same in every language: sin(a k^2)."""
    return np.sin(a * np.arange(1, 13) ** 2)


def indicators() -> pd.DataFrame:
    bad = np.exp(2 * wave(0.29))
    return pd.DataFrame({"a": wave(0.73), "b": 10 + 3 * wave(0.53), "c": wave(0.37) ** 2, "d": bad})


# EntropyWeighter().transform(mkdm(S, [max] * 4)).weights, S the columns scaled to [0, 1] and d
# turned round. pymcdm 1.4.0 refuses the zeros that scaling makes; with 1e-12 added to S its
# weights are the same to twelve decimals
SCIKIT_CRITERIA = [
    0.28347454582597337, 0.14805885341634947, 0.41101689116378387, 0.15744970959389326,
]  # fmt: skip


def test_weights_as_scikit_criteria():
    index, weights = ag.entropy_index(indicators(), positive=["a", "b", "c"], negative=["d"])
    assert weights["weight"].to_numpy() == pytest.approx(SCIKIT_CRITERIA, rel=1e-12)
    scaled = (indicators() - indicators().min()) / (indicators().max() - indicators().min())
    scaled["d"] = 1 - scaled["d"]
    assert index.to_numpy() == pytest.approx(scaled.to_numpy() @ SCIKIT_CRITERIA, rel=1e-12)


def test_entropy_is_that_of_scipy():
    # scipy.stats.entropy normalizes to shares and takes 0 ln 0 = 0; its base is the number of rows
    _, weights = ag.entropy_index(indicators(), positive=["a", "b", "c"], negative=["d"])
    scaled = (indicators() - indicators().min()) / (indicators().max() - indicators().min())
    scaled["d"] = 1 - scaled["d"]
    entropies = [stats.entropy(scaled[name], base=12) for name in "abcd"]
    assert weights["entropy"].to_numpy() == pytest.approx(entropies, rel=1e-12)
