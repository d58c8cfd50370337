"""Layouts of the field: consistent with each other, and read back as they were written."""

from pathlib import Path

import pandas as pd
import pytest
from openpyxl import Workbook, load_workbook

import srm_data
from srm_data.controls.layouts import (
    INHERITED,
    ORIGINATIONS,
    RESPONSIBILITIES,
)
from srm_data.exceptions import FrameError
from srm_data.register import list_evidence, make_entries, state
from tests.cases import decide

CRM_OF_HOW = {
    "Relies on the provider's capability without configuring it": "Yes",
    "Uses the provider's capability by configuring it": "Partial",
    "Implements it": "No",
    "Inherits a common control of the organisation": "No",
    "Tailored out": "No",
}
"""What FedRAMP's CRM calls each way in which an agency addresses a control."""
CRM_OF_ORIGINATION = dict(zip(ORIGINATIONS, ["Yes"] * 3 + ["No", "No", "Partial"], strict=False))
"""FedRAMP's rule for the CRM value of each origination."""


@pytest.fixture(scope="module")
def matrix(sample_in_use):
    return srm_data.controls.build_control_matrix(sample_in_use)


@pytest.fixture(scope="module")
def crm(matrix):
    return srm_data.controls.build_crm(matrix).set_index("Control ID")


def originations(matrix: pd.DataFrame) -> pd.Series:
    cis = srm_data.controls.build_cis(matrix).set_index("Control ID")
    marks = cis[ORIGINATIONS] == "X"
    assert (marks.sum(axis="columns") + (cis["N/A"] == "X") == 1).all()
    return marks.idxmax(axis="columns").where(marks.any(axis="columns"), "")


@pytest.mark.slow
def test_how_addressed_cis_and_crm_agree_on_every_control_of_the_sample_estate(matrix, crm):
    how = srm_data.controls.build_how_addressed(matrix).set_index("control_id")["how_addressed"]
    of_cis = originations(matrix).map(CRM_OF_ORIGINATION).fillna("No")
    assert len(crm) == len(how) == 1014
    assert set(crm[INHERITED]) == {"Yes", "Partial", "No"}
    assert (how.map(CRM_OF_HOW) == crm[INHERITED]).all()
    assert (of_cis == crm[INHERITED]).all()


def test_caiq_agrees_with_the_crm_and_is_refused_for_other_ids_than_those_of_ccm(matrix):
    own = {"PE-3": "DCS-09", "SI-2": "TVM-03", "AC-3": "IAM-16"}
    few = matrix[matrix["control_id"].isin(own)].reset_index(drop=True)
    with pytest.raises(FrameError, match=r"no id of CCM.*load your own copy"):
        srm_data.controls.build_caiq(few)
    few = few.assign(control_id=few["control_id"].map(own))
    caiq = srm_data.controls.build_caiq(few).set_index("CCM Control ID")["SSRM Control Ownership"]
    crm = srm_data.controls.build_crm(few).set_index("Control ID")[INHERITED]
    expected = {"Yes": "CSP-owned", "Partial": "Shared CSP and CSC", "No": "CSC-owned"}
    assert (crm.map(expected) == caiq).all()
    assert caiq.nunique() == 3


def test_text_of_the_crm_has_the_sentences_of_the_customer_by_service(matrix, crm, sample_in_use):
    """Fault 6 of the audit of governance: there were names of duties, and nothing where it is Yes."""
    assert (crm[RESPONSIBILITIES] != "").all()
    duties = set(sample_in_use["duty"].astype(str))
    lines = crm[RESPONSIBILITIES].str.split("\n").explode().str.rpartition(": ")[2]
    assert not lines.str.removesuffix(".").isin(duties).any()
    optional = matrix.loc[matrix["customer_action"].eq("optional"), "control_id"]
    may_act = crm.index.isin(optional) & (crm[INHERITED] == "Yes")
    assert crm.loc[may_act, RESPONSIBILITIES].str.contains("The customer may").all()
    cells = sample_in_use.set_index(["offering_id", "duty_id"])
    assert (
        cells.loc[("ec2-instance", "guest-os-patching"), "customer_part"]
        in crm.loc["SI-2", RESPONSIBILITIES]
    )
    assert "Amazon EC2" in crm.loc["SI-2", RESPONSIBILITIES]


