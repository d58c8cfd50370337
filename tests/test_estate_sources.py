"""Whole sources: every sheet, every table, every file of a folder; what is left out is listed."""

import json
from pathlib import Path

import pandas as pd
import pytest
from openpyxl import Workbook

from srm_data.cli import main
from srm_data.estate import read_estate
from srm_data.exceptions import EstateError, SkippedFileWarning

STATE = {"version": 4, "lineage": "l", "resources": [
    {"mode": "managed", "type": "aws_sqs_queue", "name": "a",
        "instances": [{"attributes": {}}]}]}  # fmt: skip


def count(estate: pd.DataFrame) -> dict[str, tuple[str, int]]:
    columns = ["identifier", "offering_id", "rows"]
    return {name: (offering, rows) for name, offering, rows in estate[columns].to_numpy().tolist()}


def write(path: Path, content: str | bytes) -> Path:
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def write_book(path: Path, sheets: dict[str, list[list[object]]]) -> Path:
    book = Workbook()
    book.remove(book.active)
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
    book.save(path)
    return path


def test_uneven_lines_of_a_csv_file_are_read_and_listed_by_number(tmp_path):
    text = (
        "Our estate,,\n\nService,Owner,Stage\nAmazon SQS,a,b\nAmazon SNS\n\nAmazon EKS,a,b,c\n"
        "Amazon SQS,\"x, y\",b\nas of today\n"
    )  # fmt: skip
    path = write(tmp_path / "bill.csv", text)
    with pytest.warns(SkippedFileWarning, match="lines 5, 9 with a single cell") as record:
        estate = read_estate(path)
    assert count(estate)["Amazon SQS"] == ("sqs", 2)
    assert "line 7 with more cells than the header" in str(record[0].message)
    assert estate.attrs["not_read"][0].startswith("bill.csv: ")
    with pytest.raises(EstateError, match="not read completely"):
        read_estate(path, strict=True)


def test_cell_that_holds_a_template_does_not_make_a_table_yaml(tmp_path):
    text = 'service,fix\nAmazon SQS,"\nResources:\n  A:\n    Type: [\n"\n'
    assert count(read_estate(write(tmp_path / "a.csv", text))) == {"Amazon SQS": ("sqs", 1)}


@pytest.mark.parametrize("title", ["", "Bericht K\u00f6ln\n\n"])
def test_table_in_the_encoding_of_windows_is_read(tmp_path, title):
    text = f"{title}Dienst;St\u00fcckzahl;Gr\u00f6\u00dfe\nAmazon SQS;4;x\nAmazon SNS;5\n"
    with pytest.warns(SkippedFileWarning, match="with fewer cells"):
        estate = read_estate(write(tmp_path / "a.csv", text.encode("cp1252")))
    assert estate.set_index("identifier")["resources"].to_dict() == {"Amazon SQS": 4, "Amazon SNS": 5}
    names = "SQS\nUnser Geb\u00e4ude\n".encode("cp1252")
    assert "Unser Geb\u00e4ude" in read_estate(write(tmp_path / "b.txt", names))["identifier"].tolist()


def test_every_sheet_and_every_table_of_a_sheet_is_read(tmp_path):
    path = write_book(tmp_path / "ours.xlsx", {
        "Instructions": [["Fill in", "every sheet"], ["please", "thanks"]],
        "One": [["Our services"], ["Service", "Owner"], ["Amazon SQS", "a"], [],
            ["AWS Service", "Note"],
                ["Amazon SNS", "b"], ["Amazon EKS", "c"]],
        "Two": [["ARN"], ["arn:aws:s3:::papers"]],
        "Lambda": [["Function", "Runtime"], ["a", "python"], ["b", "node"]],
    })  # fmt: skip
    with pytest.warns(SkippedFileWarning, match="sheet Instructions: no column names"):
        estate = read_estate(path)
    assert count(estate) == {
        "Amazon SQS": ("sqs", 1), "Amazon SNS": ("sns", 1), "s3:bucket": ("s3-general-purpose", 1),
        "Amazon EKS": ("eks-managed-node-groups", 1), "Lambda": ("lambda-zip", 2),
    }  # fmt: skip
    assert "sheet One: row 1 above the header" in "\n".join(estate.attrs["not_read"])
    assert estate.set_index("identifier").loc["Lambda", ["resources", "counted_by"]].tolist() == [
        2, "row"
    ]  # fmt: skip


