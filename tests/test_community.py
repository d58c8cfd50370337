"""What strangers meet first: forms, workflows, citation, licences: valid, and true to the data."""

import json
import re
import tomllib
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner

import srm_data
from srm_data.schema import LICENCE, read_package

ROOT = Path(__file__).parents[1]
GITHUB = ROOT / ".github"
WORKFLOWS = sorted((GITHUB / "workflows").glob("*.yml"))
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
SCHEMAS = {
    ".github/dependabot.yml": "vendor.dependabot",
    ".github/ISSUE_TEMPLATE/config.yml": "vendor.github-issue-config",
    ".github/ISSUE_TEMPLATE/inventory-not-read.yml": "vendor.github-issue-forms",
    ".github/ISSUE_TEMPLATE/wrong-cell.yml": "vendor.github-issue-forms",
    ".github/workflows/dependencies.yml": "vendor.github-workflows",
    ".github/workflows/test.yml": "vendor.github-workflows",
    "CITATION.cff": "vendor.citation-file-format",
}


def test_every_file_that_others_read_is_checked():
    files = {path.relative_to(ROOT).as_posix() for path in GITHUB.rglob("*.yml")}
    assert files | {"CITATION.cff"} == set(SCHEMAS)


@pytest.mark.slow  # the validator takes seconds to import
@pytest.mark.parametrize("path", SCHEMAS)
def test_file_passes_the_schema_of_those_who_read_it(path):
    import check_jsonschema

    command = ["--builtin-schema", SCHEMAS[path], "--force-filetype", "yaml", str(ROOT / path)]
    result = CliRunner().invoke(check_jsonschema.main, command)
    assert result.exit_code == 0, result.output


def read_form(name: str) -> dict[str, dict]:
    form = yaml.safe_load((GITHUB / "ISSUE_TEMPLATE" / name).read_text(encoding="utf-8"))
    return {field["id"]: field for field in form["body"] if "id" in field}


def test_form_for_a_wrong_cell_asks_for_what_a_correction_needs(shipped):
    fields = read_form("wrong-cell.yml")
    required = {name for name, field in fields.items() if field["validations"]["required"]}
    assert required == {"offering", "duty", "answer", "page", "quote"}
    answers = shipped["responsibilities"].sort_values("position")["responsibility"].tolist()
    offered = fields["answer"]["attributes"]["options"]
    assert sorted(offered[: len(answers)]) == sorted(answers)
    assert fields["offering"]["attributes"]["placeholder"] in set(shipped["offerings"]["offering_id"])
    assert fields["duty"]["attributes"]["placeholder"] in set(shipped["duties"]["duty_id"])


def test_form_for_an_inventory_asks_for_no_file():
    text = (GITHUB / "ISSUE_TEMPLATE" / "inventory-not-read.yml").read_text(encoding="utf-8")
    assert "**Do not attach the file.**" in text
    assert set(read_form("inventory-not-read.yml")) == {"tool", "said", "form", "version"}


def list_steps() -> list[dict]:
    jobs = [yaml.safe_load(path.read_text(encoding="utf-8"))["jobs"] for path in WORKFLOWS]
    return [step for each in jobs for job in each.values() for step in job["steps"]]


def test_workflow_runs_every_python_that_is_claimed_on_three_systems():
    jobs = yaml.safe_load((GITHUB / "workflows" / "test.yml").read_text(encoding="utf-8"))["jobs"]
    matrix = jobs["quick"]["strategy"]["matrix"]
    claimed = {name.split()[-1] for name in PROJECT["classifiers"] if re.search(r"3\.\d+$", name)}
    assert claimed == set(matrix["python"])
    assert {name.split("-")[0] for name in matrix["os"]} == {"ubuntu", "macos", "windows"}


def test_workflows_run_scripts_that_are_there():
    commands = " ".join(step.get("run", "") for step in list_steps())
    scripts = set(re.findall(r"(?:do\.py|\.ci/[\w.]+)", commands))
    assert {"do.py", ".ci/run", ".ci/wheel.py", ".ci/lock.py"} <= scripts
    assert all((ROOT / script).is_file() for script in scripts)


def test_actions_are_pinned_by_commit_with_their_version_beside_them():
    lines = [line for path in WORKFLOWS for line in path.read_text().splitlines() if "uses:" in line]
    assert lines
    assert [line for line in lines if not re.search(r"@[0-9a-f]{40}  # v\d+\.\d+\.\d+$", line)] == []


def test_pip_installs_by_hash_in_every_workflow():
    installs = [
        step["run"] for step in list_steps() if re.match(r"(python -m )?pip ", step.get("run", ""))
    ]
    assert installs
    assert all("--require-hashes" in command and "--no-deps" in command for command in installs)


def test_jobs_may_read_alone_but_for_the_one_that_opens_a_pull_request():
    for path in WORKFLOWS:
        workflow = yaml.safe_load(path.read_text(encoding="utf-8"))
        assert workflow["permissions"] == {"contents": "read"}
        assert {name for name, job in workflow["jobs"].items() if "permissions" in job} <= {"update"}


def test_hooks_are_local_and_check_format_lint_and_tables():
    config = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8"))
    (repository,) = config["repos"]
    assert repository["repo"] == "local"
    assert [hook["id"] for hook in repository["hooks"]] == ["ruff-format", "ruff", "tables"]


def test_author_version_and_licence_are_the_same_everywhere():
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    deposit = json.loads((ROOT / ".zenodo.json").read_text(encoding="utf-8"))
    (contributor,) = read_package()["contributors"]
    names = [*PROJECT["authors"], *citation["authors"], *deposit["creators"]]
    assert {name["name"] for name in names} | {contributor["title"]} == {"srm_data contributors"}
    licences = {licence["name"] for licence in read_package()["licenses"]}
    assert licences == {citation["license"], deposit["license"].upper()} == {"CC-BY-4.0"}
    assert PROJECT["license"] == "Apache-2.0 AND CC-BY-4.0"
    assert citation["version"] == srm_data.list_versions()[-1]


def test_licences_lie_beside_what_they_are_of_and_are_named_where_data_leave():
    code, data = (ROOT / path for path in PROJECT["license-files"])
    assert "Apache License" in code.read_text(encoding="utf-8")
    assert data.parent == ROOT / "srm_data" / "tables"
    assert data.read_text(encoding="utf-8").startswith("Attribution 4.0 International")
    assert "CC BY 4.0" in LICENCE
    for name in ("README.md", "exports/README.md"):
        assert "CC BY 4.0" in (ROOT / name).read_text(encoding="utf-8")


def test_correcting_a_cell_is_page_one_of_contributing_and_needs_no_python(shipped):
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    first = re.split(r"^## ", text, flags=re.MULTILINE)[1]
    assert first.startswith("Correct a cell\n\nYou do not need Python")
    assert len(first.splitlines()) < 40
    columns = {*shipped["offering_responsibilities"], *shipped["sources"]}
    assert set(re.findall(r"`(\w+)`", first)) <= columns | {"required", "optional", "none"}
    for name in re.findall(r"`(?:srm_data/tables/)?(\w+)\.csv`", first):
        assert name in shipped
