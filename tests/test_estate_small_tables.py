"""Short lists of services: text, CSV and workbooks."""

import json

import pandas as pd
import pytest
from openpyxl import Workbook

from srm_data.estate import list_offerings_in_use, read_estate
from srm_data.exceptions import EstateError, SkippedFileWarning
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


ID = "0123456789abcdef0"


@pytest.mark.parametrize(
    ("text", "offerings"),
    [
        (f"Name,Instance ID,Instance Type\nweb,i-{ID},t3.large\ndb,i-{ID}1,m5.metal\n",
         {"ec2-instance": 1, "ec2-bare-metal": 1}),
        (f"Instance ID,Type,State\ni-{ID},t2.micro,running\ni-{ID}1,t2.nano,stopped\n",
         {"ec2-instance": 2}),
        (f"VolumeId,Size,InstanceId\nvol-{ID},8,i-{ID}\n", {"ebs-volume": 1}),
        ("name,engine,db_instance_class\na,postgres,db.t3.micro\nb,aurora-mysql,db.serverless\n",
         {"rds-db-instance": 1, "aurora-serverless-v2": 1}),
        ("bucket_name,is_active\npapers,true\nold,False\n", {"s3-general-purpose": 1, "": 1}),
        (f"id,owner\nvol-{ID},a\nsg-{ID},b\n", {"ebs-volume": 1, "vpc": 1}),
        (f"id,service\nvol-{ID},Amazon SQS\n", {"sqs": 1}),
    ],
)  # fmt: skip
def test_id_names_the_kind_where_no_type_or_service_does(tmp_path, text, offerings):
    path = tmp_path / "a.csv"
    path.write_text(text)
    book = Workbook()
    for line in ["Our list", *text.splitlines()]:
        book.active.append(line.split(","))
    book.save(tmp_path / "a.xlsx")
    for estate in (read_estate(path), read_estate(tmp_path / "a.xlsx")):
        assert dict(zip(estate["offering_id"], estate["rows"], strict=True)) == offerings


def test_ids_are_read_in_a_list_and_ids_of_other_things_name_no_resource(tmp_path):
    (tmp_path / "a.txt").write_text(f"i-{ID}\neipalloc-{ID}\n")
    assert set(read_estate(tmp_path / "a.txt")["offering_id"]) == {"ec2-instance", "vpc"}
    (tmp_path / "b.csv").write_text("id,name\n1,x\n")
    with pytest.raises(EstateError, match=r"no column names a resource .* such as arn.* InstanceId"):
        read_estate(tmp_path / "b.csv")


def save(path, rows, *, hidden=()):
    """Write a workbook, with a second sheet that is hidden if it has rows."""
    book = Workbook()
    for row in rows:
        book.active.append(row)
    if hidden:
        sheet = book.create_sheet("alt 2024")
        sheet.sheet_state = "hidden"
        for row in hidden:
            sheet.append(row)
    book.save(path)
    return book


def test_hidden_sheet_is_named_and_read_only_if_no_other_is(tmp_path):
    save(tmp_path / "a.xlsx", [["Dienst"], ["Amazon SQS"]], hidden=[["Dienst"], ["Amazon EMR"]])
    estate = read_estate(tmp_path / "a.xlsx")
    assert (
        estate["offering_id"].tolist() == ["sqs"] and "alt 2024: hidden" in estate.attrs["not_read"][0]
    )
    save(tmp_path / "b.xlsx", [["Notes", "ours"]], hidden=[["Dienst"], ["Amazon SQS"]])
    assert read_estate(tmp_path / "b.xlsx")["offering_id"].tolist() == ["sqs"]


def test_cells_merged_downwards_name_each_of_their_rows_and_repeat_no_cost(tmp_path):
    rows = [["AWS-Dienste 2026", "", ""], ["Dienst", "Umgebung", "Kosten"]]
    book = save(
        tmp_path / "a.xlsx", [*rows, ["Amazon SQS", "prod", 5], ["", "test", ""], ["SNS", "", 1]]
    )
    for area in ("A1:C1", "A3:A4", "C3:C4"):
        book.active.merge_cells(area)
    book.save(tmp_path / "a.xlsx")
    estate = read_estate(tmp_path / "a.xlsx").set_index("identifier")
    assert estate.loc["Amazon SQS", ["rows", "cost", "environment"]].tolist() == [2, 5, "prod; test"]


