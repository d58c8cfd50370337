"""Commands that write files: export, estate, page, run."""

import os
import sys
from pathlib import Path
from subprocess import run

import pytest
from openpyxl import load_workbook

from srm_data.cli import main
from srm_data.cli.inputs import name_part
from srm_data.schema import page_name, workbook_name
from tests.cases import REGISTER


@pytest.mark.slow
def test_answer_of_the_register_stands_in_its_row_beside_what_the_documents_say(tmp_path):
    row = ",sqs,availability,,answer,Customer,Our broker.,board,2026-11-01,,,,,\n"
    (tmp_path / "ours.csv").write_text(REGISTER + row)
    out = tmp_path / "ours.xlsx"
    command = ["export", "--only", "sqs", "--register", str(tmp_path / "ours.csv"), "--out", str(out)]
    assert main(command) == 0
    sheet = load_workbook(out, data_only=True)["Review here"]
    _, header, *cells = [[cell.value for cell in row] for row in sheet.iter_rows()]
    by_duty = {row[1]: dict(zip(header, row, strict=True)) for row in cells}
    decided = by_duty["Availability"]
    assert decided["Decision"].partition(",")[0] == "Customer"
    assert (decided["Comment"], decided["Reviewer"]) == ("Our broker.", "board")


@pytest.mark.slow
def test_workbook_is_written_even_if_the_reader_of_the_output_ends_early(tmp_path):
    services = ["Amazon SQS", *(f"Unknown {number}" for number in range(20))]
    (tmp_path / "list.csv").write_text("\n".join(["service", *services]))
    command = f"{sys.executable} -m srm_data estate list.csv --out ours.xlsx | head -n 1"
    run(command, shell=True, cwd=tmp_path, check=True, capture_output=True)
    assert load_workbook(tmp_path / "ours.xlsx").sheetnames[7] == "Services"


@pytest.mark.slow
def test_page_of_an_inventory_is_written_with_who_is_accountable(tmp_path, capsys):
    (tmp_path / "services.txt").write_text("Amazon SQS\n")
    row = ",*,*,,accountable,Zebra team,,,,,,,,\n"
    (tmp_path / "ours.csv").write_text(REGISTER + row)
    page = tmp_path / "ours.html"
    arguments = [str(tmp_path / "services.txt"), "--register", str(tmp_path / "ours.csv")]
    assert main(["page", *arguments, "--out", str(page)]) == 0
    assert capsys.readouterr().out == f"written: {page}\n"
    assert "Zebra team" in page.read_text(encoding="utf-8")
    assert main(["page", *arguments, "--audience", "publishable", "--out", str(page)]) == 0
    assert "Zebra team" not in page.read_text(encoding="utf-8")


@pytest.mark.slow
def test_page_says_on_stderr_what_its_inventory_leaves_open(tmp_path, capsys):
    inventory = tmp_path / "unclear.txt"
    inventory.write_text("Amazon SQS\nOur portal\n")
    assert main(["page", str(inventory), "--out", str(tmp_path / "ours.html")]) == 0
    counted, *rest = capsys.readouterr().err.splitlines()
    assert counted.startswith("srm-data: 2 rows read: 1 is of 1 offering ")
    assert rest == [
        "srm-data: Not recognised, and left out: Our portal.",
        "srm-data: The command estate lists what else it may be, and how to correct it.",
    ]


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--out", "ours.xlsx"], "expected a file name that ends in .html"),
        (
            ["--only", "lamda", "--out", "ours.html"],
            "no offering or service is called 'lamda'; nearest: ",
        ),
        (["nothing.txt", "--out", "ours.html"], "nothing in use was recognised"),
    ],
)
def test_page_says_what_is_wrong_and_writes_nothing(tmp_path, monkeypatch, capsys, arguments, told):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "nothing.txt").write_text("Foo\nBar\n")
    assert main(["page", *arguments]) == 1
    assert told in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["nothing.txt"]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("arguments", "whole"),
    [
        (["export", "--only", "sqs"], workbook_name()),
        (["export", "--only", "sqs", "--audience", "publishable"], workbook_name()),
        (["page", "--only", "sqs"], page_name()),
        (["page", "services.txt"], page_name()),
        (["page", "services.txt", "--audience", "publishable"], page_name()),
    ],
)
def test_part_never_takes_the_name_of_the_whole(tmp_path, monkeypatch, capsys, arguments, whole):
    monkeypatch.chdir(tmp_path)
    Path("services.txt").write_text("Amazon SQS\n")
    Path("exports").mkdir()
    (Path("exports") / whole).write_text("whole")
    assert main(arguments) == 0
    assert (Path("exports") / whole).read_text() == "whole"
    written = Path(capsys.readouterr().out.removeprefix("written: ").strip())
    assert written.parent == Path("exports")
    assert written.name.startswith(f"{Path(whole).stem}-")
    assert written.is_file()


def test_names_of_parts_say_what_they_are_of_and_differ():
    assert name_part("m.xlsx", []) == Path("exports/m.xlsx")
    assert name_part("m-2026.11.1.xlsx", ["sqs"]) == Path("exports/m-2026.11.1-sqs.xlsx")
    many = [f"service-{number}" for number in range(40)]
    long, other = name_part("m.xlsx", many), name_part("m.xlsx", [*many, "sqs"])
    assert long != other
    assert len(long.name) < 100
    assert name_part("m.xlsx", ["../../etc/passwd"]) == Path("exports/m-etc-passwd.xlsx")


@pytest.mark.slow
def test_export_since_a_version_lists_what_changed(tmp_path, capsys):
    out = tmp_path / "ours.xlsx"
    assert main(["export", "--only", "mwaa", "--since", "2026.11.0", "--out", str(out)]) == 0
    rows = list(load_workbook(out, read_only=True)["Changes"].iter_rows(values_only=True))
    assert {row[rows[0].index("offering_id")] for row in rows[1:]} == {
        "mwaa"
    }  # the others are not gone


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="names of Unix")
def test_inventory_with_a_control_character_in_its_name_gives_a_workbook(tmp_path, capsys):
    path = tmp_path / "our\x07list.txt"
    path.write_text("Amazon SQS\n")
    assert main(["estate", str(path), "--out", str(tmp_path / "ours.xlsx")]) == 0
    shown = load_workbook(tmp_path / "ours.xlsx").properties.subject
    assert shown == "In use, read from our\N{REPLACEMENT CHARACTER}list.txt"
