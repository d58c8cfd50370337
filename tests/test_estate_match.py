"""Matching: which offering an identifier means, what is assumed, and what is not guessed."""

from pathlib import Path

import pandas as pd
import pytest

from srm_data.estate import list_offerings_in_use, read_estate
from tests.inventories import state_4, template, write

NAMES = pd.read_csv(Path(__file__).with_name("estate_names.csv"), dtype=str, keep_default_na=False)
"""Names as people and programs write them: what each means, alone or beside another row."""


@pytest.mark.parametrize("row", NAMES.to_dict("records"), ids=lambda row: row["name"])
def test_name_means_what_the_table_of_names_says(shipped, row):
    names = [row["name"], *([row["beside"]] if row["beside"] else [])]
    found = read_estate(names, tables=shipped).set_index("identifier").loc[row["name"]]
    assert found[["status", "offering_id"]].tolist() == [row["status"], row["offering_id"]]
    assert found["assumed"] == (row["assumed"] == "yes")
    assert {row["alternative"]} <= {"", *found["alternatives"].split("; ")}
    assert found["note"].startswith(row["note"])


def test_everyday_name_is_assumed_and_its_other_meanings_are_named(tables):
    estate = read_estate(["sport"], tables=tables)
    assert estate[["offering_id", "assumed"]].to_numpy().tolist() == [["run-home", True]]
    assert estate["alternatives"].tolist() == ["paint; run-far"]


def test_word_of_other_clouds_is_not_taken_for_a_service_but_explained(tables):
    estate = read_estate(["things"], tables=tables)
    assert estate[["status", "note"]].to_numpy().tolist() == [["unrecognised", "may mean: run-home"]]


SETTINGS = [
    ("aws_ecs_service", {"launch_type": "EC2"}, "ecs-ec2"),
    ("aws_ecs_service", {"launch_type": "EXTERNAL"}, "ecs-anywhere"),
    ("aws_ecs_service", {"capacity_provider_strategy": [{"capacity_provider": "FARGATE_SPOT"}]},
     "ecs-fargate"),
    ("aws_eks_cluster", {"compute_config": [{"enabled": True}]}, "eks-auto-mode"),
    ("aws_eks_cluster", {"compute_config": [{"enabled": False}]}, "eks-managed-node-groups"),
    ("aws_eks_node_group", {}, "eks-managed-node-groups"),
    ("aws_lambda_function", {"package_type": "Image"}, "lambda-container-image"),
    ("aws_lambda_function", {"runtime": "provided.al2023"}, "lambda-os-only-runtime"),
    ("aws_lambda_function", {"package_type": "Zip", "runtime": "python3.13"}, "lambda-zip"),
    ("aws_db_instance", {"engine": "custom-oracle-ee"}, "rds-custom-oracle"),
    ("aws_db_instance", {"engine": "postgres"}, "rds-db-instance"),
    ("aws_rds_cluster", {"engine": "aurora", "serverlessv2_scaling_configuration": [{"min": 1}]},
     "aurora-serverless-v2"),
    ("aws_rds_cluster", {"engine": "mysql"}, "rds-multi-az-db-cluster"),
    ("aws_batch_compute_environment", {"compute_resources": [{"type": "SPOT"}]}, "batch-ec2"),
    ("aws_nat_gateway", {}, "nat-gateway"),
    ("aws_instance", {"source_dest_check": False, "instance_type": "t3.nano"}, "nat-instance"),
    ("aws_instance", {"source_dest_check": True, "instance_type": "m5.metal"}, "ec2-bare-metal"),
    ("aws_emr_cluster", {}, "emr-ec2"),
    ("aws_vpc_endpoint", {"vpc_endpoint_type": "Interface"}, "vpc-endpoint"),
    ("AWS::EKS::Cluster", {"RemoteNetworkConfig": {"RemoteNodeNetworks": [1]}}, "eks-hybrid-nodes"),
    ("AWS::MSK::Cluster", {"BrokerNodeGroupInfo": {"InstanceType": "express.m7g.large"}},
     "msk-express-brokers"),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "settings", "offering"), SETTINGS)
def test_settings_decide_the_variant(tmp_path, kind, settings, offering):
    if kind.startswith("aws_"):
        path = write(tmp_path, "a.tfstate", state_4((kind, settings)))
    else:
        path = write(tmp_path, "a.json", template(A={"Type": kind, "Properties": settings}))
    estate = read_estate(path)
    assert estate["offering_id"].tolist() == [offering]
    is_open = kind == "aws_eks_cluster" and offering == "eks-managed-node-groups"
    assert estate["assumed"].item() == (is_open or offering == "nat-instance")


