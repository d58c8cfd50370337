"""Commands that print cells, for people and for programs: show, ask."""

import csv
import io
import json
import re
from pathlib import Path

import pytest

from srm_data.cells import find_marks, list_marks
from srm_data.cli import main
from srm_data.describe import describe_stack
from srm_data.matrix import layer_stack
from srm_data.names import compare_offerings, find_answers
from srm_data.names.offerings import choose_offerings
from tests.cases import REGISTER

SCHEMA = Path(__file__).parents[1] / "srm_data" / "cli" / "cells.schema.json"
URL = re.compile(r"https?://\S+")


def printed(capsys, *arguments: str) -> str:
    assert main(list(arguments)) == 0
    return capsys.readouterr().out


def test_show_of_an_offering_has_a_count_halves_and_pages(capsys, shipped_model):
    out = " ".join(printed(capsys, "show", "EKS on Fargate").split())
    assert out.startswith("EKS on Fargate (Amazon EKS, Managed)")
    cells = shipped_model[shipped_model["offering_id"] == "eks-fargate"]
    marks, names = find_marks(cells).tolist(), list_marks()
    for cell, mark in zip(cells.to_dict("records"), marks, strict=True):
        said = f"{cell['duty']}: {cell['responsibility']}, customer action {cell['customer_action']} "
        sign, label = names.loc[mark, ["mark", "label"]]
        shown = f"{sign} {label[:1].lower()}{label[1:]}".strip()
        assert f"{said}[{shown}, {cell['scope']}]" in out
    must = (cells["customer_action"] == "required").sum()
    assert f"You must act on {must}." in out
    assert "https://docs.aws.amazon.com/" in out


@pytest.mark.parametrize(
    ("name", "service_id"), [("EKS on Fargate", "eks"), ("rds", "rds"), ("workmail", "workmail")]
)
def test_show_names_partitions_and_fedramp_boundaries_with_the_edition_of_their_lists(
    capsys, shipped, name, service_id
):
    service = shipped["services"].set_index("service_id").loc[service_id]
    editions = shipped["sources"].set_index("source_id")["edition"]
    out = " ".join(printed(capsys, "show", name).split())
    edition = editions[service["partitions_source_id"]]
    assert f"By AWS's list of endpoints ({edition}) in: {service['partitions']}." in out
    of_fedramp = f"): {service['fedramp']}." if service["fedramp"] else "Not named by the FedRAMP Marke"
    assert of_fedramp in out
    assert "not a verdict" in out


def test_show_names_the_firm_that_does_the_half_of_aws(capsys, shipped_model):
    model = shipped_model
    cell = model[(model["performed_by"] != "") & (model["aws_part"] != "")].iloc[0]
    assert f"AWS (by {cell['performed_by']}): " in printed(capsys, "show", cell["offering_id"])


def test_show_of_a_service_counts_its_offerings_by_name_and_says_where_they_differ(capsys):
    out = printed(capsys, "show", "Amazon RDS")
    assert out.startswith("Amazon RDS: 7 ways to run it\n")
    assert re.search(r"\n  1  RDS DB instance +\d+ +\d+", out)
    assert re.search(r"\nGuest OS patching( +[CSA\u2013]){7}\n", out)
    assert "rds-db-instance" not in out


def test_show_of_two_offerings_and_their_chart_give_one_number(capsys, shipped_model):
    names = ["EKS on Fargate", "EKS managed node groups"]
    drawn = describe_stack(layer_stack(choose_offerings(shipped_model, names)))
    both = compare_offerings(*names, model=shipped_model)
    moves = int((both["responsibility_a"].astype(str) != both["responsibility_b"].astype(str)).sum())
    said = f"differ in {moves} of 28 duties"
    assert said in drawn
    acts = int(both["differs"].sum()) - moves
    assert acts
    out = " ".join(printed(capsys, "show", *names).split())
    assert f"{said}, and in the customer action alone of {acts} more" in out


def test_show_of_a_near_miss_shows_the_nearest_and_says_so(capsys):
    assert main(["show", "ecs on fargatte"]) == 0
    both = capsys.readouterr()
    assert both.out.startswith("ECS on Fargate (")
    assert both.err == "srm-data: no exact match for 'ecs on fargatte'; nearest: ECS on Fargate\n"


@pytest.mark.parametrize("name", ["instance", "A", "data"])
def test_show_of_a_vague_name_prints_no_hundreds(capsys, name):
    main(["show", name])
    both = capsys.readouterr()
    assert len(both.out.splitlines()) < 100
    assert both.out or "may mean" in both.err or "nearest" in both.err


@pytest.mark.slow
@pytest.mark.parametrize(
    ("names", "duty", "cells"),
    [
        (["secrets manager"], "backup", {("secrets-manager", "backup")}),
        (["aurora serverless"], "rotation", {("aurora-serverless-v2", "credentials")}),
        (["rds", "aurora"], "TLS", {("rds-db-instance", "encryption-in-transit"),
                                    ("aurora-provisioned", "encryption-in-transit")}),
    ],
)  # fmt: skip
def test_show_narrows_one_name_or_two_to_a_duty_in_any_words(capsys, names, duty, cells):
    out = printed(capsys, "show", *names, "--duty", duty, "--format", "csv")
    rows = csv.DictReader(out.splitlines())
    assert {(row["offering_id"], row["duty_id"]) for row in rows} == cells


