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
from srm_data.organisation.remarks import make_remarks
from tests.cases import thin_out

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


@pytest.mark.parametrize("name", thin_out(["bill.csv", "main.tfstate", "our assets.xlsx"], every=20))
def test_first_twenty_lines_answer_what_was_read_what_to_do_and_what_is_used(inventories, capsys, name):
    assert main(["estate", name]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert max(map(len, lines)) <= 80
    starts = ["row", "Next", "In use: "]
    places = [next(n for n, line in enumerate(lines) if start in line) for start in starts]
    assert places == sorted(places)
    assert places[-1] < 20
    others = [
        n for n, line in enumerate(lines) if line.startswith(("Assumed", "Not recog", "Set aside"))
    ]
    assert min(others, default=99) > places[-1]


@pytest.mark.parametrize("name", thin_out(["bill.csv", "main.tfstate", "our assets.xlsx"], every=20))
def test_four_counts_add_up_to_the_rows_read(inventories, capsys, name):
    main(["estate", name])
    printed = capsys.readouterr().out
    counts = re.findall(r"^ +(\d+)  (certain|assumed|not recognised|set aside)", printed, re.M)
    assert len(counts) == 4
    total = read_estate(name)["rows"].sum()
    assert sum(int(count) for count, _ in counts) == total
    assert printed.startswith(f"{total} rows read from {name}:\n")


@pytest.mark.slow
@pytest.mark.parametrize("name", thin_out(["bill.csv", "main.tfstate", "our assets.xlsx"], every=20))
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
    decisions = remarks = cell_status = sign_off = since = owners = framework = controls = baseline = (
        None
    )


def test_duties_of_an_offering_add_up_to_all_duties(inventories, capsys):
    main(["estate", "main.tfstate"])
    printed = capsys.readouterr().out
    assert "\nFour columns count the 28 security duties, from physical security to " in printed
    rows = re.findall(r"^(?:VPC|SQS queue) +1((?: +\d+){4})  named in the file$", printed, re.M)
    assert [sum(map(int, row.split())) for row in rows] == [28, 28]


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


def test_rows_that_are_parts_of_what_is_counted_are_said_above_the_table(inventories, capsys):
    main(["estate", "main.tfstate"])
    says = "2 of the 3 rows are counted; the other row is a part of them, such as aws_subnet"
    heading, counting, *_ = list_in_use(capsys.readouterr().out)
    assert heading == "In use: 2 resources of 2 offerings"
    assert counting.startswith(says)


def list_in_use(printed: str) -> list[str]:
    """List the lines from the heading of what is in use."""
    lines = printed.splitlines()
    return lines[next(n for n, line in enumerate(lines) if line.startswith("In use: ")) :]


def test_services_that_are_only_named_have_no_number_of_resources(inventories, capsys):
    Path("names.txt").write_text("Amazon SQS\nAmazon SQS\n")
    main(["estate", "names.txt"])
    lines = list_in_use(capsys.readouterr().out)
    assert lines[:2] == [
        "In use: 1 service, only named: no number of resources was read",
        "2 rows only name a service.",
    ]
    assert any(re.match(r"SQS queue +named( +\d+){4}  named in the file$", line) for line in lines)
    assert "For 1 service, you alone carry " in " ".join(lines)


def test_named_services_are_no_part_of_the_number_of_resources(inventories, capsys):
    Path("names.txt").write_text("AWS::SQS::Queue\nAWS::SQS::Queue\nAmazon SNS\n")
    main(["estate", "names.txt"])
    heading, counting, *rest = list_in_use(capsys.readouterr().out)
    assert heading == "In use: 2 resources of 1 offering; 1 more is named without a number"
    assert counting == "2 of the 3 rows are counted; 1 only names a service (the one without a number)."
    assert "For all 2 resources, you alone carry " in " ".join(rest)


@pytest.mark.parametrize(
    ("names", "says"),
    [
        (
            "aws_sqs_queue\naws_subnet\naws_subnet\n",
            [
                "In use: 1 resource of 1 offering; of 1 more, the file has parts alone",
                "1 of the 3 rows is counted; 2 rows are parts of offerings not in the file, such",
            ],
        ),
        (
            "aws_subnet\n",
            [
                "In use: 1 offering, with parts alone: no number of them was read",
                "1 row is a part of offerings not in the file, such as aws_subnet (1).",
            ],
        ),
    ],
)
def test_rows_that_are_parts_of_what_the_file_does_not_have_are_said(inventories, capsys, names, says):
    Path("names.txt").write_text(names)
    main(["estate", "names.txt"])
    lines = list_in_use(capsys.readouterr().out)
    assert [line.rstrip() for line in lines[:2]] == says
    assert any(re.match(r"VPC +parts( +\d+){4}  named in the file$", line) for line in lines)


def test_rows_that_are_not_recognised_are_missed_in_no_count(inventories, capsys):
    main(["estate", "our assets.xlsx"])
    _, counting, *_ = list_in_use(capsys.readouterr().out)
    assert counting == "2 rows only name a service; 1 row is not recognised and not counted."


BILL_BY_ID = [
    "1,i-1,AmazonEC2,AWS,Usage,BoxUsage:m5.large,4",
    "1,f-1,AWS Lambda,AWS,Usage,Lambda-GB-Second,1",
    "1,,Amazon Simple Storage Service,AWS,Usage,TimedStorage-ByteHrs,1",
    "1,,Amazon Simple Storage Service,AWS,Usage,,1",
    "1,lb,Elastic Load Balancing,AWS,Usage,,1",
    "1,arn:aws:elasticloadbalancing:eu-west-1:1:loadbalancer/app/a/1,Elastic Load Balancing,AWS,Usage,"
    "LCUUsage,1",
]


@pytest.mark.parametrize(
    ("name", "lines"),
    thin_out(
        [
            ("by_row.txt", ["AWS::EFS::FileSystem", "AWS::EKS::Cluster", "AWS::EKS::Nodegroup"]),
            ("by_row_and_name.txt", ["Amazon EC2", "AWS::EC2::Instance", "Amazon RDS"]),
            ("by_name.txt", ["Amazon EC2", "EC2 instances", "EC2-Instanz", "Amazon RDS"]),
            ("by_id.csv", [LINES, *BILL_BY_ID]),
            ("at_most.csv", ["Severity,Resource Type", *["High,AWS::EKS::Cluster"] * 2]),
            ("by_number.csv", ["Service,Count", "Amazon EC2,3", "EC2 instances,2", "Amazon RDS,0"]),
        ],
        every=20,
    ),
)
def test_offering_with_an_assumed_row_is_marked_as_assumed(inventories, shipped, capsys, name, lines):
    """Also if the row adds nothing to the number of resources, and no other offering is marked."""
    Path(name).write_text("\n".join(lines))
    estate = read_estate(name)
    is_used = estate["resources"] > 0
    names = shipped["offerings"].set_index("offering_id")["offering"]
    expected = set(names[estate.loc[estate["assumed"] & is_used, "offering_id"]])
    assert expected
    main(["estate", name])
    table = re.findall(r"^(\S.*?) +(?:named|[\d,]+)(?: +\d+){4}  (.+)$", capsys.readouterr().out, re.M)
    assert {offering for offering, known in table if known.endswith("assumed")} == expected
    assert len(table) == estate.loc[is_used, "offering_id"].nunique()


def test_named_offering_that_one_row_names_for_sure_is_not_assumed(inventories, capsys):
    Path("names.txt").write_text("Amazon EC2\nEC2-Instanz\n")
    main(["estate", "names.txt"])
    printed = capsys.readouterr().out
    assert re.search(r"^EC2 instance .+  1 row assumed$", printed, re.M)
    assert "(all assumed)" not in printed


def test_assumed_offerings_are_named_at_the_top(inventories, capsys):
    services = ["RDS", "ECS", "Redshift", "EC2", "EBS", "Cognito", "EFS"]
    Path("names.txt").write_text("\n".join(f"Amazon {name}" for name in services))
    main(["estate", "names.txt"])
    above, _, below = capsys.readouterr().out.partition("\nNext\n")
    table = re.findall(r"^(\S.+?) +named .+  assumed$", below, re.M)
    assert len(table) == len(services)
    said = " ".join(above.split())
    assert "7 assumed (7 assumptions; marked in the table): the row leaves it open" in said
    assert said.partition("likeliest is taken: ")[2].startswith(", ".join(table[:6]))


@pytest.mark.parametrize(
    ("names", "says"),
    thin_out(
        [
            (
                "Amazon SQS, Amazon SNS, Amazon RDS",
                "Or go on as it is, with 1 of 3 rows assumed: only",
            ),
            ("Amazon SQS, Our portal", "Or go on as it is, with 1 name left out: only step 3"),
            (
                "Amazon RDS, Amazon EC2, Our portal",
                "workbook has all 2 rows assumed and 1 name left out",
            ),
            ("Amazon SQS, Our portal, Our shop", "the workbook has 2 names left out."),
        ],
        every=20,
    ),
)
def test_going_on_as_it_is_is_only_offered_where_most_is_certain(inventories, capsys, names, says):
    Path("names.txt").write_text(names.replace(", ", "\n"))
    main(["estate", "names.txt"])
    said = " ".join(capsys.readouterr().out.split())
    assert says in said
    assert ("Or go on as it is" in said) == says.startswith("Or go on")


def test_file_of_corrections_left_as_it_is_settles_every_assumption(inventories, capsys):
    Path("names.txt").write_text("Amazon RDS\nAmazon EC2\nAmazon ECS\nAmazon SQS\n")
    main(["estate", "names.txt", "--write-corrections", "corrections.csv"])
    assert "filled lines left as they are count as confirmed" in " ".join(
        capsys.readouterr().out.split()
    )
    main(["estate", "names.txt", "--corrections", "corrections.csv"])
    printed = capsys.readouterr().out
    assert re.search(r"^ +4  certain", printed, re.M)
    assert re.search(r"^ +0  assumed$", printed, re.M)
    assert len(re.findall(r"  your correction$", printed, re.M)) == 3


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
    assert "For all 2 services (all assumed), you alone carry" in capsys.readouterr().out
    Path("names.txt").write_text("AWS::EKS::Cluster\nAWS::SQS::Queue\n")
    main(["estate", "names.txt"])
    assert "For all 2 resources (1 assumed)," in capsys.readouterr().out


@pytest.mark.parametrize(
    ("names", "rest"),
    thin_out(
        [
            ([f"Frobnicator {n}" for n in range(35)], "  and 15 more (all in the file of step 1)"),
            (None, "  and 20 more (all in the workbook that --out writes)"),
        ],
        every=20,
    ),
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
    thin_out(
        [
            ("service\n", "0 rows read from a.csv:"),
            ("service\n", "Next: it has no rows."),
            ("service\nTax\n", "Next: nothing in it is a service of AWS."),
            ("service\nFrobnicator\n", "  3. Run it with your edits:"),
        ],
        every=20,
    ),
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
    assert "2 set aside, as no AWS offering with duties: Microsoft (2) Next" in text


def test_other_providers_are_named_in_the_count_of_what_is_set_aside(inventories, capsys):
    state = json.loads(Path("main.tfstate").read_text())
    state["resources"][1] |= {"type": "azurerm_subnet", "provider": 'provider["hashicorp/azurerm"]'}
    Path("two.tfstate").write_text(json.dumps(state))
    assert main(["estate", "two.tfstate"]) == 0
    assert "1  set aside, as no AWS offering with duties: azurerm (1)\n" in capsys.readouterr().out


def test_number_of_files_that_were_not_read_is_printed(inventories, capsys):
    Path("mine").mkdir()
    Path("mine/names.txt").write_text("Amazon SQS\n")
    Path("mine/notes.docx").write_text("x")
    assert main(["estate", "mine"]) == 0
    printed = capsys.readouterr()
    assert "Not read, and named above (on stderr): 1 file or part." in printed.out
    assert "notes.docx" in printed.err


@pytest.mark.parametrize(
    ("columns", "longest"), thin_out([("50", 76), ("120", 80), ("200", 80)], every=20)
)
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


def test_what_changed_since_an_earlier_state_is_shown_without_a_workbook(inventories, capsys):
    Path("names.txt").write_text("Amazon RDS\n")
    assert main(["estate", "names.txt", "--since", "2026.11.0"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert any(
        re.match(r"Since 2026\.11\.0, \d+ cells? differs?: \d+ by data\.$", line) for line in lines
    )
    assert "  RDS DB instance, Guest OS patching: Shared -> AWS (by data)" in lines


@pytest.mark.slow
def test_options_that_only_a_workbook_has_a_place_for_are_named_where_none_is_written(
    inventories, capsys
):
    Path("names.txt").write_text("Amazon RDS\n")
    make_remarks([]).to_csv("remarks.csv", index=False)
    command = ["estate", "names.txt", "--framework", "nist-800-53", "--remarks", "remarks.csv"]
    assert main(command) == 0
    expected = "Not used, as they stand in a workbook only (--out FILE.xlsx): --remarks, --framework."
    assert expected in " ".join(capsys.readouterr().out.split())
    assert main([*command, "--out", "ours.xlsx"]) == 0
    assert "Not used" not in capsys.readouterr().out


def test_earlier_state_that_cannot_be_read_is_refused_before_anything_is_written(inventories, capsys):
    Path("names.txt").write_text("Amazon RDS\n")
    command = ["estate", "names.txt", "--since", "2025.1.1", "--write-corrections", "ours.csv"]
    assert main(command) == 1
    assert "2025.1.1: expected a folder of tables" in capsys.readouterr().err
    assert not Path("ours.csv").exists()
