"""One weights matrix: every form, labels, subsets, islands and own weights in one way."""

import warnings

import numpy as np
import pandas as pd
import pytest
from scipy import sparse

from agglometrics import Spatial, moran, row_standardize, shift_share, spatial_panel
from agglometrics.errors import AgglometricsWarning, InputError
from agglometrics.space.weights import require_neighbours, row_standardized, weights_matrix

REGIONS = ["a", "b", "c", "d"]  # d is an island
W = np.array([[0, 2.0, 0, 0], [1, 0, 3, 0], [0, 0.5, 0, 0], [0, 0, 0, 0]])


def square() -> pd.DataFrame:
    return pd.DataFrame(W, index=REGIONS, columns=REGIONS)


def long() -> pd.DataFrame:
    return pd.DataFrame(
        {"focal": list("dbcab"), "neighbor": list("dcbba"), "weight": [0, 3, 0.5, 2, 1]}
    )


def libpysal_w():
    weights = pytest.importorskip("libpysal.weights")
    near = {"d": [], "b": ["c", "a"], "c": ["b"], "a": ["b"]}
    values = {"d": [], "b": [3, 1], "c": [0.5], "a": [2]}
    return weights.W(near, values, silence_warnings=True)


def libpysal_graph():
    graph = pytest.importorskip("libpysal.graph")
    return graph.Graph.from_arrays(list("dbbca"), list("dcabb"), [0, 3.0, 1, 0.5, 2])


LABELLED = {
    "square frame": lambda: square().loc[list("dbca"), list("cbad")],
    "sparse frame": lambda: square().astype(pd.SparseDtype("float64", 0)),
    "dict of dicts": lambda: {"d": {}, "c": {"b": 0.5}, "b": {"c": 3, "a": 1}, "a": {"b": 2}},
    "long frame": long,
    "series": lambda: long().set_index(["focal", "neighbor"])["weight"],
    "W": libpysal_w,
    "Graph": libpysal_graph,
}
BARE = {
    "array": lambda: W,
    "list": lambda: W.tolist(),
    "csr_array": lambda: sparse.csr_array(W),
    "coo_matrix": lambda: sparse.coo_matrix(W),
    "csc_matrix": lambda: sparse.csc_matrix(W),
}


@pytest.mark.parametrize("form", LABELLED)
def test_every_labelled_form_is_the_same_matrix(form):
    with warnings.catch_warnings():
        warnings.simplefilter("error", AgglometricsWarning)
        found = weights_matrix(LABELLED[form](), REGIONS)
    assert isinstance(found, sparse.csr_array)
    np.testing.assert_array_equal(found.toarray(), W)
    turned = weights_matrix(LABELLED[form](), REGIONS[::-1])
    np.testing.assert_array_equal(turned.toarray(), W[::-1, ::-1])


@pytest.mark.parametrize("form", BARE)
def test_forms_without_labels_say_which_order_they_assume(form):
    with pytest.warns(AgglometricsWarning, match=r"no labels.*'a', 'b', 'c', 'd', the sorted"):
        found = weights_matrix(BARE[form](), REGIONS)
    np.testing.assert_array_equal(found.toarray(), W)
    with warnings.catch_warnings():  # regions 0, 1, 2, ... are their own places
        warnings.simplefilter("error", AgglometricsWarning)
        weights_matrix(BARE[form](), range(4))


def test_a_list_of_neighbours_weighs_one_each():
    found = weights_matrix({1: [2, 3], 2: [1], 3: []}, [1, 2, 3])
    np.testing.assert_array_equal(found.toarray(), [[0, 1, 1], [1, 0, 0], [0, 0, 0]])


def test_the_input_is_not_changed():
    given = sparse.csr_array(W)
    given[0, 1] = 0.0  # a stored zero
    before = given.nnz, given.data.copy()
    weights_matrix(given, range(4))
    assert given.nnz == before[0]
    np.testing.assert_array_equal(given.data, before[1])


def test_subsets_say_what_became_of_the_row_sums():
    standard = row_standardize(square().drop("d").drop(columns="d"))
    with pytest.warns(AgglometricsWarning, match=r"1 regions that the table lacks \('c'\).*sum"):
        found = weights_matrix(standard, ["a", "b"])
    np.testing.assert_array_equal(found.toarray(), [[0, 1], [0.25, 0]])
    with pytest.warns(AgglometricsWarning, match=r"no longer do in 1 regions \('b'\)"):
        weights_matrix(standard, ["a", "b"])
    with pytest.warns(AgglometricsWarning, match="No row of the others changed"):
        weights_matrix(square(), ["a", "b", "c"])
    with pytest.warns(AgglometricsWarning, match="Rows did not all sum to one before"):
        weights_matrix(square(), ["a", "b", "d"])


