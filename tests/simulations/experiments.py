"""What a simulation is: a statement of the library, an experiment in which it can fail."""

from __future__ import annotations

import importlib
import sys
import time
import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np

Trial = Callable[[np.random.Generator], Mapping[str, bool]]


@dataclass(frozen=True)
class Simulation:
    """One experiment, in which one or several methods make a statement of the same kind.

    Attributes
    ----------
    name : of the experiment
    kind : "size", the share of samples in which a true null is rejected, or "coverage"
    design : what is drawn, in words
    stress : whether the design is outside those that the methods are meant for
    claimed : .05 or .95, as a rule
    samples : how many samples a full run draws
    trial : from a generator to what each method said in one sample: rejected, or covered
    """

    name: str
    kind: Literal["size", "coverage"]
    design: str
    stress: bool
    claimed: float
    samples: int
    trial: Trial


def modules() -> list[str]:
    """Return the names of the modules with simulations, in the order of the table."""
    return sorted(path.stem for path in Path(__file__).parent.glob("sim_*.py"))


def of_module(module: str) -> list[Simulation]:
    """Return the simulations of a module."""
    return list(importlib.import_module(f"tests.simulations.{module}").simulations())


def registry() -> list[Simulation]:
    """Return every simulation, in the order of the table."""
    return [simulation for module in modules() for simulation in of_module(module)]


def run(simulation: Simulation, seed: int, scale: float) -> list[dict[str, object]]:
    """Return one row per method: what was claimed, what was found, its Monte Carlo error."""
    samples = max(2, round(simulation.samples * scale))
    words = [ord(letter) for letter in simulation.name]
    streams = np.random.SeedSequence([seed, *words]).spawn(samples)
    found: dict[str, list[bool]] = {}
    for stream in streams:
        for method, said in simulation.trial(np.random.default_rng(stream)).items():
            found.setdefault(method, []).append(bool(said))
    rows: list[dict[str, object]] = []
    for method, said in found.items():
        rate = float(np.mean(said))
        rows.append(
            {
                "experiment": simulation.name,
                "method": method,
                "quantity": simulation.kind,
                "design": simulation.design,
                "stress": simulation.stress,
                "claimed": simulation.claimed,
                "simulated": rate,
                "monte_carlo_error": float(np.sqrt(rate * (1 - rate) / samples)),
                "samples": samples,
                "seed": seed,
            }
        )
    return rows


def work(job: tuple[str, int, int, float]) -> list[dict[str, object]]:
    """Run one simulation in a process of its own."""
    module, place, seed, scale = job
    simulation = of_module(module)[place]
    start = time.perf_counter()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # few clusters, few shocks: what the stress designs are for
        rows = run(simulation, seed, scale)
    print(f"{simulation.name}: {time.perf_counter() - start:.1f} s", file=sys.stderr)
    return rows
