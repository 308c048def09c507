import numpy as np
import pandas as pd
import pytest

from agglometrics import AgglometricsWarning, IdentificationError, InputError
from agglometrics.measures.input_output.linkages import linkages
from agglometrics.measures.input_output.multipliers import multipliers

# Miller and Blair (2009, table 2.3): two industries, flows and outputs.
FLOWS = pd.DataFrame(
    {"supplier": [1, 1, 2, 2], "user": [1, 2, 1, 2], "value": [150.0, 500.0, 200.0, 100.0]}
)
OUTPUTS = pd.DataFrame({"industry": [1, 2], "gross_output": [1000.0, 2000.0]})


def economy(seed, tables=3, size=6):
    """Random flow tables whose columns leave value added; no row is zero."""
    rng = np.random.default_rng(seed)
    Z = rng.gamma(1.0, size=(tables, size, size))
    x = np.maximum(Z.sum(axis=1), Z.sum(axis=2)) * rng.uniform(1.2, 3, size=(tables, size))
    n, i, j = (axis.reshape(-1) for axis in np.indices(Z.shape))
    flows = pd.DataFrame({"region": n, "supplier": i, "user": j, "value": Z.reshape(-1)})
    n, i = (axis.reshape(-1) for axis in np.indices(x.shape))
    return flows, pd.DataFrame({"region": n, "industry": i, "gross_output": x.reshape(-1)}), Z, x


def square(answer, column, size):
    return answer[column].to_numpy().reshape(-1, size, size)


def test_inverse_by_hand():
    # A = [.15 .25; .2 .05], det(1 - A) = .85 * .95 - .25 * .2 = .7575.
    answer = multipliers(FLOWS, OUTPUTS, region=None)
    np.testing.assert_allclose(answer["input_coefficient"], [0.15, 0.25, 0.2, 0.05], rtol=1e-14)
    L = np.array([0.95, 0.25, 0.2, 0.85]) / 0.7575
    np.testing.assert_allclose(answer["leontief"], L, rtol=1e-13)
    # B = [.15 .5; .1 .05] has the same determinant.
    np.testing.assert_allclose(answer["output_coefficient"], [0.15, 0.5, 0.1, 0.05], rtol=1e-14)
    G = np.array([0.95, 0.5, 0.1, 0.85]) / 0.7575
    np.testing.assert_allclose(answer["ghosh"], G, rtol=1e-13)


def test_published_inverse():
    # Miller and Blair (2009, p. 22), printed with four decimals.
    answer = multipliers(FLOWS, OUTPUTS, region=None)
    np.testing.assert_allclose(answer["leontief"], [1.2541, 0.3300, 0.2640, 1.1221], atol=5e-5)


def test_linkages_by_hand():
    answer = linkages(FLOWS, OUTPUTS, region=None)
    columns, rows = np.array([1.15, 1.10]) / 0.7575, np.array([1.45, 0.95]) / 0.7575
    np.testing.assert_allclose(answer["backward_direct"], [0.35, 0.30], rtol=1e-14)
    np.testing.assert_allclose(answer["forward_direct"], [0.65, 0.15], rtol=1e-14)
    np.testing.assert_allclose(answer["output_multiplier"], columns, rtol=1e-13)
    np.testing.assert_allclose(answer["backward"], columns / columns.mean(), rtol=1e-13)
    np.testing.assert_allclose(answer["input_multiplier"], rows, rtol=1e-13)
    np.testing.assert_allclose(answer["forward"], rows / rows.mean(), rtol=1e-13)
    sensitivity = np.array([1.20, 1.05])
    np.testing.assert_allclose(answer["sensitivity"], sensitivity / sensitivity.mean(), rtol=1e-13)
    # Column 1 of L is .95 and .2 over .7575: standard deviation .75 / sqrt 2, mean .575.
    assert answer["backward_spread"][0] == pytest.approx(0.75 / np.sqrt(2) / 0.575, rel=1e-12)
    assert answer["role"].tolist() == ["key", "weak"]


def test_output_is_the_inverse_times_final_demand_and_primary_inputs_times_ghosh():
    flows, outputs, Z, x = economy(1)
    answer = multipliers(flows, outputs)
    f, v = x - Z.sum(axis=2), x - Z.sum(axis=1)
    np.testing.assert_allclose(np.einsum("nij,nj->ni", square(answer, "leontief", 6), f), x)
    np.testing.assert_allclose(np.einsum("ni,nij->nj", v, square(answer, "ghosh", 6)), x)
    # A unit of final demand ends as a unit of value added: (v / x)' L = 1'.
    shares = np.einsum("ni,nij->nj", v / x, square(answer, "leontief", 6))
    np.testing.assert_allclose(shares, 1, rtol=1e-12)


def test_ghosh_and_leontief_are_similar():
    flows, outputs, _, x = economy(2)
    answer = multipliers(flows, outputs)
    L, G = square(answer, "leontief", 6), square(answer, "ghosh", 6)
    np.testing.assert_allclose(G, L * x[:, None, :] / x[:, :, None], rtol=1e-11)


def test_normalised_linkages_average_one():
    flows, outputs, _, _ = economy(3)
    means = linkages(flows, outputs).groupby("region")[["backward", "forward", "sensitivity"]]
    np.testing.assert_allclose(means.mean(), 1, rtol=1e-13)


