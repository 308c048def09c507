"""What each measure of distances does when units, order, dtypes, labels or other points change.

The table CASES says, for every public function of `agglometrics.distance`, by which power each
answer follows the unit of the coordinates ("xy") and of the weights ("w"), and which changes move
it and why. Whatever the table does not name must leave every answer as it is.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import agglometrics as ag

NOTHING = "$."  # matches no name
SCALES = (1e-9, 1e-6, 1e6, 1e9)
Answers = dict[str, np.ndarray]


@dataclass(frozen=True)
class Plants:
    """Points with weights, and the unit in which their coordinates are written."""

    table: pd.DataFrame
    unit: float = 1.0

    @property
    def distances(self) -> list[float]:
        return [self.unit * d for d in (0.75, 1.5, 3.25)]

    @property
    def window(self) -> tuple[float, float, float, float]:
        return (0.0, 10 * self.unit, 0.0, 10 * self.unit)


@dataclass(frozen=True)
class Case:
    """A call, how its answers follow units, and what moves them for a reason.

    powers : for a column of the answer (a regular expression) the power of each unit in it
    changes : a change -> why it moves the answer
    drawn : columns that rest on draws: other draws under other labels
    """

    run: Callable[[Plants], pd.DataFrame]
    powers: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    changes: Mapping[str, str] = field(default_factory=dict)
    drawn: str = NOTHING


def table() -> pd.DataFrame:
    """Return plants on a half-unit lattice: many share a site, and many distances are tied."""
    rng = np.random.default_rng(6)
    n = 60
    return pd.DataFrame(
        {
            "x": rng.integers(1, 20, n) / 2,
            "y": rng.integers(1, 20, n) / 2,
            "industry": rng.permutation(np.repeat([1, 2, 3], [24, 20, 16])),
            "w": rng.integers(1, 40, n) / 4,
        }
    )


def curve(answer: object) -> pd.DataFrame:
    return answer.curve


def density(**options: object) -> Callable[[Plants], pd.DataFrame]:
    """Return a call of K_d on the plants of industry 1."""
    return lambda p: curve(
        ag.duranton_overman(p.table, target=_first(p), distances=p.distances, **options)
    )


def _first(p: Plants) -> object:
    """Return the label of the industry in question, whatever it is called."""
    return p.table["industry"].value_counts().index[0]


def _second(p: Plants) -> object:
    return p.table["industry"].value_counts().index[1]


def every_industry(p: Plants) -> pd.DataFrame:
    """Return the summary of all industries, the largest first."""
    found = ag.duranton_overman(p.table, distances=p.distances, simulations=39)
    return found.summary.sort_values("n", ascending=False).drop(columns="industry")


def relative(function: Callable[..., object], **options: object) -> Callable[[Plants], object]:
    return lambda p: curve(function(p.table, target=_first(p), distances=p.distances, **options))


def between(function: Callable[..., object], **options: object) -> Callable[[Plants], object]:
    return lambda p: curve(
        function(p.table, target=_first(p), neighbor=_second(p), distances=p.distances, **options)
    )


def k(**options: object) -> Callable[[Plants], pd.DataFrame]:
    return lambda p: curve(
        ag.ripley(p.table, target=_first(p), distances=p.distances, window=p.window, **options)
    )


def fit(p: Plants) -> pd.DataFrame:
    found = ag.marcon_puech(p.table, target=_first(p), distances=p.distances, simulations=39)
    test = ag.goodness_of_fit(found)
    return pd.DataFrame({"p_value": [test.p_value]})


def local(**options: object) -> Callable[[Plants], pd.DataFrame]:
    """Return a call around each plant; its weights as given are no answer."""

    def call(p: Plants) -> pd.DataFrame:
        found = ag.local_concentration(
            p.table, target=_first(p), distance=1.5 * p.unit, simulations=39, **options
        ).table
        return found[found.columns[~found.columns.str.contains("row|weight")]]

    return call


def scan(p: Plants) -> pd.DataFrame:
    at = p.table.assign(region=[f"{a:g} {b:g}" for a, b in zip(p.table.x // p.unit // 2,
                                                               p.table.y // p.unit // 2,
                                                               strict=True)])  # fmt: skip
    places = at.groupby("region", as_index=False)[["x", "y"]].min()
    cells = at.groupby(["region", "industry"], as_index=False).size()
    found = ag.scan_clusters(cells, target=_first(p), value="size", regions=places, simulations=39)
    return found.clusters.select_dtypes("number")


ALL_POINTS = {"far point": "its plant is part of the whole that is compared with"}
ENDS = "observed|local_low|local_high|global_low|global_high"
LENGTHS = {"distance|radius|x|y": {"xy": 1}}
K_D = LENGTHS | {f"{ENDS}|gamma|psi": {"xy": -1}}
BANDS = "local_.*|global_.*|gamma|psi"
CASES: dict[str, Case] = {
    "duranton_overman": Case(density(), K_D),
    "duranton_overman: weights": Case(density(weight="w"), K_D),
    "duranton_overman: bands": Case(density(simulations=39), K_D, ALL_POINTS, BANDS),
    "duranton_overman: every industry": Case(
        every_industry,
        {"bandwidth": {"xy": 1}},
        ALL_POINTS,
        "local.*|disp.*|gamma_index|psi_index|p_value|p_adjusted",
    ),
    "marcon_puech": Case(relative(ag.marcon_puech), LENGTHS, ALL_POINTS),
    "marcon_puech: weights": Case(relative(ag.marcon_puech, weight="w"), LENGTHS, ALL_POINTS),
    "marcon_puech: between": Case(between(ag.marcon_puech), LENGTHS, ALL_POINTS),
    "marcon_puech: bands": Case(
        relative(ag.marcon_puech, simulations=39), LENGTHS, ALL_POINTS, BANDS
    ),
    "lang_marcon_puech": Case(relative(ag.lang_marcon_puech), LENGTHS, ALL_POINTS),
    "ripley": Case(k(), LENGTHS | {ENDS: {"xy": 2}}),
    "ripley: L": Case(k(transform="L"), LENGTHS | {ENDS: {"xy": 1}}),
    "ripley: translation": Case(k(correction=ag.Translation()), LENGTHS | {ENDS: {"xy": 2}}),
    "ripley: bands": Case(
        k(null=ag.ShuffledLabels(), simulations=39), LENGTHS | {ENDS: {"xy": 2}}, ALL_POINTS, BANDS
    ),
    "goodness_of_fit": Case(fit, {}, ALL_POINTS, "p_value"),
    "local_concentration": Case(local(), LENGTHS, ALL_POINTS),
    "local_concentration: weights": Case(
        local(weight="w"), LENGTHS, ALL_POINTS, "p_value|p_adjusted"
    ),
    "scan_clusters": Case(scan, LENGTHS, ALL_POINTS, "p_value"),
}

# values, whose answers are those of the function that takes them
MADE_BY = {
    "BenjaminiHochberg": "duranton_overman", "WestfallYoung": "duranton_overman",
    "DroppedSimulationBands": "duranton_overman", "DurantonOvermanBands": "duranton_overman",
    "ExtremeRankBands": "duranton_overman", "SheatherJones": "duranton_overman",
    "Silverman": "duranton_overman", "DensityCurve": "duranton_overman",
    "IndustryCurves": "duranton_overman", "Isotropic": "ripley", "Translation": "ripley",
    "Uncorrected": "ripley", "PopulationIndependence": "ripley", "RandomPosition": "ripley",
    "RandomLocation": "marcon_puech", "ShuffledLabels": "ripley",
    "IntegratedSquare": "goodness_of_fit", "MaximumDeviation": "goodness_of_fit",
}  # fmt: skip


def answer(name: str, plants: Plants) -> Answers:
    """Return every numeric column, in the order of its values where rows are plants."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ag.AgglometricsWarning)
        frame = CASES[name].run(plants).select_dtypes("number")
    if name.startswith("local_concentration"):
        frame = frame.sort_values(list(frame.columns))
    return {column: frame[column].to_numpy(dtype=float) for column in frame}


