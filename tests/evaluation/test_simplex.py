"""Least squares on the simplex: by hand, its conditions, ties, scale."""

from itertools import product

import numpy as np
import pytest

from agglometrics.errors import ConvergenceError
from agglometrics.evaluation.synthetic import simplex
from agglometrics.evaluation.synthetic.active_set import _gap, by_columns, by_rows, optimality_gap
from agglometrics.evaluation.synthetic.fits import fit_assignments, outcome_weights
from agglometrics.evaluation.synthetic.importance_search import descended, mean_gap
from agglometrics.evaluation.synthetic.simplex import TIE, _by_reflections, simplex_weights


def test_by_hand():
    # the nearest point of the segment from (0, 0) to (2, 2) to (1, 0) is (1/2, 1/2): a quarter
    w = simplex_weights(np.array([[0.0, 2], [0, 2]]), np.array([1.0, 0]))
    assert w == pytest.approx([0.75, 0.25], abs=1e-9)


def test_the_gap_that_importances_leave_by_hand():
    # weights (3/4, 1/4), as above; outcomes 2 - 1 and 0 - 2: (1 + 4) / 2
    X, Z = np.array([[0.0, 2], [0, 2]]), np.array([[0.0, 4], [0, 8]])
    found = mean_gap(X, np.array([1.0, 0]), Z, np.array([2.0, 0]), np.zeros(2), 3.0, TIE)
    assert found == pytest.approx(2.5)


def test_no_step_along_one_predictor_gains_where_the_search_of_importances_ends():
    rng, width, fine = np.random.default_rng(3), np.log(70), 64
    for _ in range(20):
        X, Z, x, z = (rng.normal(size=shape) for shape in ((5, 12), (9, 12), 5, 9))
        start = np.zeros(5)
        theta = descended(X, x, Z, z, start, width, TIE, fine)
        least = mean_gap(X, x, Z, z, theta, width, TIE)
        assert least <= mean_gap(X, x, Z, z, start, width, TIE)
        assert theta.max() == 0 and theta.min() >= -width
        for k, sign in product(range(5), (-1, 1)):
            tried = theta.copy()
            tried[k] += sign * 2 * width / fine  # the last step: half of it is not above 1 / fine
            assert mean_gap(X, x, Z, z, tried, width, TIE) >= least * (1 - 2e-9)


def test_a_ridge_by_hand():
    # min (w1 - w2)^2 + r (w1^2 + w2^2) with target (1, 0): w1 = (2 + r) / (2 (1 + r))...
    # D = [[-1, ... ]] solved with its Lagrangian: A = I, b = (1, 0): (w1 - 1)^2 + w2^2 + r |w|^2,
    # w2 = 1 - w1: 4 (w1 - 1) + 2 r (2 w1 - 1) = 0, so w1 = (2 + r) / (2 + 2 r)
    w = simplex_weights(np.eye(2), np.array([1.0, 0]), ridge=2.0)
    assert w == pytest.approx([4 / 6, 2 / 6], abs=1e-9)


@pytest.mark.parametrize(("T", "J"), [(5, 12), (20, 8), (19, 38), (3, 60)])
def test_conditions_of_an_optimum(T, J):
    rng = np.random.default_rng(T)
    A, b = rng.normal(size=(T, J)), 3 * rng.normal(size=T)
    for ridge in (0.0, 2.5):
        w = simplex_weights(A, b, ridge)
        assert w.min() >= 0 and w.sum() == pytest.approx(1, abs=1e-12)
        D = A - b[:, None]
        assert optimality_gap(D, w, ridge) <= 1e-8 * (D * D).sum()
        best = ((A @ w - b) ** 2).sum() + ridge * w @ w
        for other in rng.dirichlet(np.full(J, 0.3), size=300):
            assert ((A @ other - b) ** 2).sum() + ridge * other @ other >= best - 1e-9


@pytest.mark.parametrize("r", [0.0, 0.7])
def test_the_compiled_gap_is_the_gap_and_that_of_two_points_by_hand(r):
    # D'D w = (1, 2) at w = (1, 1) / 2 for D = diag(sqrt 2, 2): 3/2 - 1, and r / 2 to both sides
    half, D = np.array([0.5, 0.5]), np.diag([np.sqrt(2), 2])
    assert _gap(D.T.copy(), half, r) == pytest.approx(0.5, rel=1e-14)
    rng = np.random.default_rng(3)
    D, w = rng.normal(size=(6, 4)), rng.dirichlet(np.ones(4))
    assert _gap(np.ascontiguousarray(D.T), w, r) == pytest.approx(
        optimality_gap(D, w, r), rel=1e-12
    )