def test_inherited_control_says_what_aws_does_and_that_no_report_is_entered(crm):
    lines = crm.loc["PE-3", RESPONSIBILITIES].split("\n")
    assert "Physical security: AWS is in charge of the physical security of the buildings" in lines[-2]
    assert lines[-1] == "No report that shows it is entered: AWS Artifact has AWS's reports."


@pytest.mark.slow
def test_reports_of_aws_are_named_where_something_is_inherited(matrix, sample_in_use):
    report = {"offering_id": "*", "duty_id": "*", "field": "evidence", "value": "SOC 2 Type II",
              "by": "Ada"}  # fmt: skip
    rows = [
        report | {"valid_until": "2027-03-31"},
        report | {"valid_until": "2026-03-31", "value": "C5"},
    ]
    now = state(make_entries(rows), sample_in_use, on="2026-12-01")
    crm = srm_data.controls.build_crm(matrix, evidence=list_evidence(now)).set_index("Control ID")
    named = crm[RESPONSIBILITIES].str.endswith(
        "AWS's part is shown by: SOC 2 Type II, valid until 2027-03-31."
    )
    assert (named == crm[INHERITED].isin(["Yes", "Partial"])).all()


@pytest.mark.slow
def test_baseline_of_fedramp_has_a_row_per_part_in_both_sheets(sample_in_use):
    matrix = srm_data.controls.build_control_matrix(sample_in_use, baseline="fedramp-moderate")
    crm, cis = srm_data.controls.build_crm(matrix), srm_data.controls.build_cis(matrix)
    assert crm["Control ID"].tolist() == cis["Control ID"].tolist()
    assert (len(crm), matrix["control_id"].nunique()) == (688, 323)
    ids = crm["Control ID"].tolist()
    assert ids[:4] == ["AC-1(a)", "AC-1(b)", "AC-1(c)", "AC-2(a)"]
    assert {"AC-2(1)", "AC-2(3)(d)", "CA-8", "RA-5(3)"} <= set(ids)
    compared = srm_data.controls.compare_crm(
        pd.DataFrame([("AC-2", "a", "No", "", "CRM", 4)],
                     columns=["control_id", "part", "inherited", "text", "sheet", "row"]), crm,
    )  # fmt: skip
    assert len(compared) == 323


@pytest.mark.slow
def test_origination_follows_from_who_does_the_duties(matrix):
    found = originations(matrix)
    assert found["PE-3"] == "Service Provider Corporate"
    assert found["SC-4"] == "Service Provider System Specific"
    assert found["AC-3"] == "Configured by Customer (Customer System Specific)"
    assert found["SI-10"] == "Provided by Customer (Customer System Specific)"
    assert found["PS-3"] == "Provided by Customer (Customer System Specific)"
    assert found["SI-2"] == "Shared (Service Provider and Customer Responsibility)"


@pytest.mark.slow
def test_control_without_an_object_is_not_applicable_in_every_layout(shipped, shipped_model):
    model = srm_data.choose_offerings(shipped_model, "Amazon SQS", tables=shipped)
    model = model.assign(
        responsibility=model["responsibility"].where(model["duty_id"] != "backup", "Not applicable")
    )
    matrix = srm_data.controls.build_control_matrix(model)
    how = srm_data.controls.build_how_addressed(matrix).set_index("control_id")
    assert how.loc["CP-9", "how_addressed"] == "Tailored out"
    cis = srm_data.controls.build_cis(matrix).set_index("Control ID").loc["CP-9"]
    assert cis[cis == "X"].index.tolist() == ["N/A"]
    assert originations(matrix)["CP-9"] == ""


