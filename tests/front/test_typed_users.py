"""What a user's own mypy says: one script that touches every public name, checked once."""

import inspect
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd

import agglometrics as ag
from tests.front.calls import calls

ROOT = Path(ag.__file__).parents[2]
HEAD = """import numpy as np
import pandas as pd
import agglometrics as ag

frame = pd.DataFrame()
series = pd.Series([1.0])
array = np.array([1.0])
"""
VALUES = """
panel_values = [
    ag.panel("y ~ x", frame, cov=cov) for cov in (
        ag.Robust(), ag.Homoskedastic(), ag.Cluster("i"), ag.CR2("i"), ag.CR3("i"),
        ag.DriscollKraay(1), ag.NeweyWest(1), ag.Conley(km=10.0), ag.SCPC())]
ag.panel("y ~ x", frame, cov=ag.Cluster("i"), rule=ag.PlmRules(), estimator=ag.RandomEffects())
ag.iv("y ~ [x ~ z]", frame, estimator=ag.Liml()).summary()
ag.iv("y ~ [x ~ z]", frame, estimator=ag.Fuller())
for estimator in (ag.SunAbraham(), ag.TwoWay(), ag.CallawaySantAnna(), ag.Imputation()):
    ag.event_study(frame, outcome="y", unit="i", time="t", treated="d", estimator=estimator)
for interval in (ag.Exact(unit="plants"), ag.Moineddin(unit="persons"), ag.PlantSizes(series)):
    ag.location_quotient(frame, value="jobs", interval=interval)
for method in (ag.Dunn(), ag.EstebanMarquillas(), ag.Arcelus(), ag.Gerfin()):
    ag.shift_share(frame, value="jobs", start=1, end=2, method=method)
for matching in (None, ag.Ridge(1.0)):
    ag.synthetic_control(
        frame, outcome="y", unit="i", time="t", treated="d", augment=matching)
fit = ag.panel("y ~ x", frame)
table: pd.DataFrame = fit.tidy()
one: float = fit.params["x"]
other: float = fit.params[0] + fit.std_errors["x"]
both = fit.params[["x", "z"]].sum() + (fit.params[1:] @ fit.params[1:]) + np.sum(fit.params)
halves: list[float] = [float(each) / 2 for each in fit.params]
print(fit.summary(), ag.compare(fit), ag.cite(fit), fit.plot())
"""


def written(value: object, needed: set[str]) -> str:
    """Return a value of a call as a user would write it; results of other calls as variables."""
    if isinstance(value, pd.DataFrame):
        return "frame"
    if isinstance(value, pd.Series | np.ndarray):
        return "series" if isinstance(value, pd.Series) else "array"
    if isinstance(value, list | tuple):
        inside = ", ".join(written(each, needed) for each in value)
        return f"[{inside}]" if isinstance(value, list) else f"({inside},)"
    if isinstance(value, pd.Index | set | frozenset):
        return written(list(value), needed)
    if isinstance(value, dict):
        pairs = ", ".join(f"{k!r}: {written(v, needed)}" for k, v in value.items())
        return f"{{{pairs}}}"
    if inspect.ismethod(value):
        return f"{variable(type(value.__self__), needed)}.{value.__name__}"
    if inspect.isfunction(value):
        return f"ag.{value.__name__}"
    if type(value).__module__.startswith("agglometrics"):
        return variable(type(value), needed)
    plain = value.item() if isinstance(value, np.generic) else value
    return repr(plain)


def variable(kind: type, needed: set[str]) -> str:
    name = f"a_{kind.__name__}"
    needed.add(f"from {kind.__module__} import {kind.__name__}\n{name}: {kind.__name__}\n")
    return name


def user_script() -> str:
    """Return a script that reads each public name, and calls those that `calls` calls."""
    needed: set[str] = set()
    touched = "".join(f"print(ag.{name})\n" for name in ag.__all__)
    lines = [
        f"ag.{name}({', '.join(f'{k}={written(v, needed)}' for k, v in call.items())})\n"
        for name, (_, call) in calls().items()
        if name.split(".")[0] in ag.__all__ and hasattr(ag, name.split(".")[0])
        and not name.startswith(("Estimates.", "Regression.", "ShiftShareDesign.", "compare"))
    ]  # fmt: skip
    return "".join([HEAD, *sorted(needed), touched, *lines, VALUES])


def test_a_typed_user_meets_no_error(tmp_path):
    script = tmp_path / "user.py"
    script.write_text(user_script(), encoding="utf-8")
    # the options of `make lint`, so that what it has read before need not be read again
    options = ["--strict", f"--config-file={ROOT / 'pyproject.toml'}"]
    cache = f"--cache-dir={ROOT / '.mypy_cache'}"
    command = [sys.executable, "-m", "mypy", *options, cache]
    found = subprocess.run(
        [*command, str(script)], cwd=tmp_path, check=False, capture_output=True, text=True
    )
    assert found.stdout.startswith("Success"), found.stdout + found.stderr


def test_the_stub_exports_what_it_lists():
    import ast

    stub = ast.parse(Path(ag.__file__).with_name("__init__.pyi").read_text("utf-8"))
    listed = {
        alias.asname or alias.name
        for node in stub.body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    exported = next(
        ast.literal_eval(node.value)
        for node in stub.body
        if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "__all__"
    )
    assert sorted(exported) == sorted(listed)  # add a new name to __all__ too
