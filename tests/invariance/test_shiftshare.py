"""What a shift-share design answers when units, order, dtypes, labels or idle rows change.

The table CASES says, for every public name of `agglometrics.shiftshare`, by which power each
answer follows the unit of the outcome ``y``, the treatment ``x``, the shocks ``shock`` and the
regression weights ``w``; what it does not name must leave the answer as it is.
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

SCALES = (1e-9, 1e-6, 1e6, 1e9)
Answers = dict[str, float]
CALL = {"outcome": "y", "treatment": "x", "controls": ["q"], "weights": "w"}


@dataclass(frozen=True)
class Tables:
    """The tables of a design, as a user holds them."""

    locations: pd.DataFrame
    shares: pd.DataFrame
    shocks: pd.DataFrame

    def design(self) -> ag.ShiftShareDesign:
        return ag.ShiftShareDesign(self.locations, self.shares, self.shocks)


@cache
def tables() -> Tables:
    made = ag.simulate_shift_share(3, n_locations=40, n_sectors=16, per_cluster=2).design
    weights = np.random.default_rng(1).uniform(1, 3, len(made.locations))
    return Tables(made.locations.assign(w=weights), made.shares, made.shocks)


@dataclass(frozen=True)
class Case:
    """A call on tables, and how its answers follow units.

    powers : for an answer's name (a regular expression) the power of each unit in it
    changes : a change -> why it moves the answer
    """

    run: Callable[[Tables], Answers]
    powers: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    changes: Mapping[str, str] = field(default_factory=dict)


def numbers(frame: pd.DataFrame) -> Answers:
    """Return the sum of each column of numbers, keys aside."""
    plain = frame.drop(columns=["location", "sector"], errors="ignore").select_dtypes("number")
    return {str(c): float(np.nansum(np.sort(plain[c].to_numpy(dtype=float)))) for c in plain}


def fitted(cov: object) -> Callable[[Tables], Answers]:
    def run(t: Tables) -> Answers:
        fit = t.design().fit(**CALL, cov=cov)
        low, high = fit.interval(0.9).pieces[0]
        return {"estimate": float(fit.params[0]), "std_error": float(fit.std_errors[0]),
                "low": float(low), "high": float(high)}  # fmt: skip

    return run


SLOPE = {"estimate|std_error|low|high|end": {"y": 1, "x": -1}}


def with_cov(cov: object) -> Case:
    return Case(fitted(cov), SLOPE)


def kernel(function: Callable[..., object]) -> Callable[[Tables], Answers]:
    """Return a call of an array kernel in the order of the design's rows."""

    def run(t: Tables) -> Answers:
        wide = t.shares.pivot_table(index="location", columns="sector", values="share")
        rows = t.locations.set_index("location").loc[wide.index]
        shocks = t.shocks.set_index("sector")["shock"].loc[wide.columns].to_numpy()
        W = wide.fillna(0.0).to_numpy()
        controls = np.column_stack([np.ones(len(rows)), rows["q"]])
        found = function(rows["y"].to_numpy(), W @ shocks, controls, W)
        if isinstance(found, float):
            return {"std_error": found}
        return {f"end{k}": float(end) for k, end in enumerate(np.ravel(found.pieces))}

    return run


REDUCED = {"std_error|end": {"y": 1, "shock": -1}}


def permuted(t: Tables) -> Answers:
    test = t.design().randomization_test(
        "y", "x", counterfactuals=ag.Permutation(), draws=39, seed=2
    )
    return {"estimate": float(test.estimate), "p_value": float(test.p_value)}


def flipped(t: Tables) -> Answers:
    counterfactuals = ag.SignFlips()
    return numbers(t.design().recentred(counterfactuals, draws=19, seed=2).instruments)


def panels(t: Tables) -> Answers:
    found = ag.rotemberg_panels(t.design().rotemberg(**CALL))
    wanted = {"signs": found.signs, "estimates": found.estimates}
    return {f"{name} {k}": v for name, frame in wanted.items() for k, v in numbers(frame).items()}


DRAWN = {
    "renamed": "other draws",
    "idle_sector": "a shock without shares is one more that could change places",
}
COUNTED = {"idle_sector": "means over all sectors listed, one more of weight zero"}


CASES = {
    "ShiftShareDesign": Case(lambda t: numbers(t.design().instruments), {"shock": {"shock": 1}}),
    "ShockLevel": with_cov(ag.ShockLevel("cluster")),
    "ShockLevel0": with_cov(ag.ShockLevel0("cluster")),
    "ShockJackknife": with_cov(ag.ShockJackknife("cluster")),
    "AKM": with_cov(ag.AKM("cluster")),
    "AKM0": with_cov(ag.AKM0("cluster")),
    "akm_std_error": Case(kernel(ag.akm_std_error), REDUCED),
    "shock_jackknife_std_error": Case(kernel(ag.shock_jackknife_std_error), REDUCED),
    "Permutation": Case(permuted, SLOPE, DRAWN),
    "SignFlips": Case(flipped, {"shock": {"shock": 1}}, DRAWN),
    "rotemberg_panels": Case(panels, {r"estimates (?!.*share)": {"y": 1, "x": -1}}, COUNTED),
    "ShiftShareDesign: rotemberg": Case(
        lambda t: numbers(t.design().rotemberg(**CALL)[["alpha", "beta", "f"]]),
        {"beta": {"y": 1, "x": -1}},
    ),
    "ShiftShareDesign: shock_summary": Case(
        lambda t: numbers(t.design().shock_summary(weights="w")[["effective_shocks"]])
    ),
    "ShiftShareDesign: ols": Case(
        lambda t: {"estimate": float(t.design().ols("y", "x", controls=["q"]).params[0])}, SLOPE
    ),
}

