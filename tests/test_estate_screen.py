"""The screen of ``estate``: what was read, what is used, what is unclear, and what is next."""

import json
import re
import shlex
from pathlib import Path

import pytest
from openpyxl import Workbook

from srm_data import read_estate
from srm_data.cli import main
from tests.documents import GUIDE

LINES = "BillingAccountId,ResourceId,ServiceName,ProviderName,ChargeCategory,x_UsageType,BilledCost"
BILL = [
    "1,i-1,Amazon Elastic Compute Cloud,AWS,Usage,BoxUsage:m5.large,4",
    "1,i-1,Amazon Elastic Compute Cloud,AWS,Usage,DataTransfer-Out-Bytes,1",
    "1,f-1,AWS Lambda,AWS,Usage,Lambda-GB-Second,1",
    "1,v-1,Virtual Machines,Microsoft,Usage,D2,1",
]
STATE = {
    "version": 4,
    "terraform_version": "1.9.0",
    "resources": [
        {"mode": "managed", "type": kind, "name": "a", "instances": [{"attributes": {"id": kind}}]}
        for kind in ("aws_vpc", "aws_subnet", "aws_sqs_queue", "azurerm_subnet")
    ],
}
SHEET = [["Dienst", "Team"], ["Amazon EC2", "A"], ["Amazon RDS", "A"], ["Unser Portal", "B"]]
FILES = ["bill.csv", "main.tfstate", "our assets.xlsx"]


@pytest.fixture
def show(tmp_path, monkeypatch, capsys):
    """Write a bill, a state and a spreadsheet; return a function that shows the screen of a file."""
    (tmp_path / "bill.csv").write_text("\n".join([LINES, *BILL]))
    (tmp_path / "main.tfstate").write_text(json.dumps(STATE))
    book = Workbook()
    for row in SHEET:
        book.active.append(row)
    book.save(tmp_path / "our assets.xlsx")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")

    def show(*arguments, lines=None, code=0):
        if lines:
            Path(arguments[0]).write_text("\n".join(lines))
        assert main(["estate", *arguments]) == code
        return capsys.readouterr().out

    return show


@pytest.mark.slow
@pytest.mark.parametrize("name", FILES)
def test_four_counts_add_up_to_the_rows_read(show, name):
    printed = show(name)
    counts = re.findall(r"^ +(\d+)  (?:certain|assumed|not recognised|set aside)", printed, re.M)
    total = read_estate(name)["rows"].sum()
    assert len(counts) == 4 and sum(map(int, counts)) == total
    assert printed.startswith(f"{total} rows read from {name}:\n")


@pytest.mark.slow
def test_commands_of_the_next_step_run_and_leave_nothing_unclear(show):
    printed = show("bill.csv")
    assert "Next: add --write-corrections corrections.csv, edit corrections.csv" in printed
    show("bill.csv", "--write-corrections", "corrections.csv")
    [command] = re.findall(r"srm-data estate \.\.\. (.+)", printed)
    assert "Next: open ours.xlsx." in show("bill.csv", *shlex.split(command))
    assert Path("ours.xlsx").exists()


def test_next_step_overwrites_no_file(show):
    Path("corrections.csv").write_text("mine")
    Path("ours.xlsx").write_text("mine")
    assert "--corrections corrections-2.csv --out ours-2.xlsx" in show("our assets.xlsx")


def test_duties_of_an_offering_add_up_to_all_duties(show):
    rows = re.findall(r"^(?:VPC|SQS queue) +1((?: +\d+){4})  name$", show("main.tfstate"), re.M)
    assert [sum(map(int, row.split())) for row in rows] == [28, 28]


@pytest.mark.parametrize(
    ("lines", "says", "row"),
    [
        (["Amazon SQS", "Amazon SQS"], "1 offering (1 only named)", "SQS queue +named"),
        (["AWS::SQS::Queue", "AWS::SQS::Queue", "Amazon SNS"],
         "2 offerings (1 with 2 resources, 1 only named)", "SNS topic +named"),
        (["aws_sqs_queue", "aws_subnet", "aws_subnet"],
         "2 offerings (1 with 1 resource, 1 by parts alone)", "VPC +parts"),
    ],
)  # fmt: skip
def test_names_and_parts_are_no_number_of_resources(show, lines, says, row):
    printed = show("names.txt", lines=lines)
    assert f"\nIn use: {says}.\n" in printed
    assert re.search(rf"^{row}( +\d+){{4}}  name$", printed, re.M)


BILL_BY_ID = [
    "1,i-1,AmazonEC2,AWS,Usage,BoxUsage:m5.large,4",
    "1,,Amazon Simple Storage Service,AWS,Usage,TimedStorage-ByteHrs,1",
    "1,,Amazon Simple Storage Service,AWS,Usage,,1",
]


