"""Tags of resources say their environment, application and owner, in every kind of inventory."""

import json

import pandas as pd
import pytest

from srm_data.estate import list_offerings_in_use, read_estate
from srm_data.estate.tags import SECRET
from tests.inventories import ARN, write

PAIRS = [{"Key": "Environment", "Value": "prod"}, {"Key": "app-owner", "Value": "Web"}]


@pytest.mark.parametrize(
    "tags",
    [
        {"Environment": "prod", "app-owner": "Web"},
        PAIRS,
        [{"Value": "7", "Key": "x"}, *PAIRS],
        "Environment=prod | app-owner=Web",
        "{user:environment=prod, user:app-owner=Web}",
    ],
)
def test_column_of_tags_says_environment_and_owner_in_any_notation(tags):
    rows = pd.DataFrame({"arn": [ARN], "tags": [tags if isinstance(tags, str) else json.dumps(tags)]})
    used = list_offerings_in_use(read_estate(rows))
    assert used.loc[0, ["environment", "owner"]].tolist() == ["prod", "Web"]


@pytest.mark.parametrize("header", ["Tag: Environment", "resourceTags/user:Environment"])
def test_column_of_one_tag_says_the_environment(header):
    estate = read_estate(pd.DataFrame({"arn": [ARN], header: ["prod"], "owner": ["Web"]}))
    assert estate.loc[0, ["environment", "owner"]].tolist() == ["prod", "Web"]


def test_documents_say_it_by_their_tags_and_show_no_secret(tmp_path):
    secret = {"Key": "Owner", "Value": "password=Kq8zW2vX9pLm4RtY"}
    entries = [{"ResourceARN": ARN, "Tags": [*PAIRS, secret]}]
    estate = read_estate(write(tmp_path, "a.json", {"ResourceTagMappingList": entries}))
    assert estate.loc[0, ["environment", "owner"]].tolist() == ["prod", SECRET]


def test_expression_of_a_template_is_no_environment(tmp_path):
    queue = {"Type": "AWS::SQS::Queue", "Properties": {"Tags": [{"Key": "env", "Value": "${Env}"}]}}
    assert (
        read_estate(write(tmp_path, "a.json", {"Resources": {"a": queue}})).loc[0, "environment"] == ""
    )
