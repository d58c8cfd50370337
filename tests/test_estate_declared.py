"""What tools declare or export: Terraform source, Serverless, the CDK, Pulumi, the AWS CLI."""

import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import yaml

from srm_data.estate import list_offerings_in_use, read_estate
from srm_data.exceptions import EstateError, SkippedFileWarning


def write(path: Path, content: Any) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content if isinstance(content, str) else json.dumps(content))
    return path


def count(estate: pd.DataFrame) -> list[list[Any]]:
    columns = ["identifier", "offering_id", "rows", "assumed"]
    return sorted(estate[columns].to_numpy().tolist())


SOURCE = """
# a comment with { braces
variable "engine" {
  type    = string
  default = "aurora-postgresql"
}
resource "aws_rds_cluster" "main" {
  engine = var.engine /* a comment */
  tags = { Name = "x", Nested = { a = "}" } }
}
resource "aws_instance" "web" {
  count         = var.enabled ? 1 : 0
  ami           = data.aws_ami.linux.id
  user_data     = <<-EOF
    resource "aws_not_a_block" "x" {
  EOF
  instance_type = "t3.${lookup(var.sizes, "web")}"
}
data "aws_ami" "linux" {}
module "vpc" { source = "terraform-aws-modules/vpc/aws" }
resource "random_id" "x" {}
"""


def test_source_of_terraform_counts_every_resource_block_as_declared(tmp_path):
    estate = read_estate(write(tmp_path / "main.tf", SOURCE))
    assert count(estate) == [
        ["Terraform module", "", 1, False], ["aws_instance", "ec2-instance", 1, True],
        ["aws_rds_cluster", "aurora-provisioned", 1, False], ["random_id", "", 1, False],
    ]  # fmt: skip
    places = estate.set_index("identifier")["place"]
    assert places["aws_instance"] == "main.tf, aws_instance.web (declared)"


def test_default_of_a_variable_in_another_file_of_the_folder_is_looked_up(tmp_path):
    write(tmp_path / "variables.tf", 'variable "engine" {\n  default = "custom-oracle-ee"\n}\n')
    path = write(tmp_path / "main.tf", 'resource "aws_db_instance" "a" {\n  engine = var.engine\n}\n')
    assert count(read_estate(path)) == [["aws_db_instance", "rds-custom-oracle", 1, False]]


def test_source_in_json_is_read(tmp_path):
    document = {"resource": {"aws_ecs_service": {"a": {"launch_type": "FARGATE"}}, "aws_sqs_queue": {
        "b": {}, "c": {}}}}  # fmt: skip
    assert count(read_estate(write(tmp_path / "main.tf.json", document))) == [
        ["aws_ecs_service", "ecs-fargate", 1, False], ["aws_sqs_queue", "sqs", 2, False]
    ]  # fmt: skip


def test_source_whose_braces_do_not_fit_is_refused_with_its_line(tmp_path):
    with pytest.raises(EstateError, match=r"main.tf, line 3: unbalanced braces"):
        read_estate(write(tmp_path / "main.tf", 'resource "aws_instance" "a" {\n  ami = "secret"\n'))


def test_addresses_of_a_state_are_read_and_data_sources_left_out(tmp_path):
    text = (
        'module.a["x.y"].module.b[0].aws_sqs_queue.this\ndata.aws_ami.linux\naws_sqs_queue.b["k"]\n'
        "module.a.data.aws_caller_identity.me\nrandom_id.x\naws_kms_key.k\n"
    )
    assert count(read_estate(write(tmp_path / "state.txt", text))) == [
        ["aws_kms_key", "kms", 1, True], ["aws_sqs_queue", "sqs", 2, False],
            ["random_id", "", 1, False]
    ]  # fmt: skip


def test_serverless_declares_functions_their_api_and_resources(tmp_path):
    document = {
        "service": "shop", "provider": {"name": "aws"},
        "functions": {
            "a": {"handler": "a.b", "events": [{"http": "GET x"}, {"schedule": "rate(1 day)"}]},
            "b": {"image": "x", "events": [{"http": {"path": "y"}}, {"httpApi": "*"}]},
        },
        "resources": {"Resources": {"T": {"Type": "AWS::DynamoDB::Table", "Properties": {}}}},
    }  # fmt: skip
    estate = read_estate(write(tmp_path / "serverless.yml", yaml.safe_dump(document)))
    found = {tuple(row[:3]) for row in count(estate)}
    assert found == {
        ("AWS::ApiGateway::RestApi", "api-gateway-rest", 1), ("AWS::DynamoDB::Table", "dynamodb", 1),
        ("AWS::ApiGatewayV2::Api", "api-gateway-http", 1), ("AWS::Events::Rule", "eventbridge", 1),
        ("AWS::Lambda::Function", "lambda-container-image", 1),
            ("AWS::Lambda::Function", "lambda-zip", 1),
    }  # fmt: skip


