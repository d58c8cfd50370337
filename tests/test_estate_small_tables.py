"""Short lists of services: text, CSV and workbooks."""

import json

import pytest
from openpyxl import Workbook

from srm_data.estate import (
    read_estate,
)
from srm_data.exceptions import EstateError
from tests.inventories import ARN, found, write


def test_type_that_is_none_of_aws_gives_way_to_the_service_beside_it(tmp_path):
    text = "Service,Type,Resource Type\nAmazon SQS,standard,Queue\nAmazon SNS,,AWS::SNS::Topic\n"
    estate = read_estate(write(tmp_path, "both.csv", text))
    assert set(found(estate)) == {"Amazon SQS", "AWS::SNS::Topic"}


@pytest.mark.slow
@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_encodings_of_windows_are_read(tmp_path, encoding):
    mark = "\ufeff" if encoding.endswith(("le", "be")) else ""
    for name, text in {
        "a.json": json.dumps([{"arn": ARN}], indent=1),
        "a.csv": "service,cost\r\ndynamodb,1\r\n",
        "a.txt": "dynamodb\r\n",
        "a.yaml": "Resources:\r\n  A:\r\n    Type: AWS::DynamoDB::Table\r\n",
    }.items():
        path = tmp_path / name
        path.write_bytes((mark + text).encode(encoding))
        assert read_estate(path)["offering_id"].tolist() == ["dynamodb"], name


def test_bullets_numbers_and_boxes_begin_a_name(tmp_path):
    text = "- Amazon SQS\n1. Amazon SQS\n2) Amazon SQS\n* [x] Amazon SQS\n\u2013 Amazon SQS\n"
    assert found(read_estate(write(tmp_path, "list.txt", text))) == {"Amazon SQS": ("sqs", 5)}


def test_sheet_with_a_title_and_services_on_the_second_sheet_is_found(tmp_path):
    book = Workbook()
    book.active.append(["Read me", "first"])
    sheet = book.create_sheet("Ours")
    for row in [["Our estate"], [], ["#", "AWS Service", "#"], [1, "Amazon SQS", "x"]]:
        sheet.append(row)
    book.save(tmp_path / "ours.xlsx")
    assert found(read_estate(tmp_path / "ours.xlsx")) == {"Amazon SQS": ("sqs", 1)}
    book = Workbook()
    for row in [["Owner", "System"], ["alice", "shop"]]:
        book.active.append(row)
    book.save(tmp_path / "other.xlsx")
    with pytest.raises(EstateError, match=r"other.xlsx, sheet Sheet: no column names.*Owner, System"):
        read_estate(tmp_path / "other.xlsx")


@pytest.mark.parametrize("name", ["list.txt", "list.csv", "list.xlsx"])
def test_plain_list_of_services_is_read_by_any_name(tmp_path, name):
    names = ["Amazon SQS", "sns", "AmazonDynamoDB", "Amazon Sqz"]
    path = tmp_path / name
    if name.endswith("xlsx"):
        book = Workbook()
        for row in [["Service", "Owner"], *([service, "team"] for service in names)]:
            book.active.append(row)
        book.save(path)
    else:
        path.write_text("\n".join([*(["# ours"] if name == "list.txt" else ["service"]), *names]))
    estate = read_estate(path).set_index("identifier")
    assert estate["offering_id"].to_dict() == {
        "Amazon SQS": "sqs", "sns": "sns", "AmazonDynamoDB": "dynamodb", "Amazon Sqz": ""
    }  # fmt: skip
    assert "Amazon SQS" in estate.loc["Amazon Sqz", "note"]
    assert estate.loc["AmazonDynamoDB", "assumed"]
    assert "dynamodb-dax" in estate.loc["AmazonDynamoDB", "alternatives"]
