"""The project's own files agree with each other: README, versions, environments."""

import importlib.util
import json
import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml

import srm_data
from srm_data.cli import main

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
CONDA_NAMES = {"matplotlib": "matplotlib-base", "duckdb": "python-duckdb"}


def split_requirement(text: str) -> tuple[str, str]:
    name, condition = re.findall(r"^([A-Za-z0-9_-]+)\s*(.*)$", text.strip())[0]
    return name.lower(), condition.replace(" ", "")


def list_requirements(*extras: str) -> list[str]:
    """List what extras need, those that they bring in among it; without any, what users need."""
    if not extras:
        return list(PROJECT["dependencies"])
    wanted: list[str] = []
    for extra in extras:
        for entry in PROJECT["optional-dependencies"][extra]:
            others = re.fullmatch(r"srm-data\[(.+)\]", entry)
            wanted += list_requirements(*others[1].split(",")) if others else [entry]
    return wanted


def read_environment(name: str) -> dict[str, str]:
    """Read a conda file as names and conditions, those that pip installs among them."""
    environment = yaml.safe_load((ROOT / name).read_text())
    assert environment["channels"] == ["conda-forge"]
    listed = dict(
        split_requirement(entry) for entry in environment["dependencies"] if isinstance(entry, str)
    )
    (pip,) = [entry["pip"] for entry in environment["dependencies"] if isinstance(entry, dict)]
    return listed | dict(split_requirement(entry) for entry in pip if entry != "-e .")


def name_as_conda(requirements: list[str]) -> dict[str, str]:
    expected = dict(map(split_requirement, requirements))
    return {CONDA_NAMES.get(name, name): condition for name, condition in expected.items()}


def test_environment_yml_asks_for_what_users_need_and_no_more():
    listed = read_environment("environment.yml")
    assert listed.pop("python") == PROJECT["requires-python"]
    assert listed.pop("pip") == ""
    assert listed == name_as_conda(list_requirements())
    assert "-e ." in (ROOT / "environment.yml").read_text()


def test_environment_for_development_adds_what_the_tests_need():
    assert read_environment("environment-dev.yml") == name_as_conda(list_requirements("test"))


def test_constraints_pin_every_direct_dependency_and_name_no_address():
    text = (ROOT / "constraints.txt").read_text()
    pinned = {line.split("==")[0].lower() for line in text.splitlines() if "==" in line}
    for requirement in [*list_requirements(), *list_requirements("test")]:
        assert split_requirement(requirement)[0] in pinned
    assert "://" not in text


def test_user_gets_nothing_that_only_checks_or_converts():
    needed = {split_requirement(requirement)[0] for requirement in list_requirements()}
    assert {"pandas", "jupyterlab", "matplotlib", "openpyxl"} <= needed
    assert needed.isdisjoint({"frictionless", "nbclient", "nbconvert", "pytest", "botocore"})


def test_last_release_heads_the_changelog_below_what_is_unreleased():
    headings = re.findall(r"^## (\S+)", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE)
    last = srm_data.list_versions()[-1]
    is_release = ".dev" not in srm_data.__version__
    assert headings[: 1 if is_release else 2] == ([last] if is_release else ["Unreleased", last])


@pytest.mark.slow
@pytest.mark.no_cover
def test_released_workbook_answers_as_its_data_version_did():
    version = srm_data.list_versions()[-1]
    books = [path.name for path in (ROOT / "exports").glob("srm-matrix-*.xlsx")]
    assert f"srm-matrix-{version}.xlsx" in books
    released = srm_data.read_earlier(ROOT / "exports" / f"srm-matrix-{version}.xlsx")
    assert len(released) == len(srm_data.changes.read_version(version))
    assert srm_data.compare(srm_data.read_earlier(version), released).empty


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


def test_git_leaves_alone_what_run_and_export_write_between_releases():
    made = [
        "exports/srm-matrix-2026.11.2.dev0.xlsx",
        "exports/srm-matrix-2026.11.2-sqs.xlsx",
        "exports/srm-page-2026.11.2.dev0.html",
        "exports/made/pictures/the-model.svg",
        "exports/made/reference/glossary.md",
        "exports/01-the-model.html",
    ]
    kept = ["exports/srm-matrix-2026.11.2.xlsx", "exports/pictures/the-model.svg"]
    command = ["git", "check-ignore", "--no-index", *made, *kept]
    ignored = subprocess.run(command, cwd=ROOT, capture_output=True, text=True).stdout.split()
    assert ignored == made


def test_ci_runs_the_test_command_of_the_readme():
    assert "python3 do.py test" in (ROOT / ".ci" / "run").read_text()


@pytest.fixture
def do(monkeypatch):
    """Load do.py so that it calls nothing; ``do.called`` holds what it would have called."""
    spec = importlib.util.spec_from_file_location("do", ROOT / "do.py")
    assert spec and spec.loader
    do = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(do)
    do.called, do.installed = [], []
    monkeypatch.setattr(do, "install", lambda *extra: do.installed.append(extra))
    monkeypatch.setattr(do, "call", lambda *words: do.called.append(words) or 0)
    return do


