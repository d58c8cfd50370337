"""A column with the number of resources, in a table of services or types."""

import pandas as pd
import pytest
from openpyxl import Workbook

from srm_data import EstateError, read_estate
from srm_data.estate import list_offerings_in_use
from srm_data.exceptions import SkippedFileWarning

COLUMNS = ["identifier", "rows", "resources", "counted_by"]


def write_sheet(path, rows):
    book = Workbook()
    for row in rows:
        book.active.append(row)
    book.save(path)
    return path


def write_csv(path, rows):
    path.write_text("\n".join(",".join(map(str, row)) for row in rows))
    return path


def list_counts(estate):
    return sorted(estate[COLUMNS].to_numpy().tolist())


def count(values, header="Count"):
    """Return the resources of SQS, SNS and KMS, in this order, by a column of numbers."""
    names = ["Amazon SQS", "Amazon SNS", "AWS KMS"][: len(values)]
    estate = read_estate(pd.DataFrame({"Service": names, header: values})).set_index("identifier")
    return estate.loc[names, "resources"].tolist()


@pytest.mark.parametrize(("write", "name"), [(write_sheet, "a.xlsx"), (write_csv, "a.csv")])
def test_column_of_whole_numbers_is_the_number_of_resources(tmp_path, write, name):
    rows = [
        ["Dienst", "Anzahl", "Team"],
        ["Amazon EC2", 4, "A"],
        ["Portal", 1, ""],
        ["Amazon EC2", 3, ""],
    ]
    estate = read_estate(write(tmp_path / name, rows))
    assert list_counts(estate) == [["Amazon EC2", 2, 7, "number"], ["Portal", 1, 1, "number"]]
    [used] = list_offerings_in_use(estate).to_dict("records")
    assert (used["offering_id"], used["resources"], used["assumed"]) == ("ec2-instance", 7, 7)


@pytest.mark.parametrize(
    ("number", "counted"),
    [("3", "exactly"), ("ca. 3", "about"), ("max. 3", "at most"), ("", "named"), ("0-3", "named")],
)
def test_number_of_an_offering_in_use_is_said_to_be_none_or_approximate(number, counted):
    estate = read_estate(pd.DataFrame({"service": ["SQS", "SNS"], "count": [number, "3"]}))
    used = list_offerings_in_use(estate).set_index("offering_id")["counted"]
    assert used.to_dict() == {"sqs": counted, "sns": "exactly"}


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize(
    "header",
    ["Number of instances", "QTY", "Total count", "#", "Number", "# of resources", "Units",
     "St\u00fcckzahl", "Stu\u0308ckzahl", "Quantit\u00e0"],
)  # fmt: skip
def test_number_of_resources_has_many_headings(header):
    assert count([4, 5], header) == [4, 5]


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("header", ["#", "Number"])
def test_numbers_of_rows_are_no_numbers_of_resources(header):
    names = {"Service": ["Amazon SQS", "Amazon SNS", "AWS KMS"]}
    assert set(read_estate(pd.DataFrame({header: [1, 2, 3]} | names))["counted_by"]) == {"name"}
    counted = read_estate(pd.DataFrame({header: [1, 2, 3]} | names | {"Count": [7, 8, 9]}))
    assert sorted(counted["resources"]) == [7, 8, 9]


@pytest.mark.parametrize("sign", [",", ";", "\t"])
@pytest.mark.parametrize("header", ["#,Service,Count", "# Resources,Service,Team"])
def test_line_with_a_hash_and_names_of_columns_is_a_header(tmp_path, sign, header):
    (tmp_path / "a.csv").write_text(f"# of May\n{header}\n2,SQS,4\n5,SNS,6\n".replace(",", sign))
    expected = [6, 4] if "Team" not in header else [5, 2]
    assert read_estate(tmp_path / "a.csv")["resources"].tolist() == expected


