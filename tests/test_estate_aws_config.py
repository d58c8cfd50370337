"""AWS Config: snapshots, queries, history and counts."""

import json

import pytest

from srm_data.estate import read_estate
from tests.inventories import ACCOUNT, found, write


def test_json_with_a_comma_too_many_is_read(tmp_path):
    text = '[{"resourceType": "AWS::SQS::Queue", "arn": "a,]",},\n]'
    assert found(read_estate(write(tmp_path, "query.json", text))) == {"AWS::SQS::Queue": ("sqs", 1)}


@pytest.mark.parametrize(
    "wrap",
    [
        lambda item: {"fileVersion": "1.0", "configurationItems": [item]},
        lambda item: {"baseConfigurationItems": [item]},
        lambda item: {"Results": [json.dumps(item)]},
        lambda item: [item],
        lambda item: item,
    ],
    ids=["snapshot", "batch", "advanced query", "list", "single"],
)
def test_every_form_of_aws_config_is_read(tmp_path, wrap):
    item = {
        "resourceType": "AWS::Lambda::Function", "resourceId": "f", "accountId": ACCOUNT,
        "awsRegion": "eu-west-1", "configuration": '{"packageType": "Zip", "runtime": "go1.x"}',
    }  # fmt: skip
    estate = read_estate(write(tmp_path, "config.json", wrap(item)))
    assert found(estate) == {"AWS::Lambda::Function": ("lambda-zip", 1)}
    assert estate.loc[0, ["accounts", "regions"]].tolist() == [ACCOUNT, "eu-west-1"]


def test_history_counts_a_resource_once_and_a_deleted_one_not_at_all(tmp_path):
    item = {"resourceType": "AWS::SQS::Queue", "resourceId": "a", "configurationItemStatus": "OK"}
    gone = item | {"resourceId": "b", "configurationItemStatus": "ResourceDeleted"}
    estate = read_estate(write(tmp_path, "h.json", {"configurationItems": [item, item, gone]}))
    assert estate.groupby("status")["rows"].sum().to_dict() == {
        "not a service": 2,
        "recognised": 1,
    }


@pytest.mark.parametrize(
    "counts",
    [
        {"resourceCounts": [{"resourceType": "AWS::SQS::Queue", "count": 7}]},
        {"Results": ['{"COUNT(*)": 7, "resourceType": "AWS::SQS::Queue"}']},
        {"GroupedResourceCounts": [{"GroupName": "AWS::SQS::Queue", "ResourceCount": 7}]},
    ],
)
def test_counts_of_aws_config_count(tmp_path, counts):
    assert found(read_estate(write(tmp_path, "c.json", counts))) == {"AWS::SQS::Queue": ("sqs", 7)}


@pytest.mark.parametrize(
    ("selected", "captured", "assumed"),
    [
        ({}, "", True),
        ({"configuration": {"memorySize": 128}}, "", True),
        ({"configuration": {"packageType": "Zip"}}, "", False),
        ({"configuration": {"memorySize": 128}}, "2026-01-01T00:00:00Z", False),
    ],
)
def test_setting_that_a_query_did_not_select_stays_open(tmp_path, selected, captured, assumed):
    item = {"resourceType": "AWS::Lambda::Function", "resourceId": "f"} | selected
    item |= {"configurationItemCaptureTime": captured} if captured else {}
    [row] = read_estate(write(tmp_path, "query.json", [item])).to_dict("records")
    assert (row["offering_id"], row["assumed"]) == ("lambda-zip", assumed)


@pytest.mark.parametrize(
    "gone",
    [
        {"configurationItemStatus": "OK", "configuration": {"state": {"name": "terminated"}}},
        {"configuration": '{"State": {"Name": "shutting-down"}}'},
        {"configuration.state.name": "terminated"},
    ],
)
def test_resource_that_its_configuration_calls_terminated_is_not_in_use(tmp_path, gone):
    item = {"resourceType": "AWS::EC2::Instance", "resourceId": "a"}
    stopped = item | {"resourceId": "b", "configuration": {"state": {"name": "stopped"}}}
    estate = read_estate(write(tmp_path, "config.json", [item | gone, stopped]))
    assert dict(zip(estate["status"], estate["note"], strict=True)) == {
        "not a service": "deleted, by its own state",
        "recognised": "",
    }


def test_settings_in_flat_keys_of_a_query_decide_as_nested_ones_do(tmp_path):
    item = {"resourceType": "AWS::EC2::Instance", "resourceId": "a"}
    flat = item | {"configuration.instanceType": "mac2.metal"}
    estate = read_estate(write(tmp_path, "query.json", [flat]))
    assert found(estate) == {"AWS::EC2::Instance": ("ec2-mac", 1)}
