"""What a table must be: its index, and columns that are there once."""

import pandas as pd
import pytest

from agglometrics.errors import InputError
from agglometrics.tables.checks import require_columns, to_frame


def test_an_index_named_like_a_column_loses_its_name_and_any_other_frame_is_itself():
    table = pd.DataFrame({"region": ["a", "b"], "jobs": [1, 2]}, index=pd.Index([7, 9], name="id"))
    assert to_frame(table) is table
    plain = table.rename_axis(None)
    assert to_frame(plain) is plain
    clash = table.rename_axis("region")
    found = to_frame(clash)
    assert found.index.names == [None] and found.index.tolist() == [7, 9]
    assert found.groupby("region")["jobs"].sum().tolist() == [1, 2]
    assert clash.index.name == "region"  # the table that was passed is as it was


def test_a_column_that_is_named_must_be_there_once():
    twice = pd.DataFrame([[1, 2, 3]], columns=["jobs", "note", "note"])
    require_columns(twice, ["jobs"])  # what is not used may repeat
    with pytest.raises(InputError, match=r"columns \['note'\] are in the table more than once"):
        require_columns(twice, ["jobs", "note"])
