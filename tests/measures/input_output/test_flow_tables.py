import numpy as np
import pandas as pd
import pytest

from agglometrics.errors import InputError
from agglometrics.measures.input_output.flow_tables import to_tables

FLOWS = pd.DataFrame(
    {
        "region": ["x", "x", "y"],
        "supplier": ["a", "b", "b"],
        "user": ["b", "b", "a"],
        "value": [1.0, 2.0, 3.0],
    }
)
OUTPUTS = pd.DataFrame(
    {"region": ["y", "y", "x"], "industry": ["b", "a", "b"], "gross_output": [5.0, 6.0, 7.0]}
)


def test_arrays_and_labels():
    tables = to_tables(FLOWS, OUTPUTS)
    assert tables.tables["region"].tolist() == ["x", "y"]
    assert tables.industries.tolist() == ["a", "b"]
    # No row for industry a in x: no output there.
    assert tables.x.tolist() == [[0, 7], [6, 5]]
    assert tables.Z.tolist() == [[[0, 1], [0, 2]], [[0, 0], [3, 0]]]


def test_back_to_frames():
    tables = to_tables(FLOWS, OUTPUTS)
    long = tables.tidy("industry", gross_output=tables.x)
    joined = long.merge(OUTPUTS, on=["region", "industry"], how="left").fillna(0)
    np.testing.assert_array_equal(joined["gross_output_x"], joined["gross_output_y"])
    pairs = tables.tidy_pairs("supplier", "user", value=tables.Z)
    kept = pairs[pairs["value"] > 0].reset_index(drop=True)
    pd.testing.assert_frame_equal(kept, FLOWS, check_dtype=False)


def test_inputs_without_output_are_refused_and_named_and_an_output_of_one_is_an_output():
    with pytest.raises(InputError, match=r"without output take inputs: .*'region': 'x'.*'a'"):
        to_tables(FLOWS.assign(user=["a", "b", "a"]), OUTPUTS)
    ones = to_tables(FLOWS, OUTPUTS.assign(gross_output=1.0))
    assert ones.x.tolist() == [[0, 1], [1, 1]]
