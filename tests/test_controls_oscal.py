"""OSCAL: every file is valid for others, refers to what is there, and says what the matrix says."""

import copy
import json
import lzma
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from click.testing import CliRunner
from openpyxl import load_workbook

import srm_data
from srm_data.cli import main
from srm_data.controls import (
    build_control_matrix,
    build_control_summary,
    build_crm,
    build_oscal,
    check_oscal,
    control_distribution,
    write_oscal,
)
from srm_data.controls.ids import name_oscal_control
from srm_data.controls.plans import INHERITANCE, OWN_PLAN
from srm_data.controls.references import make_id, require_references
from srm_data.exceptions import FrameError, SrmDataError
from srm_data.register import build_cautious_model, make_entries, state
from srm_data.schema import read_package

SCHEMAS = Path(__file__).parent / "oscal"  # NIST's own, public domain
MAPPING = "mapping-collections/aws-duties/mapping-collection.json"
COMPONENTS = "component-definitions/aws-offerings/component-definition.json"
DAY = "2026-12-01"
SIGNED = {"by": "Zoe Register", "on": "2026-11-20"}
ENTRIES = [
    {"field": "cover:system", "offering_id": "*", "duty_id": "*", "value": "Secret project"},
    {"offering_id": "sqs", "duty_id": "physical-security", "field": "answer", "value": "Customer",
     "reason": "A cage of our own."},
    {"offering_id": "ec2-instance", "duty_id": "availability", "field": "status", "value": "agreed"},
    {"offering_id": "sqs", "duty_id": "backup", "field": "implementation", "value": "implemented"},
    {"offering_id": "ec2-instance", "duty_id": "backup", "field": "implementation",
     "value": "implemented", "where": "account=1"},
    {"offering_id": "*", "duty_id": "host-os", "field": "evidence", "value": "SOC 2 Type II",
     "by": "Zoe", "valid_until": "2027-06-30"},
]  # fmt: skip


@pytest.fixture(scope="module")
def model(shipped, shipped_model):
    names = ["sqs", "ec2-instance"]
    return shipped_model[shipped_model["offering_id"].isin(names)].reset_index(drop=True)


@pytest.fixture(scope="module")
def now(model):
    return state(make_entries([entry | SIGNED for entry in ENTRIES]), model, on=DAY)


@pytest.fixture(scope="module")
def documents(model, now):
    """Build the documents of two offerings. Only read them."""
    return build_oscal(model, baseline="low", now=now)


@pytest.fixture(scope="module")
def folder(model, now, tmp_path_factory):
    path = tmp_path_factory.mktemp("oscal")
    return write_oscal(path, model, baseline="low", now=now)


def list_requirements(documents, path):
    plan = documents[path]["system-security-plan"]
    return {
        row["control-id"]: row for row in plan["control-implementation"]["implemented-requirements"]
    }


def list_uses(documents, control_id, name):
    """List what the plan of the organisation says of a control: the items of a list of its parts."""
    parts = list_requirements(documents, OWN_PLAN)[control_id]["by-components"]
    return [item for part in parts for item in part.get(name, [])]


@pytest.mark.slow  # trestle takes seconds to start
def test_trestle_finds_every_file_valid(folder):
    command = [Path(sys.executable).with_name("trestle")]
    subprocess.run([*command, "init"], cwd=folder, check=True, capture_output=True)
    checked = subprocess.run(
        [*command, "validate", "-a"], cwd=folder, check=True, capture_output=True, text=True
    )
    lines = checked.stdout.splitlines()
    assert sum(line.startswith("VALID") for line in lines) == 8
    assert "INVALID" not in checked.stdout


@pytest.mark.slow  # the validator takes seconds to import
@pytest.mark.parametrize("version", ["1.2.1", "1.1.2"])
def test_schema_of_nist_finds_every_file_valid(folder, version, tmp_path):
    """Only the mapping needs a version later than 1.1.2, which ServiceNow imports."""
    import check_jsonschema

    schema = tmp_path / "schema.json"
    packed = (SCHEMAS / f"oscal_complete_{version}.json.xz").read_bytes()
    schema.write_bytes(lzma.decompress(packed))
    files = [
        str(path)
        for path in folder.glob("*/*/*.json")
        if version == "1.2.1" or "mapping" not in path.name
    ]
    assert len(files) == 8 - (version == "1.1.2")
    result = CliRunner().invoke(check_jsonschema.main, ["--schemafile", str(schema), *files])
    assert result.exit_code == 0, result.output[:2000]


def test_every_file_says_its_version_and_the_day_of_its_data(documents):
    of_data = read_package()["created"][:10]
    for path, document in documents.items():
        (body,) = document.values()
        day = DAY if path == OWN_PLAN else of_data
        assert body["metadata"]["oscal-version"] == "1.2.1"
        assert body["metadata"]["last-modified"] == f"{day}T00:00:00Z"
    assert len(documents) == 8


def test_inheritance_file_says_in_title_and_remarks_that_aws_did_not_write_it(documents):
    metadata = documents[INHERITANCE]["system-security-plan"]["metadata"]
    assert "not written by AWS" in metadata["title"]
    assert "AWS did not write it" in metadata["remarks"]