@pytest.mark.slow
def test_written_crm_has_the_layout_of_the_template_and_reads_back_as_it_is(matrix, crm, tmp_path):
    path = srm_data.workbook.write_crm(tmp_path / "crm.xlsx", matrix, scope="=Ours")
    book = load_workbook(path)
    assert book.sheetnames == ["Instructions", "CIS Worksheet", "CRM Worksheet", "Sent"]
    assert book["Sent"].sheet_state == "hidden"
    said = [row[0] for row in book["Instructions"].iter_rows(values_only=True)]
    assert said[1] == "NIST SP 800-53 Rev 5.2.0: 1,014 controls."
    assert said[2] == "=Ours"
    assert book["Instructions"]["A3"].data_type == "s"  # never a formula
    for title in ("CIS Worksheet", "CRM Worksheet"):
        sheet = book[title]
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
        assert (sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight) == (1, 0)
        assert sheet.print_title_rows == "$1:$3"
        assert not sheet.protection.sheet, "the status of each control is to be filled in"
    assert [book["CIS Worksheet"].cell(2, n).value for n in (1, 2, 7)] == [
        "Control ID", "Implementation Status", "Control Origination",
    ]  # fmt: skip
    assert [cell.value for cell in book["CIS Worksheet"][3][1:]] == [
        "Implemented", "Partially Implemented", "Planned", "Alternative Implementation", "N/A",
        *ORIGINATIONS,
    ]  # fmt: skip
    names = [cell.value for cell in book["CRM Worksheet"][3]][:3]
    assert names == ["Control ID", INHERITED, RESPONSIBILITIES]
    fills = {cell.fill.fgColor.rgb for cell in book["CIS Worksheet"][2][1:]}
    assert len(fills) == 1  # a group's heading is a band over all its columns
    (values,) = book["CRM Worksheet"].data_validations.dataValidation
    assert values.formula1 == '"No,Partial,Yes"'

    read = srm_data.controls.read_crm(path).set_index("control_id")
    assert read["inherited"].to_dict() == crm[INHERITED].to_dict()
    compared = srm_data.controls.compare_crm(srm_data.controls.read_crm(path), crm.reset_index())
    assert compared["agrees"].all()


@pytest.mark.slow
def test_decision_of_the_organisation_is_marked_in_every_text(shipped, shipped_model, tmp_path):
    model = srm_data.choose_offerings(shipped_model, ["Amazon SQS", "Amazon SNS"], tables=shipped)
    row = {"offering_id": "sqs", "duty_id": "identity-access", "value": "AWS"}
    absent = row | {"duty_id": "backup", "value": "Not applicable"}
    decided = decide(model, row, absent)
    matrix = srm_data.controls.build_control_matrix(decided)
    marked = matrix[matrix["decided"] != ""]
    assert set(marked["service"]) == {"Amazon SQS"}
    assert set(marked["decided"]) == {"Identity and access", "Backup"}

    # nothing is inherited from AWS because the organisation says so
    only = matrix[matrix["service"] == "Amazon SQS"]
    crm = srm_data.controls.build_crm(only).set_index("Control ID")
    mark = "Decided by the organisation: Identity and access."
    assert crm.loc["AC-3"].tolist() == ["Partial", f"Amazon SQS: {mark}"]
    how = srm_data.controls.build_how_addressed(matrix).set_index("control_id")["what_to_document"]
    assert how["AC-3"].count(mark) == 1
    assert (
        "does not have what the control is about. Decided by the organisation: Backup." in how["CP-9"]
    )

    path = srm_data.workbook.write_crm(tmp_path / "crm.xlsx", matrix)
    said = [row[0] for row in load_workbook(path)["Instructions"].iter_rows(values_only=True)]
    (line,) = [text for text in said if text and text.startswith("Decided by the organisation")]
    assert "beside what AWS's documents say: Amazon SQS (" in line


@pytest.mark.slow
def test_what_is_typed_in_a_crm_comes_back_and_stands_in_the_next(sample_in_use, tmp_path):
    model = srm_data.choose_offerings(sample_in_use, "s3")
    matrix = srm_data.controls.build_control_matrix(model, baseline="fedramp-moderate")
    path = srm_data.workbook.write_crm(tmp_path / "crm.xlsx", matrix)
    book = load_workbook(path)
    assert book.sheetnames[1:3] == ["Moderate CIS Worksheet", "Moderate CRM Worksheet"]
    typed = {"System Name": "Shop", "System Identifier": "F-17", "Impact Level": "High"}
    (row,) = [row for row in book["Instructions"].iter_rows() if row[1].value == "System Name"]
    for cell in row[1:4]:
        cell.offset(row=1).value = typed[cell.value]
    cis, crm = (book[title] for title in book.sheetnames[1:3])
    rows = {row[0].value: row for sheet in (cis, crm) for row in sheet.iter_rows(min_row=4)}
    places = {row[0].value: row for row in cis.iter_rows(min_row=4)}
    places["AC-2(a)"][3].value = "X"  # planned
    rows["AC-2(b)"][2].value = "We approve them in HR."
    crm["F2"].value = "Ask Ada"
    cis.oddHeader.left.text = "Draft of May"
    crm.delete_rows(crm.max_row)
    book.save(tmp_path / "back.xlsx")

    review = srm_data.workbook.read_review(tmp_path / "back.xlsx")
    entries = review.entries.set_index("field")["value"]
    assert entries.groupby(level=0).agg(" | ".join).to_dict() == {
        "cover:system": "Shop", "cover:system identifier": "F-17", "cover:impact level": "High",
        "cover:crm ac-2(a) planned": "X",
        f"cover:crm ac-2(b) {RESPONSIBILITIES.lower()}": "We approve them in HR.",
        "remark": "Ask Ada | Draft of May | 1 row did not come back: SR-12",
    }  # fmt: skip

    assert review.problems["value"].tolist() == ["1 row did not come back: SR-12"]
    now = state(review.entries, model, on="2026-12-02")
    again = srm_data.workbook.write_crm(tmp_path / "next.xlsx", matrix, now=now)
    later = load_workbook(again)
    shown = {row[0].value: row for row in later["Moderate CIS Worksheet"].iter_rows(min_row=4)}
    assert shown["AC-2(a)"][3].value == "X"
    text = srm_data.controls.read_crm(again).set_index(["control_id", "part"])["text"]
    assert text["AC-2", "b"] == "We approve them in HR."
    assert srm_data.workbook.read_review(again).entries.empty


