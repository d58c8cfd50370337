"""Files for CISO Assistant: what its loader needs, as its source of 2026-08 says, and our own ids."""

import re
from typing import Any

import pytest
import yaml

from srm_data.cli import main
from srm_data.controls import build_applied_controls, build_ciso_assistant, write_ciso_assistant
from srm_data.controls.ciso_assistant import APPLIED
from srm_data.exceptions import FrameError
from srm_data.model import build_model
from srm_data.names.offerings import choose_offerings
from srm_data.register import make_entries, state
from tests.cases import decide

URN = re.compile(r"urn:([\w-]+):([\w-]+):([\w-]+)(?::([\w-]+))?:([0-9A-Za-z\[\]()\-._:]+)")
CATEGORIES = {"policy", "process", "technical", "physical", "procedure"}
FUNCTIONS = {"govern", "identify", "protect", "detect", "respond", "recover"}
RELATIONS = {"subset", "intersect", "equal", "superset", "not_related"}
STATUSES = {"to_do", "in_progress", "on_hold", "active", "deprecated"}


@pytest.fixture(scope="module")
def model(shipped_model):
    return choose_offerings(shipped_model, ["Amazon SQS", "Amazon EC2"])


def find_faults(library: dict[str, Any], known: set[str]) -> list[str]:
    """List what the loader would refuse: missing fields, wrong words, and urns of nothing."""
    objects, faults = library["objects"], []
    needed = {"urn", "ref_id", "locale", "objects", "version"}
    faults += [f"no {name}" for name in needed - set(library)]
    faults += [] if isinstance(library["version"], int) else ["version is no number"]
    references = objects.get("reference_controls", [])
    framework = objects.get("framework", {})
    nodes = framework.get("requirement_nodes", [])
    mappings = objects.get("requirement_mapping_sets", [])
    for thing in [library, *references, *nodes, *mappings, *([framework] if framework else [])]:
        if not URN.fullmatch(thing["urn"]) or thing["urn"] != thing["urn"].lower():
            faults.append(f"urn {thing['urn']}")
        faults += [] if thing.get("ref_id") and thing.get("name") else [f"no name {thing['urn']}"]
    for control in references:
        is_wrong = control["category"] not in CATEGORIES or control["csf_function"] not in FUNCTIONS
        faults += [f"word {control['urn']}"] if is_wrong else []
    urns = [thing["urn"] for thing in [*references, *nodes]]
    faults += [f"twice {urn}" for urn in set(urns) if urns.count(urn) > 1]
    for node in nodes:
        named = [*node.get("reference_controls", []), *filter(None, [node.get("parent_urn")])]
        faults += [f"unknown {urn}" for urn in named if urn not in urns]
        faults += [] if node["depth"] == (2 if "parent_urn" in node else 1) else ["depth"]
    for mapping in mappings:
        for row in mapping["requirement_mappings"]:
            if row["source_requirement_urn"] not in known or row["relationship"] not in RELATIONS:
                faults.append(f"map {row}")
    return faults


def test_every_field_that_its_loader_needs_is_there_and_every_urn_is_of_something(model):
    libraries = build_ciso_assistant(model)
    nodes = libraries["aws-duties.yaml"]["objects"]["framework"]["requirement_nodes"]
    known = {node["urn"] for node in nodes}
    assert list(libraries) == [
        "aws-duties.yaml", "mapping-aws-duties-to-nist-sp-800-53-rev5.yaml",
        "mapping-aws-duties-to-nist-csf-2.0.yaml",
    ]  # fmt: skip
    assert [find_faults(library, known) for library in libraries.values()] == [[], [], []]
    controls = libraries["aws-duties.yaml"]["objects"]["reference_controls"]
    assert len(controls) == model["customer_action"].ne("none").sum()
    (backup,) = [control for control in controls if control["ref_id"] == "sqs.backup"]
    cell = model.set_index(["offering_id", "duty_id"]).loc[("sqs", "backup")]
    assert backup["description"].startswith(f"You: {cell['customer_part']}")
    assert "Basis: Default. https://" in backup["annotation"]


def test_every_reference_control_is_one_of_a_duty_those_of_ai_too():
    model = choose_offerings(build_model(duty_sets=("core", "ai")), "Amazon Bedrock")
    objects = build_ciso_assistant(model)["aws-duties.yaml"]["objects"]
    nodes = objects["framework"]["requirement_nodes"]
    named = {urn for node in nodes for urn in node.get("reference_controls", [])}
    assert named == {control["urn"] for control in objects["reference_controls"]}
    assert any(urn.endswith(".prompt-security") for urn in named)