# answered for with another name, or without an answer of numbers to a design
ELSEWHERE = {
    "RandomizationTest": "Permutation",
    "akm0_set": "AKM0",
    "shock_level_std_error": "ShockLevel",
    "leave_one_out_growth": "a table of growth rates of cells; tests/shiftshare/test_boundaries",
    "simulate_shift_share": "makes the tables; tests/shiftshare/test_coverage",
    "Studentized": "the default statistic of Permutation",
    "Unstudentized": "a statistic of Permutation; tests/shiftshare",
    "plot_first_stage": "draws what fit answers",
    "plot_shocks": "draws the design itself",
    "plot_leave_one_out": "draws what leave_one_out answers",
    "plot_rotemberg": "draws what rotemberg answers",
}


def compare(found: Answers, base: Answers, case: Case, unit: str, s: float) -> None:
    assert found.keys() == base.keys()
    for name, old in base.items():
        power = sum(p.get(unit, 0) for pattern, p in case.powers.items() if re.match(pattern, name))
        assert found[name] / s**power == pytest.approx(old, rel=2e-6, abs=1e-10), (name, unit, s)


@cache
def base(name: str) -> Answers:
    return answer(name, tables())


def answer(name: str, t: Tables) -> Answers:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ag.AgglometricsWarning)
        return CASES[name].run(t)


def scaled(t: Tables, unit: str, s: float) -> Tables:
    if unit == "shock":
        return Tables(t.locations, t.shares, t.shocks.assign(shock=t.shocks["shock"] * s))
    return Tables(t.locations.assign(**{unit: t.locations[unit] * s}), t.shares, t.shocks)


@pytest.mark.parametrize("name", CASES)
def test_units(name):
    for unit in ("y", "x", "q", "w", "shock"):
        for s in SCALES:
            compare(answer(name, scaled(tables(), unit, s)), base(name), CASES[name], unit, s)


def shuffled(t: Tables) -> Tables:
    return Tables(*(f.sample(frac=1, random_state=5) for f in (t.locations, t.shares, t.shocks)))


def as_text(t: Tables) -> Tables:
    L, S, G = t.locations, t.shares, t.shocks
    return Tables(L.assign(location=L["location"].astype(str)),
                  S.assign(location=S["location"].astype(str), sector=S["sector"].astype(str)),
                  G.assign(sector=G["sector"].astype(str)))  # fmt: skip


def renamed(t: Tables) -> Tables:
    def new(labels: pd.Series) -> pd.Series:
        return labels.astype(str).map(lambda label: f"{label[::-1]}-{label}")

    L, S, G = t.locations, t.shares, t.shocks
    return Tables(L.assign(location=new(L["location"])),
                  S.assign(location=new(S["location"]), sector=new(S["sector"])),
                  G.assign(sector=new(G["sector"]), cluster=new(G["cluster"])))  # fmt: skip


def idle_sector(t: Tables) -> Tables:
    """Return the tables with a sector without shares: it has no weight."""
    idle = t.shocks.iloc[[0]].assign(sector=t.shocks["sector"].max() + 1, shock=3.0)
    none = t.shares.iloc[[0]].assign(sector=idle["sector"].iloc[0], share=0.0)
    return Tables(t.locations, pd.concat([t.shares, none]), pd.concat([t.shocks, idle]))


CHANGES = [shuffled, as_text, renamed, idle_sector]


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize("change", CHANGES)
def test_order_of_rows_type_and_names_of_keys_idle_sectors(name, change):
    if change.__name__ not in CASES[name].changes:
        compare(answer(name, change(tables())), base(name), CASES[name], "", 1.0)


@pytest.mark.parametrize("name", ["ShockLevel", "ShockJackknife", "AKM", "akm_std_error"])
def test_a_constant_added_to_the_shocks(name):
    """With complete shares it moves z by a constant, which the regression has."""
    t = tables()
    for times in (1.0, 1e3):
        far = t.shocks.assign(shock=t.shocks["shock"] + times * t.shocks["shock"].std())
        compare(answer(name, Tables(t.locations, t.shares, far)), base(name), CASES[name], "", 1.0)


def test_every_public_name_is_in_the_table():
    text = Path(ag.__file__).with_name("__init__.pyi").read_text("utf-8")
    found = re.findall(r"from \.shiftshare[\w.]* import (\([^)]*\)|[^\n]*)", text)
    public = {name for part in found for name in re.findall(r"\w+", part)}
    answered = {name.split(":")[0] for name in CASES} | set(ELSEWHERE)
    assert public - answered == set()
    assert answered - public == set()
