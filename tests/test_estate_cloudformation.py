"""CloudFormation: templates in YAML and JSON, nested stacks, SAM and macros."""

import pytest

from srm_data.estate import read_estate
from srm_data.exceptions import EstateError
from tests.inventories import found, write

TEMPLATE = """\
AWSTemplateFormatVersion: "2010-09-09"
Parameters:
  Engine: {Type: String, Default: aurora-mysql}
  Kind: {Type: String}
Resources:
  Database: {Type: "AWS::RDS::DBCluster", Properties: {Engine: !Ref Engine}}
  Cluster:
    Type: AWS::ECS::Service
    Properties:
      LaunchType: !Ref Kind
  Balancer: {Type: "AWS::ElasticLoadBalancingV2::LoadBalancer", Properties: {Name: !Sub "${X}"}}
  Child:
    Type: AWS::CloudFormation::Stack
    Properties: {TemplateURL: !Join ["", [a, !GetAtt B.C]]}
  Own: {Type: "Custom::Thing"}
  Function:
    Type: AWS::Serverless::Function
    Condition: Always
    Properties: {PackageType: Image}
  Fn::ForEach::Topics:
    - Name
    - [a, b, c]
    - Topic${Name}: {Type: "AWS::SNS::Topic"}
"""


def test_template_in_yaml_with_short_tags_nested_stacks_and_sam(tmp_path):
    estate = read_estate(write(tmp_path, "stack.yaml", TEMPLATE))
    assert found(estate) == {
        "Fn::ForEach": ("", 1),
        "AWS::CloudFormation::Stack": ("cloudformation", 1),
        "AWS::ECS::Service": ("ecs-ec2", 1),
        "AWS::ElasticLoadBalancingV2::LoadBalancer": ("application-load-balancer", 1),
        "AWS::RDS::DBCluster": ("aurora-provisioned", 1),
        "AWS::Serverless::Function": ("lambda-container-image", 1),
        "Custom::Thing": ("", 1),
    }
    by_id = estate.set_index("identifier")
    assert "nested stack" in by_id.loc["AWS::CloudFormation::Stack", "place"]
    assert by_id.loc["Custom::Thing", "status"] == "not a service"
    assert by_id.loc["AWS::ECS::Service", "assumed"], "the launch type is a parameter without default"
    assert not by_id.loc["AWS::RDS::DBCluster", "assumed"]


@pytest.mark.parametrize("text", ["provider:\n  name: aws\n", "a: [1, 2]\n"])
def test_yaml_that_is_no_template_is_refused_not_taken_for_a_list(tmp_path, text):
    with pytest.raises(EstateError, match=r"pod.yml: JSON or YAML of no known kind, with"):
        read_estate(write(tmp_path, "pod.yml", text))


def test_globals_of_sam_hold_for_its_functions_and_macros_are_set_apart(tmp_path):
    document = {
        "Transform": "AWS::Serverless-2016-10-31",
        "Globals": {"Function": {"Runtime": "provided.al2023"}},
        "Parameters": ["odd"],
        "Resources": {
            "A": {"Type": "AWS::Serverless::Function"},
            "B": {"Type": "AWS::Serverless::Function", "Properties": {"Runtime": "python3.13"}},
            "Fn::Transform": {"Name": "AWS::Include"},
        },
    }
    estate = read_estate(write(tmp_path, "sam.json", document))
    assert sorted(estate["offering_id"]) == ["", "lambda-os-only-runtime", "lambda-zip"]


@pytest.mark.parametrize(
    "engine", [{}, {"Engine": {"Fn::GetAtt": ["C", "Engine"]}}, {"Engine": "aurora-mysql"}]
)
def test_instance_in_a_cluster_of_a_template_is_of_aurora(tmp_path, engine):
    instance = {"DBClusterIdentifier": {"Ref": "C"}, "DBInstanceClass": "db.r6g.large"} | engine
    resources = {"I": {"Type": "AWS::RDS::DBInstance", "Properties": instance}}
    estate = read_estate(write(tmp_path, "a.json", {"Resources": resources}))
    assert estate[["offering_id", "assumed"]].to_numpy().tolist() == [["aurora-provisioned", False]]


def test_instance_that_may_be_in_a_cluster_is_assumed(tmp_path):
    cluster = {"Fn::If": ["InCluster", {"Ref": "C"}, {"Ref": "AWS::NoValue"}]}
    instance = {"Type": "AWS::RDS::DBInstance", "Properties": {"DBClusterIdentifier": cluster}}
    estate = read_estate(write(tmp_path, "a.json", {"Resources": {"I": instance}}))
    assert estate[["offering_id", "assumed"]].to_numpy().tolist() == [["rds-db-instance", True]]


def test_unknown_class_of_an_instance_leaves_open_only_how_aurora_runs(tmp_path):
    properties = {"Engine": "aurora-mysql", "DBInstanceClass": {"Ref": "Size"}}
    template = {
        "Parameters": {"Size": {"Type": "String"}},
        "Resources": {"I": {"Type": "AWS::RDS::DBInstance", "Properties": properties}},
    }
    estate = read_estate(write(tmp_path, "a.json", template))
    assert estate[["offering_id", "assumed", "alternatives"]].to_numpy().tolist() == [
        ["aurora-provisioned", True, "aurora-serverless-v2"]
    ]
    properties["Engine"] = "postgres"
    estate = read_estate(write(tmp_path, "a.json", template))
    assert estate[["offering_id", "assumed"]].to_numpy().tolist() == [["rds-db-instance", False]]
