"""The project's own files agree with each other: README, versions, environments."""

import importlib.util
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml

import srm_data

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
CONDA_NAMES = {"matplotlib": "matplotlib-base", "duckdb": "python-duckdb"}


def split_requirement(text: str) -> tuple[str, str]:
    name, condition = re.findall(r"^([A-Za-z0-9_-]+)\s*(.*)$", text.strip())[0]
    return name.lower(), condition.replace(" ", "")


def list_requirements() -> list[str]:
    """List what the package and its tests need, with the extras that the tests bring in."""
    extras = PROJECT["optional-dependencies"]
    test = [name for name in extras["test"] if not name.startswith("srm-data[")]
    assert len(test) == len(extras["test"]) - 1
    return [*PROJECT["dependencies"], *test, *extras["evidence"], *extras["spark"]]


def test_environment_yml_asks_for_what_pyproject_asks_for():
    environment = yaml.safe_load((ROOT / "environment.yml").read_text())
    assert environment["channels"] == ["conda-forge"]
    listed = dict(
        split_requirement(entry) for entry in environment["dependencies"] if isinstance(entry, str)
    )
    (pip,) = [entry["pip"] for entry in environment["dependencies"] if isinstance(entry, dict)]
    assert pip.pop() == "-e ."
    listed |= dict(map(split_requirement, pip))  # what conda-forge does not have
    assert listed.pop("python") == PROJECT["requires-python"]
    assert "pip" in listed and listed.pop("pip") == ""
    wanted = list_requirements()
    expected = dict(map(split_requirement, wanted))
    assert listed == {CONDA_NAMES.get(name, name): condition for name, condition in expected.items()}


def test_constraints_pin_every_direct_dependency_and_name_no_address():
    text = (ROOT / "constraints.txt").read_text()
    pinned = {line.split("==")[0].lower() for line in text.splitlines() if "==" in line}
    for requirement in list_requirements():
        assert split_requirement(requirement)[0] in pinned
    assert "://" not in text


def test_version_heads_the_changelog_and_is_the_package_version():
    heading = re.search(r"^## (\d\S*)", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE)
    assert heading
    assert heading[1] == srm_data.__version__


def test_released_workbook_answers_as_its_data_version_did():
    version = srm_data.list_versions()[-1]
    released = srm_data.read_earlier(ROOT / "exports" / f"srm-matrix-{version}.xlsx")
    assert len(released) == len(srm_data.read_version(version))
    assert srm_data.compare(srm_data.read_earlier(version), released).empty


def test_numbers_of_readme_and_changelog_are_those_of_the_tables(shipped):
    facts = shipped["offering_responsibilities"]
    documented = facts[facts["basis"] == "documented"]
    cells = len(shipped["offerings"]) * len(shipped["duties"])
    urls = shipped["sources"]["url"]
    pages = urls[urls != ""].nunique()
    readme = " ".join((ROOT / "README.md").read_text().split())
    assert (
        f"{len(shipped['services'])} services, {len(shipped['offerings'])} offerings, {cells:,} cells. "
        f"{len(documented):,} of them are documented, on {pages:,} pages"
    ) in readme
    newest = (ROOT / "CHANGELOG.md").read_text()
    assert f"{len(shipped['offerings'])} offerings; {len(documented):,} cells documented" in newest
    assert f"{len(shipped['aliases']):,} identifiers, and {len(shipped['not_services'])} that" in newest


def test_only_the_agreed_folders_stand_at_the_top():
    listed = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True
    ).stdout.split()
    if not listed:
        pytest.fail("git lists no file: these tests run in a clone")
    folders = {name.split("/")[0] for name in listed if "/" in name}
    assert folders <= {"notebooks", "srm_data", "exports", "tests", ".ci", ".github"}


def test_readme_commands_are_tasks_of_do_py():
    readme = (ROOT / "README.md").read_text()
    tasks = set(re.findall(r"python3 do\.py (\w+)", readme))
    assert {"run", "test"} <= tasks
    text = subprocess.run(
        [sys.executable, "do.py", "help"], cwd=ROOT, capture_output=True, text=True
    ).stdout
    for task in tasks:
        assert f"python3 do.py {task} " in text


def test_ci_runs_the_test_command_of_the_readme():
    assert "python3 do.py test" in (ROOT / ".ci" / "run").read_text()


def test_do_py_lab_listens_on_loopback_with_a_token(monkeypatch):
    spec = importlib.util.spec_from_file_location("do", ROOT / "do.py")
    assert spec and spec.loader
    do = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(do)
    called, environment = [], {}
    monkeypatch.setattr(do, "install", lambda *_: None)
    monkeypatch.setattr(do, "call", lambda *words: called.append(words) or 0)
    monkeypatch.setattr(sys, "argv", ["do.py", "lab"])
    monkeypatch.setattr(do.os, "environ", environment)
    assert do.main() == 0
    (words,) = called
    assert words[:4] == ("-m", "jupyterlab", "notebooks", "--ServerApp.ip=127.0.0.1")
    assert set(words[4:]) <= {"--allow-root"}
    assert len(environment["JUPYTER_TOKEN"]) == 64


def test_do_py_refuses_an_unknown_task():
    result = subprocess.run(
        [sys.executable, "do.py", "dance"], cwd=ROOT, capture_output=True, text=True
    )
    assert result.returncode == 2
    assert "python3 do.py run" in result.stdout


def test_python_of_the_readme_runs_as_shown():
    blocks = re.findall(r"```python\n(.*?)```", (ROOT / "README.md").read_text(), re.DOTALL)
    assert blocks
    names: dict[str, object] = {}  # as in one session
    for block in blocks:
        exec(compile(block, "README.md", "exec"), names)


def test_shell_commands_of_the_readme_run_as_shown(tmp_path):
    blocks = re.findall(r"```console\n(.*?)```", (ROOT / "README.md").read_text(), re.DOTALL)
    commands = [
        line[2:] for block in blocks for line in block.splitlines() if line.startswith("$ python -m")
    ]
    assert commands
    (tmp_path / "services.txt").write_text("Amazon SQS\nAmazon EKS\n")
    for command in commands:
        words = command.split("#")[0].strip().replace("python -m", f"{sys.executable} -m", 1)
        result = subprocess.run(words, shell=True, cwd=tmp_path, capture_output=True, text=True)
        assert result.returncode == 0, f"{command}: {result.stderr}"
