"""A column with the number of resources, in a table of services or types."""

import pandas as pd
import pytest
from openpyxl import Workbook

from srm_data import EstateError, read_estate
from srm_data.cli import main
from srm_data.estate import list_offerings_in_use
from srm_data.exceptions import SkippedFileWarning
from tests.cases import thin_out

COLUMNS = ["identifier", "rows", "resources", "counted_by"]


def write_sheet(path, rows):
    """Write a workbook with one sheet."""
    book = Workbook()
    for row in rows:
        book.active.append(row)
    book.save(path)
    return path


def write_csv(path, rows):
    """Write the same rows as CSV."""
    path.write_text("\n".join(",".join(map(str, row)) for row in rows))
    return path


def list_counts(estate):
    """List what was counted, in the order of names."""
    return sorted(estate[COLUMNS].to_numpy().tolist())


@pytest.mark.parametrize(
    ("write", "name"), thin_out([(write_sheet, "a.xlsx"), (write_csv, "a.csv")], every=20)
)
@pytest.mark.parametrize(
    "header",
    thin_out(
        ["Anzahl", "Count", "Number of instances", "QTY", "Resources", "Total count", "Units"],
        every=20,
    ),
)
def test_column_of_whole_numbers_is_the_number_of_resources(tmp_path, write, name, header):
    rows = [
        ["Dienst", header, "Team"],
        ["Amazon EC2", 4, "A"],
        ["Amazon SQS", 12, "B"],
        ["Portal", 1, ""],
    ]
    estate = read_estate(write(tmp_path / name, rows))
    assert list_counts(estate) == [
        ["Amazon EC2", 1, 4, "number"],
        ["Amazon SQS", 1, 12, "number"],
        ["Portal", 1, 1, "number"],
    ]
    used = list_offerings_in_use(estate).set_index("offering_id")
    assert used["resources"].to_dict() == {"sqs": 12, "ec2-instance": 4}
    assert used["assumed"].to_dict() == {"sqs": 0, "ec2-instance": 4}


@pytest.mark.parametrize("header", ["#", "Number", "# of resources", "Units", "Resources"])
def test_short_heading_may_be_that_of_the_number_of_resources(header):
    frame = pd.DataFrame({"Service": ["Amazon SQS", "Amazon SNS"], header: [4, 5]})
    assert sorted(read_estate(frame)["resources"]) == [4, 5]


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("header", ["#", "Number"])
def test_numbers_of_rows_are_no_numbers_of_resources(header):
    names = {"Service": ["Amazon SQS", "Amazon SNS", "AWS KMS"]}
    assert set(read_estate(pd.DataFrame({header: [1, 2, 3]} | names))["counted_by"]) == {"name"}
    counted = read_estate(pd.DataFrame({header: [1, 2, 3]} | names | {"Count": [7, 8, 9]}))
    assert sorted(counted["resources"]) == [7, 8, 9]


@pytest.mark.parametrize("sign", [",", ";", "\t"])
@pytest.mark.parametrize(
    "header", ["#,Service,Count", "# Resources,Service,Team", "#Count,Service,Team"]
)
def test_line_with_a_hash_and_names_of_columns_is_a_header(tmp_path, sign, header):
    text = f"# of May\n{header}\n2,SQS,4\n5,SNS,6\n"
    (tmp_path / "a.csv").write_text(text.replace(",", sign))
    expected = [6, 4] if "Team" not in header else [5, 2]
    assert read_estate(tmp_path / "a.csv")["resources"].tolist() == expected


@pytest.mark.parametrize(
    "text",
    [
        "# AWS services, in use\nSQS\nSNS",
        "# service, count\nSQS, SNS",
        "# Service, Count\n# of May\nService,Count\nSQS,1\nSNS,1",
    ],
)
def test_comment_with_names_of_columns_is_no_header(tmp_path, text):
    (tmp_path / "a.csv").write_text(text)
    assert read_estate(tmp_path / "a.csv")[["identifier", "resources"]].to_numpy().tolist() == [
        ["SNS", 1],
        ["SQS", 1],
    ]