@pytest.mark.parametrize(
    ("name", "lines"),
    [
        ("by_row.txt", ["AWS::EFS::FileSystem", "AWS::EKS::Cluster", "AWS::EKS::Nodegroup"]),
        ("by_name.txt", ["Amazon EC2", "EC2 instances", "EC2-Instanz", "Amazon SQS"]),
        ("by_id.csv", [LINES, *BILL_BY_ID]),
        ("by_number.csv", ["Service,Count", "Amazon EC2,3", "EC2 instances,2", "Amazon RDS,0"]),
    ],
)
@pytest.mark.slow
def test_offering_with_an_assumed_row_is_marked_and_no_other(show, shipped, name, lines):
    printed = show(name, lines=lines)
    estate = read_estate(name).query("resources > 0")
    names = shipped["offerings"].set_index("offering_id")["offering"]
    table = re.findall(r"^(\S.*?) +(?:named|[\d,]+)(?: +\d+){4}  (.+)$", printed, re.M)
    marked = {offering for offering, known in table if known.startswith("assumed")}
    assert marked == set(names[estate.loc[estate["assumed"], "offering_id"]]) != set()
    assert len(table) == estate["offering_id"].nunique()


def test_each_assumed_offering_is_unclear_once_with_what_else_it_may_be(show):
    printed = show("names.txt", lines=["Amazon RDS", "RDS databases", "AWS::WAFv2::WebACL", "WAF"])
    unclear = printed.partition("Unclear:\n")[2]
    assert unclear.count("RDS DB instance (Amazon RDS, RDS databases) or ") == 1
    assert re.search(r"WAF web ACL \(WAF\) or WAF Classic web ACL: differs in \d+ duties", unclear)


def test_line_of_what_is_unclear_is_not_cut_within_brackets(show):
    lines = ["RDS Postgres 15 prod", "Direct Connect nach Frankfurt am Main"]
    lines += ["SQS", "Portal (of the customers of our sales) one"]
    unclear = show("names.txt", lines=lines).partition("Unclear:\n")[2]
    cut = [line for line in unclear.split("\n")[:3] if line.count("(") != line.count(")")]
    assert "..." in unclear and not cut


def test_name_that_only_sounds_alike_is_not_offered(show):
    printed = show("names.txt", lines=["Amazon SQS", "Dynmodb", "Email Gateway"])
    assert "\n  Dynmodb (1 row): not recognised; nearest: DynamoDB" in printed
    assert "\n  Email Gateway (1 row): not recognised\n" in printed


@pytest.mark.slow
@pytest.mark.parametrize(("known", "unknown"), [(30, 14), (60, 0), (50, 20), (12, 3)])
def test_screen_is_one_page_and_says_how_many_are_left_out(show, shipped, known, unknown):
    ids = shipped["offerings"]["offering_id"].head(known).tolist()
    printed = show("names.txt", lines=[*ids, *(f"Frobnicator {n}" for n in range(unknown))])
    assert len(printed.splitlines()) <= 40
    cut = re.search(r"^and (\d+) more, which the workbook has", printed, re.M)
    rows = re.findall(r"^\S.*? +named(?: +\d+){4}  ", printed, re.M)
    assert len(rows) + int(cut[1] if cut else 0) == known
    cut = re.search(r"^  and (\d+) more, which --write-corrections lists$", printed, re.M)
    assert printed.count("): not recognised") + int(cut[1] if cut else 0) == unknown


def test_file_of_corrections_left_as_it_is_settles_every_assumption(show):
    show("names.txt", "--write-corrections", "ours.csv", lines=["Amazon RDS", "Amazon ECS", "SQS"])
    printed = show("names.txt", "--corrections", "ours.csv")
    assert re.search(r"^ +3  certain", printed, re.M) and "Unclear" not in printed
    assert len(re.findall(r"  your correction$", printed, re.M)) == 2


@pytest.mark.parametrize(
    ("header", "rows"),
    [("Severity,Resource Type", ["High,AWS::S3::Bucket"] * 2), ("Service,Count", ['"S3, SQS",4'])],
)
def test_number_that_is_an_upper_bound_is_said_to_be_one(show, header, rows):
    printed = show("a.csv", lines=[header, *rows])
    assert re.search(r"^S3 general purpose bucket.*: at most as many$", printed, re.M)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("service", "Next: it has no rows."),
        ("service\nTax", "Next: nothing in it is a service of AWS."),
        ("service\nFrobnicator", "Next: add --write-corrections corrections.csv"),
    ],
)
def test_inventory_in_which_nothing_is_in_use_offers_no_workbook(show, text, says):
    printed = show("a.csv", lines=text.split("\n"), code=1)
    assert says in printed and "--out" not in printed


@pytest.mark.slow
def test_other_providers_and_files_that_were_not_read_are_counted(show):
    assert "1  set aside, no AWS offering with duties: azurerm (1)\n" in show("main.tfstate")
    assert "2  set aside, no AWS offering with duties: data transfer (1), Microsoft (1)\n" in show(
        "bill.csv"
    )
    Path("mine").mkdir()
    Path("mine/notes.docx").write_text("x")
    Path("mine/names.txt").write_text("Amazon SQS\n")
    assert "Not read, and named above: 1 file or part." in show("mine")


def test_screen_of_the_guide_is_what_is_printed(show):
    [(name, names, screen)] = re.findall(
        r"<!-- screen: (\S+): (.+?) -->\n```text\n(.*?)```\n", GUIDE["estate"], re.DOTALL
    )
    assert show(name, lines=names.split(", ")) == screen


def test_what_changed_since_an_earlier_state_is_shown_without_a_workbook(show):
    printed = show("names.txt", "--since", "2026.11.0", lines=["Amazon RDS"])
    assert re.search(r"^Since 2026\.11\.0, \d+ cells? differs?: \d+ by data", printed, re.M)
    assert "\n  RDS DB instance, Guest OS patching: Shared -> AWS (data)\n" in printed