def change(documents, path, *steps):
    """Return the documents with a value replaced, or removed if None; the last step is the value."""
    changed = dict(documents) | {path: copy.deepcopy(documents[path])}
    *way, key, value = steps
    place = changed[path]
    for step in way:
        place = place[step]
    if value is None:
        del place[key]
    else:
        place[key] = value
    return changed


NOBODY = "00000000-0000-4000-8000-000000000000"
PLAN = ("system-security-plan", "control-implementation", "implemented-requirements", 0)
PART = (*PLAN, "by-components", 0)
TAKEN = make_id("requirement", "aws", "AC-1")
MAP = ("mapping-collection", "mappings", 0, "maps", 0)


OF_COMPONENT = ("component-definition", "components", 0, "control-implementations", 0, "source")
FAULTS = [
    (INHERITANCE, (*PART, "component-uuid", NOBODY), "by-components[0].component-uuid"),
    (INHERITANCE, (*PLAN, "control-id", "ac-99"), "requirements[0].control-id: 'ac-99'"),
    (INHERITANCE, (*PART, "uuid", "x"), "by-components[0].uuid: 'x', expected a UUID"),
    (INHERITANCE, (*PLAN[:-1], 1, "uuid", TAKEN), "expected another uuid than that of"),
    (MAPPING, ("mapping-collection", "provenance", None), "provenance.method: missing"),
    (MAPPING, (*MAP, "targets", 0, "id-ref", "zz-1"), "maps[0].targets[0].id-ref: 'zz-1'"),
    (MAPPING, (*MAP, "sources", 0, "id-ref", "tea"), "maps[0].sources[0].id-ref: 'tea'"),
    (COMPONENTS, (*OF_COMPONENT, "trestle://x/y/catalog.json"), "implementations[0].source"),
    (OWN_PLAN, (PLAN[0], "import-profile", "href", "#gone"), "import-profile.href: '#gone'"),
    (OWN_PLAN, (PLAN[0], "metadata", "version", None), "metadata.version: missing"),
]
"""Planted faults: the document, the way to a value with the new value, and the place."""


@pytest.mark.parametrize(("path", "steps", "place"), FAULTS)
def test_fault_is_refused_with_its_file_and_place(documents, path, steps, place):
    with pytest.raises(SrmDataError) as raised:
        require_references(change(documents, path, *steps))
    message = str(raised.value)
    assert message.splitlines()[1].startswith(f"{path}, ")
    assert place in message


def test_what_is_inherited_must_be_provided_by_the_inheritance_file(documents):
    plan = copy.deepcopy(documents[OWN_PLAN])
    first = list_uses(documents, "pe-3", "inherited")[0]["provided-uuid"]
    text = json.dumps(plan).replace(first, NOBODY)
    with pytest.raises(SrmDataError, match="one of the provided of another document"):
        require_references(dict(documents) | {OWN_PLAN: json.loads(text)})


@pytest.mark.slow
def test_written_folder_is_checked_as_it_stands(folder, tmp_path):
    check_oscal(folder)
    broken = tmp_path / "catalogs" / "a" / "catalog.json"
    broken.parent.mkdir(parents=True)
    broken.write_text("{")
    with pytest.raises(SrmDataError, match=r"catalog\.json: expected JSON"):
        check_oscal(tmp_path)
    with pytest.raises(SrmDataError, match="expected a folder of write_oscal"):
        check_oscal(tmp_path / "catalogs")


@pytest.mark.slow  # writes two books
def test_counts_are_those_of_crm_sheet_and_notebook(model, now, documents, tmp_path):
    """The notebook shows ``control_distribution``; the organisation's own plan follows its register."""
    for path, seen in ((INHERITANCE, model), (OWN_PLAN, build_cautious_model(now))):
        matrix = build_control_matrix(seen, baseline="low")
        summary = build_control_summary(matrix)
        addressed = {
            control_id: row["props"][0]["value"]
            for control_id, row in list_requirements(documents, path).items()
        }
        counts = Counter(addressed.values())
        distribution = control_distribution(summary).sum()
        assert counts == Counter({name: n for name, n in distribution.items() if n})

        crm = build_crm(matrix).set_index("Control ID")["Can Be Inherited from CSP"]
        assert (crm == "Yes").sum() == counts["inherited"]
        assert (crm == "Partial").sum() == counts["configured"]
        assert len(crm) == sum(counts.values())

        book = load_workbook(
            srm_data.write_workbook(tmp_path / "a.xlsx", model, controls=matrix), read_only=True
        )
        rows = [row for row in book["Controls"].iter_rows(values_only=True) if row[0]]
        sheet = {
            name_oscal_control(row[0]): value
            for row in rows
            for value in row
            if str(value).lower() in counts and name_oscal_control(str(row[0])) in addressed
        }
        assert {name: str(value).lower() for name, value in sheet.items()} == addressed