@pytest.mark.parametrize(
    ("cell", "offerings"),
    [
        ("Amazon RDS / Aurora", {"rds-db-instance", "aurora-provisioned"}),
        ("Aurora & RDS", {"rds-db-instance", "aurora-provisioned"}),
        ("ALB/NLB", {"application-load-balancer", "network-load-balancer"}),
        ("RDS (Postgres) / Aurora", {"rds-db-instance", "aurora-provisioned"}),
        ("S3/Glacier", {"s3-general-purpose", "s3-glacier-vault"}),
        ("RDS Aurora", {"aurora-provisioned"}),
        ("Directory Service / AD Connector", {"directory-service-ad-connector"}),
        ("Cost and Usage Report", {"billing-and-cost-management"}),
        ("EKS and Fargate", {"eks-fargate"}),
    ],
)
def test_services_with_a_sign_between_them_are_two_though_both_words_are_a_name(cell, offerings):
    assert set(read_estate([cell])["offering_id"]) == offerings


def test_identifier_that_means_two_services_is_not_guessed(tables):
    tables["aliases"].loc[len(tables["aliases"])] = ["cur-product-code", "Jog", "paint", ""]
    estate = read_estate(["jog"], tables=tables)
    assert estate[["status", "note"]].to_numpy().tolist() == [["unrecognised", "may mean: run; paint"]]


def test_part_of_an_api_of_version_two_belongs_to_the_api_beside_it(tmp_path):
    text = (
        "Resources:\n"
        "  A: {Type: 'AWS::ApiGatewayV2::Api', Properties: {ProtocolType: WEBSOCKET}}\n"
        "  B: {Type: 'AWS::ApiGatewayV2::Stage'}\n"
        "  C: {Type: 'AWS::ApiGateway::RestApi'}\n"
    )
    estate = read_estate(write(tmp_path, "a.yaml", text)).set_index("identifier")
    assert estate.loc["AWS::ApiGatewayV2::Stage", "offering_id"] == "api-gateway-websocket"
    assert not estate["assumed"].any()


def test_each_unknown_name_has_the_names_that_it_may_be_a_misspelling_of(shipped):
    names = ["Amazon Sqz", "amazon sqz", "Unser Portal", "Amazon DynamoDBB", "x" * 200]
    notes = read_estate(names, tables=shipped).set_index("identifier")["note"]
    assert "Amazon SQS" in notes["Amazon Sqz"]
    assert notes["amazon sqz"] == notes["Amazon Sqz"]
    assert notes["Amazon DynamoDBB"].startswith("nearest: Amazon DynamoDB")
    assert not notes["Unser Portal"]
    assert "nearest" not in notes["x" * 200]


@pytest.mark.parametrize(
    ("name", "others"),
    [
        ("arn:aws:lambda:eu-west-1:111122223333:function:g", 2),
        ("AWS::Lambda::Function", 1),
        ("aws_lambda_function", 1),
    ],
)
def test_resource_whose_offering_is_open_is_no_part_of_one_that_is_certain(tmp_path, name, others):
    function = {"FunctionName": "f", "FunctionArn": "x", "PackageType": "Image"}
    known = write(tmp_path, "a.json", {"Functions": [function]})
    names = [f"{name}{number}" for number in range(others)] if others > 1 else [name]
    estate = read_estate([known, write(tmp_path, "b.txt", "\n".join(names))])
    [used] = list_offerings_in_use(estate).to_dict("records")
    assert (used["offering_id"], used["resources"]) == ("lambda-container-image", 1 + others)
    assert used["assumed"] == others == estate.loc[estate["assumed"], "resources"].sum()
    assert estate["resources"].sum() == used["resources"]


def test_number_of_resources_whose_offering_is_open_is_counted_beside_one_that_is_certain(tmp_path):
    known = write(tmp_path, "a.tfstate", state_4(("aws_ecs_service", {"launch_type": "FARGATE"})))
    table = write(tmp_path, "b.csv", "type,count\nAWS::ECS::Service,5\nAWS::ECS::Cluster,2\n")
    [used] = list_offerings_in_use(read_estate([known, table])).to_dict("records")
    assert (used["offering_id"], used["resources"], used["assumed"]) == ("ecs-fargate", 6, 5)


def test_address_in_a_state_list_is_assumed_if_its_settings_decide(tmp_path):
    text = "aws_vpc_endpoint.s3\naws_kms_custom_key_store.hsm\naws_sqs_queue.q\n"
    estate = read_estate(write(tmp_path, "a.txt", text)).set_index("identifier")
    assert estate["assumed"].to_dict() == {
        "aws_kms_custom_key_store": True, "aws_sqs_queue": False, "aws_vpc_endpoint": True
    }  # fmt: skip


def test_setting_that_depends_on_an_open_condition_leaves_the_offering_open(tmp_path):
    def choose(first, second):
        return {"Fn::If": ["InProduction", first, second]}

    path = write(
        tmp_path,
        "a.json",
        template(
            A={"Type": "AWS::EC2::VPCEndpoint",
               "Properties": {"VpcEndpointType": choose("Interface", "Gateway")}},
            B={"Type": "AWS::EC2::Instance",
               "Properties": {"InstanceType": choose("m5.metal", "m5.large")}},
            C={"Type": "AWS::EC2::Instance", "Properties": {"InstanceType": "m5.large"}},
        ),
    )  # fmt: skip
    estate = read_estate(path)
    rows = estate[["identifier", "offering_id", "assumed"]].to_numpy().tolist()
    assert sorted(rows) == [
        ["AWS::EC2::Instance", "ec2-instance", False], ["AWS::EC2::Instance", "ec2-instance", True],
        ["AWS::EC2::VPCEndpoint", "vpc-endpoint", True],
    ]  # fmt: skip