def test_state_of_serverless_holds_the_compiled_template(tmp_path):
    template = {"Resources": {"Q": {"Type": "AWS::SQS::Queue"}}}
    document = {"service": {"provider": {"compiledCloudFormationTemplate": template}}, "package": {}}
    assert count(read_estate(write(tmp_path / "serverless-state.json", document))) == [
        ["AWS::SQS::Queue", "sqs", 1, False]
    ]


def write_assembly(folder: Path) -> None:
    nested = {"Resources": {"T": {"Type": "AWS::SNS::Topic"}}}
    stack = {"Resources": {
        "Q": {"Type": "AWS::SQS::Queue"},
        "N": {"Type": "AWS::CloudFormation::Stack", "Metadata": {"aws:asset:path": "n.template.json"},
              "Properties": {"TemplateURL": {"Fn::Sub": "https://x"}}}}}  # fmt: skip
    artifacts = {"S": {"type": "aws:cloudformation:stack", "properties": {
        "templateFile": "S.template.json"}}, "Tree": {"type": "cdk:tree"}}  # fmt: skip
    write(folder / "manifest.json", {"version": "36.0.0", "artifacts": artifacts})
    write(folder / "S.template.json", stack)
    write(folder / "n.template.json", nested)
    write(folder / "S.assets.json", {"version": "36.0.0", "files": {}})
    write(folder / "tree.json", {"version": "tree-0.1", "tree": {}})


def test_manifest_of_the_cdk_leads_to_its_templates_and_nested_stacks(tmp_path):
    write_assembly(tmp_path / "cdk.out")
    estate = read_estate(tmp_path / "cdk.out" / "manifest.json")
    assert [row[:3] for row in count(estate)] == [
        ["AWS::CloudFormation::Stack", "cloudformation", 1], ["AWS::SNS::Topic", "sns", 1],
        ["AWS::SQS::Queue", "sqs", 1], ["CDK stack", "", 1],
    ]  # fmt: skip


def test_folder_of_the_cdk_reads_every_template_once_and_passes_over_what_describes_them(tmp_path):
    write_assembly(tmp_path / "cdk.out")
    write(tmp_path / "cdk.out" / "cdk.out", {"version": "36.0.0"})
    write(tmp_path / "cdk.out" / "asset.1" / "package.json", {"name": "code", "dependencies": {}})
    estate = read_estate(tmp_path / "cdk.out", strict=True)
    assert estate["rows"].sum() == 3


def test_folder_of_the_cdk_that_lacks_a_template_is_not_read_completely(tmp_path):
    write_assembly(tmp_path / "cdk.out")
    (tmp_path / "cdk.out" / "S.template.json").unlink()
    with pytest.warns(SkippedFileWarning) as warned:
        read_estate(tmp_path / "cdk.out")
    lacking = "manifest.json: not read: 1 template that is named here, but not found in this folder"
    assert [str(one.message) for one in warned] == [f"{lacking}: artifacts.S"]
    with pytest.raises(EstateError, match=f"^not read completely:\n{lacking}: artifacts.S$"):
        read_estate(tmp_path / "cdk.out", strict=True)
    with pytest.warns(SkippedFileWarning, match="not found in this folder: artifacts.S"):
        read_estate(tmp_path / "cdk.out" / "manifest.json")


@pytest.mark.parametrize("address", ["gone.json", "https://x/gone.json", {"Fn::Sub": "https://${B}/a"}])
def test_template_of_a_nested_stack_that_is_not_here_is_not_read(tmp_path, address):
    stack = {"Type": "AWS::CloudFormation::Stack", "Properties": {"TemplateURL": address}}
    path = write(tmp_path / "a.json", {"Resources": {"N": stack}})
    with pytest.warns(SkippedFileWarning, match="^a.json: not read: 1 template .*: Resources.N$"):
        assert read_estate(path)["rows"].sum() == 1
    with pytest.raises(EstateError, match=r"Resources\.N"):
        read_estate(path, strict=True)


def test_template_of_a_nested_stack_in_a_bucket_may_be_among_the_files(tmp_path):
    properties = {"TemplateURL": "https://x/b.json"}
    stack = {"Type": "AWS::CloudFormation::Stack", "Properties": properties}
    write(tmp_path / "a.json", {"Resources": {"N": stack}})
    write(tmp_path / "b.json", {"Resources": {"T": {"Type": "AWS::SNS::Topic"}}})
    assert read_estate(tmp_path, strict=True)["rows"].sum() == 2