def test_decision_of_the_organisation_is_never_inherited(documents):
    parts = list_requirements(documents, OWN_PLAN)["pe-3"]["by-components"]
    (decided,) = [part for part in parts if part["description"].startswith("SQS")]
    assert "decided by the organisation: Customer, required, by Zoe" in decided["description"]
    assert "inherited" not in decided
    assert [part for part in parts if "inherited" in part] != []
    provided = list_requirements(documents, INHERITANCE)["pe-3"]["by-components"]
    assert len(provided) == 2


def test_satisfied_is_what_is_implemented_everywhere(documents):
    (satisfied,) = list_uses(documents, "cp-9", "satisfied")
    assert satisfied["description"].startswith("Backup: implemented.")
    left = list_requirements(documents, INHERITANCE)["cp-9"]["by-components"]
    ids = [item["uuid"] for part in left for item in part["export"]["responsibilities"]]
    assert satisfied["responsibility-uuid"] in ids


def test_shared_duty_is_inherited_once_it_is_agreed(documents):
    parts = list_requirements(documents, OWN_PLAN)["cp-10"]["by-components"]
    inherited = {part["description"].split(":")[0] for part in parts if "inherited" in part}
    assert "EC2 instance" in inherited


def test_nothing_of_the_organisation_is_in_files_for_others(documents):
    for path, document in documents.items():
        text = json.dumps(document)
        secret = [word for word in ("Zoe", "Secret project", "A cage", "SOC 2") if word in text]
        assert secret == (["Zoe", "Secret project", "A cage", "SOC 2"] if path == OWN_PLAN else [])


def test_model_with_decisions_and_state_of_another_model_are_refused(now, shipped_model):
    with pytest.raises(FrameError, match="without decisions"):
        build_oscal(now.model)
    with pytest.raises(FrameError, match="this one has no rows"):
        build_oscal(shipped_model[:0])
    other = shipped_model[shipped_model["offering_id"] == "lambda-edge"]
    with pytest.raises(FrameError, match="a state of this model"):
        build_oscal(other, baseline="low", now=now)


@pytest.mark.slow
def test_duties_of_ai_are_in_the_catalogue_of_a_model_that_has_them():
    model = srm_data.build_model(duty_sets=("core", "ai"))
    documents = build_oscal(srm_data.choose_offerings(model, "bedrock-agentcore"), baseline="low")
    require_references(documents)
    (catalog,) = documents["catalogs/aws-duties/catalog.json"].values()
    ids = {control["id"] for group in catalog["groups"] for control in group["controls"]}
    assert "prompt-security" in ids


@pytest.mark.slow
def test_same_bytes_twice_and_nothing_is_replaced(documents, folder, model, now):
    for path, document in documents.items():
        assert json.loads((folder / path).read_bytes()) == document
    before = {path: (folder / path).read_bytes() for path in documents}
    with pytest.raises(FileExistsError, match="already exists"):
        write_oscal(folder, model, baseline="low", now=now)
    assert before == {path: (folder / path).read_bytes() for path in documents}


def test_every_offering_is_a_component_that_names_its_pages_and_aws_own(documents):
    components = documents[COMPONENTS]["component-definition"]["components"]
    assert [component["title"] for component in components] == ["EC2 instance", "SQS queue"]
    for component in components:
        assert component["links"][0]["href"].startswith("https://github.com/awslabs/")
        (duties,) = component["control-implementations"]
        assert len(duties["implemented-requirements"]) == 28
        assert all(row["links"] for row in duties["implemented-requirements"])


@pytest.mark.parametrize(
    ("text", "expected"),
    [("AC-2(1)", "ac-2.1"), ("AC-02", "ac-2"), ("PR.AA-01", "PR.AA-01"), ("5.1 a", "c-5.1-a")],
)
def test_control_ids_are_those_of_nists_own_files(text, expected):
    assert name_oscal_control(text) == expected


@pytest.mark.parametrize(("arguments", "expected"), [
    ([], "--format oscal: expected --out with it, the name of a folder"),
    (["--out", "a.csv"], "--out a.csv: expected the name of a folder"),
    (["--out", "a", "--left"], "--left: not with --format oscal, which has all"),
])  # fmt: skip
def test_files_of_tools_need_a_place_and_are_whole(capsys, arguments, expected):
    assert main(["controls", "sqs", "--format", "oscal", *arguments]) == 1
    assert capsys.readouterr().err == f"srm-data: {expected}\n"


@pytest.mark.slow
def test_publishable_set_has_no_plan_of_the_organisation(tmp_path, capsys):
    register = srm_data.register.write_register(
        tmp_path / "register.csv", make_entries([entry | SIGNED for entry in ENTRIES])
    )
    command = ["controls", "sqs", "ec2", "--format", "oscal", "--baseline", "low", "--on", DAY]
    command += ["--register", str(register), "--audience", "publishable"]
    assert main([*command, "--out", str(tmp_path / "set")]) == 0
    assert "nothing of the register is written" in capsys.readouterr().err
    assert not (tmp_path / "set" / OWN_PLAN).exists()
    assert (tmp_path / "set" / INHERITANCE).exists()