@pytest.mark.slow
def test_cell_with_several_names_is_one_row_for_each(tmp_path):
    path = write_book(tmp_path / "a.xlsx", {"A": [
        ["System", "Cloud services used"], ["shop", "SQS, SNS; Lambda\nDynamoDB"],
            ["mail", "SQS / SNS"],
        ["text", "reading, writing"],
    ]})  # fmt: skip
    found = count(read_estate(path))
    assert {name: rows for name, (_, rows) in found.items()} == {
        "SQS": 2, "SNS": 2, "Lambda": 1, "DynamoDB": 1, "reading, writing": 1
    }  # fmt: skip
    text = write(tmp_path / "names.txt", "SQS, SNS, Lambda\n")
    assert set(count(read_estate(text))) == {"SQS", "SNS", "Lambda"}


def test_list_with_a_heading_between_its_bullets_loses_no_name(tmp_path):
    path = write(tmp_path / "list.txt", "- Amazon SQS\n- Amazon SNS\nServices\n- Amazon EKS\n")
    assert {"Amazon SQS", "Amazon SNS", "Amazon EKS"} <= set(count(read_estate(path)))


def test_code_is_no_table_though_a_line_of_it_is_a_header(tmp_path):
    text = 'results =\n{\n  "services": {\n"service"\n"a": 1\n}}\n'
    with pytest.raises(EstateError, match="expected the name of a service"):
        read_estate(write(tmp_path / "results.js", text))


def test_table_of_tag_editor_names_type_and_service_apart(tmp_path):
    text = (
        "Identifier,Tag: Name,Service,Type,Region\nsg-1,a,EC2,SecurityGroup,eu-west-1\n"
        "vol-1,b,EC2,Volume,eu-west-1\nq,,SQS,Queue,eu-west-1\n"
    )
    assert count(read_estate(write(tmp_path / "a.csv", text))) == {
        "AWS::EC2::SecurityGroup": ("vpc", 1), "AWS::EC2::Volume": ("ebs-volume", 1),
        "AWS::SQS::Queue": ("sqs", 1),
    }  # fmt: skip


@pytest.mark.parametrize(("content", "hint"), [
    ("%PDF-1.4\nAmazon SQS\n", "a PDF"),
    ("Terraform will perform the following actions:\n  # aws_x.y will be created\n", "show -json"),
    ("An execution plan has been generated and is shown below.\n  # aws_x.y\n", "show -json"),
    ('scoutsuite_results =\n{"provider_code": "gcp"}\n', "ScoutSuite about gcp"),
    ('scoutsuite_results =\n{"a": 1}\n', "of no known kind, with a;"),
])  # fmt: skip
def test_file_of_another_tool_is_refused_with_what_to_give_instead(tmp_path, content, hint):
    with pytest.raises(EstateError, match=hint):
        read_estate(write(tmp_path / "a.txt", content))


@pytest.mark.parametrize(("content", "hint"), [
    (b"\xd0\xcf\x11\xe0" + b"\x00" * 600, "an old Office file, such as .xls"),
    (b"\x89PNG\r\n\x1a\n", "a picture"), (b"\xff\xd8\xff\xe0\x00\x10JFIF", "a picture"),
    (b"BZh91AY&SY", "a file packed in another way"),
])  # fmt: skip
def test_binary_file_is_refused_with_what_it_is(tmp_path, content, hint):
    with pytest.raises(EstateError, match=f"a.bin: {hint}.*; (expected|save)"):
        read_estate(write(tmp_path / "a.bin", content))


def test_broken_line_of_json_lines_is_left_out_and_listed_unless_most_are_broken(tmp_path):
    good = '{"resourceType": "AWS::SQS::Queue"}\n'
    path = write(tmp_path / "a.jsonl", f'{good}{{"resourceTy\n{good}')
    with pytest.warns(SkippedFileWarning, match=r"a\.jsonl: not read: line 2 .not valid JSON"):
        assert read_estate(path)["rows"].tolist() == [2]
    with pytest.raises(EstateError, match="line 2"):
        read_estate(path, strict=True)
    with pytest.raises(EstateError, match=r"line 2, column 2: not valid JSON"):
        read_estate(write(tmp_path / "b.jsonl", f'{good}{{"resourceTy\n'))


@pytest.mark.parametrize(("header", "value"), [
    ("Dienst", "Amazon SQS"), ("AWS Service Name", "Amazon SQS"), ("Ressource", "Amazon SQS"),
    ("Ressourcentyp", "AWS::SQS::Queue"), ("Native Type", "AWS::SQS::Queue"),
        ("Servicio", "Amazon SQS"),
    ("Asset Type", "AWS::SQS::Queue"), ("sys_class_name", "AWS::SQS::Queue"),
    ("Cloud services used", "Amazon SQS"),
])  # fmt: skip
@pytest.mark.slow
def test_column_is_known_by_its_header_in_several_languages(tmp_path, header, value):
    path = write(tmp_path / "a.csv", f"Nr;{header};Verantwortlich\n1;{value};x\n")
    assert read_estate(path)["offering_id"].tolist() == ["sqs"]


