"""States in tables: what is terminated, retired or not in use is set aside, as in documents."""

import re

import pandas as pd
import pytest

from srm_data.estate import read_estate
from srm_data.exceptions import SkippedFileWarning
from tests.inventories import ACCOUNT, write

GONE, UNUSED = "deleted, by its own state", "not in use, by its own state"
INSTANCE = f"arn:aws:ec2:eu-west-1:{ACCOUNT}:instance"


def list_set_aside(estate: pd.DataFrame) -> dict[str, str]:
    """Return why each identifier that is set aside is not in use."""
    rows = estate[estate["status"] == "not a service"]
    return dict(zip(rows["identifier"], rows["note"], strict=True))


@pytest.mark.parametrize("header", [
    "state", "Status", "instance_state", "Lifecycle state", "configuration.state.name", "Zustand",
    "Estado", "Bemerkung", "\u5099\u8003",
])  # fmt: skip
def test_resource_that_its_state_calls_terminated_is_not_in_use(tmp_path, header):
    kind = "AWS::EC2::Instance"
    table = f"resource_type,resource_id,{header}\n{kind},a,running\n{kind},b,Terminated\n"
    estate = read_estate(write(tmp_path, "a.csv", table))
    assert list_set_aside(estate) == {kind: GONE}
    assert estate.set_index("status")["resources"].to_dict() == {"recognised": 1, "not a service": 1}


@pytest.mark.parametrize(("state", "reason"), [
    ("decommissioned", UNUSED), ("Retired (2025)", UNUSED), ("außer Betrieb", UNUSED),
    ("shutting-down", GONE), ("DELETE_COMPLETE", GONE), ("Inactivo", UNUSED),
    ("dekommissioniert 06/2026", UNUSED), ("außer Betrieb seit 03/2026", UNUSED),
    ("\u672a\u4f7f\u7528", UNUSED), ("Arr\u00eat\u00e9 d\u00e9finitivement", UNUSED),
    ("\u524a\u9664\u6e08", GONE), ("\u5ec3\u6b62\u6e08", UNUSED), ("On Order", UNUSED),
    ("stopped", None), ("retired next year", None), ("", None),
])  # fmt: skip
def test_service_of_a_list_is_set_aside_by_its_state(state, reason):
    rows = [
        {"Service": "SQS", "Count": 2, "Status": "live"},
        {"Service": "QLDB", "Count": 1, "Status": state},
    ]
    estate = read_estate(pd.DataFrame(rows))
    assert list_set_aside(estate).get("QLDB") == reason
    assert estate["rows"].sum() == 2


@pytest.mark.slow
@pytest.mark.parametrize("header", ["In use?", "Used", "Genutzt", "is_active", "Aktiv"])
@pytest.mark.parametrize("no", ["No", "nein", False, "non", "\u4e0d\u4f7f\u7528"])
def test_service_that_is_said_not_to_be_used_is_set_aside(header, no):
    estate = read_estate(pd.DataFrame({"Service": ["SQS", "QLDB"], header: ["yes", no]}))
    assert list_set_aside(estate) == {"QLDB": UNUSED}


@pytest.mark.parametrize(
    ("remark", "is_gone"),
    [
        ("stillgelegt", True), ("außer Betrieb seit 01.09.2026", True), ("retired, data kept", True),
        ("geplant", True), ("planned (2027)", True), ("Planned: resize", False),
        ("geplant, Migration", False), ("deleted: old snapshots", False),
    ],
)  # fmt: skip
def test_remark_sets_a_row_aside_only_if_it_is_about_the_row_itself(remark, is_gone):
    estate = read_estate(pd.DataFrame({"service": ["Amazon SQS"], "Bemerkung": [remark]}))
    assert (estate["status"] == "not a service").tolist() == [is_gone]


def test_arn_in_rows_with_and_without_a_state_of_the_past_counts_once_in_use(tmp_path):
    table = f"arn,state\n{INSTANCE}/a,running\n{INSTANCE}/b,terminated\n{INSTANCE}/a,running\n"
    estate = read_estate(write(tmp_path, "a.csv", table)).set_index("status")
    assert estate[["rows", "resources"]].to_numpy().tolist() == [[2, 1], [1, 1]]


def test_status_of_a_finding_is_its_result_and_no_state_of_the_resource(tmp_path):
    table = f"Title,Severity,Status,ARN\nx,HIGH,deleted,{INSTANCE}/a\n"
    assert list_set_aside(read_estate(write(tmp_path, "a.csv", table))) == {}


@pytest.mark.parametrize(
    ("header", "cell"),
    [("Enabled", "No"), ("Retired?", "yes"), ("Backup status", "ok"), ("Zustand des Systems", "aus")],
)
def test_column_that_looks_like_a_state_and_is_not_read_is_named(header, cell):
    rows = pd.DataFrame({"Service": ["SQS", "QLDB"], header: ["", cell], "Count": [1, 2]})
    with pytest.warns(SkippedFileWarning, match=f"not read as a state.*: {re.escape(header)}$"):
        assert read_estate(rows)["resources"].sum() == 3


def test_column_of_settings_beside_a_cost_is_named_as_not_read():
    rows = pd.DataFrame({"Service": ["RDS"], "Engine": ["aurora"], "Type": ["a"], "Cost": [1]})
    with pytest.warns(SkippedFileWarning, match="not read as settings, beside a cost: Engine$"):
        read_estate(rows)
