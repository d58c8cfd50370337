"""The command ``controls`` and the sheet of controls."""

import csv
import io
import re

import pytest
from openpyxl import load_workbook

import srm_data
from srm_data.cli import main
from srm_data.xlsx.reader import read_sheets
from tests.cases import REGISTER


@pytest.fixture
def estate(tmp_path):
    path = tmp_path / "secret-project.txt"
    path.write_text("Amazon SQS\nAmazon S3\n")
    return path


def test_summary_counts_by_family_and_lists_every_control(capsys):
    assert main(["controls", "sqs", "--framework", "NIST-CSF"]) == 0
    out = capsys.readouterr().out
    assert out.startswith("NIST Cybersecurity Framework 2.0. Chosen: sqs (1 offering)\n")
    assert "Of 106 controls, " in out
    assert "FedRAMP" not in out
    assert re.search(r"^PR\.AA-06 +inherited +\w", out, re.M)


LAYOUTS = [
    ("crm", ["Control ID", "Can Be Inherited from CSP"], 424),
    ("how-addressed", ["control_id", "title"], 149),
    ("cis", ["Control ID", "Implemented"], 424),
]


@pytest.mark.parametrize(
    ("name", "header", "count"),
    LAYOUTS,
)
def test_layouts_are_printed_as_csv_those_of_fedramp_by_its_baseline(capsys, name, header, count):
    assert main(["controls", "sqs", "--baseline", "low", "--format", name]) == 0
    rows = list(csv.reader(io.StringIO(capsys.readouterr().out)))
    assert rows[0][:2] == header
    assert len(rows) - 1 == count


