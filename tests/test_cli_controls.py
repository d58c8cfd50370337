"""The command ``controls`` and the sheet of controls."""

import csv
import io

import pytest

import srm_data
from srm_data.cli import main
from srm_data.xlsx.reader import read_sheets
from tests.cases import thin_out


@pytest.fixture
def estate(tmp_path):
    path = tmp_path / "secret-project.txt"
    path.write_text("Amazon SQS\nAmazon S3\n")
    return path


def test_summary_counts_by_family_and_lists_every_control(capsys):
    assert main(["controls", "sqs", "--framework", "NIST-CSF"]) == 0
    out = capsys.readouterr().out
    assert out.startswith("NIST Cybersecurity Framework 2.0. Chosen: sqs\n")
    assert "Of 106 controls, " in out
    assert "PR.AA-06   inherited" in out


@pytest.mark.parametrize("layout", ["summary", "lines"])
def test_no_line_about_controls_is_wider_than_eighty_columns(capsys, layout):
    assert main(["controls", "sqs", "--framework", "nist-csf", "--format", layout]) == 0
    out = capsys.readouterr().out
    assert max(map(len, out.splitlines())) <= 80
    assert "\nPR.AA-04   left           Identity assertions are protected, conveyed, and\n" in out


def test_what_is_left_leaves_out_what_is_inherited(capsys):
    assert main(["controls", "sqs", "--left", "--baseline", "low"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert not [line for line in lines if line.startswith("PE-3 ")]
    assert [line for line in lines if line.startswith("AC-3 ")]


LAYOUTS = [
    ("crm", ["Control ID", "Can Be Inherited from CSP"]),
    ("caiq", ["CCM Control ID", "SSRM Control Ownership"]),
    ("how-addressed", ["control_id", "title"]),
    ("cis", ["Control ID", "Implemented"]),
]


@pytest.mark.parametrize(
    ("name", "header"),
    thin_out(LAYOUTS, every=4),
)
def test_layouts_are_printed_as_csv(capsys, name, header):
    assert main(["controls", "sqs", "--baseline", "low", "--format", name]) == 0
    rows = list(csv.reader(io.StringIO(capsys.readouterr().out)))
    assert rows[0][:2] == header
    assert len(rows) == 150


@pytest.mark.slow
def test_lines_are_written_to_a_file_that_is_never_replaced(tmp_path, capsys):
    path = tmp_path / "lines.csv"
    command = ["controls", "sqs", "--format", "lines", "--out", str(path)]
    assert main(command) == 0
    before = path.read_bytes()
    assert main(command) == 1
    assert "already exists" in capsys.readouterr().err
    assert path.read_bytes() == before


@pytest.mark.slow
def test_crm_is_written_in_the_layout_of_fedramp_and_compared(tmp_path, capsys):
    path = tmp_path / "crm.xlsx"
    assert main(["controls", "sqs", "--format", "crm", "--out", str(path)]) == 0
    assert len(srm_data.read_crm(path)) == 1014
    assert main(["controls", "sqs", "--compare", str(path)]) == 0
    assert "1014 of 1014 common controls agree" in capsys.readouterr().out


@pytest.mark.slow
def test_comparison_says_what_is_compared_and_has_a_heading(tmp_path, capsys):
    path = str(tmp_path / "crm.xlsx")
    of_sqs = ["controls", "sqs", "--baseline", "low"]
    assert main([*of_sqs, "--format", "crm", "--out", path]) == 0
    capsys.readouterr()
    assert main(["controls", "ec2", "--baseline", "low", "--compare", path]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("Ours: NIST SP 800-53 Rev 5.2.0. Chosen: ec2. Theirs:")
    heading = next(place for place, line in enumerate(lines) if line.startswith("control"))
    assert lines[heading].split() == ["control", "theirs", "/", "ours"]
    assert lines[heading].index("/") == lines[heading + 1].index("/")


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["nowhere"], "no offering or service is called"),
        (["sqs", "--framework", "iso-27001"], "only its ids may be redistributed"),
        (["sqs", "--baseline", "moderat"], "has no baseline 'moderat'"),
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


@pytest.mark.slow
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
    assert rows[0][:4] == ("Control", "Title", "Family", "Addressed")
    assert len(rows) == 107
    laws = [row[0] for row in sheets["Why you need this"].rows[1:]]
    assert any(str(law).startswith("DORA") for law in laws)


def test_workbook_without_a_framework_has_no_sheet_of_controls(tmp_path):
    path = tmp_path / "ours.xlsx"
    assert main(["export", "--only", "sqs", "--out", str(path)]) == 0
    titles = [sheet.title for sheet in read_sheets(path)]
    assert "Controls" not in titles
    assert "Why you need this" not in titles


HOUSE = {
    "frameworks": "framework_id,framework\nhouse,House rules\n",
    "controls": "framework_id,control_id,title\nhouse,H-1,Doors\n",
    "control_duties": "framework_id,control_id,duty_id,strength,reason\n"
    "house,H-1,physical-security,direct,Doors.\n",
}


@pytest.mark.slow
def test_only_framework_of_an_own_folder_need_not_be_named(tmp_path, capsys):
    for name, text in HOUSE.items():
        (tmp_path / f"{name}.csv").write_text(text)
    assert main(["controls", "sqs", "--controls", str(tmp_path)]) == 0
    out = capsys.readouterr().out
    assert out.startswith("House rules. Chosen: sqs\n")
    assert "H-1        inherited      Doors" in out
    book = tmp_path / "ours.xlsx"
    assert main(["export", "--only", "sqs", "--controls", str(tmp_path), "--out", str(book)]) == 0
    sheets = {sheet.title: sheet for sheet in read_sheets(book)}
    assert [row[0] for row in sheets["Controls"].rows] == ["Control", "H-1"]
