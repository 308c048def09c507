"""Dynamic panels with gaps, late entry and early exit, against GMM written out unit by unit.

Nothing is shared with the package: equations and instruments are collected in loops over units and
years, weights are plain inverses, and Windmeijer's correction is the derivative of the two-step
estimate with respect to the one-step one (Windmeijer 2005, section 3), taken numerically.
"""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from scipy import stats

import agglometrics as ag

KEYS = {"entity": "firm", "time": "year"}
FIRMS, YEARS = 60, 7


def unbalanced(seed=3) -> pd.DataFrame:
    """Firms that enter late, leave early, or miss a year."""
    rng = np.random.default_rng(seed)
    effect = rng.normal(size=FIRMS)
    x, y, rows = rng.normal(size=FIRMS), effect + rng.normal(size=FIRMS), []
    for t in range(-5, YEARS):
        x = 0.6 * x + 0.3 * effect + rng.normal(size=FIRMS)
        y = 0.5 * y + x + effect + rng.normal(size=FIRMS) * (1 + np.arange(FIRMS) % 2)
        if t >= 0:
            rows.append(pd.DataFrame({"firm": np.arange(FIRMS), "year": t + 2000, "x": x, "y": y}))
    table = pd.concat(rows)
    kind, since = table["firm"] % 5, table["year"] - 2000
    gone = ((kind == 1) & (since < 2)) | ((kind == 2) & (since > 4)) | ((kind == 3) & (since == 3))
    short = (table["firm"] == 4) & (since > 1)  # two years: no equation with a lag
    return table[~gone & ~short].reset_index(drop=True)


def equations(table, last, effects, system):
    """y, X, Z, kind ('d' or 'l') and year of each unit's equations, as lists of arrays."""
    units = []
    for _, own in table.groupby("firm"):
        y, x = (dict(zip(own["year"], own[c], strict=True)) for c in ("y", "x"))
        rows = []
        for t in range(2000, 2000 + YEARS):
            differenced = {t, t - 1, t - 2} <= y.keys()
            if differenced:
                lags = {(t, s): y[s] for s in range(t - last, t - 1) if s in y}
                X = [y[t - 1] - y[t - 2], x[t] - x[t - 1]]
                rows.append(("d", t, y[t] - y[t - 1], X, {**lags, "x": x[t] - x[t - 1]}))
            if system and {t, t - 1} <= y.keys():
                change = {("level", t): y[t - 1] - y[t - 2]} if t - 2 in y else {}
                rows.append(("l", t, y[t], [y[t - 1], x[t]], {**change, "x": x[t]}))
        if rows:
            units.append(rows)
    years = sorted({t for rows in units for _, t, *_ in rows})
    return units, years, effects


def stacked(units, years, effects, system):
    """Arrays (S, K) and (S, L) of every unit, H, and which of its rows are differences."""
    names = sorted({n for rows in units for *_, Z in rows for n in Z}, key=str)
    out = []
    for rows in sorted(units, key=len):
        rows = sorted(rows, key=lambda row: (row[0], row[1]))
        kinds, when = np.array([r[0] for r in rows]), np.array([r[1] for r in rows])
        level = kinds == "l"
        X = np.array([r[3] for r in rows])
        Z = np.array([[r[4].get(n, 0.0) for n in names] for r in rows])
        if system:
            X = np.column_stack([X, level])
            Z = np.column_stack([Z, level])
        if effects:
            first = years[1:] if system else years  # a constant takes one of them
            dummies = (when[:, None] == np.array(first)).astype(float)
            if system:
                # X: in levels a dummy, in differences its change; Z: in levels only
                lagged = (when[:, None] - 1 == np.array(first)).astype(float)
                X = np.column_stack([X, np.where(level[:, None], dummies, dummies - lagged)])
                Z = np.column_stack([Z, dummies * level[:, None]])
            else:
                X, Z = np.column_stack([X, dummies]), np.column_stack([Z, dummies])
        out.append(
            SimpleNamespace(y=np.array([r[2] for r in rows]), X=X, Z=Z, d=~level, when=when,
                            H=errors_like(when, level))
        )  # fmt: skip
    return out


def errors_like(when, level):
    """Covariance of e_t - e_(t-1) and e_t for independent e of variance one."""

    def weights(t, is_level):
        return {t: 1.0} if is_level else {t: 1.0, t - 1: -1.0}

    rows = [weights(t, kind) for t, kind in zip(when, level, strict=True)]
    return np.array([[sum(a[k] * b.get(k, 0.0) for k in a) for b in rows] for a in rows])