def test_service_without_a_number_is_only_named_and_none_is_not_in_use():
    names = ["Amazon SQS", "Amazon SNS", "AWS KMS", "AWS KMS", "Amazon S3", "Amazon S3"]
    estate = read_estate(pd.DataFrame({"Service": names, "Count": ["", 0, 2, "", 0, ""]}))
    assert list_counts(estate) == [
        ["AWS KMS", 2, 2, "number"], ["Amazon S3", 2, 1, "name"],
        ["Amazon SNS", 1, 0, "number"], ["Amazon SQS", 1, 1, "name"],
    ]  # fmt: skip
    assert set(list_offerings_in_use(estate)["offering_id"]) == {"kms", "s3-general-purpose", "sqs"}


@pytest.mark.parametrize("value", ["-1", "many", "12345678"])
def test_cell_without_a_whole_number_is_not_read_and_the_others_are(value):
    with pytest.warns(SkippedFileWarning, match="in 1 row; expected whole numbers") as warned:
        assert count(["4", value]) == [4, 1]
    assert value not in str(warned[0].message)


@pytest.mark.parametrize(
    ("values", "why"),
    [
        (["1.5", "4", "2"], "because of a fraction in 1 row; expected whole"),
        ([1.125, 2.375], "because of a fraction in 2 rows; expected whole"),
        (["4", "x", "-2"], "because of what is in 2 rows; expected whole"),
    ],
)
def test_column_with_a_fraction_or_few_whole_numbers_is_no_number_of_resources(values, why):
    with pytest.warns(SkippedFileWarning, match=why):
        assert count(values) == [1] * len(values)


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("value", ["1,200", "1.200", "1 200", "1'200", "1200.0", " 1200 "])
def test_whole_number_may_have_a_sign_between_thousands(value):
    assert count([value, "4", "n/a"]) == [1200, 4, 1]


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize(
    ("values", "expected"),
    [(["5.0", "5.000", "0.000"], [5, 5, 0]), (["1.200", "5.000", "7"], [1200, 5000, 7])],
)
def test_dot_is_of_thousands_only_where_every_dot_of_the_column_may_be(values, expected):
    assert count(values) == expected


@pytest.mark.parametrize("beside", ["Unit", "Resource ID"])
def test_number_beside_a_unit_or_an_id_is_not_read_and_named(beside):
    rows = {"Service": ["Amazon SQS"] * 2, beside: ["a", "b"], "Quantity": [4, 2]}
    with pytest.warns(SkippedFileWarning, match="column Quantity: not read as a number of"):
        assert read_estate(pd.DataFrame(rows))["resources"].sum() == (1 if beside == "Unit" else 2)


def test_small_quantity_beside_a_cost_is_read_and_a_large_one_is_usage():
    rows = {"Service": ["Amazon SQS", "Amazon EC2"], "Quantity": [4, 12], "Cost": [1.5, 20]}
    estate = read_estate(pd.DataFrame(rows)).set_index("identifier")
    assert estate["resources"].to_dict() == {"Amazon EC2": 12, "Amazon SQS": 4}
    assert estate["cost"].to_dict() == {"Amazon SQS": 1.5, "Amazon EC2": 20}
    with pytest.warns(SkippedFileWarning, match="Quantity: not read .*, beside a cost"):
        estate = read_estate(pd.DataFrame(rows | {"Quantity": [4, 744]}))
    assert estate["resources"].tolist() == [1, 1]


def test_count_by_month_is_not_summed_but_a_count_of_one_day_is():
    rows = {
        "Service": "Amazon SQS",
        "Month": "May",
        "Region": ["eu-west-1", "us-east-1"],
        "Count": [3, 4],
    }
    assert read_estate(pd.DataFrame(rows))["resources"].tolist() == [7]
    with pytest.warns(SkippedFileWarning, match="column Count: not read .* several rows by Month"):
        read_estate(pd.DataFrame(rows | {"Month": ["May", "June"], "Region": "eu-west-1"}))


