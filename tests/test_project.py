"""The project's own files agree with each other: requirements, environments, do.py, git."""

import importlib.util
import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from types import SimpleNamespace

import pytest
import yaml

import srm_data

ROOT = Path(__file__).parents[1]
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
PROJECT = PYPROJECT["project"]
CONDA_NAMES = {"matplotlib": "matplotlib-base", "duckdb": "python-duckdb"}


def list_requirements(*extras: str) -> dict[str, str]:
    """List names and conditions of what users need, or of what extras add, in conda's spelling."""
    entries = [] if extras else list(PROJECT["dependencies"])
    for extra in extras:
        entries += PROJECT["optional-dependencies"][extra]
    listed: dict[str, str] = {}
    for entry in entries:
        if others := re.fullmatch(r"srm-data\[(.+)\]", entry):
            listed |= list_requirements(*others[1].split(","))
            continue
        name, condition = re.findall(r"^([A-Za-z0-9_-]+)\s*(.*)$", entry)[0]
        listed[CONDA_NAMES.get(name, name.lower())] = condition.replace(" ", "")
    return listed


def read_environment(name: str) -> dict[str, str]:
    """Read names and conditions of a conda file, those that pip installs among them."""
    environment = yaml.safe_load((ROOT / name).read_text())
    assert environment["channels"] == ["conda-forge"]
    (pip,) = [entry["pip"] for entry in environment["dependencies"] if isinstance(entry, dict)]
    entries = [entry for entry in [*environment["dependencies"], *pip] if isinstance(entry, str)]
    pairs = (re.findall(r"^([A-Za-z0-9_-]+)\s*(.*)$", entry)[0] for entry in entries if entry != "-e .")
    return {name.lower(): condition.replace(" ", "") for name, condition in pairs}


def read_pins(name: str) -> dict[str, str]:
    """Read a list that pip installs; each entry has at least one hash, and none an address."""
    text = (ROOT / name).read_text()
    assert "://" not in text
    entries = re.split(r"\n(?=\S)", text.strip())
    assert all(re.search(r"--hash=sha256:[0-9a-f]{64}", entry) for entry in entries)
    return {entry.split("==")[0]: entry for entry in entries}


def test_conda_environments_ask_for_what_pyproject_asks_for():
    users = read_environment("environment.yml")
    assert users.pop("python") == PROJECT["requires-python"]
    assert users.pop("pip") == ""
    assert users == list_requirements()
    assert read_environment("environment-dev.yml") == list_requirements("test")


@pytest.mark.parametrize(("lists", "extras"), [
    (["requirements.txt"], ["maintain"]),
    (["requirements.txt", "requirements-docs.txt"], ["docs"]),
    (["requirements.txt", "requirements-docs.txt", "requirements-test.txt"], ["test"]),
])  # fmt: skip
def test_every_dependency_is_installed_by_version_and_hash(lists, extras):
    pinned = {name for path in lists for name in read_pins(path)}
    builders = {re.split(r"[>=]", entry)[0] for entry in PYPROJECT["dependency-groups"]["build"]}
    pip_names = {conda: name for name, conda in CONDA_NAMES.items()}
    asked = {pip_names.get(name, name) for name in [*list_requirements(), *list_requirements(*extras)]}
    assert asked | builders <= pinned


def test_last_release_heads_the_changelog_below_what_is_unreleased():
    headings = re.findall(r"^## (\S+)", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE)
    last = srm_data.list_versions()[-1]
    is_release = ".dev" not in srm_data.__version__
    assert headings[: 1 if is_release else 2] == ([last] if is_release else ["Unreleased", last])


@pytest.mark.slow
@pytest.mark.no_cover
def test_released_workbook_answers_as_its_data_version_did():
    version = srm_data.list_versions()[-1]
    released = srm_data.read_earlier(ROOT / "exports" / f"srm-matrix-{version}.xlsx")
    assert len(released) == len(srm_data.changes.read_version(version))
    assert srm_data.compare(srm_data.read_earlier(version), released).empty


def list_in_git(*words: str) -> list[str]:
    command = ["git", *words]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True).stdout.split()


def test_only_the_agreed_folders_stand_at_the_top():
    listed = list_in_git("ls-files")
    assert listed, "git lists no file: these tests run in a clone"
    folders = {name.split("/")[0] for name in listed if "/" in name}
    assert folders <= {"notebooks", "srm_data", "exports", "tests", ".ci", ".github"}


def test_git_leaves_alone_what_run_and_export_write_between_releases():
    made = [
        "exports/srm-matrix-2026.11.2.dev0.xlsx",
        "exports/srm-page-2026.11.2.dev0.html",
        "exports/made/pictures/the-model.svg",
        "exports/01-the-model.html",
    ]
    kept = ["exports/srm-matrix-2026.11.2.xlsx", "exports/pictures/the-model.svg"]
    assert list_in_git("check-ignore", "--no-index", *made, *kept) == made