@pytest.mark.parametrize("address", ["b.json", "https://x/b.json"])
def test_template_counts_for_every_stack_that_uses_it_however_it_is_read(tmp_path, address):
    stack = {"Type": "AWS::CloudFormation::Stack", "Properties": {"TemplateURL": address}}
    inner = {"Type": "AWS::CloudFormation::Stack", "Properties": {"TemplateURL": "c.json"}}
    write(tmp_path / "a.json", {"Resources": {"M": stack, "N": stack, "O": stack}})
    write(tmp_path / "b.json", {"Resources": {"T": {"Type": "AWS::SNS::Topic"}, "I": inner}})
    write(tmp_path / "c.json", {"Resources": {"Q": {"Type": "AWS::SQS::Queue"}}})
    write(tmp_path / "d.json", {"Resources": {"N": stack}})
    paths = [tmp_path / "a.json", tmp_path / "d.json"]
    for source in (tmp_path, *([paths] if address == "b.json" else [])):
        resources = read_estate(source).set_index("offering_id")["resources"]
        assert resources[["sns", "sqs"]].tolist() == [4, 4]


def test_template_that_leads_to_itself_is_read_once(tmp_path):
    stack = {"Type": "AWS::CloudFormation::Stack", "Properties": {"TemplateURL": "a.json"}}
    path = write(tmp_path / "a.json", {"Resources": {"A": stack, "B": stack}})
    assert read_estate(path)["rows"].tolist() == [2]


def test_nested_stack_outside_of_the_folder_is_not_followed(tmp_path):
    write(tmp_path / "other.json", {"Resources": {"T": {"Type": "AWS::SNS::Topic"}}})
    stack = {"Type": "AWS::CloudFormation::Stack", "Properties": {"TemplateURL": "../other.json"}}
    path = write(tmp_path / "in" / "a.json", {"Resources": {"N": stack}})
    with pytest.warns(SkippedFileWarning, match="Resources.N"):
        assert read_estate(path)["rows"].sum() == 1


@pytest.mark.parametrize(("engine", "offering", "assumed"), [
    ({"Fn::FindInMap": ["Map", "prod", "engine"]}, "aurora-provisioned", False),
    ({"Fn::FindInMap": ["Map", {"Ref": "Stage"}, "engine"]}, "aurora-provisioned", False),
    ({"Fn::FindInMap": ["Map", {"Ref": "AWS::Region"}, "engine"]}, "aurora-provisioned", True),
    ({"Fn::If": ["IsProd", "aurora-mysql", "aurora-mysql"]}, "aurora-provisioned", False),
    ({"Fn::If": ["IsProd", "aurora-mysql", "mysql"]}, "rds-multi-az-db-cluster", True),
])  # fmt: skip
def test_mappings_and_defaults_are_looked_up_but_no_conditions(tmp_path, engine, offering, assumed):
    template = {
        "Parameters": {"Stage": {"Type": "String", "Default": "prod"}},
        "Mappings": {"Map": {"prod": {"engine": "aurora-mysql"}, "test": {"engine": "mysql"}}},
        "Resources": {"C": {"Type": "AWS::RDS::DBCluster", "Properties": {"Engine": engine}}},
    }
    estate = read_estate(write(tmp_path / "a.json", template))
    assert estate["assumed"].item() == assumed
    if not assumed:
        assert estate["offering_id"].item() == offering


def build_stack(*kinds: str) -> list[dict[str, Any]]:
    return [{"urn": f"urn:pulumi:a::b::{kind}::c", "type": kind, "custom": True} for kind in kinds]


def test_export_of_pulumi_is_read_in_terms_of_terraform_and_cloudformation(tmp_path):
    resources = build_stack(
        "aws:s3/bucketV2:BucketV2", "aws:ec2/instance:Instance",
            "aws:elasticbeanstalk/application:Application",
        "aws:cloudwatch/logGroup:LogGroup", "aws-native:sqs:Queue", "gcp:storage/bucket:Bucket",
        "pulumi:providers:aws",
    )  # fmt: skip
    resources += [
        {"type": "aws:ecs/service:Service", "custom": True, "outputs": {"launchType": "FARGATE"}},
        {"type": "awsx:ec2:Vpc", "custom": False},
        {"type": "aws:sns/topic:Topic", "custom": True, "delete": True},
    ]
    document = {"version": 3, "deployment": {"manifest": {}, "resources": resources}}
    assert [row[:3] for row in count(read_estate(write(tmp_path / "stack.json", document)))] == [
        ["AWS::SQS::Queue", "sqs", 1], ["aws_cloudwatch_log_group", "cloudwatch-logs", 1],
        ["aws_ecs_service", "ecs-fargate", 1],
            ["aws_elastic_beanstalk_application", "elastic-beanstalk", 1],
        ["aws_instance", "ec2-instance", 1], ["aws_s3_bucket", "s3-general-purpose", 1],
        ["awsx:ec2:Vpc", "", 1], ["gcp:storage/bucket:Bucket", "", 1],
    ]  # fmt: skip