def test_description_that_has_all_settings_proves_what_is_not_set(tmp_path):
    systems = [{"FileSystemId": "fs-1"}, {"FileSystemId": "fs-2", "AvailabilityZoneName": "eu-west-1a"}]
    estate = read_estate(write(tmp_path, "a.json", {"FileSystems": systems}))
    assert sorted(estate["offering_id"]) == ["efs", "efs-one-zone"]
    assert not estate["assumed"].any()


@pytest.mark.parametrize(
    ("status", "offerings"),
    [("ENABLED", ["guardduty", "guardduty-runtime-monitoring"]), ("DISABLED", ["guardduty"])],
)
def test_feature_of_guardduty_is_in_use_only_if_it_is_enabled(tmp_path, status, offerings):
    feature = {"name": "RUNTIME_MONITORING", "status": status}
    state = state_4(("aws_guardduty_detector", {}), ("aws_guardduty_detector_feature", feature))
    estate = read_estate(write(tmp_path, "a.tfstate", state))
    assert sorted(set(estate["offering_id"])) == offerings
    assert not estate["assumed"].any()


@pytest.mark.parametrize(
    ("monitoring", "offering"),
    [("ENABLED", "guardduty-runtime-monitoring"), ("DISABLED", "guardduty")],
)
def test_name_and_status_of_a_feature_are_those_of_one_block(tmp_path, monitoring, offering):
    features = [
        {"Name": "S3_DATA_EVENTS", "Status": "ENABLED"},
        {"Name": "RUNTIME_MONITORING", "Status": monitoring},
    ]
    detector = {"Type": "AWS::GuardDuty::Detector", "Properties": {"Features": features}}
    estate = read_estate(write(tmp_path, "a.json", template(A=detector)))
    assert estate[["offering_id", "assumed"]].to_numpy().tolist() == [[offering, False]]


def test_detector_that_is_switched_off_is_not_in_use(tmp_path):
    state = state_4(("aws_guardduty_detector", {"enable": False}))
    [row] = read_estate(write(tmp_path, "a.tfstate", state)).to_dict("records")
    assert (row["status"], row["note"]) == ("not a service", "switched off, by its own setting")


@pytest.mark.parametrize(
    ("kind", "settings", "offering"),
    [
            ("DBInstances", {"Engine": "postgres", "DBClusterIdentifier": "c"},
             "rds-multi-az-db-cluster"),
            ("DBInstances", {"Engine": "postgres"}, "rds-db-instance"),
            ("DBInstances", {"Engine": "aurora-mysql", "DBClusterIdentifier": "c"},
             "aurora-provisioned"),
            ("DBInstances", {"Engine": "docdb", "DBInstanceClass": "db.serverless"},
             "documentdb-serverless"),
            ("DBClusters", {"Engine": "docdb"}, "documentdb-instance-based"),
            ("DBClusters", {"Engine": "neptune", "ServerlessV2ScalingConfiguration": {"Min": 1}},
             "neptune-serverless"),
        ],
)  # fmt: skip
def test_engine_and_another_setting_decide_together(tmp_path, kind, settings, offering):
    estate = read_estate(write(tmp_path, "a.json", {kind: [settings]}))
    assert estate[["offering_id", "assumed"]].to_numpy().tolist() == [[offering, False]]


def test_endpoint_of_sagemaker_follows_its_configuration_and_is_counted_once(tmp_path):
    variants = [{"serverless_config": [{"max_concurrency": 1}]}]
    state = state_4(
        ("aws_sagemaker_endpoint_configuration", {"production_variants": variants}),
        ("aws_sagemaker_endpoint", {"endpoint_config_name": "c"}),
    )
    used = list_offerings_in_use(read_estate(write(tmp_path, "a.tfstate", state)))
    assert used[["offering_id", "resources"]].to_numpy().tolist() == [
        ["sagemaker-serverless-inference", 1]
    ]


def test_certificate_that_amazon_issued_is_public_beside_an_imported_one(tmp_path):
    listed = [{"Type": "AMAZON_ISSUED"}, {"Type": "IMPORTED"}]
    exported = {"Type": "AMAZON_ISSUED", "ExportOption": "ENABLED"}
    answer = {"CertificateSummaryList": [*listed, exported]}
    estate = read_estate(write(tmp_path, "a.json", answer))
    assert sorted(estate["offering_id"]) == [
        "certificate-manager-exportable", "certificate-manager-imported", "certificate-manager-public"
    ]  # fmt: skip
    assert not estate["assumed"].any()


def test_rule_of_several_settings_has_a_value_for_each(shipped):
    variants = shipped["variants"]
    assert (variants["attribute"].str.count(r"\+") == variants["value"].str.count(r"\+")).all()