def test_error_says_that_a_line_with_a_hash_was_taken_as_a_comment(tmp_path):
    (tmp_path / "a.csv").write_text("#,Service,Count\n1,Amazon SQS,3,x\n")
    with pytest.raises(EstateError, match="a line above begins with # and was taken as a comment"):
        read_estate(tmp_path / "a.csv")


def test_numbers_of_a_service_add_up(tmp_path):
    """Also where one row has the service's name and another that of its resource."""
    rows = [
        ["Service", "Count"],
        ["Amazon EC2", 4],
        ["Amazon EC2", 4],
        ["EC2-Instanz", 3],
        ["Total", 11],
    ]
    used = list_offerings_in_use(read_estate(write_sheet(tmp_path / "a.xlsx", rows)))
    [row] = used.to_dict("records")
    assert (row["rows"], row["resources"], row["assumed"]) == (3, 11, 8)


def test_service_without_a_number_is_only_named_and_none_is_not_in_use(tmp_path):
    rows = [
        ["Service", "Count"],
        ["Amazon SQS", ""],
        ["Amazon SNS", 0],
        ["AWS KMS", 2],
        ["AWS KMS", ""],
    ]
    estate = read_estate(write_sheet(tmp_path / "a.xlsx", rows))
    assert list_counts(estate) == [
        ["AWS KMS", 2, 2, "number"],
        ["Amazon SNS", 1, 0, "number"],
        ["Amazon SQS", 1, 1, "name"],
    ]
    assert set(list_offerings_in_use(estate)["offering_id"]) == {"kms", "sqs"}


@pytest.mark.parametrize("value", thin_out(["-1", "many", "12345678", "4 x"], every=20))
def test_cell_without_a_whole_number_is_named_by_its_row_and_the_others_are_read(tmp_path, value):
    rows = [["Service", "Count"], ["Amazon SQS", 4], ["Amazon SNS", value]]
    with pytest.warns(SkippedFileWarning, match="row 2 below the header; expected whole") as warned:
        estate = read_estate(write_sheet(tmp_path / "a.xlsx", rows))
    assert list_counts(estate) == [["Amazon SNS", 1, 1, "name"], ["Amazon SQS", 1, 4, "number"]]
    assert value not in str(warned[0].message)


@pytest.mark.parametrize(
    ("values", "why"),
    [
        (["1.5", "4", "2"], "because of a fraction in row 1 below the header; expected whole"),
        (["4", "x", "-2"], "because of what is in row 2 and 1 more below the header; expected whole"),
    ],
)
def test_column_with_a_fraction_or_few_whole_numbers_is_no_number_of_resources(values, why):
    names = ["Amazon SQS", "Amazon SNS", "AWS KMS"]
    with pytest.warns(SkippedFileWarning, match=why):
        estate = read_estate(pd.DataFrame({"Service": names, "Count": values}))
    assert estate["counted_by"].tolist() == ["name"] * 3


@pytest.mark.parametrize("value", ["1,200", "1.200", "1 200", "1'200", "1200.0"])
def test_whole_number_may_have_a_sign_between_thousands(value):
    frame = pd.DataFrame({"Service": ["Amazon SQS", "Amazon SNS"], "Count": [value, "4"]})
    assert sorted(read_estate(frame)["resources"]) == [4, 1200]


@pytest.mark.parametrize(
    ("values", "expected"),
    [(["5.0", "5.000", "0.000"], [5, 5, 0]), (["1.200", "5.000", "7"], [1200, 5000, 7])],
)
def test_dot_is_of_thousands_only_where_every_dot_of_the_column_may_be(values, expected):
    names = ["Amazon SQS", "Amazon SNS", "AWS KMS"]
    estate = read_estate(pd.DataFrame({"Service": names, "Count": values}))
    assert estate.set_index("identifier").loc[names, "resources"].tolist() == expected
    with pytest.warns(SkippedFileWarning, match="because of a fraction in row 1 below the header"):
        read_estate(pd.DataFrame({"Service": names, "Count": ["1.200", "5.0", "12.0"]}))


