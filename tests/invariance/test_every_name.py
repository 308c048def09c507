"""Whatever a public function answers, it does not depend on the order of rows or on the index.

Each call of the front's table is repeated on tables whose rows are permuted, whose index is text
and which carry a column that nobody asked for. All numbers that the answer shows must stay.
"""

from __future__ import annotations

import warnings

import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure

from tests.front.calls import calls

CALLS = calls()

# what is no long table of rows, or takes its shape for what it says
OTHER_SHAPES = {
    "row_standardize": "a matrix keeps the order of its labels",
    "component_totals": "every column after `change` is a part",
    "plot_components": "every column after `change` is a part",
    "plot_quadrant": "every column after `change` is a part",
    "plot_leave_one_out": "every other column is a key of the sectors",
    "plot_without_each": "the other column is the group",
    "lbm_gls": "answers the table itself, with every column",
}


# arguments that are matrices, or tables of exactly one column of values
MATRICES = {"weights", "distance_matrix", "local_supply"}


def tables(call: dict[str, object]) -> list[str]:
    """Return the arguments that are long tables."""
    return [
        name
        for name, value in call.items()
        if isinstance(value, pd.DataFrame) and name not in MATRICES
    ]


NAMES = [name for name, (_, call) in CALLS.items() if tables(call) and name not in OTHER_SHAPES]


def shown(answer: object) -> list[pd.DataFrame]:
    """Return the frames that an answer shows."""
    if isinstance(answer, pd.DataFrame):
        return [answer]
    if isinstance(answer, pd.Series):
        return [answer.to_frame("value")]
    if isinstance(answer, Figure):
        return read_back(answer)
    if isinstance(answer, tuple | list):
        return [frame for part in answer for frame in shown(part)]
    frames = []
    for name in ("tidy", "curve", "summary", "clusters", "terms"):
        part = getattr(answer, name, None)
        part = part() if callable(part) else part
        if isinstance(part, pd.DataFrame):
            frames.append(part)
    return frames


def read_back(figure: Figure) -> list[pd.DataFrame]:
    """Return the numbers of the lines, bars and points of a picture."""
    frames = []
    for axes in figure.axes:
        drawn = [line.get_xydata() for line in axes.lines]
        drawn += [np.ma.filled(marks.get_offsets(), np.nan) for marks in axes.collections]
        drawn += [[bar.get_bbox().min, bar.get_bbox().max] for bar in axes.patches
                  if hasattr(bar, "get_bbox")]  # fmt: skip
        frames.append(pd.DataFrame(np.vstack(drawn) if drawn else [], dtype=float))
    return frames


def numbers(answer: object) -> dict[str, np.ndarray]:
    """Return every numeric column of what is shown, its values in ascending order."""
    found = {}
    for k, frame in enumerate(shown(answer)):
        for column in frame.select_dtypes("number"):
            values = frame[column].to_numpy(dtype=float)
            found[f"{k}.{column}"] = np.sort(values[~np.isnan(values)])
    return found


def moved(table: pd.DataFrame) -> pd.DataFrame:
    """Return the rows in another order, with an index of text and a column more."""
    other = table.sample(frac=1, random_state=11)
    return other.set_axis([f"r{k}" for k in range(len(other))]).assign(nobody_asked=1.5)


@pytest.mark.parametrize("name", NAMES)
def test_rows_in_another_order(name):
    function, call = CALLS[name]
    changed = call | {argument: moved(call[argument]) for argument in tables(call)}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        before, after = numbers(function(**call)), numbers(function(**changed))
    assert before.keys() == after.keys()
    for key, values in before.items():
        np.testing.assert_allclose(after[key], values, rtol=1e-7, atol=1e-10, err_msg=key)


def test_the_table_is_long_and_its_answers_are_seen():
    assert len(NAMES) > 60
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        seen = [name for name in NAMES if numbers(CALLS[name][0](**CALLS[name][1]))]
    assert len(seen) > 0.8 * len(NAMES), sorted(set(NAMES) - set(seen))