@pytest.mark.parametrize(
    ("field", "value", "fault"),
    [("csf_function", "guard", "word"), ("category", "cloud", "word"), ("urn", "sqs", "urn")],
)
def test_planted_fault_is_found(model, field, value, fault):
    library = build_ciso_assistant(model)["aws-duties.yaml"]
    library["objects"]["reference_controls"][0][field] = value
    assert any(text.startswith(fault) for text in find_faults(library, set()))


def test_mapping_names_only_controls_that_its_libraries_have(model):
    mapping = build_ciso_assistant(model)["mapping-aws-duties-to-nist-sp-800-53-rev5.yaml"]
    (rows,) = [one["requirement_mappings"] for one in mapping["objects"]["requirement_mapping_sets"]]
    targets = {row["target_requirement_urn"].rpartition(":")[2] for row in rows}
    assert {"pe-3", "ac-2(1)"} <= targets
    assert not targets & {"ia-13", "sa-24", "si-2(7)"}


@pytest.mark.slow
def test_same_model_makes_the_same_bytes_and_nothing_is_replaced(model, tmp_path):
    one, two = (write_ciso_assistant(tmp_path / name, model) for name in ("one", "two"))
    assert {path.name: path.read_bytes() for path in one.iterdir()} == {
        path.name: path.read_bytes() for path in two.iterdir()
    }
    assert yaml.safe_load((one / "aws-duties.yaml").read_text("utf-8"))["version"] > 20260000
    with pytest.raises(FileExistsError, match="already exists"):
        write_ciso_assistant(one, model)
    decided = decide(model, {"offering_id": "sqs", "duty_id": "backup", "value": "AWS"})
    with pytest.raises(FrameError, match="without decisions"):
        build_ciso_assistant(decided)


def test_applied_controls_have_status_owner_and_day_of_the_register(model):
    row = {"offering_id": "sqs", "duty_id": "backup"}
    rows = [
        {**row, "field": "implementation", "value": "done"},
        {**row, "field": "accountable", "value": "Queue team"},
        {**row, "field": "due", "value": "2027-01-31"},
        {**row, "duty_id": "key-management", "field": "exception", "value": "2027-06-30", "by": "Ines"},
    ]
    applied = build_applied_controls(state(make_entries(rows), model, on="2026-12-01"))
    assert applied.columns.tolist() == APPLIED
    assert set(applied["status"]) <= STATUSES
    assert set(applied["priority"]) <= {"1", "2", "3"}
    by_id = applied.set_index("ref_id")
    assert by_id.loc["sqs/backup", ["status", "owner", "eta"]].tolist() == [
        "active", "Queue team", "2027-01-31",
    ]  # fmt: skip
    assert by_id.loc["sqs/key-management", "status"] == "on_hold"
    ids = {
        control["ref_id"]
        for control in build_ciso_assistant(model)["aws-duties.yaml"]["objects"]["reference_controls"]
    }
    assert set(applied["reference_control"]) <= ids


@pytest.mark.slow
def test_files_for_others_have_nothing_of_the_register(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    row = {"offering_id": "sqs", "duty_id": "backup", "field": "comment", "value": "Ask Ada Meier"}
    make_entries([row]).to_csv("register.csv", index=False)
    command = ["controls", "sqs", "--register", "register.csv", "--on", "2026-12-01", "--format"]
    assert main([*command, "ciso-assistant", "--out", "library"]) == 0
    for name in ("applied-controls", "tasks-csv", "raci-csv"):
        for_others = ["--audience", "publishable", "--out", f"library/{name}.csv"]
        assert main([*command, name, *for_others]) == 0
    assert len(list((tmp_path / "library").iterdir())) == 6
    for path in (tmp_path / "library").iterdir():
        assert "Meier" not in path.read_text("utf-8")
    site = ["--site", "https://x.test", "--out", "ours.csv"]
    assert main([*command, "applied-controls", *site]) == 0
    ours = (tmp_path / "ours.csv").read_text("utf-8")
    assert "Ask Ada Meier" in ours
    assert "https://x.test/services/sqs.html#sqs.backup" in ours
