"""What a random experiment sees of an industry, and what it answers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

from agglometrics.notation import Array


@dataclass(frozen=True)
class Observed:
    """One industry in one period, as an inference sees it.

    Attributes
    ----------
    z : (N,) shares of the plants in the industry, largest first
    x : (R,) reference shares
    origin : (R,) where deviations are measured from: x, or zero
    G : concentration, the sum over regions of (s - origin)^2
    expected_g, variance_g : moments of G under the dartboard
    label : names the industry and period, for its own stream of random numbers
    """

    z: Array
    x: Array
    origin: Array
    G: float
    expected_g: float
    variance_g: float
    label: str

    def gamma(self, G: Any) -> Any:
        """Return the excess of G (or of an array of them) over the dartboard, as a gamma."""
        return (G - self.expected_g) / ((1 - self.z @ self.z) * (1 - self.x @ self.x))

    def simulated(self, kernel: Any, gamma: float, draws: int, seed: int) -> Array:
        """Return G, (B,), of these plants in random locations, by a kernel of `simulate`."""
        from agglometrics.measures.plants.inference.simulate import simulated_g

        return simulated_g(kernel, self.z, self.x, self.origin, gamma, draws, seed)


class Inference(Protocol):
    """A random experiment that turns an industry into statistics."""

    @property
    def model(self) -> str:
        """The experiment and its size, as the answer names it."""

    @property
    def columns(self) -> tuple[str, ...]:
        """The statistics that it gives."""

    @property
    def evaluations(self) -> int:
        """How often every plant is placed, at most."""

    def with_root(self) -> Inference:
        """Fix the seed, so that every industry of one call starts from the same."""

    def statistics(self, industry: Observed) -> dict[str, float]:
        """Return the statistics of one industry, by column."""
