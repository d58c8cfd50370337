"""The screen of ``estate``: what was read, what to do next, what is used, what is unclear."""

import json
import os
import re
import shlex
from pathlib import Path

import pytest
from openpyxl import Workbook

from srm_data import read_estate
from srm_data.cli import main
from srm_data.cli.next_steps import describe_next

README = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8")
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
        {
            "mode": "managed",
            "type": kind,
            "name": "a",
            "provider": 'provider["registry.terraform.io/hashicorp/aws"]',
            "instances": [{"attributes": {"id": kind}}],
        }
        for kind in ("aws_vpc", "aws_subnet", "aws_sqs_queue")
    ],
}
SHEET = [
    ["Dienst", "Verantwortlich"],
    ["Amazon EC2", "A"],
    ["Amazon RDS", "A"],
    ["Unser Portal", "B"],
]


@pytest.fixture
def inventories(tmp_path, monkeypatch):
    """Write a bill, a state and a spreadsheet, and work in their folder."""
    (tmp_path / "bill.csv").write_text("\n".join([LINES, *BILL]))
    (tmp_path / "main.tfstate").write_text(json.dumps(STATE))
    book = Workbook()
    for row in SHEET:
        book.active.append(row)
    book.save(tmp_path / "our assets.xlsx")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")


@pytest.mark.parametrize("name", ["bill.csv", "main.tfstate", "our assets.xlsx"])
def test_first_twenty_lines_answer_what_was_read_what_to_do_and_what_is_used(inventories, capsys, name):
    assert main(["estate", name]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert max(map(len, lines)) <= 80
    starts = ["row", "Next", "In use: "]
    places = [next(n for n, line in enumerate(lines) if start in line) for start in starts]
    assert places == sorted(places)
    assert places[-1] < 20
    others = [n for n, line in enumerate(lines) if line.startswith(("Assumed", "Not recog", "No AWS"))]
    assert min(others, default=99) > places[-1]


@pytest.mark.parametrize("name", ["bill.csv", "main.tfstate", "our assets.xlsx"])
def test_four_counts_add_up_to_the_rows_read(inventories, capsys, name):
    main(["estate", name])
    printed = capsys.readouterr().out
    counts = re.findall(r"^ +(\d+)  (certain|assumed|not recognised|no AWS service)", printed, re.M)
    assert len(counts) == 4
    total = read_estate(name)["rows"].sum()
    assert sum(int(count) for count, _ in counts) == total
    assert printed.startswith(f"{total} rows read from {name}:\n")


@pytest.mark.parametrize("name", ["bill.csv", "main.tfstate", "our assets.xlsx"])
def test_commands_of_the_next_steps_run_as_they_are_printed(inventories, capsys, name):
    main(["estate", name])
    commands = list_commands(capsys.readouterr().out)
    assert 1 <= len(commands) <= 2
    for command in commands:
        assert main(command) == 0, command
    assert Path("ours.xlsx").exists()
    assert "Nothing is left unclear" in capsys.readouterr().out or name == "our assets.xlsx"


def list_commands(printed: str) -> list[list[str]]:
    """List the commands on a screen, as a shell would split them."""
    joined = printed.replace(" \\\n", " ")
    return [shlex.split(line)[1:] for line in re.findall(r"^ +(srm-data estate .+)$", joined, re.M)]


def test_next_steps_repeat_the_options_of_the_command_and_overwrite_no_file(inventories, capsys):
    Path("corrections.csv").write_text("identifier,offering_id\nAmazon RDS,rds-db-instance\n")
    Path("ours.xlsx").write_text("mine")
    given = ["estate", "our assets.xlsx", "--strict", "--corrections", "corrections.csv"]
    assert main([*given, "--audience", "publishable"]) == 0
    first, last = list_commands(capsys.readouterr().out)
    assert first == [*given, "--write-corrections", "corrections-2.csv"]
    more = ["--audience", "publishable", "--corrections", "corrections-2.csv", "--out", "ours-2.xlsx"]
    assert last == [*given, *more]


def test_next_steps_name_many_files_by_one_word(inventories, capsys):
    for number in range(6):
        Path(f"{number}.txt").write_text("Amazon SQS\n")
    assert main(["estate", *(f"{number}.txt" for number in range(6))]) == 0
    printed = capsys.readouterr().out
    assert "6 rows read from 0.txt, 1.txt, 2.txt, 3.txt and 2 more:" in printed
    assert list_commands(printed) == [["estate", "FILE...", "--out", "ours.xlsx"]]
    assert "  FILE... stands for what you gave, 6 names." in printed.splitlines()


@pytest.mark.skipif(os.name == "nt", reason="names of Unix")
def test_next_steps_repeat_no_name_with_a_control_character(inventories, capsys):
    Path("a\nsrm-data.txt").write_text("Amazon SQS\n")
    assert main(["estate", "a\nsrm-data.txt"]) == 0
    printed = capsys.readouterr().out
    assert printed.startswith("1 row read from a srm-data.txt:\n")
    assert list_commands(printed) == [["estate", "FILE...", "--out", "ours.xlsx"]]


def test_command_starts_as_this_one_was_started(monkeypatch):
    monkeypatch.setattr("sys.argv", ["/x/srm_data/__main__.py", "estate", "a.txt"])
    monkeypatch.setattr("sys.orig_argv", ["python3", "-X", "utf8", "-m", "srm_data", "estate", "a.txt"])
    lines = describe_next(OPTIONS, rows=1, in_use=1, assumptions=0, unknown=0)
    assert lines[-1] == "     python3 -X utf8 -m srm_data estate a.txt --out ours.xlsx"


class OPTIONS:
    """Options of ``estate a.txt``."""

    files = ("a.txt",)
    audience = "internal"
    kind = strict = headers = corrections = out = write_corrections = None
    decisions = remarks = cell_status = sign_off = since = owners = framework = controls = None


def test_duties_of_an_offering_add_up_to_all_duties(inventories, capsys):
    main(["estate", "main.tfstate"])
    printed = capsys.readouterr().out
    assert "of 28 duties, carried by" in printed
    rows = re.findall(r"^(?:VPC|SQS queue) +1((?: +\d+){4})  its name$", printed, re.M)
    assert [sum(map(int, row.split())) for row in rows] == [28, 28]
    assert "3 rows, 2 resources: each counts once, and its parts, such as subnets, only" in printed


def test_assumptions_stand_in_the_order_of_the_table(inventories, capsys):
    Path("names.txt").write_text("Amazon RDS\nAmazon ECS\nAmazon Redshift\nAWS Lambda\n")
    main(["estate", "names.txt"])
    printed = capsys.readouterr().out
    table = re.findall(r"^(\S.+?)  .+  assumed$", printed, re.M)
    assert re.findall(r"^  (\S.+) \(the row says: ", printed, re.M) == table
    assert len(table) == 4


def test_assumption_says_that_other_rows_name_the_offering(inventories, capsys):
    Path("types.txt").write_text("AWS::EKS::Cluster\nAWS::EKS::Nodegroup\n")
    main(["estate", "types.txt"])
    printed = " ".join(capsys.readouterr().out.split())
    named = "EKS managed node groups, as other rows name it (the row says: AWS::EKS::Cluster)"
    assert named in printed


def test_services_that_are_only_named_are_said_to_count_as_one(inventories, capsys):
    Path("names.txt").write_text("Amazon SQS\nAmazon SQS\n")
    main(["estate", "names.txt"])
    printed = capsys.readouterr().out
    assert "\n2 rows, 1 resource: a service that is only named counts as one.\n" in printed


def test_findings_without_ids_are_said_to_be_an_upper_bound(inventories, capsys):
    finding = "High,AWS::S3::Bucket\n"
    Path("findings.csv").write_text(f"Severity,Resource Type\n{finding}{finding}")
    [row] = read_estate("findings.csv").to_dict("records")
    assert (row["rows"], row["resources"], row["counted_by"]) == (2, 2, "at most")
    main(["estate", "findings.csv"])
    says = "At most, as the rows have no ids, or too many: S3 general purpose bucket."
    assert says in capsys.readouterr().out.splitlines()


def test_headline_says_how_many_resources_are_assumed(inventories, capsys):
    main(["estate", "our assets.xlsx"])
    assert "Of 2 resources (all assumed), the customer alone carries" in capsys.readouterr().out
    Path("names.txt").write_text("Amazon RDS\nAmazon SQS\n")
    main(["estate", "names.txt"])
    assert "Of 2 resources (1 assumed)," in capsys.readouterr().out


@pytest.mark.parametrize(
    ("names", "rest"),
    [
        ([f"Frobnicator {n}" for n in range(35)], "  and 15 more (all in the file of step 1)"),
        (None, "  and 20 more (all in the workbook that --out writes)"),
    ],
    ids=["unknown", "offerings"],
)
def test_lists_that_are_cut_say_how_many_are_left_out_and_where_all_are(
    inventories, shipped, capsys, names, rest
):
    names = names or shipped["offerings"]["offering_id"].head(60).tolist()
    Path("names.txt").write_text("\n".join(["Amazon SQS", *names][-60:]))
    assert main(["estate", "names.txt"]) == 0
    printed = capsys.readouterr().out
    assert rest in printed.splitlines()
    assert printed.endswith("\n\nWhat to do next is at the top, under Next.\n")


def test_name_that_only_sounds_alike_is_not_offered(inventories, capsys):
    Path("names.txt").write_text("Amazon SQS\nDynmodb\nEmail Gateway\nAmazon Foo\n")
    main(["estate", "our assets.xlsx"])
    assert "Unser Portal (1 row): nothing known has a similar name" in capsys.readouterr().out
    main(["estate", "names.txt"])
    printed = capsys.readouterr().out
    assert "Dynmodb (1 row): nearest: DynamoDB" in printed
    for name in ("Email Gateway", "Amazon Foo"):
        assert f"{name} (1 row): nothing known has a similar name" in printed


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("service\n", "0 rows read from a.csv:"),
        ("service\n", "Next: it has no rows."),
        ("service\nTax\n", "Next: nothing in it is a service of AWS."),
        ("service\nFrobnicator\n", "  3. Read your edits:"),
    ],
)
def test_inventory_in_which_nothing_is_in_use_says_what_to_do(inventories, capsys, text, says):
    Path("a.csv").write_text(text)
    assert main(["estate", "a.csv"]) == 1
    printed = capsys.readouterr().out
    assert says in printed
    assert "--out" not in printed