def test_arn_beside_a_weaker_column_is_preferred(tmp_path):
    group = "arn:aws:ec2:eu-west-1:1:security-group/sg-1"
    text = f"Provider ID,Asset Type\n{group},EC2\ni-1,AWS::EC2::Instance\n"
    found = count(read_estate(write(tmp_path / "a.csv", text)))
    assert found == {"ec2:security-group": ("vpc", 1), "AWS::EC2::Instance": ("ec2-instance", 1)}


@pytest.mark.slow
def test_headers_of_ones_own_are_read_from_a_frame_and_from_a_file(tmp_path, capsys):
    path = write(tmp_path / "a.csv", "Baustein,Nr\nAmazon SQS,1\n")
    with pytest.raises(EstateError, match="a file of headers"):
        read_estate(path)
    headers = pd.DataFrame({"header": ["Baustein"], "role": ["service"]})
    assert count(read_estate(path, headers=headers)) == {"Amazon SQS": ("sqs", 1)}
    mine = write(tmp_path / "headers.csv", "header,role\nBaustein,service\n")
    assert main(["estate", str(path), "--headers", str(mine)]) == 0
    assert "1 row read" in capsys.readouterr().out
    wrong = headers.assign(role="servce")
    with pytest.raises(EstateError, match="unknown role 'servce'; expected account, application, arn"):
        read_estate(path, headers=wrong)


STRANGERS: dict[str, bytes] = {
    "notes.md": b"# notes", "picture.png": b"\x89PNG\r\n", "report.pdf": b"%PDF-1.4", "a.py": b"x = 1",
    "package.json": b'{"name": "x", "type": "module"}', "broken.tfstate": b'{"version": 4, "lineage": ',
    "compose.yaml": b"services:\n  db:\n    image: x\n", "binary.txt": b"a\x00\x01b" * 9,
    "people.csv": b"surname,town\na,b\n", "Makefile": b"all:\n",
}  # fmt: skip


@pytest.mark.slow
def test_folder_of_ten_strangers_and_three_inventories_reads_three_and_lists_ten(tmp_path, capsys):
    for name, content in STRANGERS.items():
        write(tmp_path / name, content)
    write(tmp_path / "a.tfstate", json.dumps(STATE))
    write(tmp_path / "names.txt", "Amazon SNS\nAmazon EKS\n")
    (tmp_path / "deep").mkdir()
    write(tmp_path / "deep" / "table.csv", "arn\narn:aws:s3:::papers\n")
    with pytest.warns(SkippedFileWarning):
        estate = read_estate(tmp_path)
    assert count(estate) == {
        "aws_sqs_queue": ("sqs", 1), "Amazon SNS": ("sns", 1), "s3:bucket": ("s3-general-purpose", 1),
        "Amazon EKS": ("eks-managed-node-groups", 1),
    }  # fmt: skip
    listed = sorted(line.split()[2] for line in estate.attrs["not_read"])
    assert listed == sorted(STRANGERS)
    assert main(["estate", str(tmp_path)]) == 0
    assert capsys.readouterr().err.count("srm-data: not read: ") == 10
    with pytest.raises(EstateError, match=r"(?s)broken.tfstate.*package.json"):
        read_estate(tmp_path, strict=True)
    assert main(["estate", str(tmp_path), "--strict"]) == 1


def test_source_beside_its_state_is_not_counted_again(tmp_path):
    write(tmp_path / "terraform.tfstate", json.dumps(STATE))
    write(tmp_path / "main.tf", 'resource "aws_sqs_queue" "a" {}\n')
    with pytest.warns(SkippedFileWarning, match="main.tf .*the state beside it"):
        assert read_estate(tmp_path)["rows"].sum() == 1


def test_names_alone_stand_for_one_thing_and_types_for_one_each():
    estate = read_estate(["Amazon SQS"] * 3 + ["AWS::SNS::Topic"] * 2)
    rows = estate[["identifier", "rows", "resources", "counted_by"]].to_numpy().tolist()
    assert rows == [["Amazon SQS", 3, 1, "name"], ["AWS::SNS::Topic", 2, 2, "row"]]


@pytest.mark.parametrize("text", [
    "# Ours\n\n- Amazon S3\n- Amazon SQS\n\n| Service | Owner |\n|---|---|\n| Amazon SNS | x |\n",
    "Amazon S3\nAmazon SQS\nService,Owner\nAmazon SNS,x\n---,---\n",
], ids=["markdown", "csv"])  # fmt: skip
def test_list_above_a_table_loses_no_name_and_a_frame_is_no_service(tmp_path, text):
    estate = read_estate(write(tmp_path / "a.txt", text))
    assert sorted(estate["offering_id"]) == ["", "s3-general-purpose", "sns", "sqs"]
    assert estate.set_index("identifier").loc["---", "note"].startswith("a line without a word")
