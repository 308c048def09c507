"""The small made-up province that several programs were run on: 4 regions, 3 industries."""

import numpy as np
import pandas as pd
import pytest

REGIONS = ["R1", "R2", "R3", "R4"]
INDUSTRIES = ["A", "B", "C"]
JOBS = np.array([[100, 20, 30], [10, 80, 10], [40, 40, 0], [5, 10, 155]], dtype=float)
POPULATION = [300, 250, 150, 400]
AREA = [10, 20, 40, 30]
MACRO = ["N", "N", "S", "S"]


@pytest.fixture
def jobs() -> pd.DataFrame:
    """Cells of the made-up province: region, industry, emp."""
    wide = pd.DataFrame(JOBS, index=REGIONS, columns=INDUSTRIES)
    long = wide.stack().rename_axis(["region", "industry"]).rename("emp")
    return long.reset_index()


@pytest.fixture
def regions() -> pd.DataFrame:
    """Its regions: region, pop, area, macro."""
    return pd.DataFrame({"region": REGIONS, "pop": POPULATION, "area": AREA, "macro": MACRO})