def test_number_of_a_cell_with_several_services_is_the_most_that_each_of_them_has():
    names = ["SQS", "SNS, KMS", "SQS / ECR", "ECR", "RDS / Aurora"]
    estate = read_estate(pd.DataFrame({"Service": names, "Count": [4, 9, 2, "", 0]}))
    assert list_counts(estate) == [
        ["Aurora", 1, 0, "number"], ["ECR", 2, 2, "number, at most"], ["KMS", 1, 9, "number, at most"],
        ["RDS", 1, 0, "number"], ["SNS", 1, 9, "number, at most"], ["SQS", 2, 6, "number, at most"],
    ]  # fmt: skip
    used = list_offerings_in_use(estate).set_index("offering_id")["resources"].to_dict()
    assert used == {"kms": 9, "sns": 9, "sqs": 6, "ecr-private": 2}


def test_number_beside_a_type_is_read_and_that_of_a_part_is_one_of_parts():
    kinds = ["AWS::SQS::Queue", "AWS::EC2::Subnet", "AWS::EC2::VPC"]
    estate = read_estate(pd.DataFrame({"resourceType": kinds, "count": [4, 6, 2]}))
    used = list_offerings_in_use(estate).set_index("offering_id")["resources"].to_dict()
    assert used == {"sqs": 4, "vpc": 2}
    assert estate.set_index("identifier").loc[kinds[1], "counted_by"] == "part"


JSON = (
    '{"service": "SQS", "count": 4}, {"service": "SNS", "count": null}, {"service": "KMS", "count": 0}'
)
FILES = {
    "a.json": f"[{JSON}]",
    "b.json": f'{{"columns": [], "rows": [{JSON}]}}',
    "a.jsonl": JSON.replace("}, ", "}\n"),
    "a.yaml": "- {service: SQS, count: 4}\n- {service: SNS}\n- {service: KMS, count: 0.0}\n",
    "a.csv": "service,count\nSQS,4\nSNS,\nKMS,0\n",
}
IN_FILES = [["KMS", 1, 0, "number"], ["SNS", 1, 1, "name"], ["SQS", 1, 4, "number"]]


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("name", FILES)
def test_number_of_resources_is_read_alike_from_every_kind_of_file(tmp_path, name):
    (tmp_path / name).write_text(FILES[name])
    assert list_counts(read_estate(tmp_path / name)) == IN_FILES


def test_second_column_of_numbers_and_counts_by_another_word_are_named_as_not_read():
    rows = {"Service": ["SQS", "SNS"], "Instances": [4, 5], "Count": [4, 6]}
    with pytest.warns(SkippedFileWarning, match="Instances: not read .*, as Count is"):
        assert sorted(read_estate(pd.DataFrame(rows))["resources"]) == [4, 6]
    rows = {"Service": ["EC2"], "Count Prod": [12], "devCount": [3], "Account manager": ["x"]}
    [remark] = read_estate(pd.DataFrame(rows), strict=True).attrs["columns_not_read"]
    assert "not read: Count Prod, devCount, Account manager (of numbers: Count Prod, dev" in remark


@pytest.mark.parametrize(("write", "name"), [(write_sheet, "a.xlsx"), (write_csv, "a.csv")])
@pytest.mark.parametrize(
    ("header", "where"),
    [
        (["Service", "Count", "Service", "Count"], "columns 1 and 3: the same name 'Service'"),
        (["Compute", "Count", "Service", "count"], "columns 2 and 4: the same name 'Count'"),
    ],
)
def test_second_column_of_a_name_that_is_counted_by_is_an_error(tmp_path, write, name, header, where):
    rows = [header, ["EC2", 5, "S3", 9], ["Lambda", 4, "EBS", 30]]
    with pytest.raises(EstateError, match=f"{where}; expected a name of its own for each column"):
        read_estate(write(tmp_path / name, rows))


def test_frame_with_two_columns_of_one_name_is_an_error():
    with pytest.raises(EstateError, match=r"^the frame, columns 2 and 3: the same name; expected"):
        read_estate(pd.DataFrame([["SQS", "x", "y"]], columns=["Service", "s3cret", "s3cret"]))