def test_do_py_lab_listens_on_loopback_with_a_token(do, monkeypatch):
    environment = {}
    monkeypatch.setattr(sys, "argv", ["do.py", "lab"])
    monkeypatch.setattr(do.os, "environ", environment)
    assert do.main() == 0
    (words,) = do.called
    assert words[:4] == ("-m", "jupyterlab", "notebooks", "--ServerApp.ip=127.0.0.1")
    assert set(words[4:]) <= {"--allow-root"}
    assert len(environment["JUPYTER_TOKEN"]) == 64


def test_do_py_test_quick_leaves_out_what_has_a_mark(do, monkeypatch):
    monkeypatch.setattr(sys, "argv", ["do.py", "test", "--quick"])
    assert do.main() == 0
    assert ("-m", "mypy") not in do.called
    assert do.called[-1][-2:] == ("-m", "not (browser or office or spark or slow)")
    marks = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["pytest"]["ini_options"][
        "markers"
    ]
    for mark in re.findall(r"\w+", do.QUICK.removeprefix("not ").replace(" or ", " ")):
        assert any(line.startswith(f"{mark}: ") for line in marks)


LIST = """
import json, sys
import pytest

class List:
    @pytest.hookimpl(tryfirst=True)
    def pytest_collection_modifyitems(self, items):
        self.whole = {item.nodeid.partition("[")[0] for item in items}

    def pytest_collection_finish(self, session):
        self.chosen = {item.nodeid.partition("[")[0] for item in session.items}

listed = List()
pytest.main(["--collect-only", "--quiet", "--quiet", "-m", sys.argv[1], "tests"], plugins=[listed])
print(json.dumps([*listed.whole]), json.dumps([*listed.chosen]), sep="\\n")
"""
"""Collects the tests once, and prints the functions of the whole run and those of a part."""


@pytest.mark.slow
def test_quick_run_has_eighty_percent_of_the_test_functions(do):
    command = [sys.executable, "-c", LIST, do.QUICK]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    whole, quick = (set(json.loads(line)) for line in listed.splitlines()[-2:])
    assert len(whole) > 1000
    assert quick < whole
    assert len(quick) / len(whole) >= 0.8


def test_do_py_test_keeps_what_was_compiled_and_imports_this_checkout_alone(do, monkeypatch):
    monkeypatch.setattr(
        do.os, "environ", {"PYTHONDONTWRITEBYTECODE": "1", "PYTHONPATH": "/x", "A": "b"}
    )
    monkeypatch.setattr(sys, "argv", ["do.py", "test", "--quick"])
    assert do.main() == 0
    assert do.os.environ == {"A": "b"}


def test_do_py_test_runs_all_and_prints_the_slowest_ten(do, monkeypatch):
    monkeypatch.setattr(sys, "argv", ["do.py", "test"])
    assert do.main() == 0
    assert do.called[2] == ("-m", "mypy")
    assert "--durations=10" in do.called[-1]
    assert "-m" not in do.called[-1][1:]


@pytest.mark.parametrize(
    ("task", "extra"),
    [
        ("run", "maintain"),
        ("test", "test"),
        ("test --quick", "test"),
        ("release", "maintain"),
        ("release next", "maintain"),
    ],
)
def test_do_py_installs_what_a_task_needs(do, monkeypatch, task, extra):
    monkeypatch.setattr(sys, "argv", ["do.py", *task.split()])
    assert do.main() == 0
    assert do.installed == [(extra,)]


def test_do_py_refuses_an_unknown_task():
    result = subprocess.run(
        [sys.executable, "do.py", "dance"], cwd=ROOT, capture_output=True, text=True
    )
    assert result.returncode == 2
    assert "python3 do.py run" in result.stdout


@pytest.mark.slow
def test_python_of_the_readme_runs_as_shown(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)  # it saves a picture
    text = (ROOT / "README.md").read_text()
    text = re.sub("<!-- tasks -->.*?<!-- end -->", "", text, flags=re.DOTALL)  # tests/test_tasks.py
    blocks = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
    assert blocks
    names: dict[str, object] = {}  # as in one session
    for block in blocks:
        exec(compile(block, "README.md", "exec"), names)


@pytest.mark.slow
@pytest.mark.no_cover
def test_shell_commands_of_the_readme_run_as_shown(tmp_path, monkeypatch, capsys):
    blocks = re.findall(r"```console\n(.*?)```", (ROOT / "README.md").read_text(), re.DOTALL)
    commands = [
        line[2:] for block in blocks for line in block.splitlines() if line.startswith("$ python -m")
    ]
    assert commands
    (tmp_path / "services.txt").write_text("Amazon SQS\nAmazon EKS\n")
    monkeypatch.chdir(tmp_path)
    for number, command in enumerate(commands):
        if " review ada.xlsx bob.xlsx" in command:  # the book that was sent comes back twice
            for name in ("ada.xlsx", "bob.xlsx"):
                shutil.copy("ours.xlsx", name)
        words = shlex.split(command, comments=True)
        assert words[:3] == ["python", "-m", "srm_data"]
        assert main(words[3:]) == 0, f"{command}: {capsys.readouterr().err}"
        assert capsys.readouterr().out, command
        if number == 0:  # the others would only start Python again
            assert subprocess.run([sys.executable, *words[1:]], capture_output=True).returncode == 0
