"""Coverage and size in simulations with known truth; every bound states its Monte Carlo error.

Shares stay fixed while shocks and residuals are drawn again; both share sectors and clusters of
sectors, which is what makes errors that ignore the shares too small (Adao, Kolesar and Morales
2019, sec. II).
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
import pytest

from agglometrics.inference.specifications import Cluster, Robust
from agglometrics.shiftshare.alignment.aligned_design import AlignedDesign
from agglometrics.shiftshare.alignment.specification import Specification
from agglometrics.shiftshare.design import ShiftShareDesign
from agglometrics.shiftshare.diagnostics.shock_overidentification import overidentified_shocks
from agglometrics.shiftshare.fitting import estimate
from agglometrics.shiftshare.inference.akm import AKM
from agglometrics.shiftshare.inference.akm0 import AKM0
from agglometrics.shiftshare.inference.counterfactuals import Permutation
from agglometrics.shiftshare.inference.randomization import against_draws
from agglometrics.shiftshare.inference.shock_level import ShockLevel
from agglometrics.shiftshare.inference.shock_level0 import ShockLevel0
from agglometrics.shiftshare.inference.studentized import Studentized, Unstudentized
from agglometrics.shiftshare.simulate import simulate_shift_share

BETA = 0.5
SPEC = Specification((), (), None, ())


def test_the_simulated_regressor_is_the_instrument_and_half_of_the_residual() -> None:
    """x - z = e / 2 + noise of .1: a slope of .5, with a standard error of .1 / |e|; b is above."""
    made = simulate_shift_share(4, n_locations=400, beta=-2.0)
    y, x = (made.design.locations[name].to_numpy() for name in ("y", "x"))
    z, e = made.design.instruments["shock"].to_numpy(), y + 2.0 * x
    assert e @ (x - z) / (e @ e) == pytest.approx(0.5, abs=4 * 0.1 / np.sqrt(e @ e))
    assert np.polyfit(x, y, 1)[0] > -2.0


def test_the_simulated_residual_is_of_the_shocks_of_sectors_the_control_and_little_noise() -> None:
    """y - beta x = W nu + 0.2 q + noise of .05; the shocks' age is nu + g."""
    made = simulate_shift_share(4, n_locations=400, beta=-2.0).design
    f, shocks = made.locations, made.shocks
    W = made.shares.pivot(index="location", columns="sector", values="share").to_numpy()
    R = np.column_stack([W @ (shocks["age"] - shocks["shock"]), f["q"]])
    e = (f["y"] + 2.0 * f["x"]).to_numpy()
    slopes = np.linalg.lstsq(R, e)[0]
    error = 0.05 * np.sqrt(np.diag(np.linalg.inv(R.T @ R)))
    assert (np.abs(slopes - [1.0, 0.2]) < 4 * error).all()
    spread = np.sqrt(((e - R @ slopes) ** 2).sum() / 398)
    assert spread == pytest.approx(0.05, rel=4 / np.sqrt(2 * 398))