def test_units_and_order_do_not_matter_and_each_region_stands_alone():
    flows, outputs, _, _ = economy(4)
    answer = linkages(flows, outputs)
    scaled = linkages(
        flows.assign(value=7 * flows["value"]).sample(frac=1, random_state=0),
        outputs.assign(gross_output=7 * outputs["gross_output"]).sample(frac=1, random_state=1),
    )
    pd.testing.assert_frame_equal(answer, scaled, rtol=1e-12)
    alone = linkages(flows[flows["region"] == 1], outputs[outputs["region"] == 1])
    of_one = answer[answer["region"] == 1].reset_index(drop=True)
    pd.testing.assert_frame_equal(of_one, alone, rtol=1e-12)


def test_a_series_of_rounds_is_the_inverse():
    # 1 + A + A^2 + ...: what the multiplier means, without an inverse.
    flows, outputs, Z, x = economy(5, tables=1)
    A = Z[0] / x[0]
    rounds = sum(np.linalg.matrix_power(A, k) for k in range(400))
    answer = linkages(flows, outputs)
    np.testing.assert_allclose(answer["output_multiplier"], rounds.sum(axis=0), rtol=1e-10)


def test_an_industry_without_output_is_an_input_from_outside():
    # Ore is not mined here; steel takes 30 of it and 20 of itself.
    flows = pd.DataFrame(
        {"supplier": ["ore", "steel"], "user": ["steel", "steel"], "value": [30.0, 20.0]}
    )
    outputs = pd.DataFrame({"industry": ["ore", "steel"], "gross_output": [0.0, 100.0]})
    answer = linkages(flows, outputs, region=None).set_index("industry")
    assert answer.loc["steel", "backward_direct"] == pytest.approx(0.5)
    assert answer.loc["steel", "output_multiplier"] == pytest.approx((1 + 0.3) / 0.8)
    assert answer.loc["steel", "input_multiplier"] == pytest.approx(1 / 0.8)
    assert answer.loc["steel", "backward"] == 1
    assert np.isnan(answer.loc["ore", "backward"])
    assert answer.loc["ore", "role"] == "none"


def test_negative_flows_are_kept_and_said():
    flows = FLOWS.assign(value=[150.0, 500.0, -200.0, 100.0])
    with pytest.warns(AgglometricsWarning, match=r"1 flows 'value' are negative and kept"):
        answer = linkages(flows, OUTPUTS, region=None)
    assert answer["backward_direct"][0] == pytest.approx(-0.05)


def test_tables_that_are_not_productive_are_refused():
    with pytest.raises(IdentificationError, match=r"coefficients of the table have spectral"):
        linkages(FLOWS.assign(value=FLOWS["value"] * 4), OUTPUTS, region=None)
    flows = FLOWS.assign(region="x", value=FLOWS["value"] * 4)
    with pytest.raises(IdentificationError, match=r"'region': 'x'.*one unit"):
        linkages(flows, OUTPUTS.assign(region="x"))


@pytest.mark.parametrize(
    ("flows", "outputs", "words"),
    [
        (FLOWS.assign(user=3), OUTPUTS, r"do not identify rows"),
        (FLOWS.assign(user=[1, 3, 1, 2]), OUTPUTS, r"user 3 has no row among the outputs"),
        (FLOWS.assign(value=np.nan), OUTPUTS, r"flow 'value' is NaN \(unknown\) in 4 rows"),
        (FLOWS, OUTPUTS.assign(gross_output=[-1, 2]), r"negative in \{'industry': 1\}"),
        (FLOWS, OUTPUTS.assign(gross_output=[0, 2000]), r"without output take inputs: .*: 1"),
        (FLOWS, OUTPUTS.rename(columns={"gross_output": "x"}), r"columns \['gross_output'\]"),
    ],
)
def test_errors(flows, outputs, words):
    with pytest.raises(InputError, match=words):
        linkages(flows, outputs, region=None)


def test_flows_of_a_table_without_outputs_are_refused():
    with pytest.raises(InputError, match=r"flows but no outputs for \{'region': 'y'\}"):
        linkages(FLOWS.assign(region="y"), OUTPUTS.assign(region="x"))


def test_the_study_tables_are_productive():
    from hunan.data.io_checks import suspect_applied
    from hunan.data.io_tables import load_io_flows, load_io_sectors

    year = 2017
    flows, sectors = load_io_flows(), suspect_applied(load_io_sectors())
    flows, sectors = flows[flows["time"] == year], sectors[sectors["time"] == year]
    answer = linkages(flows, sectors, industry="sector", time="time")
    assert len(answer) == 31 * 42
    # Inputs per output of the published columns.
    direct = sectors.eval("intermediate_input / gross_output").to_numpy()
    expected = sectors[["region", "sector"]].assign(direct=direct)
    joined = answer.merge(expected, on=["region", "sector"])
    np.testing.assert_allclose(joined["backward_direct"], joined["direct"], atol=1e-5)


def test_inputs_beyond_output_are_named():
    flows = pd.DataFrame(
        {
            "supplier": [0, 0, 1, 1, 0, 1],
            "user": [0, 1, 0, 1, 2, 2],
            "value": [10.0, 20, 15, 5, 1, 2],
        }
    )
    outputs = pd.DataFrame({"industry": [0, 1, 2], "gross_output": [100.0, 80, 2.8e-6]})
    with pytest.warns(AgglometricsWarning, match="inputs exceed output in {'industry': 2}"):
        linkages(flows, outputs, region=None)