@cache
def base(name: str) -> Answers:
    return answer(name, Plants(table()))


def compare(found: Answers, name: str, factor: float = 1.0, skip: str = NOTHING) -> None:
    """Assert that each column is its old value times the factor to its power."""
    assert found.keys() == base(name).keys()
    for column, before in base(name).items():
        if re.fullmatch(skip, column):
            continue
        power = sum(
            powers["xy"] for p, powers in CASES[name].powers.items() if re.fullmatch(p, column)
        )
        np.testing.assert_allclose(
            found[column] / factor**power, before, rtol=1e-6, atol=1e-12, err_msg=column
        )


names = pytest.mark.parametrize("name", CASES)


@names
@pytest.mark.parametrize("factor", SCALES)
def test_unit_of_coordinates(name, factor):
    moved = table().assign(x=table().x * factor, y=table().y * factor)
    compare(answer(name, Plants(moved, factor)), name, factor)


@pytest.mark.parametrize("name", [n for n in CASES if "weights" in n])
@pytest.mark.parametrize("factor", SCALES)
def test_unit_of_weights(name, factor):
    compare(answer(name, Plants(table().assign(w=table().w * factor))), name)


SAME = {
    "rows permuted": lambda d: d.sample(frac=1, random_state=3),
    "index of text": lambda d: d.set_axis([f"r{k}" for k in range(len(d))]),
    "keys as text": lambda d: d.assign(industry=d.industry.astype(str)),
    "keys as floats": lambda d: d.assign(industry=d.industry.astype(float)),
    "an unused category": lambda d: d.assign(
        industry=pd.Categorical(d.industry, categories=[1, 2, 3, 4])
    ),
}


@names
@pytest.mark.parametrize("change", SAME)
def test_order_of_rows_and_type_of_keys(name, change):
    compare(answer(name, Plants(SAME[change](table()))), name)


@names
def test_labels_renamed(name):
    other = table().assign(industry=table().industry.map({1: "steel", 2: "glass", 3: "wool"}))
    compare(answer(name, Plants(other)), name, skip=CASES[name].drawn)


@names
def test_a_far_point_of_another_industry(name):
    if "far point" in CASES[name].changes:
        return
    far = pd.DataFrame({"x": [9.75], "y": [0.25], "industry": [3], "w": [1e6]})
    if name.startswith("duranton"):
        far = far.assign(x=1e7, y=-1e7)
    compare(answer(name, Plants(pd.concat([table(), far], ignore_index=True))), name)


def test_every_public_name_is_in_the_table():
    text = Path(ag.__file__).with_name("__init__.pyi").read_text("utf-8")
    found = re.findall(r"from \.distance[\w.]* import (\([^)]*\)|[^\n]*)", text)
    public = {name for part in found for name in re.findall(r"\w+", part)}
    answered = {name.split(":")[0] for name in CASES} | set(MADE_BY)
    assert public - answered == set()
    assert set(MADE_BY.values()) <= set(CASES)
