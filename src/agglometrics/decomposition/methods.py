"""The methods of `shift_share` as values: frozen, without data."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, field

import numpy as np

from agglometrics.decomposition.formulas.arcelus import arcelus
from agglometrics.decomposition.formulas.dunn import dunn
from agglometrics.decomposition.formulas.esteban_marquillas import esteban_marquillas
from agglometrics.decomposition.formulas.rates import Parts, industry_rates
from agglometrics.decomposition.growth import BaseWeights, Growth, Terms, check_weights
from agglometrics.decomposition.regression import fit_growth
from agglometrics.errors import InputError
from agglometrics.space.weights import require_neighbours, weights_matrix
from agglometrics.tables.arguments import checked


@dataclass(frozen=True)
class Partition(ABC):
    """A decomposition against a reference economy, on the activity of a base.

    Attributes
    ----------
    weights : the base, to whose size rates are applied and by which growth is divided:
        ``"start"``, ``"end"``, or ``"mean"`` of both ends (which is symmetric in time)
    """

    weights: BaseWeights = "start"

    def __post_init__(self) -> None:
        check_weights(self.weights)

    @abstractmethod
    def parts(self, terms: Terms) -> Parts:
        """Return the parts, each (R, I), from base, change and reference rates."""

    def components(self, growth: Growth) -> Parts:
        """Return the parts, each (R, I), of a growth."""
        return self.parts(growth.terms(self.weights))


@checked
@dataclass(frozen=True)
class Dunn(Partition):
    """National growth, industry mix and competitive effect: Dunn (1960).

    With base ``B``, change ``D``, and the growth rates of the reference ``G`` and of its
    industries ``g_i``: ``national = B G``, ``industry_mix = B (g_i - G)`` and
    ``competitive = D - B g_i``.

    Attributes
    ----------
    weights : ``"start"`` (Dunn), ``"end"`` (rates and sizes of the end, Stilwell 1969) or
        ``"mean"`` (of both ends)
    """

    def parts(self, terms: Terms) -> Parts:
        """Return national, industry_mix, competitive."""
        return dunn(terms.B, terms.D, terms.G, terms.g)


@checked
@dataclass(frozen=True)
class EstebanMarquillas(Partition):
    """Dunn's parts, the competitive one freed of specialization: Esteban-Marquillas (1972).

    With the homothetic base ``H = B_r N_i / N`` and the cell's growth rate ``g_ri = D / B``:
    ``competitive = H (g_ri - g_i)`` and ``allocation = (B - H)(g_ri - g_i)``, which add up to
    Dunn's competitive effect. A cell without a base has no rate: its whole change is
    competitive and its allocation zero.
    """

    def parts(self, terms: Terms) -> Parts:
        """Return national, industry_mix, competitive, allocation."""
        return esteban_marquillas(terms.B, terms.D, terms.G, terms.g, terms.H)


@checked
@dataclass(frozen=True)
class Arcelus(Partition):
    """Eight parts: four effects on the homothetic and the differential base, Arcelus (1984).

    The effects are national (``G``), industry mix (``g_i - G``), regional (``g_r - G``) and
    regional industry (``(g_ri - g_i) - (g_r - G)``); each is applied to the homothetic base
    ``H`` and to the rest ``B - H``. The first two pairs add up to Dunn's parts, the other two
    to his competitive effect.
    """

    def parts(self, terms: Terms) -> Parts:
        """Return the eight parts, named effect_homothetic and effect_differential."""
        return arcelus(terms.B, terms.D, terms.G, terms.g, terms.H)


@checked
@dataclass(frozen=True, eq=False)
class Spatial:
    """Neighbours in place of the nation's industries: Nazara and Hewings (2004).

    The growth of industry i in the neighbourhood of r is
    ``g_ri^W = sum_s w_rs D_si / sum_s w_rs B_si``, and in
    ``g_ri = G + (g_ri^W - G) + (g_ri - g_ri^W)`` the three rates, applied to the base, are
    ``national``, ``industry_mix`` (their neighbour-nation effect) and ``competitive`` (their
    region-neighbour effect). The scale of a row of weights does not matter, so they need no
    standardising. Where no neighbour has the industry, its rate there is ``G``. With
    ``base=EstebanMarquillas()`` or ``Arcelus()`` their parts are made from the same rates.

    Attributes
    ----------
    weights : a frame, dict, long frame, sparse matrix, array, or libpysal ``W`` or ``Graph``
        (see `agglometrics.space.weights.weights_matrix`); every region needs a neighbour
    base : the partition to make
    """

    weights: object = field(repr=False)
    base: Partition = field(default_factory=Dunn)

    def __post_init__(self) -> None:
        if not isinstance(self.base, Partition):
            raise InputError(
                "base of Spatial must be Dunn(), EstebanMarquillas() or Arcelus(); "
                f"found {self.base!r}. "
                "Pass one of these."
            )

    def components(self, growth: Growth) -> Parts:
        """Return the parts of `base`, each (R, I)."""
        W = weights_matrix(self.weights, growth.regions)
        require_neighbours(W, growth.regions)
        nation = growth.terms(self.base.weights)
        g = industry_rates(W @ nation.B, W @ nation.D, nation.G)
        return self.base.parts(Terms(nation.B, nation.D, nation.G, g, nation.H))


@checked
@dataclass(frozen=True)
class Stochastic:
    """Parts estimated by a weighted two-way regression: Patterson (1991).

    The growth rate of a cell is ``mu + alpha_i + beta_r + e_ri``, fitted with the weights
    ``B``; the parts are ``national = B mu``, ``industry_mix = B alpha_i``,
    ``competitive = B beta_r`` and ``residual``, which holds the change of a cell without a
    base. Standard errors and tests: `stochastic_shift_share`.
    """

    def components(self, growth: Growth) -> Parts:
        """Return national, industry_mix, competitive, residual."""
        if not growth.closed:
            raise InputError(
                "Stochastic() estimates the reference from the cells themselves; "
                "leave reference='including'."
            )
        B, D = growth.start, growth.end - growth.start
        fit, rows, columns = fit_growth(growth)
        beta, alpha = np.zeros((len(B), 1)), np.zeros(B.shape[1])
        beta[rows, 0], alpha[columns] = np.split(fit.effects, [int(rows.sum())])
        parts = {"national": B * fit.mu, "industry_mix": B * alpha, "competitive": B * beta}
        return parts | {"residual": D - B * (fit.mu + alpha + beta)}


# the decompositions of one growth into parts that add up to the change
Method = Partition | Spatial | Stochastic


@checked
@dataclass(frozen=True)
class Dynamic:
    """A method applied from each period to the next and added up: Barff and Knight (1988).

    Weights and rates are those of each period, so the parts follow the structure as it
    changes. The parts of every period alone: `shift_share_path`.

    Attributes
    ----------
    base : the method of one period
    periods : the chain to follow from start to end; default: every period of the table
        between them, which, where periods are whole numbers, must be equally spaced
    """

    base: Method = field(default_factory=Dunn)
    periods: tuple[object, ...] | None = None

    def __post_init__(self) -> None:
        if not isinstance(self.base, Method):
            raise InputError(
                "base of Dynamic must be a method whose parts add up, such as Dunn() or "
                f"EstebanMarquillas(); found {self.base!r}. "
                "Pass one of these."
            )
        if self.periods is not None:
            object.__setattr__(self, "periods", tuple(self.periods))


@checked
@dataclass(frozen=True)
class Gerfin:
    """Structure and location indices of each region, which multiply: Gerfin (1964).

    ``growth = national * structure * location`` of growth factors (end over start), with
    ``structure`` what the region's mix alone would have brought, relative to the reference,
    and ``location`` what it achieved beyond; ``net_total`` is their product. Returns one row per
    region.
    """


AnyMethod = Method | Dynamic | Gerfin

NAMED: dict[str, AnyMethod] = {
    "dunn": Dunn(),
    "esteban_marquillas": EstebanMarquillas(),
    "arcelus": Arcelus(),
    "gerfin": Gerfin(),
    "dynamic": Dynamic(),
    "stochastic": Stochastic(),
}


def resolve(method: object) -> AnyMethod:
    """Return the method that an object or one of the well-known names stands for."""
    if isinstance(method, str) and method in NAMED:
        return NAMED[method]
    if isinstance(method, AnyMethod):
        return method
    raise InputError(
        f"method={method!r} is unknown; choose Dunn(), EstebanMarquillas(), Arcelus(), Gerfin(), "
        f"Dynamic(...), Spatial(weights), Stochastic(), or a name of {sorted(NAMED)}."
    )
