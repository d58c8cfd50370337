"""The ten tasks of the README run as they are written, each in at most three calls."""

import ast
import re
import shutil
from pathlib import Path

import duckdb
import matplotlib.pyplot as plt
import pandas as pd
import pytest

import srm_data

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
SECTION = re.search(r"<!-- tasks -->\n(.*?)<!-- end -->", README, re.DOTALL)
TASKS = re.findall(r"^(\d+)\. .+?\n\n```python\n(.*?)```", SECTION[1] if SECTION else "", re.M | re.S)
MOST_CALLS = 3


@pytest.fixture
def names(tmp_path, monkeypatch, shipped_model, sample_in_use):
    """Give the names and files that the tasks use."""
    notebooks = ROOT / "notebooks"
    shutil.copy(notebooks / "sample-owners.csv", tmp_path / "owners.csv")
    costs = pd.DataFrame({"service": ["Amazon SQS", "Amazon EKS"], "cost": [12.5, 340.0]})
    costs.to_csv(tmp_path / "costs.csv", index=False)
    monkeypatch.chdir(tmp_path)
    frames = {"model": shipped_model.copy(), "used": sample_in_use.copy()}
    yield {"srm_data": srm_data, "duckdb": duckdb, **frames}
    plt.close("all")


def run(code: str, names: dict[str, object]) -> object:
    """Run lines, and return the value of the last one."""
    body = ast.parse(code).body
    last = body.pop()
    assert isinstance(last, ast.Expr)
    exec(compile(ast.Module(body, []), "README", "exec"), names)
    return eval(compile(ast.Expression(last.value), "README", "eval"), names)


def test_there_are_ten():
    assert [int(number) for number, _ in TASKS] == list(range(1, 11))


@pytest.mark.slow
@pytest.mark.parametrize(("number", "code"), TASKS)
def test_task_runs_as_written_and_gives_something(number, code, names, tmp_path):
    before = set(tmp_path.iterdir())
    result = run(code, names)
    made = set(tmp_path.iterdir()) - before
    assert made or len(result), number
    assert all(path.stat().st_size for path in made)


@pytest.mark.parametrize(("number", "code"), TASKS)
def test_task_takes_at_most_three_calls(number, code):
    calls = [
        node for node in ast.walk(ast.parse(code))
        if isinstance(node, ast.Call) and re.fullmatch(r"srm_data\.\w+", ast.unparse(node.func))
    ]  # fmt: skip
    assert len(calls) <= MOST_CALLS, number


def test_costs_reach_the_services_that_they_name(names):
    code = dict(TASKS)["5"]
    costs = run(code, names).drop_duplicates("offering_id").set_index("service_id")["cost"]
    assert costs.to_dict() == {"sqs": 12.5, "eks": 340.0}
