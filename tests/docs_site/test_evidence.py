"""Pages that argue: their tables come from records, and no number of theirs is typed."""

import re
import runpy
from pathlib import Path

import pandas as pd
import pytest

import agglometrics as ag
from docs.site import coming, evidence, landing, measured

ROOT = Path(__file__).parents[2]
WHY = (ROOT / "docs" / "why.md").read_text("utf-8")


def line(against, outcome="passed", compared=3, difference=1e-9, differs="", version="1.2"):
    return {"against": against, "outcome": outcome, "compared": compared, "runs": "",
            "difference": difference, "differs": differs, "version": version}  # fmt: skip


def test_the_argument_has_tables_and_no_typed_number():
    assert set(evidence.PLACE.findall(WHY)) == set(evidence.TABLES)
    prose = re.sub(r"\(https?://[^)]+\)|`[^`]+`|<!--.*?-->", "", WHY)
    typed = re.findall(r"(?<![\w.])\d[\d.]*", prose)
    assert typed == [ag.__version__.rpartition(".")[0]]
    assert coming.unknown_calls(WHY) == []


def test_every_program_of_the_argument_is_in_the_table(monkeypatch):
    monkeypatch.setattr(evidence, "checks", lambda: [line("REAT (R)")])
    named = re.findall(r"^\| (?:Stata: )?\[?`?([\w-]+)", WHY, flags=re.MULTILINE)
    table = evidence.compared()
    programs = [name for name in named if name not in {"program", "---"}]
    assert len(programs) >= 9
    for name in programs:
        assert name in table or name == "reghdfe", name


def test_programs_are_counted_by_what_the_tests_did(monkeypatch):
    lines = [
        line("REAT (R)"), line("REAT (R)", difference=3e-9), line("REAT (R)", "failed"),
        line("pyfixest", "skipped", compared=0), line("plm (R)", differs="another factor"),
    ]  # fmt: skip
    monkeypatch.setattr(evidence, "checks", lambda: lines)
    rows = {row.split(" | ")[0].strip("| "): row for row in evidence.compared().split("\n")}
    assert rows["REAT"] == "| REAT | 1.2 | 2 | 1 | 0 | 9 | 2e-09 | 0 |"
    assert rows["pyfixest"] == "| pyfixest | 1.2 | 0 | 0 | 1 | 0 | – | 0 |"
    assert rows["fixest"].startswith("| fixest | – | 0 |")  # pyfixest is not fixest
    assert rows["plm"].endswith("| 3 | – | 1 |")
    assert rows["EconGeo"].startswith("| EconGeo | – | 0 | 0 | 0 | 0 |")


def test_shares_are_judged_by_the_error_of_a_true_claim():
    # 100 samples: one error is .0218 at .95 or .05, three are .0654
    table = pd.DataFrame({
        "quantity": ["coverage"] * 3 + ["size"] * 3, "claimed": [0.95] * 3 + [0.05] * 3,
        "simulated": [0.88, 0.89, 1.0, 0.12, 0.11, 0.0], "samples": 100,
    })  # fmt: skip
    found = evidence.judged(table).tolist()
    assert found == ["bends", "holds", "holds", "bends", "holds", "holds"]
    many = table.assign(samples=10_000)
    assert evidence.judged(many).tolist() == ["bends", "bends", "cautious"] * 2


def test_the_committed_simulations_are_counted_whole():
    table = pd.read_csv(evidence.SIMULATIONS)
    said = evidence.simulated().split("\n")
    counts = [[int(x) for x in row.split(" | ")[1:5]] for row in said[2:4]]
    assert sum(row[0] for row in counts) == len(table)
    assert all(row[0] == sum(row[1:]) for row in counts)
    assert len(said) - 7 == sum(row[3] for row in counts)


@pytest.fixture
def benchmarks(tmp_path, monkeypatch):
    """Two benchmarks as `make bench` writes them."""
    common = {"cpu_s": 0.2, "alternative_wall_s": 0.6, "load": 0.1, "processor": "CPU model",
              "cores": 2, "python": "3.11.7", "numpy": "2.4"}  # fmt: skip
    rows = [
        {"module": "models", "benchmark": "a", "wall_s": 0.2, "alternative": "other", "ratio": 3.0,
         "bar": 2.0, "met": True},
        {"module": "growth", "benchmark": "b", "wall_s": 0.4, "bar": 1.2, "growth": 1.4,
         "met": False},
    ]  # fmt: skip
    path = tmp_path / "benchmarks.csv"
    pd.DataFrame([row | common for row in rows]).to_csv(path, index=False)
    for module in (evidence, measured):
        monkeypatch.setattr(module, "BENCHMARKS", path)


def test_benchmarks_with_machine_growth_and_what_misses_its_bar(benchmarks):
    page = measured.benchmarks()
    assert "* processor: CPU model" in page and "* numpy: 2.4" in page
    assert "How cost grows: absorbed effects with rows x columns" in page
    assert "## Growth" in page and "| b | 0.4 |" in page
    table = evidence.timed()
    assert "| a | other | 0.2 | 0.6 | 3 | yes |" in table
    assert "1 of 2 benchmarks meet their bar." in table


def test_every_module_of_benchmarks_says_how_cost_grows():
    modules = [path.stem.removeprefix("bench_") for path in measured.MODULES.glob("bench_*.py")]
    assert len(modules) > 5
    for module in modules:
        assert measured.growth(module).startswith("How cost"), module


def test_without_records_the_tables_say_so(monkeypatch, tmp_path):
    monkeypatch.setattr(evidence, "checks", list)
    for name in ("BENCHMARKS", "SIMULATIONS"):
        monkeypatch.setattr(evidence, name, tmp_path / "none.csv")
    monkeypatch.setattr(measured, "BENCHMARKS", tmp_path / "none.csv")
    page = evidence.filled(WHY)
    for command in ("make verification", "make bench", "make simulations"):
        assert f"`{command}`" in page
    assert "have not been run here" in measured.benchmarks()


def test_the_argument_is_the_first_part_of_the_site():
    assert next(iter(landing.parts())) == "why"
    assert landing.parts()["why"][1].startswith("what other programs do better")


def test_growth_is_the_power_of_size(monkeypatch):
    folder = ROOT / "tests" / "benchmarks"
    monkeypatch.syspath_prepend(str(folder))
    grown = runpy.run_path(str(folder / "bench_growth.py"))["grown"]
    sizes = []
    monkeypatch.setitem(
        grown.__globals__, "timed", lambda call: (1.0, 1e-4 * (call() or sizes[-1]) ** 1.7)
    )
    wall, cpu, power = grown(10, lambda n: n, sizes.append)
    assert sizes[::2] == [10, 20, 40]  # each once to warm up, once to time
    assert (wall, cpu, power) == pytest.approx((1.0, 1e-4 * 40**1.7, 1.7))
