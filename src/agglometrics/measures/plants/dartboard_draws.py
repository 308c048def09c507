"""The draws behind the dartboard test: G of one industry's plants in random places."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from agglometrics.errors import IdentificationError, InputError
from agglometrics.labels import PLAIN, Labels, Lang, as_labels
from agglometrics.measures.plants.ellison_glaeser import excess_of
from agglometrics.measures.plants.excess import observed_of
from agglometrics.measures.plants.inference.dartboard import Dartboard
from agglometrics.measures.plants.inference.monte_carlo import monte_carlo_p
from agglometrics.measures.plants.reading import read_industries
from agglometrics.measures.plants.sizes import read_sizes
from agglometrics.notation import Array
from agglometrics.random.seeds import root, stream
from agglometrics.tables import listed
from agglometrics.tables.argument.by_name import label as require_label
from agglometrics.tables.arguments import checked

if TYPE_CHECKING:
    from matplotlib.figure import Figure


@dataclass(frozen=True)
class DartboardDraws:
    """Raw concentration G under the dartboard, and as it is.

    Attributes
    ----------
    industry : its label
    g : G = sum_r (s_r - x_r)^2 as found
    draws : (B,) G of the same plants, each in a region drawn with probability x
    expected_g, variance_g : the moments of G under the dartboard (Ellison and Glaeser 1997)
    p_value : of the test, as in `ellison_glaeser`
    model : the null and its draws
    """

    industry: object
    g: float
    draws: Array = field(repr=False)
    expected_g: float
    variance_g: float
    p_value: float
    model: str

    @checked
    def plot(self, *, lang: Lang = "en", labels: Labels | Mapping[Any, Any] = PLAIN) -> Figure:
        """Draw the distribution, its normal approximation, and G as found."""
        labels = as_labels(labels)
        from agglometrics.plotting.pictures.distributions import draw_distribution

        normal = (self.expected_g, float(np.sqrt(self.variance_g)))
        return draw_distribution(self.draws, self.g, axis="_raw_g", p_value=self.p_value,
                                 normal=normal, lang=lang, labels=labels)  # fmt: skip


@checked
def dartboard_draws(
    plants: object,
    *,
    of: object,
    size: str,
    industry: str = "industry",
    region: str = "region",
    reference: object = None,
    test: Dartboard | None = None,
) -> DartboardDraws:
    """Throw one industry's plants at the dartboard, and return every G.

    These are the draws behind the p-value of ``ellison_glaeser(..., inference=Dartboard())``, from
    the same stream of random numbers: the p-values are equal.

    Parameters
    ----------
    plants : table or path
        One row per plant, of one period.
    of : label of the industry
    size, industry, region : columns, as in `ellison_glaeser`
    reference : as in `ellison_glaeser`
    test : draws, seed and alternative; `Dartboard()` by default

    Returns
    -------
    DartboardDraws
        With ``.plot()``.

    Raises
    ------
    InputError
        For an industry that is not in the table, and as `ellison_glaeser`.
    IdentificationError
        For an industry of one plant.

    Examples
    --------
    >>> import numpy as np, pandas as pd
    >>> rng = np.random.default_rng(1)
    >>> plants = pd.DataFrame({"region": rng.choice(list("abcd"), 60), "emp": 5.0,
    ...                        "industry": ["toys"] * 20 + ["others"] * 40})
    >>> found = dartboard_draws(plants, of="toys", size="emp")
    >>> found.draws.shape, round(float(found.draws.mean() / found.expected_g), 1)
    ((999,), 1.0)
    """
    require_label("of", of)
    test = Dartboard() if test is None else test
    data = read_industries(
        plants, size=size, industry=industry, region=region, time=None, reference=reference
    )
    known = list(data.cube.industries)
    if of not in known:
        raise InputError(
            f"of={of!r} is not an industry of the table, which has {listed(known)}. "
            "Choose one of these."
        )
    at = known.index(of)
    excess = excess_of(data)
    if np.isnan(excess.gamma[0, at]):
        raise IdentificationError(
            f"industry {of!r} has one plant: its gamma is undefined. Choose another."
        )
    sizes = read_sizes(plants, size=size, industry=industry, time=None)
    here = observed_of(data, excess, sizes, 0, at)
    from agglometrics.measures.plants.inference.simulate import urn

    G = here.simulated(urn, 0.0, test.draws, stream(root(test.seed), here.label))
    p_value = monte_carlo_p(G, here.G, test.alternative)
    return DartboardDraws(of, here.G, G, here.expected_g, here.variance_g, p_value, test.model)
