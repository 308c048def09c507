"""The example tables are the study's figures; a loader that moved says where it went."""

import pandas as pd
import pytest

import agglometrics as ag
from agglometrics import datasets
from hunan.samples import examples


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    folder = tmp_path_factory.mktemp("examples")
    examples.write(folder)
    return folder


@pytest.mark.parametrize("name", sorted(examples.TABLES))
def test_each_table_is_what_the_study_makes(name: str, made) -> None:
    written = (made / f"{name}.csv").read_bytes()
    assert (datasets.examples.FOLDER / f"{name}.csv").read_bytes() == written


def test_output_of_both_bases() -> None:
    assert len(datasets.load_io_industries()) == 2928
    assert datasets.load_io_industries("industrial")["industry"].nunique() == 23
    with pytest.raises(ag.InputError, match="choose 'secondary' or 'industrial'"):
        datasets.load_io_industries("all")


def test_plants_make_the_measures_of_plants() -> None:
    plants = datasets.load_plants().query("low > 0")
    gamma = ag.ellison_glaeser(plants, size="low", industry="division", region="commune")
    assert len(gamma) == plants["division"].nunique()
    assert gamma["gamma"].notna().sum() > 15


def test_the_growth_design_has_complete_shares() -> None:
    design = datasets.load_growth_design()
    sums = design.shares.groupby("region")["share"].sum()
    assert sums.to_numpy() == pytest.approx(1.0)
    assert design.shock_summary()["n_shocks"].item() == 37


def test_names_of_codes_in_two_languages() -> None:
    frame = pd.DataFrame({"region": ["430000"], "industry": ["coal"]})
    assert datasets.with_names(frame)["region_name"].item() == "Hunan"
    with pytest.raises(ag.InputError, match=r"codes .*nowhere.* of column 'region' have no name"):
        datasets.with_names(pd.DataFrame({"region": ["nowhere"]}))
    with pytest.raises(ag.InputError, match="choose 'en' or 'zh'"):
        datasets.with_names(frame, "fr")
    with pytest.raises(ag.InputError, match=r"columns \[.region., .industry.\]"):
        datasets.with_names(pd.DataFrame({"a": [1]}))


def test_a_loader_that_moved_names_its_new_place() -> None:
    with pytest.raises(ImportError, match=r"moved to hunan\.load_provinces"):
        from agglometrics.datasets import load_provinces  # noqa: F401
    with pytest.raises(AttributeError, match="no attribute 'load_nothing'"):
        datasets.load_nothing  # noqa: B018
