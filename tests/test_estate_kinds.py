"""Kinds of resources: every vocabulary gives the same kind the same offering."""

import pandas as pd
import pytest

from srm_data.estate import read_estate
from srm_data.estate.resource_types import is_belonging
from srm_data.offerings import find_offerings
from tests.inventories import state_4, write


@pytest.mark.parametrize("kind", ["awscc_kafkaconnect_connector", "aws-native:kafkaconnect:Connector"])
def test_type_of_the_cloud_control_provider_is_that_of_cloudformation(tmp_path, kind):
    if kind.startswith("awscc_"):
        path = write(tmp_path, "a.tfstate", state_4((kind, {})))
    else:
        path = write(tmp_path, "a.json", write_stack(kind))
    [row] = read_estate(path).to_dict("records")
    assert (row["offering_id"], row["names_offering"]) == ("msk-connect", True)


def write_stack(*kinds: str) -> dict[str, object]:
    """Return a Pulumi stack with a resource of each type."""
    resources = [{"urn": f"urn:pulumi:{kind}", "type": kind, "custom": True} for kind in kinds]
    return {"deployment": {"manifest": {}, "resources": resources}}


@pytest.mark.parametrize(
    ("kind", "service"),
    [
        ("route53recoverycontrol/cluster:Cluster", "application-recovery-controller"),
        ("bedrock/agentcoreGateway:AgentcoreGateway", "bedrock-agentcore"),
        ("chime/sdkvoiceSipRule:SdkvoiceSipRule", "chime-sdk"),
        ("costexplorer/costCategory:CostCategory", "billing-and-cost-management"),
        ("ec2/managedPrefixList:ManagedPrefixList", "vpc"),
        ("ec2/dedicatedHost:DedicatedHost", "ec2"),
        ("ec2transitgateway/instanceConnectEndpoint:InstanceConnectEndpoint", "ec2"),
        ("pinpoint/smsvoicev2PhoneNumber:Smsvoicev2PhoneNumber", "end-user-messaging"),
        ("ssm/contactsRotation:ContactsRotation", "incident-manager"),
    ],
)
def test_type_of_pulumi_is_that_of_terraform_though_modules_are_cut_otherwise(tmp_path, kind, service):
    [row] = read_estate(write(tmp_path, "a.json", write_stack(f"aws:{kind}"))).to_dict("records")
    assert row["service_id"] == service


@pytest.mark.parametrize(
    ("kind", "offering"),
    [
        ("opensearch/serverlessCollection:ServerlessCollection", "opensearch-serverless"),
        ("s3/vectorsIndex:VectorsIndex", "s3-vector-bucket"),
        ("docdb/elasticCluster:ElasticCluster", "documentdb-elastic"),
        ("apigateway/stage:Stage", "api-gateway-rest"),
        ("bedrock/agentKnowledgeBase:AgentKnowledgeBase", "bedrock-knowledge-base"),
        ("amp/scraper:Scraper", "managed-prometheus-collector"),
        ("rds/shardGroup:ShardGroup", "aurora-limitless"),
    ],
)
def test_type_of_pulumi_is_of_the_offering_that_its_prefix_in_terraform_tells(tmp_path, kind, offering):
    [row] = read_estate(write(tmp_path, "a.json", write_stack(f"aws:{kind}"))).to_dict("records")
    assert (row["offering_id"], row["assumed"]) == (offering, False)


def test_prefix_of_terraform_ends_where_a_word_ends(shipped):
    estate = read_estate(["aws_route53unheardof_thing", "aws_route_table"], tables=shipped)
    assert dict(zip(estate["identifier"], estate["service_id"], strict=True)) == {
        "aws_route53unheardof_thing": "", "aws_route_table": "vpc"
    }  # fmt: skip
    with pytest.raises(LookupError):
        find_offerings("aws_route53unheardof_thing")


def test_type_of_terraform_with_an_unknown_prefix_is_known_by_the_client_of_its_service(shipped):
    kinds = ["aws_deadline_farm", "aws_taxsettings_registration", "aws_unheardof_thing"]
    assert not shipped["aliases"]["identifier"].str.startswith("aws_deadline").any()
    estate = read_estate(kinds, tables=shipped).set_index("identifier")
    assert estate["status"].to_dict() == {
        kinds[0]: "recognised", kinds[1]: "not a service", kinds[2]: "unrecognised"
    }  # fmt: skip
    assert estate.loc[kinds[0], "service_id"] == "deadline-cloud"


def test_part_in_a_finding_is_a_part(shipped):
    kinds = ["AwsEc2SecurityGroup", "AwsEc2Vpc"]
    table = pd.DataFrame({"resourceType": [kinds[0], kinds[0], kinds[1]]})
    estate = read_estate(table, tables=shipped).set_index("identifier")
    assert estate.loc[kinds, "counted_by"].tolist() == ["part", "row"]


def test_long_name_that_only_begins_as_a_finding_takes_no_time():
    assert not is_belonging(f"Aws{'A' * 5000}-", ("subnet",))
