"""Listings: answers of AWS's tools that hold ARNs, and findings of scanners."""

import pytest

from srm_data.estate import read_estate
from srm_data.exceptions import SkippedFileWarning, UnknownKindError
from tests.inventories import ACCOUNT, ARN, found, write


def test_listings_of_nothing_and_findings_without_resource_lose_no_row(tmp_path):
    for empty in ({"ResourceTagMappingList": []}, {"Results": []}, {"format_version": "1.0"}):
        assert read_estate(write(tmp_path, "empty.json", empty)).empty
    finding = {"finding_info": {"uid": "1"}, "resources": []}
    estate = read_estate(write(tmp_path, "ocsf.json", [finding]))
    assert estate.loc[0, ["status", "rows"]].tolist() == ["not a service", 1]


def test_finding_without_arn_names_its_type_or_else_its_group(tmp_path):
    resources = [
        {"uid": "x", "type": "AwsEc2Instance"},
        {"uid": "x", "type": "Other", "group": {"name": "sqs"}},
    ]
    estate = read_estate(write(tmp_path, "ocsf.json", [{"resources": resources}]))
    assert found(estate) == {"AwsEc2Instance": ("ec2-instance", 1), "sqs": ("sqs", 1)}


@pytest.mark.parametrize(
    "listing",
    [
        {"Resources": [{"Arn": ARN, "ResourceType": "dynamodb:table", "Service": "dynamodb"}]},
        {"ResourceTagMappingList": [{"ResourceARN": ARN, "Tags": []}]},
        {"ResourceIdentifiers": [{"ResourceArn": ARN, "ResourceType": "dynamodb:table"}]},
        [{"resources": [{"uid": ARN, "type": "Other"}], "cloud": {"provider": "aws"}}],
        {"Findings": [{"Id": "f", "Resources": [{"Id": ARN, "Type": "AwsDynamoDbTable"}]}]},
        [{"arn": ARN, "title": "papers"}],
    ],
    ids=["resource explorer", "tagging", "groups", "ocsf", "findings", "steampipe"],
)
def test_listings_of_arns_are_read(tmp_path, listing):
    estate = read_estate(write(tmp_path, "list.json", listing))
    assert found(estate) == {"dynamodb:table": ("dynamodb", 1)}
    assert estate.loc[0, ["accounts", "regions"]].tolist() == [ACCOUNT, "eu-west-1"]


def test_cells_of_steampipe_may_have_objects_beside_what_names_the_resource(tmp_path):
    rows = [{"arn": ARN, "tags": {"team": "a"}}, {"arn": f"{ARN}2", "tags": None}]
    answer = {"columns": [{"name": "arn", "data_type": "text"}], "rows": rows}
    assert found(read_estate(write(tmp_path, "rows.json", answer))) == {
        "dynamodb:table": ("dynamodb", 2)
    }
    answer["rows"] = [{"resource_type": {"a": "b"}}]
    with pytest.raises(UnknownKindError):
        read_estate(write(tmp_path, "rows.json", answer))


def test_findings_of_another_cloud_are_set_apart(tmp_path):
    finding = {"resources": [{"uid": "/subscriptions/1", "type": "vm"}], "cloud": {"provider": "azure"}}
    estate = read_estate(write(tmp_path, "ocsf.json", [finding]))
    assert estate.loc[0, ["status", "note"]].tolist() == [
        "not a service",
        "a resource of another cloud: azure",
    ]


def test_prowler_csv_names_the_resource_or_else_the_service(tmp_path):
    text = f"CHECK_ID;SERVICE_NAME;RESOURCE_UID;PROVIDER\na;dynamodb;{ARN};aws\nb;sqs;<none>;aws\n"
    estate = read_estate(write(tmp_path, "prowler.csv", text))
    assert found(estate) == {"dynamodb:table": ("dynamodb", 1), "sqs": ("sqs", 1)}


def test_settings_and_state_beside_an_arn_are_read(tmp_path):
    instance = f"arn:aws:ec2:eu-west-1:{ACCOUNT}:instance"
    rows = [
        {"arn": f"{instance}/a", "instance_type": "mac2.metal", "instance_state": "running"},
        {"arn": f"{instance}/b", "instance_type": "m5.large", "instance_state": "terminated"},
    ]
    estate = read_estate(write(tmp_path, "rows.json", rows))
    assert estate.set_index("offering_id")["note"].to_dict() == {
        "ec2-mac": "",
        "": "deleted, by its own state",
    }


def test_every_known_list_of_a_document_is_read_and_the_others_are_named(tmp_path):
    answer = {
        "Vpcs": [{"VpcId": "v"}], "Functions": [{"FunctionName": "f", "PackageType": "Zip"}],
        "Fleets": [{"FleetId": "a"}, {"FleetId": "b"}], "hunter2 1": [{"a": 1}],
        "Users": [{"email": "a@b"}],
    }  # fmt: skip
    with pytest.warns(SkippedFileWarning) as warned:
        estate = read_estate(write(tmp_path, "all.json", answer))
    assert sorted(estate["offering_id"]) == ["lambda-zip", "vpc"]
    assert [str(one.message) for one in warned] == [
        "all.json: not read: not known as a list of resources: Users (1 entry), Fleets (2 entries), "
        "a list (1 entry)"
    ]


def test_details_of_an_account_list_its_users_roles_groups_and_policies(tmp_path):
    details = {
        "UserDetailList": [{"UserName": "a"}], "GroupDetailList": [{"GroupName": "b"}],
        "RoleDetailList": [{"RoleName": "c"}], "Policies": [{"PolicyName": "d"}],
    }  # fmt: skip
    assert read_estate(write(tmp_path, "iam.json", details), strict=True)["rows"].sum() == 4


@pytest.mark.parametrize(
    "thing", [f"arn:aws:iam::{ACCOUNT}:root", ACCOUNT, f"AWS::::Account:{ACCOUNT}"]
)
def test_finding_about_the_account_is_about_no_resource(tmp_path, thing):
    resources = [{"uid": thing, "type": "Other", "group": {"name": "iam"}}]
    finding = {"finding_info": {"uid": "1"}, "resources": resources, "status_code": "PASS"}
    [row] = read_estate(write(tmp_path, "ocsf.json", [finding])).to_dict("records")
    assert row["note"] == "a finding about the account as a whole, not a resource"


def test_entry_between_others_of_its_list_needs_no_proof_of_its_own(tmp_path):
    rules = {"Rules": [{"Name": "a", "EventPattern": "{}"}, {"Name": "b", "ScheduleExpression": "x"}]}
    assert found(read_estate(write(tmp_path, "rules.json", rules))) == {
        "AWS::Events::Rule": ("eventbridge", 2)
    }


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        ({"Role": {"RoleName": "a", "Arn": "arn:aws:iam::111122223333:role/a"}}, "AWS::IAM::Role"),
        ({"DomainStatus": {"DomainId": "1/a", "ARN": "arn:aws:es:eu-west-1:111122223333:domain/a"}},
         "AWS::OpenSearchService::Domain"),
    ],
)  # fmt: skip
def test_answer_about_one_resource_is_read(tmp_path, answer, kind):
    [row] = read_estate(write(tmp_path, "a.json", answer)).to_dict("records")
    assert (row["identifier"], row["resources"], row["assumed"]) == (kind, 1, False)