@dataclass(frozen=True)
class Experiment:
    """A fixed share matrix and a way to draw shocks and residuals on it."""

    n_locations: int
    n_sectors: int
    per_cluster: int
    seed: int

    def draws(self, count: int) -> Iterator[AlignedDesign]:
        """Yield designs that differ in their shocks and outcomes only."""
        rng = np.random.default_rng(self.seed)
        W = rng.gamma(0.15, size=(self.n_locations, self.n_sectors)) + 1e-9
        W /= W.sum(axis=1, keepdims=True)
        base = self._design(W)
        cluster = np.arange(self.n_sectors) // self.per_cluster
        for _ in range(count):
            g, nu = (
                rng.normal(size=cluster.max() + 1)[cluster] + 0.3 * rng.normal(size=self.n_sectors)
                for _ in range(2)
            )
            z, error = W @ g, W @ nu + 0.1 * rng.normal(size=self.n_locations)
            x = z + 0.5 * error
            frame = base.tables.locations.assign(y=BETA * x + error, x=x)
            tables = replace(base.tables, locations=frame)
            yield replace(base, z=z[:, None], g=g[:, None], tables=tables)

    def _design(self, W: np.ndarray) -> AlignedDesign:
        N, n_sectors = W.shape
        place, sector = np.divmod(np.arange(W.size), n_sectors)
        shares = pd.DataFrame({"location": place, "sector": sector, "share": W.ravel()})
        kinds = np.arange(n_sectors)
        shocks = pd.DataFrame({"sector": kinds, "shock": 0.0, "c": kinds // self.per_cluster})
        locations = pd.DataFrame({"location": np.arange(N), "state": np.arange(N) % 20})
        return ShiftShareDesign(locations, shares, shocks).aligned


def coverage(experiment: Experiment, covs: dict[str, object], count: int) -> dict[str, float]:
    """Share of draws in which the 95 % set holds the truth."""
    hits = dict.fromkeys(covs, 0)
    for design in experiment.draws(count):
        estimates = estimate(design, "y", ("x",), SPEC, Robust())
        for name, cov in covs.items():
            hits[name] += BETA in estimates.with_cov(cov).interval(0.95)
    return {name: hit / count for name, hit in hits.items()}


def monte_carlo_error(rate: float, count: int) -> float:
    return float(np.sqrt(rate * (1 - rate) / count))


def test_coverage_with_clusters_of_shocks() -> None:
    count = 200
    experiment = Experiment(n_locations=250, n_sectors=150, per_cluster=3, seed=1)
    found = coverage(
        experiment,
        {
            "robust": Robust(),
            "state": Cluster("state"),
            "akm, no clusters": AKM(),
            "akm": AKM("c"),
            "akm0": AKM0("c"),
            "shock": ShockLevel("c"),
            "shock0": ShockLevel0("c"),
        },
        count,
    )
    room = 3 * monte_carlo_error(0.95, count)  # .046
    for name in ("akm0", "shock0"):
        assert abs(found[name] - 0.95) < room, found
    for name in ("akm", "shock"):  # 50 clusters: a little below, within .03 of 95 %
        assert 0.95 - room - 0.03 < found[name] < 0.95 + room, found
    for name in ("robust", "state", "akm, no clusters"):  # visibly below
        assert found[name] < 0.95 - room - 0.05, found
    assert found["robust"] < 0.8, found


def test_akm_covers_too_rarely_with_few_shocks() -> None:
    count = 300
    experiment = Experiment(n_locations=200, n_sectors=10, per_cluster=1, seed=2)
    found = coverage(experiment, {"akm": AKM(), "akm0": AKM0(), "shock": ShockLevel()}, count)
    room = 3 * monte_carlo_error(0.95, count)
    assert found["akm"] < 0.95 - room, found
    assert found["shock"] < 0.95 - room, found
    assert found["akm0"] > found["akm"] + 0.02, found


def test_randomization_is_exact_with_few_shocks() -> None:
    count, draws = 200, 39
    rejected = kept = 0
    experiment = Experiment(n_locations=60, n_sectors=10, per_cluster=1, seed=3)
    for seed, design in enumerate(experiment.draws(count)):
        frame = design.tables.locations
        null = frame.assign(y=frame["y"] - BETA * frame["x"])
        under_null = replace(design, tables=replace(design.tables, locations=null))
        test = against_draws(under_null, ("y", "x"), SPEC, Permutation(), draws, seed)
        rejected += test.p_value <= 0.05
        kept += 0.0 in test.interval(0.95)
        assert (test.p_value > 0.05) == (0.0 in test.interval(0.95))
    error = monte_carlo_error(0.05, count)
    assert abs(rejected / count - 0.05) < 3 * error  # .046
    assert kept == count - rejected


def test_randomization_holds_where_the_variance_rises_with_exposure() -> None:
    count, draws, n_sectors = 200, 39, 60
    rng = np.random.default_rng(6)
    W = rng.gamma(0.3, size=(150, n_sectors)) * np.exp(rng.normal(size=n_sectors)) + 1e-9
    W /= W.sum(axis=1, keepdims=True)
    base = Experiment(150, n_sectors, 1, 6)._design(W)
    spread = np.sqrt(W.sum(axis=0) / W.sum() * n_sectors)
    rejected = {"studentized": 0, "raw": 0}
    for seed in range(count):
        g, nu = spread * rng.normal(size=n_sectors), rng.normal(size=n_sectors)
        frame = base.tables.locations.assign(y=W @ nu + 0.1 * rng.normal(size=150))
        tables = replace(base.tables, locations=frame)
        design = replace(base, z=(W @ g)[:, None], g=g[:, None], tables=tables)
        for name, statistic in (("studentized", Studentized()), ("raw", Unstudentized())):
            test = against_draws(design, ("y", None), SPEC, Permutation(), draws, seed, statistic)
            rejected[name] += test.p_value <= 0.05
    error = monte_carlo_error(0.05, count)  # .015
    assert abs(rejected["studentized"] / count - 0.05) < 3 * error, rejected
    assert rejected["raw"] / count > 0.2, rejected


def test_randomization_is_exact_with_nineteen_draws() -> None:
    count = 600
    rejected = 0
    rng = np.random.default_rng(7)
    exposed, g = rng.normal(size=(count, 10)), rng.exponential(size=(count, 10))
    base = Experiment(10, 10, 1, 7)._design(np.eye(10))
    for seed in range(count):
        tables = replace(base.tables, locations=base.tables.locations.assign(y=exposed[seed]))
        design = replace(base, z=g[seed][:, None], g=g[seed][:, None], tables=tables)
        test = against_draws(design, ("y", None), SPEC, Permutation(), 19, seed)
        rejected += test.p_value <= 0.05
    assert abs(rejected / count - 0.05) < 3 * monte_carlo_error(0.05, count)  # .027


def test_size_and_power_of_the_test_that_shocks_agree() -> None:
    count = 150
    rejected = {"valid": 0, "invalid": 0}
    rng = np.random.default_rng(5)
    W = rng.gamma(0.15, size=(250, 150)) + 1e-9
    W /= W.sum(axis=1, keepdims=True)
    base = Experiment(250, 150, 1, 5)._design(W)
    names = replace(base.tables, shocks_named=("a", "b", "c"))
    for _ in range(count):
        G, nu = rng.normal(size=(150, 3)), rng.normal(size=150)
        x = W @ G.sum(axis=1) + W @ nu
        error = W @ (nu + rng.normal(size=150))
        for name, direct in (("valid", 0.0), ("invalid", 1.0)):
            y = BETA * x + error + direct * W @ G[:, 2]
            frame = base.tables.locations.assign(y=y, x=x)
            design = replace(base, z=W @ G, g=G, tables=replace(names, locations=frame))
            answer = overidentified_shocks(design, ("y", "x"), SPEC, None)
            rejected[name] += answer["p_value"][1] < 0.05
    assert abs(rejected["valid"] / count - 0.05) < 3 * monte_carlo_error(0.05, count)  # .053
    assert rejected["invalid"] / count > 0.9


def test_coverage_with_many_shocks() -> None:
    count = 300
    experiment = Experiment(n_locations=400, n_sectors=300, per_cluster=2, seed=4)
    found = coverage(
        experiment,
        {
            "robust": Robust(),
            "akm0": AKM0("c"),
            "shock": ShockLevel("c"),
            "shock0": ShockLevel0("c"),
        },
        count,
    )
    room = 3 * monte_carlo_error(0.95, count)  # .038
    assert abs(found["akm0"] - 0.95) < room, found
    assert abs(found["shock0"] - 0.95) < room, found
    assert abs(found["shock"] - 0.95) < room + 0.01, found
    assert found["robust"] < 0.85, found