def test_list_without_a_header_is_read_by_the_column_that_has_names(tmp_path):
    path = write(
        tmp_path, "a.csv", "1,Amazon SQS,ours\n2,Amazon SNS,theirs\n3,Our portal,theirs\n4,KMS,\n"
    )
    estate = read_estate(path)
    assert set(estate["offering_id"]) == {"sqs", "sns", "kms", ""}
    assert "no header; only column 2 read" in estate.attrs["not_read"][0]


def test_header_that_is_not_known_is_the_widest_row_above_the_names(tmp_path):
    rows = [["Muster AG"], ["Leistung", "", "Kosten"], ["Nr.", "Bezeichnung", "Summe"]]
    rows += [[1, "EC2 (t3.large), Linux", "1.204,50"], [2, "RDS Postgres 15", "890,10"]]
    rows += [[3, "S3 Standard (12 TB)", "276,00"], [4, "Lambda (Python 3.12)", "12,40"]]
    rows += [["", "Gesamtsumme", "2.383,00"], [], ["Hinweis: netto"], ["Quelle: SAP CO"]]
    save(tmp_path / "a.xlsx", rows)
    with pytest.warns(SkippedFileWarning, match="rows 10, 11 below the table not read") as caught:
        estate = read_estate(tmp_path / "a.xlsx").query("status == 'recognised'")
    assert "read as the service by its cells: Bezeichnung" in str(caught[0].message)
    assert (len(estate), estate["cost"].sum()) == (4, 2383.0)


def test_row_that_begins_with_a_number_sign_is_no_comment_below_the_header(tmp_path):
    estate = read_estate(write(tmp_path, "a.csv", "resource_type,account_id\n,1\n#,1\n"))
    assert estate["rows"].sum() == 2


def test_number_that_is_approximate_or_of_pieces_is_read_and_marked(tmp_path):
    text = "Dienst;Anzahl\nLambda;ca. 210\nS3;12 Stk\nSQS;~40\nSNS;3\nKMS;approx 1,200\n"
    estate = read_estate(write(tmp_path, "a.csv", text)).set_index("identifier")
    assert estate["resources"].to_dict() == {"Lambda": 210, "S3": 12, "SQS": 40, "SNS": 3, "KMS": 1200}
    assert set(estate.index[estate["counted_by"] == "number, about"]) == {"Lambda", "SQS", "KMS"}


@pytest.mark.parametrize(
    "cell", ["2 Cluster", "7 Tabellen", "3 Instanzen", "4 fonctions", "ca. 5 Server", "2 EC2-VMs"]
)
def test_number_before_the_word_for_what_is_counted_is_read(cell):
    rows = {"Dienst": ["Amazon SQS", "Amazon SNS"], "Anzahl": [cell, "9"]}
    estate = read_estate(pd.DataFrame(rows)).set_index("identifier")
    assert str(estate.loc["Amazon SQS", "resources"]) in cell


@pytest.mark.parametrize("cell", ["3 GB", "2 Mio", "5k", "20 EUR", "8 Stunden", "2 terminated"])
def test_number_before_a_measure_or_a_state_is_named_as_not_read(cell):
    rows = {"Dienst": ["Amazon SQS", "Amazon SNS"], "Anzahl": [cell, "9"]}
    with pytest.warns(SkippedFileWarning, match="not read as a number of resources in 1 row"):
        estate = read_estate(pd.DataFrame(rows)).set_index("identifier")
    assert estate.loc["Amazon SQS", "counted_by"] == "name"


def test_columns_of_the_organisation_stay_with_what_is_in_use():
    table = pd.DataFrame({
        "Dienst": ["Amazon SQS", "Amazon SQS"], "Umgebung": ["prod", "test"], "Team": ["A", None],
        "Kritikalit\u00e4t": ["hoch", "hoch"], "Anwendung": ["Shop", "password: hunter2"],
    })  # fmt: skip
    [used] = list_offerings_in_use(read_estate(table)).to_dict("records")
    names = ["environment", "owner", "criticality", "application"]
    assert [used[name] for name in names] == ["prod; test", "A", "hoch", "(looks like a secret); Shop"]
