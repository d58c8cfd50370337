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
PINNED = r"@[0-9a-f]{40}  # v\d+\.\d+\.\d+$"
SCHEMAS = {
    "CITATION.cff": "vendor.citation-file-format",
    ".github/dependabot.yml": "vendor.dependabot",
    ".github/ISSUE_TEMPLATE/config.yml": "vendor.github-issue-config",
    ".github/ISSUE_TEMPLATE/inventory-not-read.yml": "vendor.github-issue-forms",
    ".github/ISSUE_TEMPLATE/wrong-cell.yml": "vendor.github-issue-forms",
} | {path.relative_to(ROOT).as_posix(): "vendor.github-workflows" for path in WORKFLOWS}


@pytest.mark.slow  # the validator takes seconds to import
@pytest.mark.parametrize("path", SCHEMAS)
def test_file_passes_the_schema_of_those_who_read_it(path):
    import check_jsonschema

    command = ["--builtin-schema", SCHEMAS[path], "--force-filetype", "yaml", str(ROOT / path)]
    result = CliRunner().invoke(check_jsonschema.main, command)
    assert result.exit_code == 0, result.output


def test_form_for_a_wrong_cell_asks_for_what_a_correction_needs(shipped):
    form = yaml.safe_load((GITHUB / "ISSUE_TEMPLATE" / "wrong-cell.yml").read_text(encoding="utf-8"))
    fields = {field["id"]: field for field in form["body"] if "id" in field}
    required = {name for name, field in fields.items() if field["validations"]["required"]}
    assert required == {"offering", "duty", "answer", "page", "quote"}
    assert set(shipped["responsibilities"]["responsibility"]) < set(
        fields["answer"]["attributes"]["options"]
    )
    assert fields["offering"]["attributes"]["placeholder"] in set(shipped["offerings"]["offering_id"])
    assert fields["duty"]["attributes"]["placeholder"] in set(shipped["duties"]["duty_id"])


def test_workflow_runs_every_python_that_is_claimed_on_three_systems():
    jobs = yaml.safe_load((GITHUB / "workflows" / "test.yml").read_text(encoding="utf-8"))["jobs"]
    matrix = jobs["quick"]["strategy"]["matrix"]
    claimed = {name.split()[-1] for name in PROJECT["classifiers"] if re.search(r"3\.\d+$", name)}
    assert claimed == set(matrix["python"])
    assert {name.split("-")[0] for name in matrix["os"]} == {"ubuntu", "macos", "windows"}


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_workflow_pins_what_it_takes_and_runs_scripts_that_are_there(path):
    text = path.read_text(encoding="utf-8")
    assert [line for line in re.findall(r"uses: (.+)", text) if not re.search(PINNED, line)] == []
    for command in re.findall(r"pip install (.+)", text):
        assert "--require-hashes" in command or "--resolution lowest-direct" in command
    assert all((ROOT / script).is_file() for script in re.findall(r"do\.py|\.ci/[\w.]+", text))


def test_jobs_may_read_alone_but_for_those_that_open_a_pull_request_or_deploy():
    for path in WORKFLOWS:
        workflow = yaml.safe_load(path.read_text(encoding="utf-8"))
        assert workflow["permissions"] == {"contents": "read"}
        assert {name for name, job in workflow["jobs"].items() if "permissions" in job} <= {
            "deploy",
            "update",
        }


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