@pytest.mark.parametrize("values", [["4", "1,200", "1.200"], ["1,200", "5.000", "4"]])
def test_two_signs_before_three_digits_are_unclear_as_one_may_be_decimal(values):
    frame = pd.DataFrame({"Service": ["Amazon SQS", "Amazon SNS", "AWS KMS"], "Count": values})
    with pytest.warns(SkippedFileWarning, match="different signs before three digits in row") as warned:
        assert set(read_estate(frame)["counted_by"]) == {"name"}
    assert "1,200" not in str(warned[0].message)
    clear = read_estate(frame.assign(Count=["1,200", "5.0", "2.000"])).set_index("identifier")
    assert clear.loc[frame["Service"], "resources"].tolist() == [1200, 5, 2]


@pytest.mark.parametrize("dot", ["5.000", "120.000"])
def test_three_zeros_after_a_dot_are_unclear_and_named_by_their_row(dot):
    frame = pd.DataFrame({"Service": ["Amazon SQS", "Amazon SNS"], "Count": ["4", dot]})
    with pytest.warns(SkippedFileWarning, match="row 2 below the header; expected whole"):
        assert list_counts(read_estate(frame)) == [
            ["Amazon SNS", 1, 1, "name"],
            ["Amazon SQS", 1, 4, "number"],
        ]
    frame["Count"] = dot
    with pytest.warns(SkippedFileWarning, match="because of what is in row 1 and 1 more below"):
        assert set(read_estate(frame)["counted_by"]) == {"name"}


@pytest.mark.parametrize(
    ("write", "name"), thin_out([(write_sheet, "a.xlsx"), (write_csv, "a.csv")], every=20)
)
@pytest.mark.parametrize("beside", thin_out(["Unit", "Name", "Resource ID"], every=20))
def test_number_beside_a_unit_or_a_resource_is_not_read_and_named(tmp_path, write, name, beside):
    rows = [["Service", beside, "Quantity"], ["Amazon SQS", "a", 4], ["Amazon SQS", "b", 2]]
    with pytest.warns(SkippedFileWarning, match="column Quantity: not read as a number of"):
        estate = read_estate(write(tmp_path / name, rows))
    assert estate["resources"].sum() == (1 if beside == "Unit" else 2)


def test_count_beside_a_cost_is_the_number_of_resources(tmp_path):
    (tmp_path / "a.csv").write_text("Service,Count,Cost\nAmazon SQS,4,1.5\nAmazon EC2,12,20\n")
    estate = read_estate(tmp_path / "a.csv").set_index("identifier")
    assert estate[["resources", "counted_by"]].to_numpy().tolist() == [[12, "number"], [4, "number"]]
    assert estate["cost"].to_dict() == {"Amazon SQS": 1.5, "Amazon EC2": 20}


def test_count_beside_a_cost_by_month_would_count_a_resource_every_month():
    rows = {"Service": "Amazon SQS", "Month": ["May", "June"], "Count": 4, "Cost": 1.5}
    with pytest.warns(SkippedFileWarning, match="column Count: not read .* several rows by Month"):
        assert read_estate(pd.DataFrame(rows))["resources"].tolist() == [1]


def test_count_by_date_is_not_summed_but_a_count_of_one_day_is(tmp_path):
    rows = [["Service", "Date", "Region", "Count"]]
    rows += [["Amazon SQS", "2026-01-01", "eu-west-1", 3], ["Amazon SQS", "2026-01-01", "us-east-1", 4]]
    assert read_estate(write_csv(tmp_path / "a.csv", rows))["resources"].tolist() == [7]
    rows += [["Amazon SQS", "2026-02-01", "eu-west-1", 5]]
    with pytest.warns(SkippedFileWarning, match="column Count: not .* several rows by Date"):
        estate = read_estate(write_csv(tmp_path / "b.csv", rows))
    assert list_counts(estate) == [["Amazon SQS", 3, 1, "name"]]


