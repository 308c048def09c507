"""`ShiftShareDesign`: locations, shares and shocks, checked and aligned once, by label."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from agglometrics.errors import InputError
from agglometrics.models.estimates import Estimates
from agglometrics.shiftshare.alignment import (
    Aligned,
    Keys,
    Tables,
    align,
    known,
    sector_column,
    spread_over_time,
)
from agglometrics.shiftshare.completion import completed
from agglometrics.shiftshare.fitting import fit
from agglometrics.shiftshare.inference import AKM, ShockLevel
from agglometrics.shiftshare.partialling import Partialler, partial_out
from agglometrics.shiftshare.shock_level import exposure
from agglometrics.tables import Array, require_columns, to_frame


@dataclass(frozen=True, eq=False)
class ShiftShareDesign:
    """A shift-share instrument z_l = sum_n w_ln g_n with the tables that it is made of.

    Parameters
    ----------
    locations : one row a location (and period): outcomes, treatments, controls, weights
    shares : long (location, [time], sector, share); a missing row is a share of zero; without
        the time column the shares hold in every period
    shocks : long (sector, [time], shock, shock controls, clusters); with a location column the
        shocks differ by location (they leave the own location out, say). None, or a table
        without the shock column, where only z is known
    location, sector, time, share, shock : names of the columns; several shocks make several
        instruments
    instrument : column of `locations` with z (or several); needed where the shocks are not
        known, otherwise checked against shares times shocks

    Raises
    ------
    InputError
        For absent, repeated or unmatched keys, unknown values, shocks without a row for a
        sector that has shares, and an instrument that is not shares times shocks.

    Notes
    -----
    Symbols of `agglometrics.notation`: W (N, I) sparse, g (I,), z = W g (N,). With `time`, a
    shock belongs to a sector in a period, so that I counts pairs.

    Examples
    --------
    >>> import pandas as pd
    >>> locations = pd.DataFrame({"place": ["a", "b", "c"], "y": [1.0, 2.0, 4.0]})
    >>> shares = pd.DataFrame({
    ...     "place": ["a", "a", "b", "b", "c", "c"],
    ...     "sector": ["s", "t", "s", "t", "s", "t"],
    ...     "share": [0.75, 0.25, 0.5, 0.5, 0.25, 0.75],
    ... })
    >>> shocks = pd.DataFrame({"sector": ["s", "t"], "shock": [-1.0, 3.0]})
    >>> design = ShiftShareDesign(locations, shares, shocks, location="place")
    >>> design.instruments["shock"].tolist()
    [0.0, 1.0, 2.0]
    >>> float(design.fit("y").params[0])
    1.5
    """

    locations: pd.DataFrame
    shares: pd.DataFrame
    shocks: pd.DataFrame | None = None
    location: str = "location"
    sector: str = "sector"
    time: str | None = None
    share: str = "share"
    shock: str | Sequence[str] | None = "shock"
    instrument: str | Sequence[str] | None = None
    aligned: Aligned = field(init=False, repr=False)

    def __post_init__(self) -> None:
        for name in ("locations", "shares"):
            object.__setattr__(self, name, to_frame(getattr(self, name)))
        if self.shocks is not None:
            object.__setattr__(self, "shocks", to_frame(self.shocks))
        tables = Tables(
            self.locations,
            self.shares,
            self.shocks,
            self.keys,
            self.share,
            names_of(self.shock),
            names_of(self.instrument),
        )
        object.__setattr__(self, "aligned", align(tables))

    def __repr__(self) -> str:
        N, I = self.aligned.W.shape  # noqa: E741 (the notation's symbol)
        names = ", ".join(self.instrument_names)
        return f"ShiftShareDesign({N} locations, {I} shocks, instrument {names})"

    # ---- what it is made of ----------------------------------------------------------------
    @property
    def keys(self) -> Keys:
        """The names of the key columns."""
        return Keys(self.location, self.sector, self.time)

    @property
    def shock_names(self) -> tuple[str, ...]:
        """Columns of the shocks that are shocks; none where only z is known."""
        return names_of(self.shock) if self.aligned.g is not None else ()

    @property
    def instrument_names(self) -> tuple[str, ...]:
        """One name an instrument: its column, or that of its shock."""
        return names_of(self.instrument) or names_of(self.shock)

    @property
    def instruments(self) -> pd.DataFrame:
        """The instruments z, one row a location, beside the keys of the locations."""
        frame = self.locations[self.keys.of_locations].reset_index(drop=True)
        return frame.assign(**dict(zip(self.instrument_names, self.aligned.z.T, strict=True)))

    @property
    def shock_values(self) -> Array:
        """(I, L) shocks; of shocks that differ by location, the share-weighted mean."""
        if self.aligned.g is None:
            raise InputError(
                f"the shocks are not known, only the instrument {list(self.instrument_names)}. "
                "Pass the table of shocks with its shock column."
            )
        return self.aligned.g

    @cached_property
    def sums_of_shares(self) -> Array:
        """(N,) sums of shares of each location."""
        return np.asarray(self.aligned.W.sum(axis=1), dtype=np.float64).ravel()

    def exposures(self, weights: Array) -> Array:
        """Return (I,) sums over locations of weights (N,) times shares."""
        return np.asarray(self.aligned.W.T @ weights)

    # ---- columns as arrays -----------------------------------------------------------------
    def location_values(self, column: str) -> Array:
        """Return a column of the locations, or an instrument, as (N,) floats without a NaN."""
        if column in self.locations.columns:
            return known(self.locations, column, "locations")
        if column in self.instrument_names:
            z: Array = self.aligned.z[:, self.instrument_names.index(column)]
            return z
        require_columns(self.locations, [column])
        raise AssertionError(column)

    def location_groups(self, column: str) -> NDArray[np.intp]:
        """Return (N,) codes of the groups in a column of the locations."""
        require_columns(self.locations, [column])
        values = self.locations[column]
        missing = int(values.isna().sum())
        if missing:
            raise InputError(
                f"group {column!r} is missing in {missing} of {len(values)} locations: they would "
                "be dropped silently. Fill it in, or drop these locations."
            )
        codes: NDArray[np.intp] = pd.factorize(values, sort=True)[0]
        if codes.max() == 0:
            raise InputError(f"column {column!r} has one group only; at least two are needed.")
        return codes

    def location_weights(self, column: str | None) -> Array:
        """Return (N,) regression weights, all above zero; ones without a column."""
        if column is None:
            return np.ones(len(self.locations))
        weights = known(self.locations, column, "locations")
        if not (weights > 0).all():
            raise InputError(
                f"weights {column!r} must be above zero; {int((weights <= 0).sum())} of "
                f"{len(weights)} are not. Drop these locations."
            )
        return weights

    def sector_values(self, column: str) -> pd.Series[Any]:
        """Return a column of the shocks, in the order of ``aligned.sectors``."""
        shares = self.shares
        if column not in self.aligned.sectors.columns:
            shares = spread_over_time(self.shares, self.locations, self.keys)
        return sector_column(self.aligned.sectors, shares, self.keys, column)

    def sector_groups(self, column: str | None) -> NDArray[np.intp] | None:
        """Return (I,) codes of the groups of shocks in a column; None without a column."""
        if column is None:
            return None
        codes: NDArray[np.intp] = pd.factorize(self.sector_values(column), sort=True)[0]
        if codes.max() == 0:
            raise InputError(f"column {column!r} has one group only; at least two are needed.")
        return codes

    def space(
        self, controls: Sequence[str], fixed_effects: Sequence[str], weights: Array
    ) -> Partialler:
        """Prepare the partialling of a constant, controls and fixed effects of the locations."""
        names = distinct(controls, "controls")
        columns = [self.location_values(name) for name in names]
        matrix = np.column_stack(columns) if columns else np.empty((len(weights), 0))
        effects = [self.location_groups(c) for c in distinct(fixed_effects, "fixed_effects")]
        return partial_out(matrix, names, effects, weights)

    # ---- completing the shares -------------------------------------------------------------
    def with_exposure(self, shock_controls: Sequence[str] = ()) -> ShiftShareDesign:
        """Return the design with each location's sums of shares among its columns.

        The columns are ``sum_of_shares`` (``sum_of_shares_1990`` ... if the time column is among
        `shock_controls`) and ``exposure_q`` for a shock control q. Name them in ``controls=``.
        """
        columns = exposure(self, shock_controls).drop(columns=self.keys.of_locations)
        taken = [c for c in columns if c in self.locations.columns]
        if taken:
            raise InputError(f"the locations already have columns {taken}. Rename those first.")
        columns.index = self.locations.index
        return replace(self, locations=pd.concat([self.locations, columns], axis=1))

    def with_missing_sector(self, label: Any, **columns: Any) -> ShiftShareDesign:
        """Return the design with a sector `label` that completes the shares to one.

        Its shock is zero in every period unless `columns` says otherwise, for example
        ``shock=0.1, sic3=0``; columns of the shocks that are not said are missing.
        """
        shares, shocks = completed(self, label, columns)
        return replace(self, shares=shares, shocks=shocks)

    # ---- estimation ------------------------------------------------------------------------
    def fit(
        self,
        outcome: str,
        treatment: str | Sequence[str] | None = None,
        *,
        controls: Sequence[str] = (),
        weights: str | None = None,
        shock_controls: Sequence[str] = (),
        fixed_effects: Sequence[str] = (),
        cov: Any = None,
    ) -> Estimates:
        """Estimate the effect of `treatment` by 2SLS, or of the instrument itself without one.

        Parameters
        ----------
        outcome : column of the locations
        treatment : column(s) of the locations instrumented by z; None for the reduced form
        controls : columns of the locations, taken out with a constant
        weights : column of the locations with regression weights
        shock_controls : columns of the shocks, taken out of the shocks with a constant when
            errors are shock-level; keys and text become effects. Their exposure belongs among
            the controls (`with_exposure`)
        fixed_effects : columns of the locations whose groups get an intercept each
        cov : `ShockLevel` (default; `AKM` where the shocks are not known), `ShockLevel0`, `AKM`,
            `AKM0`, `Cluster`, `Robust` or `Homoskedastic`

        Returns
        -------
        Estimates
            One term a treatment (an instrument in the reduced form). `interval` gives the
            confidence set, `first_stage` the first stage with the same errors, whose
            statistic ``F`` is exposure-robust when they are.

        Raises
        ------
        InputError
            For columns that are unknown or hold a NaN, and where the location-level and the
            shock-level estimate differ.
        IdentificationError
            With more treatments than instruments, collinear controls, or shares that do not
            support AKM.
        """
        default = AKM() if self.aligned.g is None else ShockLevel()
        return fit(
            self,
            outcome,
            names_of(treatment),
            controls=controls,
            weights=weights,
            shock_controls=distinct(shock_controls, "shock_controls"),
            fixed_effects=fixed_effects,
            cov=default if cov is None else cov,
        )


def names_of(value: str | Sequence[str] | None) -> tuple[str, ...]:
    """Return one name, several, or none as a tuple."""
    if value is None:
        return ()
    return (value,) if isinstance(value, str) else tuple(value)


def distinct(names: Sequence[str], argument: str) -> tuple[str, ...]:
    """Return `names` as a tuple.

    Raises
    ------
    InputError
        For a lone string and for a name that comes twice.
    """
    if isinstance(names, str):
        raise InputError(f"{argument} is a list of columns; found {names!r}. Say [{names!r}].")
    twice = sorted({name for name in names if list(names).count(name) > 1})
    if twice:
        raise InputError(f"{argument} names {twice} more than once. Name each column once.")
    return tuple(names)