def test_value_that_is_not_read_is_kept_and_not_compared(crm):
    rows = [
        ("AC-2", "a", "Yes", "", "CRM", 4),
        ("AC-2", "b", "N/A", "", "CRM", 5),
        ("AC-3", "", "Partialy", "", "CRM", 6),
    ]
    theirs = pd.DataFrame(rows, columns=["control_id", "part", "inherited", "text", "sheet", "row"])
    compared = srm_data.controls.compare_crm(theirs, crm.reset_index()).set_index("control_id")
    assert compared.loc[["AC-2", "AC-3"], "theirs"].tolist() == ["Yes / N/A", "Partialy"]
    assert compared["agrees"].isna().all()


def test_same_matrix_makes_the_same_bytes(matrix, tmp_path):
    small = matrix[matrix["family"] == "Maintenance"]
    one, two = (
        srm_data.workbook.write_crm(tmp_path / name, small) for name in ("one.xlsx", "two.xlsx")
    )
    assert one.read_bytes() == two.read_bytes()


def write_book(path: Path, rows: list[list[object]], title: str = "PaaS CRM") -> Path:
    book = Workbook()
    book.active.title = title
    for row in rows:
        book.active.append(row)
    book.save(path)
    return path


def test_providers_crm_is_read_in_any_order_of_columns_and_spelling_of_ids(tmp_path):
    rows = [
        ["Customer Responsibility Matrix"],
        [],
        ["Can be inherited  from CSP", "Level", "Control ID", "Customer responsibilities"],
        ["Partial", "L M", "AC-02 (a)", "Approve\naccounts"],
        ["no", "L M", "ac-2.1", None],
        [None, "L M", "AC-03", "not filled yet"],
        ["Inherited", "L M", "PE-03", ""],
    ]
    crm = srm_data.controls.read_crm(write_book(tmp_path / "crm.xlsx", rows))
    assert crm.drop(columns="sheet").values.tolist() == [
        ["AC-2", "a", "Partial", "Approve accounts", 4],
        ["AC-2(1)", "", "No", "", 5],
        ["PE-3", "", "Inherited", "", 7],
    ]


def test_parts_that_differ_make_a_control_partial_and_each_difference_is_listed(crm, tmp_path):
    rows = [
        ["Control ID", "Can Be Inherited from CSP", "Specific Inheritance"],
        ["PE-3(a)", "Yes", ""],
        ["PE-3(b)", "Yes", ""],
        ["AC-3(a)", "Yes", "Ours"],
        ["AC-3(b)", "No", "Yours"],
        ["ZZ-1", "No", ""],
    ]
    theirs = srm_data.controls.read_crm(write_book(tmp_path / "crm.xlsx", rows))
    compared = srm_data.controls.compare_crm(theirs, crm.reset_index()).set_index("control_id")
    assert compared.loc["PE-3", ["theirs", "ours", "agrees"]].tolist() == ["Yes", "Yes", True]
    assert compared.loc["AC-3", ["theirs", "ours", "agrees"]].tolist() == ["Partial", "No", False]
    assert compared.loc["AC-3", "their_text"] == "Ours / Yours"
    assert compared.loc["ZZ-1", ["theirs", "ours"]].tolist() == ["No", ""]
    assert compared["agrees"].notna().sum() == 2
    assert len(compared) == 1015