def test_what_is_no_service_is_shown_by_its_reason(inventories, capsys):
    lines = ["ProviderName,ServiceName,ChargeCategory", "AWS,Amazon SQS,Usage"]
    lines += ["Microsoft,Storage Accounts,Usage", "Microsoft,Virtual Machines,Usage"]
    Path("focus.csv").write_text("\n".join(lines))
    assert main(["estate", "focus.csv"]) == 0
    text = " ".join(capsys.readouterr().out.split())
    assert "provider: Microsoft (2 rows): Storage Accounts, Virtual Machines" in text
    assert "2 no AWS service: a row of another provider (2) Next" in text


def test_number_of_files_that_were_not_read_is_printed(inventories, capsys):
    Path("mine").mkdir()
    Path("mine/names.txt").write_text("Amazon SQS\n")
    Path("mine/notes.docx").write_text("x")
    assert main(["estate", "mine"]) == 0
    printed = capsys.readouterr()
    assert "Not read, and named above (on stderr): 1 file or part." in printed.out
    assert "notes.docx" in printed.err


@pytest.mark.parametrize(("columns", "longest"), [("50", 76), ("120", 80), ("200", 80)])
def test_screen_is_no_wider_than_80_columns_on_a_wide_terminal(
    inventories, capsys, monkeypatch, columns, longest
):
    """On a narrow one, text is wrapped and the table keeps its columns."""
    monkeypatch.setenv("COLUMNS", columns)
    main(["estate", "our assets.xlsx"])
    lines = capsys.readouterr().out.splitlines()
    assert max(map(len, lines)) <= longest
    assert any(re.match(r"EC2 instance .+  assumed$", line) for line in lines)


def test_screen_of_the_readme_is_what_is_printed(tmp_path, monkeypatch, capsys):
    [(name, names, screen)] = re.findall(
        r"<!-- screen: (\S+): (.+?) -->\n```text\n(.*?)```\n", README, re.DOTALL
    )
    (tmp_path / name).write_text("\n".join(names.split(", ")))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setattr("sys.argv", ["/x/srm_data/__main__.py", "estate", name])
    monkeypatch.setattr("sys.orig_argv", ["python", "-m", "srm_data", "estate", name])
    assert main(["estate", name]) == 0
    shown, printed = screen.splitlines(), capsys.readouterr().out.splitlines()
    assert shown[-1] == "..."
    assert printed[: len(shown) - 1] == shown[:-1]
