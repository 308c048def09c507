"""`ShiftShareDesign`: locations, shares and shocks, checked and aligned once, by label."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import pandas as pd

import agglometrics.shiftshare.panel_covariance  # noqa: F401  registers ShiftShare(design)
from agglometrics.errors import AgglometricsWarning
from agglometrics.inference.estimates import Estimates
from agglometrics.inference.small_sample import SmallSample
from agglometrics.inference.specifications import Cluster, Homoskedastic, Robust
from agglometrics.random.seeds import Seed
from agglometrics.shiftshare import reporting
from agglometrics.shiftshare.alignment.aligned_design import (
    AlignedDesign,
    Tables,
    align,
    doubtful_shares,
)
from agglometrics.shiftshare.alignment.completion import completed, with_exposure
from agglometrics.shiftshare.alignment.keys import Keys, label_codes
from agglometrics.shiftshare.alignment.shock_side import exposure, shock_level_table
from agglometrics.shiftshare.alignment.specification import distinct, names_of, specification
from agglometrics.shiftshare.fitting import fit, least_squares
from agglometrics.shiftshare.inference.counterfactuals import Counterfactual
from agglometrics.shiftshare.inference.defaults import default_covariance
from agglometrics.shiftshare.inference.randomization import RandomizationTest, randomization_test
from agglometrics.shiftshare.inference.recentering import recentred_shocks
from agglometrics.shiftshare.inference.studentized import Statistic, Studentized
from agglometrics.tables import to_frame
from agglometrics.tables.arguments import checked


@checked
@dataclass(frozen=True, eq=False)
class ShiftShareDesign:
    """A shift-share instrument z_l = sum_n w_ln g_n with the tables that it is made of.

    Parameters
    ----------
    locations : one row per location (and period): outcomes, treatments, controls, weights
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
            warnings.warn(
                f"{doubt}. Shares are parts of what a location has: check them, or divide them "
                "by their total.",
                AgglometricsWarning,
                stacklevel=3,
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

        Its shock is zero in every period unless `columns` says otherwise, for example
        ``shock=0.1, sic3=0``; columns of the shocks that are not said are missing.
        """
        shares, shocks = completed(self.aligned, label, columns)
        return replace(self, shares=shares, shocks=shocks)

    # ---- estimation ------------------------------------------------------------------------
    @checked
    def fit(
        self,
        outcome: str,
        treatment: str | Sequence[str] | None = None,
        *,
        controls: str | Sequence[str] = (),
        weights: str | None = None,
        shock_controls: str | Sequence[str] = (),
        fixed_effects: str | Sequence[str] = (),
        cov: Any = None,
        rule: SmallSample | None = None,
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
        cov : `ShockJackknife` (default for an effective number of shocks below fifty),
            `ShockLevel` (default for more; `AKM` where the shocks are unknown), `ShockLevel0`,
            `AKM`, `AKM0`, or any covariance of `panel`: `Cluster`, `Robust`, `Conley`, ...
        rule : the small-sample rule of the latter, as in `panel` (`ShiftShareSERules()` for the
            convention of that program); exposure-robust covariances have none

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

        Examples
        --------
        >>> from agglometrics.shiftshare.simulate import simulate_shift_share
        >>> design = simulate_shift_share(1, per_cluster=3).design
        >>> from agglometrics.shiftshare.inference.akm0 import AKM0
        >>> from agglometrics.shiftshare.inference.shock_level import ShockLevel
        >>> fit = design.fit("y", "x", controls=["q"], cov=ShockLevel("cluster"))
        >>> fit.terms, fit.covariance.name
        (('x',), 'shock-level, cluster (cluster)')
        >>> len(fit.with_cov(AKM0("cluster")).interval(0.95).pieces)
        1
        """
        spec = specification(controls, fixed_effects, weights, shock_controls)
        if cov is None:
            cov = default_covariance(self.aligned, self.aligned.location_weights(weights))
        return fit(self.aligned, outcome, names_of(treatment), spec, cov, rule)

    @checked
    def ols(
        self,
        outcome: str,
        treatment: str,
        *,
        controls: str | Sequence[str] = (),
        weights: str | None = None,
        fixed_effects: str | Sequence[str] = (),
        cov: Homoskedastic | Robust | Cluster = Robust(),  # noqa: B008 (frozen)
    ) -> Estimates:
        """Regress `outcome` on `treatment` by least squares, to set beside `fit`.

        The errors of shift-share designs do not apply: the treatment is no sum of shares times
        shocks.
        """
        spec = specification(controls, fixed_effects, weights, ())
        return least_squares(self.aligned, outcome, treatment, spec, cov)

    @checked
    def shock_level(
        self,
        columns: str | Sequence[str],
        *,
        controls: str | Sequence[str] = (),
        weights: str | None = None,
        fixed_effects: str | Sequence[str] = (),
    ) -> pd.DataFrame:
        """Return exposure-weighted averages of location-level residuals, one row per shock.

        Parameters
        ----------
        columns : columns of the locations (outcome, treatment), or instruments
        controls, weights, fixed_effects : as in `fit`

        Returns
        -------
        pandas.DataFrame
            The table of shocks, ``exposure`` (adds up to the weighted mean sum of shares) and
            one column for each of `columns`. The regression of these rows, weighted by
            ``exposure`` and instrumented by the shock, is the location-level one
            (Borusyak, Hull and Jaravel 2022, Prop. 1).

        Examples
        --------
        >>> from agglometrics.shiftshare.simulate import simulate_shift_share
        >>> design = simulate_shift_share(1, per_cluster=3).design
        >>> design.shock_level(["y", "x"], controls=["q"]).columns.tolist()
        ['sector', 'shock', 'cluster', 'age', 'exposure', 'y', 'x']
        """
        spec = specification(controls, fixed_effects, weights, ())
        return shock_level_table(self.aligned, distinct(columns, "columns"), spec)

    # ---- what to report beside it: functions of `reporting`, which describes them -----------
    rotemberg = reporting.rotemberg
    overidentification = reporting.overidentification
    shock_overidentification = reporting.shock_overidentification
    shock_summary = reporting.shock_summary
    balance = reporting.balance
    check = reporting.check
    leave_one_out = reporting.leave_one_out

    # ---- shocks that could have been otherwise ---------------------------------------------
    @checked
    def recentred(
        self, counterfactuals: Counterfactual | pd.DataFrame, *, draws: int = 999, seed: Seed = 0
    ) -> ShiftShareDesign:
        """Return the design with shocks less their mean over counterfactual draws.

        Its instrument is z less the expected instrument (Borusyak and Hull 2023).

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

    @checked
    def randomization_test(
        self,
        outcome: str,
        treatment: str | None = None,
        *,
        counterfactuals: Counterfactual | pd.DataFrame,
        controls: str | Sequence[str] = (),
        weights: str | None = None,
        fixed_effects: str | Sequence[str] = (),
        draws: int = 999,
        seed: Seed = 0,
        statistic: Statistic = Studentized(),  # noqa: B008 (frozen)
    ) -> RandomizationTest:
        """Test an effect of zero by what counterfactual shocks would have given.

        Exact in any sample if the actual shocks are one more draw from `counterfactuals` and
        the effect is the same everywhere. Simulated at 5 percent (1,000 samples, Monte Carlo
        error .007): with exchangeable shocks it rejects .046 at 10 sectors and 19 draws, .054
        and .043 at 20 sectors of skewed exposure and 19 and 99 draws. Where the variance of
        shocks rises with exposure, `Studentized` rejects .047, .048 and .030 at 20, 60 and 200
        sectors, `Unstudentized` .271, .294 and .493.

        Parameters
        ----------
        outcome, treatment, controls, weights, fixed_effects : as in `fit`
        counterfactuals, draws, seed : as in `recentred`
        statistic : `Studentized` or `Unstudentized`

        Returns
        -------
        RandomizationTest
            ``estimate, p_value`` and ``interval(level)``, the inverted test.

        Notes
        -----
        Borusyak and Hull (2023).

        Examples
        --------
        >>> from agglometrics.shiftshare.simulate import simulate_shift_share
        >>> design = simulate_shift_share(1, per_cluster=3).design
        >>> from agglometrics.shiftshare.inference.counterfactuals import Permutation
        >>> test = design.randomization_test(
        ...     "y", "x", counterfactuals=Permutation("cluster"), draws=199, seed=1
        ... )
        >>> 0 < test.p_value <= 1
        True
        """
        spec = specification(controls, fixed_effects, weights, ())
        names = (outcome, treatment)
        return randomization_test(
            self.aligned, names, spec, counterfactuals, draws, seed, statistic
        )