def by_hand(table, *, last=YEARS, effects=True, system=False):
    """Everything that dynamic_panel() reports, from the definitions."""
    units = stacked(*equations(table, last, effects, system), system)
    Z_used = np.vstack([u.Z for u in units])
    keep = independent(Z_used)
    for u in units:
        u.Z = u.Z[:, keep]
    ZX, Zy = sum(u.Z.T @ u.X for u in units), sum(u.Z.T @ u.y for u in units)

    def estimate(W):
        return np.linalg.solve(ZX.T @ W @ ZX, ZX.T @ W @ Zy)

    def residuals(b):
        return [u.y - u.X @ b for u in units]

    def weight(b):
        g = [u.Z.T @ e for u, e in zip(units, residuals(b), strict=True)]
        return np.linalg.pinv(sum(np.outer(v, v) for v in g), rcond=1e-12, hermitian=True)

    W1 = np.linalg.pinv(sum(u.Z.T @ u.H @ u.Z for u in units), rcond=1e-12, hermitian=True)
    b1 = estimate(W1)
    bread1 = np.linalg.inv(ZX.T @ W1 @ ZX)
    V1 = bread1 @ ZX.T @ W1 @ np.linalg.pinv(weight(b1)) @ W1 @ ZX @ bread1
    W2 = weight(b1)
    b2 = estimate(W2)
    V2 = np.linalg.inv(ZX.T @ W2 @ ZX)
    steps = 1e-6 * np.eye(len(b1))
    D = np.column_stack(
        [(estimate(weight(b1 + h)) - estimate(weight(b1 - h))) / 2e-6 for h in steps]
    )
    corrected = V2 + D @ V2 + V2 @ D.T + D @ V1 @ D.T
    differences = np.concatenate([e[u.d] for u, e in zip(units, residuals(b1), strict=True)])
    sigma2 = differences @ differences / (2 * len(differences))
    g1, g2 = (sum(u.Z.T @ e for u, e in zip(units, residuals(b), strict=True)) for b in (b1, b2))

    def m(lag, b, V, W):
        """Arellano and Bond (1991), eq. 8: products of differences `lag` years apart."""
        products, toX, cross = [], 0, 0
        for u, e in zip(units, residuals(b), strict=True):
            at = {t: v for t, v, d in zip(u.when, e, u.d, strict=True) if d}
            before = np.array([at.get(t - lag, 0.0) * d for t, d in zip(u.when, u.d, strict=True)])
            products.append(before @ e)
            toX = toX + u.X.T @ before
            cross = cross + u.Z.T @ e * products[-1]
        bread = np.linalg.inv(ZX.T @ W @ ZX)
        variance = np.sum(np.square(products)) - 2 * toX @ bread @ ZX.T @ W @ cross + toX @ V @ toX
        return np.sum(products) / np.sqrt(variance)

    return SimpleNamespace(
        b1=b1, b2=b2, robust=V1, plain=sigma2 * bread1, two_step=V2, corrected=corrected,
        sargan=g1 @ W1 @ g1 / sigma2, hansen=g2 @ W2 @ g2, instruments=int(keep.sum()),
        units=len(units), differences=len(differences), levels=sum((~u.d).sum() for u in units),
        m_one=[m(lag, b1, V1, W1) for lag in (1, 2)],
        m_plain=[m(lag, b1, sigma2 * bread1, W1) for lag in (1, 2)],
        m_two=[m(lag, b2, corrected, W2) for lag in (1, 2)],
    )  # fmt: skip


def independent(Z):
    """Which columns add something to those before them."""
    kept = np.zeros(Z.shape[1], dtype=bool)
    scaled = Z / np.where(np.linalg.norm(Z, axis=0) > 0, np.linalg.norm(Z, axis=0), 1)
    for j in range(Z.shape[1]):
        trial = kept.copy()
        trial[j] = True
        kept[j] = np.linalg.matrix_rank(scaled[:, trial], tol=1e-7) == trial.sum()
    return kept


CASES = pytest.mark.parametrize(
    ("last", "effects", "system"),
    [
        (YEARS, False, False),
        (YEARS, True, False),
        (3, True, False),
        (3, False, True),
        (3, True, True),
    ],
    ids=["difference", "difference, years", "few lags", "system", "system, years"],
)