def test_quantity_on_a_bill_is_usage(tmp_path):
    for header in ("Quantity", "Units"):
        rows = [["Service", header, "Cost"], ["Amazon SQS", 4000, 1], ["Amazon SNS", 20, 2]]
        estate = read_estate(write_csv(tmp_path / "a.csv", rows))
        assert estate["resources"].tolist() == [1, 1]


def test_number_of_a_cell_with_several_services_is_the_most_that_each_of_them_has(tmp_path):
    rows = [["Service", "Count"], ["SQS", 4], ["SNS, KMS", 9], ["SQS / ECR", 2], ["ECR", ""]]
    estate = read_estate(write_sheet(tmp_path / "a.xlsx", rows))
    assert list_counts(estate) == [
        ["ECR", 2, 2, "number, at most"],
        ["KMS", 1, 9, "number, at most"],
        ["SNS", 1, 9, "number, at most"],
        ["SQS", 2, 6, "number, at most"],
    ]
    used = list_offerings_in_use(estate).set_index("offering_id")["resources"].to_dict()
    assert used == {"kms": 9, "sns": 9, "sqs": 6, "ecr-private": 2}


def test_none_of_several_services_in_one_cell_is_none_of_each(tmp_path):
    estate = read_estate(pd.DataFrame({"Service": ["SQS", "RDS / Aurora"], "Count": [4, 0]}))
    assert list_counts(estate)[:2] == [["Aurora", 1, 0, "number"], ["RDS", 1, 0, "number"]]
    assert list_offerings_in_use(estate)["offering_id"].tolist() == ["sqs"]


def test_screen_says_how_many_names_the_rows_have_and_that_their_number_is_a_bound(tmp_path, capsys):
    rows = [["Service", "Count"], ["SQS", 4], ["SNS, DynamoDB", 9]]
    assert main(["estate", str(write_sheet(tmp_path / "a.xlsx", rows))]) == 0
    printed = capsys.readouterr().out
    assert printed.startswith("2 rows with 3 names read from a.xlsx:\n    3  certain")
    assert "\nAll 3 names are counted, by the numbers in the file.\n" in printed
    assert "\nAt most, as a number is that of several services: DynamoDB table, SNS topic.\n" in printed


def test_number_beside_a_type_is_read(tmp_path):
    rows = [["resourceType", "count"], ["AWS::SQS::Queue", 4], ["AWS::EC2::Subnet", 6]]
    rows += [["AWS::EC2::VPC", 2]]
    estate = read_estate(write_csv(tmp_path / "a.csv", rows))
    used = list_offerings_in_use(estate).set_index("offering_id")["resources"].to_dict()
    assert used == {"sqs": 4, "vpc": 2}
    estate = estate[estate["identifier"] != "AWS::EC2::VPC"]
    assert list_counts(estate) == [
        ["AWS::EC2::Subnet", 1, 6, "part"],
        ["AWS::SQS::Queue", 1, 4, "number"],
    ]


def test_own_header_may_name_the_column_of_numbers(tmp_path):
    path = write_csv(tmp_path / "a.csv", [["Service", "Kpl"], ["Amazon SQS", 4]])
    headers = pd.DataFrame({"header": ["Kpl"], "role": ["number"]})
    assert list_counts(read_estate(path, headers=headers)) == [["Amazon SQS", 1, 4, "number"]]
    assert list_counts(read_estate(path)) == [["Amazon SQS", 1, 1, "name"]]


