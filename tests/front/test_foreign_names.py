"""What results of other programs are called: each name's answer names something that exists."""

import pickle
import re

import numpy as np
import pytest

import agglometrics as ag
from agglometrics.tables.advice.names import ATTRIBUTES
from tests.front.calls import rows


@pytest.fixture(scope="module")
def fit():
    return ag.panel("y ~ x + q", rows(), absorb="i")


@pytest.mark.parametrize("name", sorted(set(ATTRIBUTES) - {"fit", "estimate", "run"}))
def test_what_is_written_instead_exists(fit, name):
    if not hasattr(type(fit), name):
        with pytest.raises(AttributeError, match=re.escape(ATTRIBUTES[name])):
            getattr(fit, name)
    instead = re.match(r"[a-zA-Z_]+", ATTRIBUTES[name])[0]
    assert hasattr(fit, instead) or instead in ag.__all__
    for key in re.findall(r"statistics\['(\w+)'\]", ATTRIBUTES[name]):
        assert key in fit.statistics
    for column in re.findall(r"tidy\(\)\['(\w+)'\]", ATTRIBUTES[name]):
        assert column in fit.tidy()


def test_coefficients_answer_to_their_terms(fit):
    assert fit.params["q"] == fit.params[1] == fit.tidy()["estimate"][1]
    assert fit.std_errors["x"] == fit.tidy()["std_error"][0]
    np.testing.assert_array_equal(fit.params[["q", "x"]], fit.params[::-1])


def test_what_is_computed_from_them_is_a_plain_array(fit):
    b = fit.params
    for made in (b * 2, b[:1], b[[0, 1]], b[None, :], np.log(np.abs(b)), b + b, b[b > -9]):
        assert type(made) is np.ndarray
    for one in (b.sum(), b[0], b.max()):
        assert np.isscalar(one)
    again = pickle.loads(pickle.dumps(fit.params))
    assert again["q"] == b["q"]
    other = fit.with_cov(ag.Robust())
    assert other.params["x"] == b[0]
