"""Inference on plants that are no frame in memory: sizes are read from where the plants are."""

import duckdb
import numpy as np
import pandas as pd
import pytest

import agglometrics as ag


@pytest.fixture(scope="module")
def plants() -> pd.DataFrame:
    rng = np.random.default_rng(0)
    return pd.DataFrame(
        {
            "industry": rng.choice(list("ABC"), 120),
            "region": rng.choice(list("pqrs"), 120),
            "emp": np.ceil(rng.lognormal(3, 1, 120)),
            "year": rng.choice([2005, 2010], 120),
        }
    )


@pytest.mark.parametrize(
    "index", [ag.ellison_glaeser, ag.maurel_sedillot], ids=lambda f: f.__name__
)
def test_a_file_and_a_query_give_what_the_frame_gives(index, plants, tmp_path):
    path = tmp_path / "plants.parquet"
    plants.to_parquet(path)
    asked = {"size": "emp", "time": "year", "inference": ag.Dartboard(draws=99, seed=1)}
    known = index(plants, **asked)
    connection = duckdb.connect()
    query = connection.sql(f"select * from '{path}' order by emp")
    for source in (str(path), query):
        pd.testing.assert_frame_equal(index(source, **asked), known, rtol=1e-12)