def test_screen_says_that_resources_are_numbers_in_the_file(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("COLUMNS", "80")
    path = write_csv(tmp_path / "a.csv", [["Service", "Count"], ["Amazon SQS", 4], ["Amazon SNS", 2]])
    assert main(["estate", str(path)]) == 0
    printed = capsys.readouterr().out
    assert (
        "\nIn use: 6 resources of 2 offerings\nBoth rows are counted, by the numbers in the file."
        in printed
    )


def test_numbers_of_a_frame_are_read_as_those_of_a_file(tmp_path):
    rows = [["resource_type", "count"], ["AWS::EC2::Instance", 120], ["AWS::S3::Bucket", 40]]
    frame = read_estate(pd.DataFrame(rows[1:], columns=rows[0]))
    assert list_counts(frame) == list_counts(read_estate(write_csv(tmp_path / "a.csv", rows)))
    assert frame["resources"].tolist() == [120, 40]


def test_column_of_true_and_false_is_named_as_no_number(tmp_path):
    rows = {"Service": ["SQS", "SNS"], "Count": [True, False]}
    with pytest.warns(SkippedFileWarning, match="column Count: not read as .*, as it has true and fal"):
        assert read_estate(pd.DataFrame(rows))["counted_by"].tolist() == ["name", "name"]


def test_rows_of_a_list_may_have_a_number_and_a_cost():
    estate = read_estate([{"service": "SQS", "count": 4, "cost": 1.5}])
    assert estate[["resources", "counted_by", "cost"]].to_numpy().tolist() == [[4, "number", 1.5]]


def test_service_of_which_there_are_none_is_named_on_the_screen(tmp_path, capsys):
    rows = [["Service", "Count"], ["Amazon SQS", 4], ["Amazon SNS", 0], ["AWS KMS", 0], ["AWS KMS", 1]]
    assert main(["estate", str(write_csv(tmp_path / "a.csv", rows))]) == 0
    assert "\nNone, by the number in the file: SNS topic.\n" in capsys.readouterr().out


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("header", ["Menge", "St\u00fcckzahl", "Stu\u0308ckzahl", "Quantit\u00e0"])
def test_heading_may_have_an_accent_or_be_german(header):
    frame = pd.DataFrame({"Service": ["Amazon SQS", "Amazon SNS"], header: [4, 5]})
    assert sorted(read_estate(frame)["resources"]) == [4, 5]


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


@pytest.mark.slow
@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("count", [[4, None, 0], ["4", None, "0"], [4.0, None, 0.0]])
def test_number_of_resources_is_read_alike_by_every_engine(tmp_path, count):
    import duckdb
    import polars

    frame = polars.DataFrame({"service": ["SQS", "SNS", "KMS"], "count": count})
    frame.write_parquet(tmp_path / "a.parquet")
    sources = [frame, frame.lazy(), frame.to_arrow(), frame.to_pandas(), tmp_path / "a.parquet"]
    for source in [*sources, duckdb.sql("SELECT * FROM frame")]:
        assert list_counts(read_estate(source)) == IN_FILES


@pytest.mark.parametrize("suffix", ["csv", "parquet"])
def test_number_of_resources_is_read_in_a_table_of_any_size(tmp_path, monkeypatch, suffix):
    import polars

    rows = {
        "resource_type": ["AWS::SQS::Queue"] * 3 + ["AWS::SNS::Topic"],
        "count": ["1.200", "4", "x", "4"],
    }
    getattr(polars.DataFrame(rows), f"write_{suffix}")(path := tmp_path / f"a.{suffix}")
    with pytest.warns(SkippedFileWarning, match="in row 3 below the header; expected whole numbers"):
        small = read_estate(path)
    monkeypatch.setattr("srm_data.estate.readers.large_tables.MOST_ROWS", 2)
    with pytest.warns(SkippedFileWarning, match="column count: not read as a number .* in 1 row; exp"):
        assert list_counts(read_estate(path)) == list_counts(small)
    assert list_counts(small)[1] == ["AWS::SQS::Queue", 3, 1205, "number"]


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("numbers", [[1.125, 2.375], [0.5, 4.0]])
def test_dot_of_a_number_that_is_no_text_is_decimal(numbers):
    import duckdb

    frame = pd.DataFrame({"Service": ["Amazon SQS", "Amazon SNS"], "Count": numbers})
    for source in (frame, duckdb.from_df(frame)):
        with pytest.warns(SkippedFileWarning, match="because of a fraction"):
            assert set(read_estate(source)["counted_by"]) == {"name"}


def test_decimal_of_an_engine_may_be_a_whole_number():
    import duckdb

    table = duckdb.sql("SELECT 'SQS' AS service, 5::DECIMAL(18, 3) AS count")
    assert read_estate(table)["resources"].tolist() == [5]


def test_second_column_of_other_numbers_is_named_as_not_read():
    frame = pd.DataFrame({"Service": ["SQS", "SNS"], "Instances": [4, 5], "Count": [4, 6]})
    with pytest.warns(
        SkippedFileWarning, match="Instances: not read .*, as Count has another one in 1"
    ):
        assert sorted(read_estate(frame)["resources"]) == [4, 6]


@pytest.mark.filterwarnings("error")
def test_column_without_numbers_gives_way_to_one_with_numbers():
    rows = {"Service": ["SQS", "SNS"], "Resources": ["orders", "news"], "Instances": [4, 5]}
    assert sorted(read_estate(pd.DataFrame(rows))["resources"]) == [4, 5]


def test_numbers_of_two_columns_that_differ_in_spelling_alone_belong_to_neither_table():
    rows = {"Compute": ["x"], "count": [5], "Service": ["S3"], "Count": [9]}
    with pytest.warns(SkippedFileWarning, match="columns count and Count: not read .* differ in 1 row"):
        assert read_estate(pd.DataFrame(rows))["counted_by"].tolist() == ["name"]


@pytest.mark.parametrize(
    ("write", "name"), thin_out([(write_sheet, "a.xlsx"), (write_csv, "a.csv")], every=20)
)
@pytest.mark.parametrize(
    ("header", "where"),
    [
        (["Service", "Count", "Service", "Count"], "columns 1 and 3: the same name 'Service'"),
        (["Compute", "Count", "Service", "Count"], "columns 2 and 4: the same name 'Count'"),
    ],
)
def test_two_tables_side_by_side_are_an_error(tmp_path, write, name, header, where):
    rows = [header, ["EC2", 5, "S3", 9], ["Lambda", 4, "EBS", 30]]
    with pytest.raises(EstateError, match=f"{where}; expected a name of its own for each column"):
        read_estate(write(tmp_path / name, rows))


def test_two_columns_of_one_name_in_a_large_table_are_an_error(tmp_path, monkeypatch):
    monkeypatch.setattr("srm_data.estate.readers.large_tables.MOST_ROWS", 0)
    path = write_csv(tmp_path / "a.csv", [["Service", "Count", "Count"], ["EC2", 5, 9]])
    with pytest.raises(EstateError, match=r"a\.csv, columns 2 and 3: the same name 'Count'; expected"):
        read_estate(path)


@pytest.mark.filterwarnings("error")
def test_columns_of_one_name_are_read_as_one_if_they_have_nothing_different(tmp_path):
    rows = [["Service", "Note", "Note", "Count", "Account", "account"]]
    rows += [["SQS", "a", "b", 4, 111122223333, 111122223333], ["SNS", "", "", 5, "", 444455556666]]
    for write, name in ((write_csv, "a.csv"), (write_sheet, "a.xlsx")):
        estate = read_estate(write(tmp_path / name, rows)).sort_values("resources")
        assert estate["resources"].tolist() == [4, 5]
        assert estate["accounts"].tolist() == ["111122223333", "444455556666"]


def test_column_that_differs_from_another_of_its_name_is_named_if_it_decides_nothing(tmp_path):
    path = write_csv(tmp_path / "a.csv", [["Service", "Region", "Region"], ["SQS", "eu-west-1", "x"]])
    with pytest.warns(
        SkippedFileWarning, match="column Region: not read in 1 row, as Region is filled"
    ):
        assert read_estate(path)["regions"].tolist() == ["eu-west-1"]


@pytest.mark.slow
def test_columns_of_equal_spelling_are_read_as_one_by_every_engine(tmp_path):
    import duckdb
    import polars

    frame = polars.DataFrame(
        {"service": ["SQS", None], "count": [4, None], "Service": [None, "SNS"], "Count": [None, 5]}
    )
    frame.write_parquet(tmp_path / "a.parquet")
    for source in (frame, frame.lazy(), duckdb.sql("SELECT * FROM frame"), tmp_path / "a.parquet"):
        estate = read_estate(source)
        assert list_counts(estate) == [["SNS", 1, 5, "number"], ["SQS", 1, 4, "number"]]


@pytest.mark.filterwarnings("error")
def test_costs_of_columns_of_equal_spelling_are_read_as_one(tmp_path):
    path = write_csv(
        tmp_path / "a.csv", [["Service", "Cost", "cost"], ["S3", "1.5", ""], ["SQS", "", 2]]
    )
    assert read_estate(path)["cost"].tolist() == [1.5, 2.0]


@pytest.mark.parametrize("rows", [[["S3", 0], ["S3", ""]], [["S3", ""], ["S3", 0]]])
def test_service_with_none_and_a_blank_cell_is_named(tmp_path, rows):
    estate = read_estate(write_csv(tmp_path / "a.csv", [["Service", "Count"], *rows]))
    assert list_counts(estate) == [["S3", 2, 1, "name"]]
    assert list_offerings_in_use(estate)["resources"].tolist() == [1]


@pytest.mark.parametrize("parts", [["eu-west-1", "us-east-1"], ["Jan", "Feb"]])
def test_total_of_whole_numbers_is_neither_cost_nor_number_and_named(tmp_path, parts):
    path = write_csv(
        tmp_path / "a.csv", [["Service", *parts, "Total"], ["EC2", 12, 3, 15], ["S3", 1, "", 1]]
    )
    with pytest.warns(SkippedFileWarning, match="column Total: read neither as a cost nor as a number"):
        estate = read_estate(path)
    assert list_counts(estate) == [["EC2", 1, 1, "name"], ["S3", 1, 1, "name"]]
    assert estate["cost"].isna().all()


def test_total_may_add_up_columns_whose_names_are_numbers():
    with pytest.warns(SkippedFileWarning, match="column Total: read neither as a cost nor as a number"):
        read_estate(pd.DataFrame({"Service": ["EC2"], 2025: [12], 2026: [3], "Total": [15]}))


@pytest.mark.filterwarnings("error")
def test_total_of_counts_is_the_number_of_resources():
    frame = pd.DataFrame(
        {"Service": ["EC2", "S3"], "Count Prod": [12, 1], "devCount": [3, 0], "Total": [15, 1]}
    )
    assert sorted(read_estate(frame)["resources"]) == [1, 15]


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize(
    "rows",
    [
        {"Service": ["EC2", "S3"], "Total": [15, 1]},
        {"Service": ["EC2", "S3"], "Jan": [12.5, 1], "Feb": [2.5, 0], "Total": [15, 1]},
        {"Service": ["EC2", "S3"], "Count": [5, 2], "Total": [15, 1]},
    ],
)
def test_total_that_adds_up_no_whole_numbers_is_a_cost(rows):
    assert sorted(read_estate(pd.DataFrame(rows))["cost"]) == [1.0, 15.0]


def test_counts_by_another_word_are_named_as_not_read(tmp_path, capsys):
    rows = [["Service", "Count Prod", "Count Dev", "Account manager"], ["EC2", 12, 3, "x"]]
    assert main(["estate", str(write_csv(tmp_path / "a.csv", rows))]) == 0
    printed = capsys.readouterr()
    assert (
        "a.csv: not read as numbers of resources: Count Prod, Count Dev; expected a column"
        in printed.err
    )
    assert "In use: 1 service, only named: no number of resources was read\n" in printed.out
