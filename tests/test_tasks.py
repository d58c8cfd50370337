"""The ten tasks of the guide run as they are written, each in at most three calls."""

import ast
import re
import shutil

import duckdb
import matplotlib.pyplot as plt
import pandas as pd
import pytest

import srm_data
from tests.documents import GUIDE, ROOT

(SECTION,) = re.findall(r"<!-- tasks -->\n(.*?)<!-- end -->", GUIDE["analyst"], re.DOTALL)
TASKS = re.findall(r"^(\d+)\. .+?\n\n```python\n(.*?)```", SECTION, re.M | re.S)
MOST_CALLS = 3


@pytest.fixture
def names(tmp_path, monkeypatch, shipped_model, sample_in_use):
    """Give the names and files that the tasks use."""
    shutil.copy(ROOT / "notebooks" / "sample-register.csv", tmp_path / "register.csv")
    costs = pd.DataFrame({"service": ["Amazon SQS", "Amazon EKS"], "cost": [12.5, 340.0]})
    costs.to_csv(tmp_path / "costs.csv", index=False)
    monkeypatch.chdir(tmp_path)
    frames = {"model": shipped_model.copy(), "used": sample_in_use.copy()}
    yield {"srm_data": srm_data, "duckdb": duckdb, "plt": plt, **frames}
    plt.close("all")


def run(code: str, names: dict[str, object]) -> object:
    """Run lines, and return the value of the last one."""
    body = ast.parse(code).body
    last = body.pop()
    assert isinstance(last, ast.Expr)
    exec(compile(ast.Module(body, []), "analyst.md", "exec"), names)
    return eval(compile(ast.Expression(last.value), "analyst.md", "eval"), names)


def test_there_are_ten_of_at_most_three_calls():
    assert [int(number) for number, _ in TASKS] == list(range(1, 11))
    for number, code in TASKS:
        calls = [node for node in ast.walk(ast.parse(code)) if isinstance(node, ast.Call)]
        ours = [node for node in calls if re.fullmatch(r"srm_data\.\w+", ast.unparse(node.func))]
        assert len(ours) <= MOST_CALLS, number


@pytest.mark.slow
@pytest.mark.parametrize(("number", "code"), TASKS)
def test_task_runs_as_written_and_gives_something(number, code, names, tmp_path):
    before = set(tmp_path.iterdir())
    result = run(code, names)
    made = set(tmp_path.iterdir()) - before
    assert made or len(result), number
    assert all(path.stat().st_size for path in made)


def test_costs_stand_once_beside_the_duties_of_each_offering(names, shipped_model):
    costs = run(dict(TASKS)["5"], names)
    assert costs["cost"].to_dict() == {"eks-managed-node-groups": 340.0, "sqs": 12.5}
    sqs = shipped_model[shipped_model["offering_id"] == "sqs"]
    assert costs.loc["sqs", "duties"] == (sqs["customer_action"] == "required").sum()
