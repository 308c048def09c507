"""A cut-off from the covariogram, and covariances side by side."""

import numpy as np
import pandas as pd
import pytest

from agglometrics import (
    SCPC,
    Cluster,
    Conley,
    Robust,
    compare_covariances,
    conley_cutoff,
    panel,
)
from agglometrics.errors import InputError
from agglometrics.inference.spatial import covariogram as covariograms


def field(reach: float, seed: int = 1, P: int = 400) -> pd.DataFrame:
    """Return errors that are averages of noise within `reach` degrees: none in common beyond 2."""
    rng = np.random.default_rng(seed)
    lon, lat = rng.uniform(0, 12, P), rng.uniform(-6, 6, P)
    seeds, noise = rng.uniform([-2, -8], [14, 8], (6000, 2)), rng.normal(size=6000)
    near = np.hypot(lon[:, None] - seeds[:, 0], lat[:, None] - seeds[:, 1]) < reach
    return pd.DataFrame({"y": near @ noise, "lon": lon, "lat": lat, "g": (lon // 3).astype(int)})


def test_covariogram_by_hand():
    # residuals 1, 1, -2 at latitudes 0, 1, 4: products 1 at 1 degree, -2 at 3 and 4
    data = pd.DataFrame({"y": [1.0, 1, -2], "lat": [0.0, 1, 4], "lon": 10.0})
    found = conley_cutoff(panel("y ~ 1", data))
    table = found.table[found.table.n_pairs > 0]
    assert table.covariance.to_list() == pytest.approx([1.0])  # the others lie beyond half of 4
    degree = 6371.01 * np.pi / 180
    assert table.km_from.iloc[0] <= degree <= table.km_to.iloc[0] + 1e-9
    assert found.km == pytest.approx(2 * degree)


@pytest.mark.parametrize(
    ("y", "lat"),
    [
        ([1.0, -1, 0], [0.0, 0.5, 80]),  # product -1 at half a degree: in the first bin
        ([1.0, 1, -2, 0], [0.0, 0.5, 1.8, 80]),  # 1 there, then -2 twice: in the second
    ],
    ids=["first", "second"],
)
def test_the_cutoff_is_where_the_first_negative_bin_begins_but_not_zero(y, lat):
    # bins of one degree, a fortieth of half of 80
    found = conley_cutoff(panel("y ~ 1", pd.DataFrame({"y": y, "lat": lat, "lon": 10.0})))
    assert found.km == pytest.approx(6371.01 * np.pi / 180)
    assert found.table.covariance[:2].min() < 0


def test_cutoff_finds_the_range_of_a_moving_average():
    # correlated up to 2 degrees, 222 km; covariances close to there are almost zero
    cutoffs = [conley_cutoff(panel("y ~ 1", field(1.0, seed))).km for seed in range(8)]
    assert 130 < np.median(cutoffs) < 300
    short = [conley_cutoff(panel("y ~ 1", field(0.4, seed))).km for seed in range(8)]
    assert np.median(short) < np.median(cutoffs)


def test_cutoff_does_not_hang_on_row_order_or_units():
    data = field(1.0)
    base = conley_cutoff(panel("y ~ 1", data)).km
    mixed = data.sample(frac=1, random_state=2).assign(y=lambda d: 1e4 * d.y)
    assert conley_cutoff(panel("y ~ 1", mixed)).km == pytest.approx(base, rel=1e-12)


def test_conley_without_a_cutoff_says_which_it_took():
    data = field(1.0)
    fit = panel("y ~ 1", data, cov=Conley(km=None))
    km = conley_cutoff(fit).km
    assert fit.std_errors == pytest.approx(fit.with_cov(Conley(km=km)).std_errors, rel=1e-12)
    assert fit.covariance.name.startswith(f"Conley, {km:.6g} km (from the covariogram), 400")
    assert fit.glance().km[0] == km


@pytest.mark.filterwarnings("ignore:4 clusters")
def test_covariances_side_by_side():
    fit = panel("y ~ 1", field(1.0), cov=Robust())
    specs = [Robust(), Cluster("g"), Conley(km=200), SCPC()]
    table = compare_covariances(fit, specs)
    assert table.std_error.to_list() == [fit.with_cov(s).std_errors[0] for s in specs]
    assert table.conf_low.to_list() == [fit.with_cov(s).tidy().conf_low[0] for s in specs]
    assert table.covariance.str.split(",").str[0].to_list() == [
        "robust", "cluster (g)", "Conley", "SCPC",
    ]  # fmt: skip
    with pytest.raises(InputError, match="needs a covariance"):
        compare_covariances(fit, [])


def test_one_place_has_no_covariogram():
    data = pd.DataFrame({"y": [1.0, 2, 4], "lat": 1.0, "lon": 2.0})
    with pytest.raises(InputError, match="two places apart"):
        conley_cutoff(panel("y ~ 1", data, cov=Robust()))


def test_no_place_of_a_thinned_sample_is_a_pair_with_itself(monkeypatch):
    # 60 places a degree apart on the equator, of which 30 are drawn: none is nearer than a degree
    monkeypatch.setattr(covariograms, "MOST", 30)
    lon = np.radians(np.arange(60.0))
    xyz = np.column_stack([np.cos(lon), np.sin(lon), np.zeros(60)])
    found = covariograms.covariogram(np.ones((60, 1)), xyz, 6371.01)
    degree = 6371.01 * np.pi / 180
    near = found.table.km_to < degree * (1 - 1e-9)
    assert near.any()
    assert (found.table.n_pairs[near] == 0).all()