@pytest.fixture
def do(monkeypatch, tmp_path):
    """Load do.py so that it writes elsewhere and calls nothing: it only notes what in ``do.called``."""
    spec = importlib.util.spec_from_file_location("do", ROOT / "do.py")
    assert spec and spec.loader
    do = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(do)
    do.called, do.environment = [], {}
    monkeypatch.setattr(do, "VENV", tmp_path)
    monkeypatch.setattr(do, "PYTHON", tmp_path / "python")
    monkeypatch.setattr(do, "LAB_DEFAULTS", tmp_path / "etc" / "settings.json")
    monkeypatch.setattr(do, "call", lambda *words: do.called.append(words) or 0)
    monkeypatch.setattr(do.os, "environ", do.environment)

    def make_environment(command, **_):
        do.called.append(tuple(command[1:]))
        do.PYTHON.touch()
        return SimpleNamespace(returncode=0)

    monkeypatch.setattr(do.subprocess, "run", make_environment)
    return do


def run_task(do, monkeypatch, task: str) -> list[tuple[str, ...]]:
    """Run a task and return what it called since."""
    do.called.clear()
    monkeypatch.setattr(sys, "argv", ["do.py", *task.split()])
    assert do.main() == 0
    return list(do.called)


def count_venvs(called) -> int:
    return sum(words[:2] == ("-m", "venv") for words in called)


def test_set_up_installs_by_hash_once_and_tests_bring_in_more(do, monkeypatch):
    first = run_task(do, monkeypatch, "run")
    assert [words[-1] for words in first if "pip" in words] == ["requirements.txt", "."]
    assert all(
        "--require-hashes" in words or "--editable" in words for words in first if "pip" in words
    )
    assert all("--no-deps" in words for words in first if "pip" in words)
    assert count_venvs(run_task(do, monkeypatch, "lab")) == 0
    tests = run_task(do, monkeypatch, "test --quick")
    assert "requirements-test.txt" in {words[-1] for words in tests}
    assert (
        count_venvs(run_task(do, monkeypatch, "run"))
        == count_venvs(run_task(do, monkeypatch, "test"))
        == 0
    )


def test_environment_of_another_python_is_made_anew(do, monkeypatch):
    run_task(do, monkeypatch, "run")
    mark = do.VENV / "installed"
    made_by, rest = mark.read_text().split("\n", 1)
    mark.write_text(f"{made_by}\nother files\n")
    changed_files = run_task(do, monkeypatch, "run")
    assert count_venvs(changed_files) == 1 and "--clear" not in changed_files[0]
    mark.write_text(f"cpython-310 /usr\n{rest}")
    assert "--clear" in run_task(do, monkeypatch, "run")[0]
    do.PYTHON.unlink()
    assert "--clear" in run_task(do, monkeypatch, "run")[0]


@pytest.mark.parametrize("token", [None, "", "mine"])
def test_lab_listens_on_this_machine_with_a_token_and_asks_nothing(do, monkeypatch, token):
    if token is not None:
        do.environment["JUPYTER_TOKEN"] = token
    words = run_task(do, monkeypatch, "lab")[-1]
    assert words[:4] == ("-m", "jupyterlab", "notebooks", "--ServerApp.ip=127.0.0.1")
    assert set(words[4:]) <= {"--allow-root"}
    shown = do.environment["JUPYTER_TOKEN"]
    assert shown == "mine" if token else len(shown) == 64
    assert json.loads(do.LAB_DEFAULTS.read_text()) == do.LAB_SETTINGS


def test_quick_run_leaves_out_what_has_a_mark_and_the_whole_run_nothing(do, monkeypatch):
    do.environment |= {"PYTHONDONTWRITEBYTECODE": "1", "PYTHONPATH": "/x", "A": "b"}
    quick = run_task(do, monkeypatch, "test --quick")
    # This checkout alone is imported, and kept compiled.
    assert do.environment.keys() & {"PYTHONDONTWRITEBYTECODE", "PYTHONPATH", "A"} == {"A"}
    assert ("-m", "mypy") not in quick
    assert quick[-1][-2:] == ("-m", do.QUICK)
    whole = run_task(do, monkeypatch, "test")
    assert ("-m", "mypy") in whole
    assert "-m" not in whole[-1][1:]
    marks = PYPROJECT["tool"]["pytest"]["ini_options"]["markers"]
    assert set(re.findall(r"\w+", do.QUICK)) - {"not", "or"} <= {mark.split(":")[0] for mark in marks}


def test_commands_of_the_readme_are_tasks_and_ci_runs_one_of_them(do):
    tasks = set(re.findall(r"python3 do\.py (\w+)", (ROOT / "README.md").read_text()))
    assert {"run", "test"} <= tasks
    assert all(f"python3 do.py {task} " in do.HELP for task in tasks)
    assert "python3 do.py test" in (ROOT / ".ci" / "run").read_text()