def test_parts_belong_to_the_one_parent_that_is_certain(tmp_path):
    parts = {"L": {"Type": "AWS::ElasticLoadBalancingV2::Listener"},
             "G": {"Type": "AWS::ElasticLoadBalancingV2::TargetGroup"}}  # fmt: skip
    balancer = {"Type": "AWS::ElasticLoadBalancingV2::LoadBalancer", "Properties": {"Type": "network"}}
    alone = read_estate(write(tmp_path / "a.json", {"Resources": parts}))
    assert alone["assumed"].all()
    beside = read_estate(write(tmp_path / "b.json", {"Resources": parts | {"B": balancer}}))
    assert set(beside["offering_id"]) == {"network-load-balancer"}
    assert not beside["assumed"].any()


@pytest.mark.parametrize("kinds", [
    ("AWS::RDS::DBCluster", "AWS::RDS::DBSubnetGroup", "AWS::RDS::DBClusterParameterGroup"),
])  # fmt: skip
def test_subnet_group_beside_aurora_alone_is_auroras(tmp_path, kinds):
    cluster, *parts = kinds
    resources = {"C": {"Type": cluster, "Properties": {"Engine": "aurora-mysql"}}} | {
        f"P{number}": {"Type": kind} for number, kind in enumerate(parts)
    }
    estate = read_estate(write(tmp_path / "a.json", {"Resources": resources}))
    assert set(estate["offering_id"]) == {"aurora-provisioned"}
    assert set(estate["service_id"]) == {"aurora"}
    assert not estate["assumed"].any()


@pytest.mark.parametrize(("kind", "offering"), [
    ("AWS::WAF::WebACL", "waf-classic"), ("AWS::WAFRegional::Rule", "waf-classic"),
    ("AWS::KinesisAnalytics::Application", "kinesis-analytics-sql"),
    ("AWS::Greengrass::Group", "iot-greengrass-v1"),
        ("AWS::Bedrock::DataSource", "bedrock-knowledge-base"),
    ("AWS::CloudFormation::CustomResource", ""),
])  # fmt: skip
def test_type_that_was_wrong_though_certain_is_right(kind, offering):
    estate = read_estate([kind])
    assert (estate["offering_id"].item(), estate["assumed"].item()) == (offering, False)


@pytest.mark.parametrize("name", ["main.tf", "main.tf.json"])
def test_module_of_terraform_whose_folder_is_not_here_is_not_read(tmp_path, name):
    source = {"module": {"net": {"source": "./net"}, "more": {"source": "a/b/aws"}}}
    text = 'module "net" {\n source = "./net"\n}\nmodule "more" {\n source = "a/b/aws"\n}\n'
    write(tmp_path / name, source if name.endswith("json") else text)
    with pytest.warns(SkippedFileWarning, match=f"^{name}: not read: 1 module .*: module.net$"):
        assert read_estate(tmp_path)["rows"].sum() == 2
    with pytest.raises(EstateError, match=r"module\.net"):
        read_estate(tmp_path, strict=True)
    write(tmp_path / "net" / "main.tf", 'resource "aws_vpc" "a" {}\n')
    assert read_estate(tmp_path, strict=True)["rows"].sum() == 3


def test_parts_of_a_cluster_whose_kind_is_assumed_are_assumed_to_be_its_own(tmp_path):
    cluster = {"Engine": {"Ref": "Engine"}, "EngineMode": "serverless"}
    kinds = ["AWS::RDS::DBSubnetGroup", "AWS::RDS::EventSubscription"]
    resources = {"C": {"Type": "AWS::RDS::DBCluster", "Properties": cluster}}
    resources |= {f"P{number}": {"Type": kind} for number, kind in enumerate(kinds)}
    estate = read_estate(write(tmp_path / "a.json", {"Resources": resources}))
    [used] = list_offerings_in_use(estate).to_dict("records")
    assert (used["offering_id"], used["resources"]) == ("aurora-serverless-v2", 1)
    assert estate["assumed"].all()
