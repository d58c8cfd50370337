"""ARNs in a partition that is not known, or where AWS's list does not have the service."""

import json

import pandas as pd
import pytest

from srm_data.cli import main
from srm_data.estate import read_estate
from srm_data.estate.match import LISTED, describe_partitions
from tests.inventories import state_4, write

MAIL = "arn:{}:workmail:us-gov-west-1:123456789012:organization/m-1"
ABSENT = "an ARN in aws-us-gov, where AWS's list of endpoints does not have the service"
UNKNOWN = "an ARN in aws-usgov, a partition that is not known (misspelled?)"


def read_note(source) -> str:
    [row] = read_estate(source).to_dict("records")
    assert (row["status"], row["assumed"]) == ("recognised", False)
    return row["note"]


@pytest.mark.parametrize(
    ("partition", "note"), [("aws", ""), ("aws-us-gov", ABSENT), ("aws-usgov", UNKNOWN)]
)
@pytest.mark.parametrize("form", ["list", "frame", "csv", "ids", "json", "state"])
def test_arn_in_a_partition_of_which_the_service_is_not_listed_is_remarked_on(
    tmp_path, form, partition, note
):
    arn = MAIL.format(partition)
    source = {
        "list": lambda: [arn],
        "frame": lambda: pd.DataFrame({"arn": [arn]}),
        "csv": lambda: write(tmp_path, "a.csv", f"arn,region\n{arn},us-gov-west-1\n"),
        "ids": lambda: write(tmp_path, "a.csv", f"finding_id,service,resource_id\n1,WorkMail,{arn}\n"),
        "json": lambda: write(tmp_path, "a.json", json.dumps({"Resources": [{"Arn": arn}]})),
        "state": lambda: write(
            tmp_path, "a.tfstate", state_4(("aws_workmail_organization", {"arn": arn}))
        ),
    }[form]()
    assert read_note(source) == note


@pytest.mark.parametrize(
    ("found", "listed", "said"),
    [
        ("aws-us-gov; aws-cn", "commercial; GovCloud; China", ""),
        ("aws-us-gov", "", ""),
        ("aws-iso-b", "commercial", ""),
        ("hunter2", "", "an ARN in another place, a partition that is not known (misspelled?)"),
        ("aws-cn; aws-us-gov", "commercial", ABSENT.replace("aws-us-gov", "aws-cn and aws-us-gov")),
    ],
)
def test_blank_list_and_other_known_partitions_are_no_remark_and_odd_text_is_not_quoted(
    found, listed, said
):
    assert describe_partitions(found, listed) == said


def test_partitions_of_the_services_are_those_that_arns_can_name(shipped):
    named = {name for text in shipped["services"]["partitions"] for name in text.split("; ") if name}
    assert named == set(LISTED.values())


def test_remark_on_a_partition_stands_beside_others_and_on_the_screen(tmp_path, capsys):
    mail, bucket = MAIL.format("aws-us-gov"), "arn:aws-usgov:s3:::papers"
    path = write(tmp_path, "a.csv", f"arn,cost\n{mail},0\n{bucket},1\n")
    notes = read_estate(path).set_index("service_id")["note"]
    assert notes["workmail"] == f"costs nothing here: used at all?; {ABSENT}"
    assert main(["estate", str(path)]) == 0
    out = " ".join(capsys.readouterr().out.split())
    assert f"WorkMail ...: costs nothing here: used at all?; {ABSENT[:20]}" in out  # a line each
    assert f"S3 general ...: {UNKNOWN[:20]}" in out
