"""The tree says where a formula stands: folders of few modules, each named for what it holds."""

import re
from pathlib import Path

import pytest

import agglometrics

HERE = Path(agglometrics.__file__).parent
MOST = 16  # modules of a folder, beside __init__
LINES = 400  # of a module


def modules(folder):
    return [path for path in folder.glob("*.py") if path.name != "__init__.py"]


def test_no_folder_is_a_heap():
    folders = [HERE, *(path for path in HERE.rglob("*") if path.is_dir())]
    crowded = {f.relative_to(HERE).as_posix(): len(modules(f)) for f in folders}
    assert {name: n for name, n in crowded.items() if n > MOST} == {}


def test_no_module_is_a_book():
    long = {
        p.name: n
        for p in HERE.rglob("*.py")
        if (n := len(p.read_text("utf-8").split("\n"))) > LINES
    }
    assert long == {}


@pytest.mark.parametrize(
    ("sought", "path", "definition"),
    [
        ("AKM0's set", "shiftshare/inference/akm0.py", "def akm0_set"),
        ("Moineddin's interval", "measures/cells/intervals/moineddin.py", "class Moineddin"),
        ("Kd's smoothing", "distance/density/smoothing.py", "class Smoothing"),
        ("Arcelus' parts", "decomposition/formulas/arcelus.py", "def arcelus"),
        ("the cluster factor", "inference/small_sample.py", r"G / \(G - 1\)"),
        ("the rank test", "models/checks/kleibergen_paap.py", "def "),
        ("the local supply rate", "measures/input_output/local_supply.py", "def local_supply_rate"),
        ("Holm's adjustment", "inference/multiple_testing.py", "def holm"),
        ("Swamy-Arora", "models/random_effects.py", "def swamy_arora"),
        ("Windmeijer", "models/dynamic/windmeijer.py", "def "),
        ("Rotemberg weights", "shiftshare/diagnostics/rotemberg.py", "def rotemberg_weights"),
        (
            "the randomisation test",
            "shiftshare/inference/randomization.py",
            "def randomization_test",
        ),
        ("the dartboard", "measures/plants/inference/dartboard.py", "class Dartboard"),
        ("plants' location choice", "measures/plants/inference/location_choice.py", "gamma"),
        ("measurement error", "measures/cells/sensitivity/measurement_error.py", "def measurement"),
        ("the spatial error model", "models/spatial/specifications.py", "class SpatialError"),
        ("the stages of clusters", "measures/clusters/maturity_rules.py", "def stages"),
    ],
)
def test_a_formula_is_found_in_one_guess(sought, path, definition):
    assert re.search(definition, (HERE / path).read_text("utf-8")), sought
