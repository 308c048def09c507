"""Every public function and every object that a user makes compares its arguments."""

import ast
import inspect
from pathlib import Path

import pytest

import agglometrics as ag

# results, which the library makes, and errors: no user passes them arguments
MADE_FOR_THE_USER = {
    "Covariance", "Estimates", "Interval", "Regression", "IVRegression",
    "ControlFunctionRegression", "SpatialEstimates",
    "ThresholdRegression", "RandomizationTest", "ClusterDiagnostics", "DensityCurve",
    "IndustryCurves", "BaconDecomposition", "EventStudy", "ExposureRings", "HonestBounds",
    "PermutationTest", "PretrendPower", "SyntheticControl", "SyntheticDID",
    "AgglometricsError", "InputError", "IdentificationError", "ConvergenceError",
    "AgglometricsWarning",
}  # fmt: skip

# objects without a choice
PLAIN = {
    "Bartlett",
    "Uniform",
    "Rademacher",
    "Webb",
    "Liml",
    "TwoStage",
    "ControlFunction",
    "NoDependence",
}

# Cluster("a", "b") and Cluster(["a", "b"]): it refuses all else itself
OWN = {"Cluster"}

METHODS = {
    "Estimates": ["tidy", "interval", "with_cov", "plot"],
    "Interval": ["plot"],
    "RandomizationTest": ["interval", "plot"],
    "Regression": ["wald"],
    "IVRegression": ["first_stage"],
    "ControlFunctionRegression": ["first_stage"],
    "MaturityRules": ["around"],
    "ClusterDiagnostics": ["plot"],
    "ShiftShareDesign": [
        "with_exposure", "with_missing_sector", "fit", "ols", "shock_level", "rotemberg",
        "overidentification", "shock_overidentification", "shock_summary", "balance", "check",
        "leave_one_out", "recentred", "randomization_test",
    ],
}  # fmt: skip


def public():
    """Yield the public names and what they stand for, as the stub lists them."""
    stub = Path(ag.__file__).with_name("__init__.pyi")
    for node in ast.parse(stub.read_text("utf-8")).body:
        if isinstance(node, ast.ImportFrom):
            for alias in node.names:
                yield alias.name, getattr(ag, alias.name)
    for name in ag.datasets.__all__:
        yield f"datasets.{name}", getattr(ag.datasets, name)


PUBLIC = dict(public())


def is_checked(thing):
    return hasattr(thing.__init__ if isinstance(thing, type) else thing, "__wrapped__")


@pytest.mark.parametrize("name", sorted(PUBLIC))
def test_arguments_are_compared_with_the_signature(name):
    thing = PUBLIC[name]
    if inspect.isfunction(thing) or isinstance(thing, type):
        exempt = name in MADE_FOR_THE_USER | PLAIN | OWN
        assert is_checked(thing) is not exempt, f"{name}: put @checked before it"
    for method in METHODS.get(name, ()):
        assert is_checked(getattr(thing, method)), f"{name}.{method}"


def test_the_exceptions_are_what_they_say():
    assert set(PUBLIC) >= MADE_FOR_THE_USER | PLAIN | OWN | set(METHODS)
    for name in PLAIN:
        required = [
            p for p in inspect.signature(PUBLIC[name]).parameters.values() if p.default is p.empty
        ]
        assert not required, name
    for given in (5, [5], None, ag.Robust()):
        with pytest.raises(ag.InputError, match="Cluster takes names of columns"):
            ag.Cluster(given)


def test_every_checked_method_is_listed():
    """A method that is checked at one place and new at another is not forgotten."""
    design = PUBLIC["ShiftShareDesign"]
    methods = [name for name, f in vars(design).items() if inspect.isfunction(f) and name[0] != "_"]
    assert sorted(methods) == sorted(METHODS["ShiftShareDesign"])