def both(case, **more):
    last, effects, system = case
    instruments = ag.Gmm("y") if last == YEARS else ag.Gmm("y", 2, last)
    table = unbalanced()
    ours = ag.dynamic_panel(
        "y ~ lag(y) + x",
        table,
        gmm=instruments,
        time_effects=effects,
        system=system,
        **KEYS,
        **more,
    )
    return ours, by_hand(table, last=last, effects=effects, system=system)


@CASES
def test_one_step(last, effects, system):
    ours, hand = both((last, effects, system))
    at = [ours.terms.index("lag(y)"), ours.terms.index("x")]
    assert ours.params[at] == pytest.approx(hand.b1[:2], rel=1e-8)
    assert ours.covariance.matrix[np.ix_(at, at)] == pytest.approx(hand.robust[:2, :2], rel=1e-6)
    plain = ours.with_cov(ag.Homoskedastic()).covariance.matrix
    assert plain[np.ix_(at, at)] == pytest.approx(hand.plain[:2, :2], rel=1e-8)
    found = ours.statistics
    assert found["sargan"] == pytest.approx(hand.sargan, rel=1e-8)
    assert found["hansen"] == pytest.approx(hand.hansen, rel=1e-6)
    assert [found["m1"], found["m2"]] == pytest.approx(hand.m_one, rel=1e-6)


@CASES
def test_two_steps(last, effects, system):
    ours, hand = both((last, effects, system), steps=2)
    at = [ours.terms.index("lag(y)"), ours.terms.index("x")]
    assert ours.params[at] == pytest.approx(hand.b2[:2], rel=1e-7)
    plain = ours.with_cov(ag.Robust()).covariance.matrix
    assert plain[np.ix_(at, at)] == pytest.approx(hand.two_step[:2, :2], rel=1e-6)
    assert ours.covariance.matrix[np.ix_(at, at)] == pytest.approx(hand.corrected[:2, :2], rel=1e-4)
    found = ours.statistics
    assert [found["m1"], found["m2"]] == pytest.approx(hand.m_two, rel=1e-4)
    assert found["hansen"] == pytest.approx(hand.hansen, rel=1e-6)


@CASES
def test_counts_and_p_values(last, effects, system):
    ours, hand = both((last, effects, system))
    found = ours.statistics
    assert found["n_instruments"] == hand.instruments
    assert found["n_units"] == hand.units
    assert ours.n_obs == (hand.levels if system else hand.differences)
    df = hand.instruments - len(hand.b1)
    assert found["overid_df"] == df
    for test in ("sargan", "hansen"):
        assert found[f"{test}_p"] == pytest.approx(stats.chi2.sf(found[test], df))
    for test in ("m1", "m2"):
        assert found[f"{test}_p"] == pytest.approx(2 * stats.norm.sf(abs(found[test])))


def test_m_tests_follow_the_covariance_of_the_estimate():
    ours, hand = both((YEARS, True, False), cov=ag.Homoskedastic())
    assert [ours.statistics["m1"], ours.statistics["m2"]] == pytest.approx(hand.m_plain, rel=1e-6)


def test_what_is_lost_is_said():
    notes = both((YEARS, True, False))[0].notes
    assert "1 units give no equation: too short" in notes
    assert "12 units have gaps in time: no difference or lag spans a gap" in notes


@pytest.mark.parametrize("system", [False, True])
def test_panels_without_an_equation_or_an_instrument_are_refused(system):
    data = unbalanced()
    call = {"gmm": ag.Gmm("y"), "system": system, **KEYS}
    two = data[data["year"] < 2002]
    with pytest.raises(ag.IdentificationError, match="begins at lag 2, and 2 periods"):
        ag.dynamic_panel("y ~ lag(y)", two, **call)
    late = {**call, "gmm": ag.Gmm("y", 9)}
    with pytest.raises(ag.IdentificationError, match="begins at lag 9, and 7 periods"):
        ag.dynamic_panel("y ~ lag(y)", data, **late)
    apart = data[(data["year"] + data["firm"]) % 2 == 0]  # no two years in a row
    with pytest.raises(ag.IdentificationError, match="no unit has the rows of an equation"):
        ag.dynamic_panel("y ~ lag(y)", apart, **call)