@pytest.mark.slow
def test_unknown_duty_is_refused_with_the_nearest(capsys):
    assert main(["show", "sqs", "--duty", "bakcup"]) == 1 or "Backup" in capsys.readouterr().out
    assert main(["show", "sqs", "--duty", "zeppelin"]) == 1
    assert "no duty is called 'zeppelin'" in capsys.readouterr().err


def test_mine_leaves_out_what_is_not_yours(capsys):
    out = printed(capsys, "show", "sqs", "--mine", "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(out)))
    assert {row["responsibility"] for row in rows} == {"Customer", "Shared"}


def test_what_a_register_says_is_shown(capsys, tmp_path):
    path = tmp_path / "register.csv"
    rows = ",sqs,availability,,answer,Customer,Ours.,Ada,2026-11-02,,,,,\n"
    rows += ",service:sqs,*,,accountable,Team Blue,,,,,,,,\n"
    path.write_text(REGISTER + rows, encoding="utf-8")
    out = printed(capsys, "show", "sqs", "--duty", "availability", "--register", str(path))
    assert "[◆ decision, organisation]" in " ".join(out.split())
    assert "Owner: Team Blue" in out


def test_ask_prints_the_first_answer_in_full_and_says_how_it_was_taken(capsys):
    out = printed(capsys, "ask", "who", "patches", "rds?")
    assert out.startswith("Understood as: RDS DB instance; Guest OS patching or Platform patching\n")
    assert "\n  RDS DB instance, Guest OS patching: " in out


SHOWN = [
    ["show", "EKS on Fargate"],
    ["show", "rds"],
    ["show", "sagemaker"],
    ["show", "rds", "aurora"],
    ["ask", "who patches rds?"],
    ["ask", "encryption"],
    ["ask", "dynamodb"],
]


@pytest.mark.parametrize(
    ("arguments", "columns"),
    [(arguments, columns) for columns in (80, 200) for arguments in SHOWN],
)
def test_lines_keep_to_the_width_of_the_terminal(capsys, monkeypatch, columns, arguments):
    """But for an address, which is one word and is never broken."""
    monkeypatch.setenv("COLUMNS", str(columns))
    lines = printed(capsys, *arguments).splitlines()
    assert max(len(line) for line in lines if not URL.search(line)) <= columns
    assert max(len(line) for line in lines) > 60


class Terminal(io.StringIO):
    """An output that says that it is a terminal."""

    encoding = "utf-8"

    def isatty(self) -> bool:  # noqa: D102
        return True


@pytest.mark.slow
@pytest.mark.parametrize(("plain", "has_colour"), [("", True), ("1", False)])
def test_colour_on_a_terminal_only_and_not_with_no_color(monkeypatch, plain, has_colour):
    monkeypatch.setenv("NO_COLOR", plain)
    monkeypatch.setenv("TERM", "xterm")
    screen = Terminal()
    monkeypatch.setattr("sys.stdout", screen)
    assert main(["show", "sqs"]) == 0
    assert ("\x1b[" in screen.getvalue()) == has_colour


@pytest.mark.parametrize(
    "arguments",
    [
        ["show", "sqs"],
        ["show", "rds", "aurora"],
        ["show", "rds", "--duty", "backup"],
        ["ask", "is s3 encrypted"],
    ],
)
@pytest.mark.slow  # the validator takes seconds to import
def test_json_is_valid_by_the_schema_of_the_package(capsys, arguments):
    from jsonschema import Draft202012Validator

    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(schema)
    answer = json.loads(printed(capsys, *arguments, "--format", "json"))
    assert list(Draft202012Validator(schema).iter_errors(answer)) == []
    assert answer["cells"]


def test_csv_has_the_cells_of_the_frame(capsys):
    rows = list(csv.DictReader(io.StringIO(printed(capsys, "ask", "s3 tls", "--format", "csv"))))
    found = find_answers("s3 tls")
    assert [row["offering_id"] for row in rows] == found["offering_id"].tolist()
    assert rows[0]["sources"].startswith("https://")


def test_markdown_is_one_row_per_cell(capsys):
    lines = printed(capsys, "show", "sqs", "--format", "md").splitlines()
    assert len(lines) == 2 + 28
    assert len({line.count(" | ") for line in lines if line.startswith("| ")}) == 1


@pytest.mark.parametrize(
    ("words", "title"),
    [
        ("EKS on Fargate", "EKS on Fargate ("),
        ("S3 bucket", "S3 general purpose bucket ("),
        ("rds aurora", "RDS DB instance and Aurora provisioned cluster differ"),
        ("ecs on fargatte", "ECS on Fargate ("),
        ("s3 bucket encryption", "  S3 general purpose bucket, Encryption at rest: "),
        ("rds backup", "  RDS DB instance, Backup: "),
    ],
)
def test_name_of_several_words_needs_no_quotes_and_may_end_with_a_duty(words, title, capsys):
    assert main(["show", *words.split()]) == 0
    assert capsys.readouterr().out.startswith(title)


def test_three_names_are_refused(capsys):
    assert main(["show", "rds", "aurora", "lambda"]) == 1
    assert "3 names given" in capsys.readouterr().err
