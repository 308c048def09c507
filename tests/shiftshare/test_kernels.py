"""Kernels on arrays: the four shapes of a quadratic set, and the projection on shares."""

import numpy as np
import pytest
from scipy import sparse

from agglometrics.errors import IdentificationError
from agglometrics.inference.sets import quadratic_set, score_set
from agglometrics.linalg.groups import cluster_sums, effective_number
from agglometrics.shiftshare.diagnostics.shock_overidentification import gmm
from agglometrics.shiftshare.inference.share_projection import project_on_shares

INF = np.inf


@pytest.mark.parametrize(
    ("a", "b", "c", "pieces"),
    [
        (1, 3, 8, ((2, 4),)),  # x^2 - 6 x + 8
        (-1, -3, -8, ((-INF, 2), (4, INF))),
        (1, 0, 1, ()),
        (-1, 0, -1, ((-INF, INF),)),
        (1, 0, 0, ((0, 0),)),
        (0, 2, 8, ((2, INF),)),  # -4 x + 8 <= 0
        (0, -2, 8, ((-INF, -2),)),
        (0, 0, -1, ((-INF, INF),)),
        (0, 0, 1, ()),
        (1e-16, 1, 1, ((0.5, 2e16),)),  # the small root survives cancellation
    ],
)
def test_quadratic_set(a: float, b: float, c: float, pieces: tuple) -> None:
    found = quadratic_set(a, b, c)
    assert len(found) == len(pieces)
    for piece, expected in zip(found, pieces, strict=True):
        assert piece == pytest.approx(expected, rel=1e-12)


def test_score_set_is_where_the_test_does_not_reject() -> None:
    rng = np.random.default_rng(1)
    for _ in range(20):
        moment, slope = rng.normal(size=(2, 6))
        total = (moment.sum(), slope.sum())
        pieces = score_set(moment, slope, total, 1.0)
        for b in rng.normal(scale=3, size=50):
            score = moment - b * slope
            accepted = (total[0] - b * total[1]) ** 2 <= score @ score
            assert accepted == any(low <= b <= high for low, high in pieces)


def test_score_set_of_a_perfect_fit_is_a_point() -> None:
    slope = np.random.default_rng(0).uniform(1, 2, 50)
    pieces = score_set(0.3 * slope, slope, (0.3 * slope.sum(), slope.sum()), 1.96)
    assert pieces[0] == pytest.approx((0.3, 0.3), rel=1e-6)


def test_gmm_with_one_shock_is_the_estimate_and_fits_exactly() -> None:
    moment, slope = np.random.default_rng(1).normal(1.0, 1.0, size=(2, 40, 1))
    beta, error, j = gmm(moment, slope, 0.7)
    assert beta == pytest.approx(moment.sum() / slope.sum())
    score = moment - 0.7 * slope
    assert error == pytest.approx(np.sqrt((score**2).sum()) / abs(slope.sum()))
    assert j == pytest.approx(0, abs=1e-20)


@pytest.mark.parametrize("filled", [0.1, 1.0])
def test_projection_equals_least_squares(filled: float) -> None:
    rng = np.random.default_rng(2)
    dense = rng.uniform(size=(90, 30)) * (rng.uniform(size=(90, 30)) < filled)
    dense[:30] += np.eye(30)
    z = rng.normal(size=(90, 2))
    shocks, condition = project_on_shares(sparse.csr_array(dense), z)
    np.testing.assert_allclose(shocks, np.linalg.lstsq(dense, z)[0], rtol=1e-9, atol=1e-11)
    scaled = dense / np.linalg.norm(dense, axis=0)
    exact = np.linalg.cond(scaled)
    assert 0.5 * exact < condition < 30**0.5 * exact  # the 1-norm bounds the 2-norm so


def test_projection_ignores_empty_sectors() -> None:
    rng = np.random.default_rng(3)
    dense = np.column_stack([rng.uniform(size=(20, 3)), np.zeros(20)])
    shocks, _ = project_on_shares(sparse.csr_array(dense), dense @ [1.0, 2, 3, 4])
    assert shocks == pytest.approx([1, 2, 3, 0], abs=1e-12)


def test_projection_refuses_repeated_sectors() -> None:
    rng = np.random.default_rng(4)
    dense = rng.uniform(size=(20, 3))
    with pytest.raises(IdentificationError, match=r"condition number .* use|Use cov=ShockLevel"):
        project_on_shares(sparse.csr_array(dense[:, [0, 1, 2, 1]]), dense[:, 0])


def test_effective_number_and_cluster_sums() -> None:
    assert effective_number(np.array([2.0, 2, 2, 2])) == 4
    assert effective_number(np.array([3.0, 1.0])) == pytest.approx(16 / 10)
    sums = cluster_sums(np.array([[1.0], [2], [4]]), np.array([0, 1, 0]))
    assert sums.ravel().tolist() == [5, 2]