@pytest.mark.parametrize("form", ["square frame", "long frame", "W", "Graph"])
def test_keys_of_another_type_are_named(form):
    weights, codes = LABELLED[form](), [430000, 110000, 120000, 130000]
    frame = square().set_axis(map(str, codes)).set_axis([str(c) for c in codes], axis=1)
    if form == "long frame":
        renamed = dict(zip(REGIONS, map(str, codes), strict=True))
        frame = weights.replace({"focal": renamed, "neighbor": renamed})
    elif form in ("W", "Graph"):
        weights = {str(a): [str(b)] for a, b in zip(codes, codes[1:] + codes[:1], strict=True)}
        name = "libpysal.weights" if form == "W" else "libpysal.graph"
        module = pytest.importorskip(name)
        frame = module.W(weights) if form == "W" else module.Graph.from_dicts(weights)
    with pytest.raises(
        InputError, match=r"labelled as text \('430000'\).*as whole numbers \(430000\)|labelled as"
    ):
        weights_matrix(frame, codes)


@pytest.mark.parametrize(
    ("weights", "message"),
    [
        ({"a": ["b"], "b": ["a"], "c": []}, r"lack 1 of 4 regions: 'd'.*empty list, a row of zer"),
        ({0: [1], 1: [0], 2: [1], 3: [1]}, r"lack 4 of 4 .*They are labelled 0, 1, 2, 3"),
        (square().drop("d"), "weights lack 1 of 4 regions: 'd'"),
        (square().set_axis(list("aabc")), "rows repeat 'a'"),
        (square().set_axis(list("wxyz")), r"square, .* or long.*found columns 'a', 'b', 'c', 'd'"),
        (square().astype(object).replace(3.0, "three"), "found text in columns"),
        (long().assign(focal="a", neighbor="b"), "'a' has 'b' as a neighbour twice"),
        ({"a": ["b", "b"], "b": [], "c": [], "d": []}, "'a' has 'b' as a neighbour twice"),
        (long().assign(focal=None), "'focal' of the weights is missing in 5 rows"),
        (long().assign(weight="x"), "column 'weight' must be numeric"),
        ({"a": {"b": -1}, "b": [], "c": [], "d": []}, "0 that are not finite and 1 negative"),
        ({"a": {"b": np.nan}, "b": [], "c": [], "d": []}, "1 that are not finite and 0 negative"),
        ({"a": {"b": "x"}, "b": [], "c": [], "d": []}, "that of 'a' for 'b' is 'x'"),
        ({"a": "b", "b": [], "c": [], "d": []}, r"'a' has 'b'. Write \{'a': \['b'\]\}"),
        ({"a": ["a"], "b": [], "c": [], "d": []}, "own weights of 'a'. Set the diagonal to zero"),
        (square() + np.eye(4), "found own weights of 'a', 'b', 'c', 'd'"),
        (np.ones((2, 2)), r"must be 4 x 4.*found \(2, 2\)"),
        (np.ones(4), "spatial weights must be a square frame.*found ndarray"),
        ("queen", "spatial weights must be a square frame.*found str"),
        (None, "spatial weights must be a square frame.*found NoneType"),
        (pd.Series([1.0]), "index of two levels"),
    ],
)
def test_bad_weights_are_named(weights, message):
    with pytest.raises(InputError, match=message):
        weights_matrix(weights, REGIONS)


def test_islands_are_refused_by_name_where_a_neighbour_is_needed():
    found = weights_matrix(square(), REGIONS)
    with pytest.raises(InputError, match=r"every region needs a neighbour; none have 'd'\."):
        require_neighbours(found, REGIONS)


def test_every_function_takes_the_same_weights_and_refuses_the_same():
    rng = np.random.default_rng(0)
    panel = pd.DataFrame({"r": np.repeat(list("abcde"), 6), "t": list(range(6)) * 5})
    panel = panel.assign(x=rng.normal(size=30), y=rng.normal(size=30))
    ring = {a: [b, c] for a, b, c in zip("abcde", "bcdea", "eabcd", strict=True)}
    frame = pd.DataFrame(weights_matrix(ring, list("abcde")).toarray(), *[list("abcde")] * 2)
    cells = panel.assign(i="one", jobs=rng.uniform(1, 2, size=30))
    calls = [
        lambda w: spatial_panel("y ~ x", panel, weights=w, entity="r", time="t").params,
        lambda w: moran(panel, value="y", weights=w, region="r", time="t"),
        lambda w: shift_share(
            cells, value="jobs", time="t", start=0, end=5, region="r", industry="i",
            method=Spatial(w),
        )["competitive"],
    ]  # fmt: skip
    for call in calls:
        np.testing.assert_allclose(call(ring), call(frame), rtol=1e-9)
        with pytest.raises(InputError, match="own weights of 'a'"):
            call(ring | {"a": ["a", "b"]})
        with pytest.raises(InputError, match="weights lack 1 of 5 regions: 'a'"):
            call({a: b for a, b in ring.items() if a != "a"})


@pytest.mark.parametrize("form", [*LABELLED, *BARE])
def test_row_standardize_takes_every_form(form):
    weights = (LABELLED | BARE)[form]()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", AgglometricsWarning)
        found = weights_matrix(row_standardize(weights), REGIONS).toarray()
    np.testing.assert_allclose(found, W / W.sum(axis=1, keepdims=True).clip(min=1e-300))


def test_row_standardized_sees_one_short_row():
    full = sparse.csr_array(np.array([[0, 1.0], [1, 0]]))
    assert row_standardized(full)
    assert not row_standardized(full * 0.999)
    assert not row_standardized(sparse.csr_array((2, 2)))