@pytest.mark.slow
def test_lines_are_written_to_a_file_that_is_never_replaced(tmp_path, capsys):
    path = tmp_path / "lines.csv"
    command = ["controls", "sqs", "--format", "lines", "--out", str(path)]
    assert main(command) == 0
    before = path.read_bytes()
    assert main(command) == 1
    assert "already exists" in capsys.readouterr().err
    assert path.read_bytes() == before


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["nowhere"], "no offering or service is called"),
        (["sqs", "--framework", "iso-27001"], "only its ids may be redistributed"),
        (["sqs", "--baseline", "moderat"], "has no baseline 'moderat'"),
        (["sqs", "--compare", "y.xlsx", "--format", "crm", "--out", "x.xlsx"], "ends in .csv"),
        (["sqs", "--corrections", "x.csv"], "--corrections: expected an inventory with it"),
        (["sqs", "--strict"], "--strict: expected an inventory with it (--estate FILE)"),
        (["sqs", "--out", "x.xlsx"], "expected a file name that ends in .csv"),
        (["sqs", "--controls", "missing"], "no such folder"),
    ],
)
def test_fault_is_told_in_one_line_with_code_1(options, said, capsys, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    assert main(["controls", *options]) == 1
    err = capsys.readouterr().err
    assert said in err
    assert err.count("\n") == 1


@pytest.fixture
def unclear(tmp_path):
    path = tmp_path / "unclear.txt"
    path.write_text("Amazon SQS\nOur portal\nAmazon EKS\n")
    return path


def read_instructions(path) -> list[str]:
    (sheet,) = (sheet for sheet in read_sheets(path) if sheet.title == "Instructions")
    return [row[0] for row in sheet.rows if row]


OPEN = [
    "3 rows read: 2 are of 2 offerings (1 row by assumption), 1 is not recognised, 0 are no service.",
    "Not recognised, and left out: Our portal.",
    "1 of 2 offerings is assumed, as the inventory leaves open which one it is: EKS managed node "
    "groups.",
]


@pytest.mark.parametrize("audience", ["internal", "publishable"])
@pytest.mark.slow
def test_what_an_inventory_leaves_open_is_told_on_stderr_and_in_the_crm(
    unclear, tmp_path, audience, capsys
):
    path = tmp_path / "crm.xlsx"
    command = ["controls", "--estate", str(unclear), "--baseline", "low", "--audience", audience]
    assert main([*command, "--format", "crm", "--out", str(path)]) == 0
    err = capsys.readouterr().err
    assert [f"srm-data: {line}" for line in OPEN] == err.splitlines()[:3]
    said = read_instructions(path)
    assert "2 services: Amazon EKS, Amazon SQS" in said
    kept = (
        OPEN if audience == "internal" else [OPEN[0], "Not recognised, and left out: 1 name.", OPEN[2]]
    )
    assert [line for line in said if line in {*OPEN, *kept}] == kept


def test_part_that_would_be_left_out_is_refused_if_strict(unclear, tmp_path, capsys):
    (tmp_path / "notes.pdf").write_bytes(b"%PDF-1.4")
    assert main(["controls", "--estate", str(tmp_path), "--strict"]) == 1
    assert "notes.pdf" in capsys.readouterr().err


DECIDED = ",sqs,availability,,answer,Customer,Our broker,Board,2026-11-01,,,,,\n"


@pytest.mark.parametrize("layout", ["summary", "how-addressed"])
@pytest.mark.slow
def test_decisions_behind_controls_are_told(tmp_path, layout, capsys):
    path = tmp_path / "register.csv"
    path.write_text(REGISTER + DECIDED)
    command = ["controls", "sqs", "--baseline", "low", "--register", str(path), "--format", layout]
    assert main(command) == 0
    out, err = capsys.readouterr()
    said = " ".join((out if layout == "summary" else err).split())
    assert "Decided by the organisation, beside what AWS's documents say: Amazon SQS (Availab" in said
    assert re.search(r"Availability\)\. \d+ of 149 controls rest on these decisions\.", said)
    if layout == "how-addressed":
        assert "Decided by the organisation: Availability" in out


@pytest.mark.slow
def test_what_is_left_is_all_that_is_written_and_compared(tmp_path, capsys):
    whole, left = tmp_path / "whole.xlsx", tmp_path / "left.xlsx"
    command = ["controls", "sqs", "--baseline", "low"]
    assert main([*command, "--format", "crm", "--out", str(whole)]) == 0
    assert main([*command, "--left", "--format", "crm", "--out", str(left)]) == 0
    lines = srm_data.controls.read_crm(left)
    assert set(lines["inherited"]) == {"No", "Partial"}
    assert "Only controls that are not inherited." in read_instructions(left)
    capsys.readouterr()
    assert main([*command, "--left", "--compare", str(whole)]) == 0
    count = lines["control_id"].nunique()
    assert f"{count} of {count} common controls agree" in capsys.readouterr().out


@pytest.mark.slow
def test_status_typed_in_a_crm_comes_back_by_review_and_stands_in_the_next(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    given = ["--register", "register.csv", "--on", "2026-12-01"]
    write = ["controls", "sqs", "--baseline", "low", "--format", "crm", *given]
    assert main([*write, "--out", "crm.xlsx"]) == 0
    book = load_workbook("crm.xlsx")
    book["Low CIS Worksheet"]["B4"].value = "X"
    book.save("crm.xlsx")
    assert main([*write, "--out", "crm.xlsx"]) == 1, "it would be lost"
    assert main(["review", "crm.xlsx", *given]) == 0
    assert main([*write, "--out", "crm.xlsx"]) == 0
    assert main([*write, "--out", "next.xlsx"]) == 0
    assert load_workbook("next.xlsx")["Low CIS Worksheet"]["B4"].value == "X"
    for_others = [*write, "--audience", "publishable", "--out", "others.xlsx"]
    assert main(for_others) == 0
    assert load_workbook("others.xlsx")["Low CIS Worksheet"]["B4"].value is None


@pytest.mark.slow
def test_comparison_names_what_could_not_be_compared(tmp_path, capsys):
    path = tmp_path / "crm.xlsx"
    command = ["controls", "sqs", "--baseline", "low"]
    assert main([*command, "--format", "crm", "--out", str(path)]) == 0
    book = load_workbook(path)
    new = {
        "AC-2(a)": ("AC-02 (a)", "Partialy"), "AC-3": ("AC-3", None), "PE-6(a)": ("PE-99", "Yes"),
    }  # fmt: skip
    for control, value, *_ in book["Low CRM Worksheet"].iter_rows(min_row=4):
        control.value, value.value = new.get(control.value, (control.value, value.value))
    book.save(path)
    capsys.readouterr()
    assert main([*command, "--compare", str(path), "--out", str(tmp_path / "c.csv")]) == 0
    out = " ".join(capsys.readouterr().out.split())
    assert (
        "154 of 154 common controls agree 1 value not read (expected Yes, Partial or No): AC-2 "
        "'Partialy' (sheet 'Low CRM Worksheet', row 7) 1 control only theirs: PE-99"
    ) in out
    assert " 1 control without a value of theirs: AC-3 " in out
    rows = {row[0]: row[1:4] for row in csv.reader((tmp_path / "c.csv").open())}
    assert (rows["AC-2"][0], rows["AC-2"][2]) == ("Partialy / No", "")


@pytest.mark.slow
def test_service_means_what_its_name_alone_may_mean_and_the_others_are_named(capsys):
    assert main(["controls", "s3", "s3-on-outposts", "--left"]) == 0
    out, err = capsys.readouterr()
    assert "Chosen: s3, s3-on-outposts (2 offerings)" in " ".join(out.split())
    assert "s3 is taken without S3 directory bucket" in err


def test_publishable_copy_names_no_file(estate, capsys):
    command = ["controls", "--estate", str(estate), "--framework", "nist-csf"]
    assert main(command) == 0
    assert estate.name in capsys.readouterr().out
    assert main([*command, "--audience", "publishable"]) == 0
    out = capsys.readouterr().out
    assert estate.name not in out
    assert "read from 1 source" in out


@pytest.mark.slow
@pytest.mark.parametrize("audience", ["internal", "publishable"])
def test_workbook_of_an_estate_has_the_sheets_of_controls_if_a_framework_is_named(
    estate, tmp_path, audience, capsys
):
    path = tmp_path / "ours.xlsx"
    command = ["estate", str(estate), "--framework", "nist-csf", "--out", str(path)]
    assert main([*command, "--audience", audience]) == 0
    sheets = {sheet.title: sheet for sheet in read_sheets(path)}
    rows = sheets["Controls"].rows
    header = 3 if audience == "internal" else 2
    assert rows[header][:4] == ("Control", "Title", "Family", "Addressed")
    assert len(rows[header:]) == 107
    laws = [row[0] for row in sheets["Why you need this"].rows[1:]]
    assert any(str(law).startswith("DORA") for law in laws)
