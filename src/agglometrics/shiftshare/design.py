"""`ShiftShareDesign`: locations, shares and shocks, checked and aligned once, by label."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import pandas as pd

import agglometrics.shiftshare.panel_covariance  # noqa: F401  registers ShiftShare(design)
from agglometrics.errors import caution
from agglometrics.random.seeds import Seed
from agglometrics.shiftshare import methods
from agglometrics.shiftshare.alignment.align import align
from agglometrics.shiftshare.alignment.aligned_design import AlignedDesign, Tables
from agglometrics.shiftshare.alignment.completion import completed, with_exposure
from agglometrics.shiftshare.alignment.doubts import doubtful_shares
from agglometrics.shiftshare.alignment.keys import Keys, label_codes
from agglometrics.shiftshare.alignment.shock_side import exposure
from agglometrics.shiftshare.alignment.specification import distinct, names_of
from agglometrics.shiftshare.inference.counterfactuals import Counterfactual
from agglometrics.shiftshare.inference.recentering import recentred_shocks
from agglometrics.tables import to_frame
from agglometrics.tables.arguments import checked


@checked
@dataclass(frozen=True, eq=False)
class ShiftShareDesign:
    """A shift-share instrument z_n = sum_i w_ni g_i with the tables that it is made of.

    Parameters
    ----------
    locations : one row per location (and period): outcomes, treatments, controls, weights
    shares : long (location, [time], sector, share); a missing row is a share of zero; without
        the time column the shares hold in every period
    shocks : long (sector, [time], shock, shock controls, clusters); with a location column the
        shocks differ by location (as those of `leave_one_out_growth`). None, or a table without
        the shock column, where only z is known
    location, sector, time, share, shock : names of the columns; several shocks make several
        instruments
    instrument : column of `locations` with z (or several); needed where the shocks are not
        known, otherwise checked against shares times shocks

    Raises
    ------
    InputError
        For absent, repeated or unmatched keys, unknown values, shocks without a row for a
        sector that has shares, and an instrument that is not shares times shocks.

    Warns
    -----
    AgglometricsWarning
        For shares that are negative or add up to more than one.

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
    aligned: AlignedDesign = field(init=False, repr=False)

    def __post_init__(self) -> None:
        # shallow copies: what a caller later does to a table of theirs does not reach these
        object.__setattr__(self, "locations", to_frame(self.locations).copy(deep=False))
        object.__setattr__(self, "shares", to_frame(self.shares).copy(deep=False))
        if self.shocks is not None:
            object.__setattr__(self, "shocks", to_frame(self.shocks).copy(deep=False))
        tables = Tables(
            self.locations,
            self.shares,
            self.shocks,
            Keys(self.location, self.sector, self.time),
            self.share,
            names_of(self.shock),
            names_of(self.instrument),
        )
        object.__setattr__(self, "aligned", align(tables))
        for doubt in doubtful_shares(self.aligned.W):
            caution(
                f"{doubt}. Shares are parts of what a location has: check them, or divide them "
                "by their total."
            )

    def __repr__(self) -> str:
        N, I = self.aligned.W.shape  # noqa: E741 (the notation's symbol)
        names = ", ".join(self.aligned.instrument_names)
        return f"ShiftShareDesign({N} locations, {I} shocks, instrument {names})"

    @property
    def instruments(self) -> pd.DataFrame:
        """The instruments z, one row per location, beside the keys of the locations."""
        data = self.aligned
        frame = data.tables.locations[data.keys.of_locations]
        named = dict(zip(data.instrument_names, data.z.T, strict=True))
        return self._in_order(frame.assign(**named))

    @property
    def sums_of_shares(self) -> pd.DataFrame:
        """Each location's ``sum_of_shares``, beside the keys of the locations."""
        return self._in_order(exposure(self.aligned, ()))

    def _in_order(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Return rows that are sorted by key in the order of the caller's locations."""
        keys = self.aligned.keys.of_locations
        rows = label_codes(self.locations, frame, keys, "locations", "locations")
        return frame.iloc[rows].reset_index(drop=True)

    # ---- completing the shares -------------------------------------------------------------
    @checked
    def with_exposure(self, shock_controls: str | Sequence[str] = ()) -> ShiftShareDesign:
        """Return the design with each location's sums of shares among its columns.

        The columns are ``sum_of_shares`` (``sum_of_shares_1990`` ... if the time column is among
        `shock_controls`) and ``exposure_q`` for a shock control q. Name them in ``controls=``.

        Examples
        --------
        >>> from agglometrics.shiftshare.simulate import simulate_shift_share
        >>> incomplete = simulate_shift_share(1, complete=False).design
        >>> fit = incomplete.with_exposure().fit("y", "x", controls=["sum_of_shares"])
        >>> fit.covariance.name
        'shock-level'
        """
        names = distinct(shock_controls, "shock_controls")
        return replace(self, locations=with_exposure(self.aligned, names))

    @checked
    def with_missing_sector(self, label: Any, **columns: Any) -> ShiftShareDesign:
        """Return the design with a sector `label` that completes the shares to one.

        Its shock is zero in every period unless `columns` gives another, for example
        ``shock=0.1, sic3=0``; columns of the shocks that are not given are missing.
        """
        shares, shocks = completed(self.aligned, label, columns)
        return replace(self, shares=shares, shocks=shocks)

    # ---- written beside their formulas: see `agglometrics.shiftshare.methods` ---------------
    fit = methods.fit
    ols = methods.ols
    shock_level = methods.shock_level
    randomization_test = methods.randomization_test
    rotemberg = methods.rotemberg
    overidentification = methods.overidentification
    shock_overidentification = methods.shock_overidentification
    shock_summary = methods.shock_summary
    balance = methods.balance
    check = methods.check
    leave_one_out = methods.leave_one_out

    # ---- shocks that could have been otherwise ---------------------------------------------
    @checked
    def recentred(
        self, counterfactuals: Counterfactual | pd.DataFrame, *, draws: int = 999, seed: Seed = 0
    ) -> ShiftShareDesign:
        """Return the design with shocks minus their mean over counterfactual draws.

        Its instrument is z minus the expected instrument (Borusyak and Hull 2023).

        Parameters
        ----------
        counterfactuals : `Permutation`, `SignFlips`, any object with their ``draw``, or a long
            table with the keys of the shocks, ``draw`` and the shock
        draws, seed : of a rule; a table brings its own draws

        Examples
        --------
        >>> from agglometrics.shiftshare.simulate import simulate_shift_share
        >>> design = simulate_shift_share(1, per_cluster=3).design
        >>> from agglometrics.shiftshare.inference.counterfactuals import Permutation
        >>> design.recentred(Permutation(), draws=50, seed=1)
        ShiftShareDesign(150 locations, 60 shocks, instrument shock)
        """
        shocks = recentred_shocks(self.aligned, counterfactuals, draws, seed)
        return replace(self, shocks=shocks, instrument=None)