def test_ties_are_shared_and_order_and_scale_change_nothing():
    rng = np.random.default_rng(1)
    A = rng.normal(size=(9, 6))
    A[:, 5] = A[:, 2]
    b = A @ np.array([0.3, 0, 0.5, 0.2, 0, 0])
    w = simplex_weights(A, b)
    assert w == pytest.approx([0.3, 0, 0.25, 0.2, 0, 0.25], abs=1e-5)
    order = rng.permutation(6)
    assert simplex_weights(A[:, order], b) == pytest.approx(w[order], abs=1e-7)
    assert simplex_weights(1e9 * A + 1e9, 1e9 * b + 1e9) == pytest.approx(w, abs=1e-6)


def test_the_gap_bounds_the_distance_to_the_minimum():
    rng = np.random.default_rng(2)
    A, b = rng.normal(size=(7, 4)), rng.normal(size=7)
    D, w = A - b[:, None], np.full(4, 0.25)
    best = simplex_weights(A, b)
    distance = ((D @ w) ** 2).sum() - ((D @ best) ** 2).sum()
    assert 0 < distance <= 2 * optimality_gap(D, w)


@pytest.mark.parametrize(("T", "J"), [(20, 40), (7, 40), (38, 16), (12, 150)])
@pytest.mark.parametrize("ridge", [1e-4, 0.3, 20.0])
def test_three_solvers_agree(T, J, ridge):
    rng = np.random.default_rng(J)
    D = rng.normal(size=(T, J)).cumsum(axis=0) + 2 * rng.normal(size=(T, 1))
    D /= np.sqrt((D * D).sum() / J)
    truth = _by_reflections(D, ridge)
    for u, found in (by_columns(np.ascontiguousarray(D.T), ridge), by_rows(D, ridge)):
        assert found
        assert u / u.sum() == pytest.approx(truth, abs=1e-9)


def test_weights_that_leave_a_gap_are_refused_with_its_share_by_hand(monkeypatch):
    # donors at 0 and 2, target 0: equal weights fit 1, g = (0, 2), a gap of 1 of the largest 4
    monkeypatch.setattr(simplex, "certified", lambda *_: (np.empty(0), False, np.inf))
    monkeypatch.setattr(simplex, "_by_reflections", lambda D, r: np.array([0.5, 0.5]))
    for unit in (1e-6, 1.0, 1e6):
        with pytest.raises(ConvergenceError, match=r"a gap of 2.5e-01 of the largest squared"):
            simplex_weights(unit * np.array([[0.0, 2]]), np.zeros(1))


def test_normal_equations_give_up_on_ties():
    rng = np.random.default_rng(3)
    D = rng.normal(size=(6, 5))
    D[:, 4] = D[:, 1] = D[:, 0] / 2  # a copy, nearer to the origin than all others
    assert not by_columns(np.ascontiguousarray(D.T), 1e-12)[1]


@pytest.mark.parametrize("noise", [0.05, 1.0])
def test_weights_of_pairs_are_those_of_each_pair_by_itself(noise):
    from itertools import combinations

    rng = np.random.default_rng(4)
    Y = rng.normal(size=(9, 2)) @ rng.normal(size=(2, 14)) + noise * rng.normal(size=(9, 14))
    units = np.array(list(combinations(range(9), 2)))
    starts, everyone = np.full(units.shape, 10), ~np.eye(9, dtype=bool)

    def each(Y, unit, pool, start):  # the same rule, by another name: nothing is remembered
        return outcome_weights(Y, unit, pool, start)

    quick = fit_assignments(Y, units, starts, lambda n: everyone[n], outcome_weights, True)
    slow = fit_assignments(Y, units, starts, lambda n: everyone[n], each, True)
    np.testing.assert_allclose(quick.W, slow.W, atol=1e-9)
    assert (quick.W[np.arange(36)[:, None], [0, 1], units[:, ::-1]] == 0).all()
