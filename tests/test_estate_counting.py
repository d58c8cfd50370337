"""Tables are counted by what names the resource, and ids are read only where they tell more."""

import json
import subprocess
import sys

import pandas as pd
import pytest

from srm_data.estate import list_offerings_in_use, read_estate
from srm_data.estate.decide import TYPE_SCHEMES
from srm_data.estate.resource_types import is_belonging
from srm_data.load import load_tables
from tests.inventories import state_4, write

ARN = "arn:aws:sqs:eu-west-1:111111111111:orders"


def build_table(ids, types):
    return pd.DataFrame({"resource_id": ids, "resource_type": types})


@pytest.mark.slow
@pytest.mark.parametrize("suffix", ["csv", "parquet"])
@pytest.mark.parametrize("other", [ARN, "AWS::SQS::Queue"])
def test_arn_or_type_down_a_column_of_ids_names_its_resource(tmp_path, suffix, other):
    rows = 900
    table = build_table([f"i-{row:08x}" for row in range(rows)], ["AWS::EC2::Instance"] * rows)
    table.loc[rows] = [other, "Queue"]
    path = tmp_path / f"all.{suffix}"
    table.to_csv(path, index=False) if suffix == "csv" else table.to_parquet(path)
    for details in (False, True):
        found = read_estate(path, details=details).set_index("offering_id")["rows"].to_dict()
        assert found == {"ec2-instance": rows, "sqs": 1}


@pytest.mark.parametrize("suffix", ["csv", "parquet"])
def test_column_of_ids_may_hold_numbers_and_have_any_name(tmp_path, suffix):
    columns = {'resource "id"': [1, 2, 3], "resource type": ["AWS::SQS::Queue"] * 3}
    path = tmp_path / f"all.{suffix}"
    table = pd.DataFrame(columns)
    table.to_csv(path, index=False) if suffix == "csv" else table.to_parquet(path)
    assert read_estate(path)[["offering_id", "rows"]].to_numpy().tolist() == [["sqs", 3]]


def test_id_that_is_neither_arn_nor_type_gives_way_to_the_type_beside_it():
    table = build_table(["a::b", "i-2", ARN], ["AWS::EC2::Instance", "AWS::EC2::Instance", "Queue"])
    estate = read_estate(table).set_index("identifier")
    assert estate["rows"].to_dict() == {"AWS::EC2::Instance": 2, "sqs": 1}


def test_type_that_says_little_gives_way_to_its_service_and_rows_are_kept():
    table = build_table(["i-1", "i-2", "q"], ["Instance", "Instance", "AWS::SQS::Queue"])
    estate = read_estate(table.assign(service=["Amazon EC2", "Amazon EC2", "SQS"]))
    assert estate.set_index("identifier")["rows"].to_dict() == {"Amazon EC2": 2, "AWS::SQS::Queue": 1}


FORK = """
import os, sys
from srm_data import read_estate
def count():
    return int(read_estate(sys.argv[1])["rows"].sum())
assert count() == 3
if hasattr(os, "fork"):  # not on Windows
    child = os.fork()
    if not child:
        sys.exit(count())
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 3
assert count() == 3
"""


@pytest.mark.slow
def test_process_that_was_forked_after_a_count_counts_and_ends(tmp_path):
    path = tmp_path / "queues.csv"
    path.write_text("resource_type\nAWS::SQS::Queue\nAWS::SQS::Queue\nAWS::SNS::Topic\n")
    subprocess.run([sys.executable, "-W", "ignore", "-c", FORK, str(path)], check=True, timeout=60)


def test_arn_that_is_listed_twice_is_one_resource_and_both_rows_count():
    other = f"{ARN}-2"
    estate = read_estate(
        pd.DataFrame({"arn": [ARN, other, ARN, None], "resource_type": "AWS::SNS::Topic"})
    )
    counts = estate.set_index("identifier")[["rows", "resources", "counted_by"]]
    assert counts.loc["sqs"].tolist() == [3, 2, "id"]
    assert counts.loc["AWS::SNS::Topic"].tolist() == [1, 1, "row"]


def test_arns_far_down_a_column_of_types_are_distinct_too():
    types = ["AWS::SQS::Queue"] * 1001 + [ARN, ARN]
    estate = read_estate(pd.DataFrame({"resource_type": types})).set_index("identifier")
    assert estate["resources"].to_dict() == {"AWS::SQS::Queue": 1001, "sqs": 1}


def test_arn_in_several_files_is_one_resource_but_an_id_is_one_in_each(tmp_path):
    (tmp_path / "a.csv").write_text(f"arn,team\n{ARN},a\n{ARN}-2,b\n")
    (tmp_path / "b.txt").write_text(f"{ARN}\n{ARN}-3\n")
    (tmp_path / "c.json").write_text(f'{{"Resources": [{{"Arn": "{ARN}"}}, {{"Arn": "{ARN}-2"}}]}}')
    for name in ("d.csv", "e.csv"):
        (tmp_path / name).write_text("id,type\norders,AWS::SQS::Queue\n")
    estate = read_estate(tmp_path).set_index("identifier")[["rows", "resources"]]
    assert estate.loc["sqs"].tolist() == [6, 3]
    assert estate.loc["AWS::SQS::Queue"].tolist() == [2, 2]


def test_arn_beside_rows_without_one_is_that_of_another_file(tmp_path):
    (tmp_path / "a.csv").write_text(f"resource_type\n{ARN}\n")
    (tmp_path / "b.csv").write_text(f"resource_type\nAmazon S3\n{ARN}\n")
    assert read_estate(tmp_path).set_index("identifier")["resources"].to_dict() == {
        "sqs": 1, "Amazon S3": 1,
    }  # fmt: skip


def test_arn_in_an_answer_of_the_cli_and_in_a_list_is_one_resource(tmp_path):
    arn, of_cluster = ARN.replace("sqs", "ecs"), "arn:aws:ecs:eu-west-1:111111111111:cluster/c"
    services = [
        {"serviceArn": f"{arn}-{name}", "clusterArn": of_cluster, "launchType": "FARGATE"}
        for name in "ab"
    ]
    (tmp_path / "a.json").write_text(json.dumps({"services": services}))
    (tmp_path / "b.txt").write_text(f"{arn}-a\n{arn}-c\n")
    estate = read_estate(tmp_path)
    assert (estate["rows"].sum(), estate["resources"].sum()) == (4, 3)


STATE = [
    ("aws_sqs_queue", {"arn": ARN}),
    ("aws_lambda_function", {"arn": ARN.replace("sqs", "lambda"), "package_type": "Zip"}),
    ("aws_cloudwatch_event_target", {"arn": ARN}),
    ("aws_lakeformation_resource", {"arn": "arn:aws:s3:::papers"}),
    ("aws_s3_bucket", {"arn": "arn:aws:s3:::papers"}),
    ("aws_s3_bucket", {}),
]


def count_in_use(source) -> dict[str, int]:
    used = list_offerings_in_use(read_estate(source))
    return dict(zip(used["offering_id"], used["resources"].tolist(), strict=True))


def test_resource_of_a_state_counts_once_with_its_arn_in_another_file(tmp_path):
    one = write(tmp_path, "one.tfstate", state_4(*STATE))
    alone = count_in_use(one)
    assert {name: alone[name] for name in ("sqs", "lambda-zip", "s3-general-purpose")} == {
        "sqs": 1, "lambda-zip": 1, "s3-general-purpose": 2
    }  # fmt: skip

    listed = write(tmp_path, "list.csv", f"arn\n{ARN}\n{ARN}-2\narn:aws:s3:::papers\n")
    assert count_in_use([one, listed]) == alone | {"sqs": 2}
    other = write(
        tmp_path, "other.tfstate", state_4(*STATE[:2], ("aws_sqs_queue", {"arn": f"{ARN}-2"}))
    )
    assert count_in_use([one, other]) == alone | {"sqs": 2}


@pytest.mark.slow
def test_what_has_no_arn_of_its_own_is_another_resource_in_every_state(tmp_path):
    state = state_4(*STATE[-1:], ("aws_lakeformation_resource", {"arn": ARN}))
    paths = [write(tmp_path, f"{name}.tfstate", state) for name in "ab"]
    assert count_in_use(paths) == {name: 2 * count for name, count in count_in_use(paths[0]).items()}


def test_instances_of_one_block_and_parts_are_counted_alike_with_and_without_arns(tmp_path):
    kinds = ["aws_sqs_queue", "aws_sqs_queue", "aws_secretsmanager_secret"]
    kinds += ["aws_secretsmanager_secret_version", "aws_sns_topic", "aws_sns_topic_policy"]
    arns = [f"{ARN}-1", f"{ARN}-2", *[f"{ARN.replace('sqs', 'secretsmanager')}:secret:a"] * 2]
    arns += [ARN.replace("sqs", "sns")] * 2
    with_arns = [(kind, {"arn": arn}) for kind, arn in zip(kinds, arns, strict=True)]
    estates = [
        read_estate(write(tmp_path, f"{name}.tfstate", state_4(*resources)))
        for name, resources in (("a", with_arns), ("b", [(kind, {}) for kind in kinds]))
    ]
    counted = ["identifier", "rows", "resources", "counted_by", "note"]
    assert estates[0][counted].equals(estates[1][counted])


def test_instance_of_a_cluster_in_a_state_and_in_a_list_of_arns_is_one(tmp_path):
    of_rds = "arn:aws:rds:eu-west-1:111111111111"
    state = state_4(
        ("aws_rds_cluster", {"arn": f"{of_rds}:cluster:c", "engine": "aurora-mysql"}),
        ("aws_rds_cluster_instance", {"arn": f"{of_rds}:db:i", "instance_class": "db.r5.large"}),
    )
    path = write(tmp_path, "a.tfstate", state)
    listed = write(tmp_path, "b.txt", f"{of_rds}:cluster:c\n{of_rds}:db:i\n")
    assert count_in_use([path, listed]) == count_in_use(path) == {"aurora-provisioned": 1}


@pytest.mark.parametrize(
    "document",
    [
        {"planned_values": {"root_module": {"resources": [
            {"address": "aws_sqs_queue.a", "type": "aws_sqs_queue", "values": {"arn": ARN}}]}}},
        {"deployment": {"manifest": {}, "resources": [
            {"urn": "urn:pulumi:a::b::c::d", "type": "aws:sqs/queue:Queue", "custom": True,
             "outputs": {"arn": ARN}}]}},
        {"deployment": {"manifest": {}, "resources": [
            {"urn": "urn:pulumi:a::b::c::d", "type": "aws-native:sqs:Queue", "custom": True,
             "outputs": {"arn": ARN}}]}},
        {"StackResources": [{"ResourceType": "AWS::SQS::Queue", "PhysicalResourceId": ARN}]},
    ],
)  # fmt: skip
def test_arn_in_a_plan_a_pulumi_stack_or_a_list_of_stack_resources_is_that_of_a_state(
    tmp_path, document
):
    paths = [write(tmp_path, "a.json", document)]
    paths += [write(tmp_path, "b.tfstate", state_4(("aws_sqs_queue", {"arn": ARN})))]
    assert count_in_use(paths) == {"sqs": 1}


@pytest.mark.parametrize(
    ("arn", "ends", "resources"),
    [
        ("lambda:eu-west-1:1:function:pay", ["", ":1", ":PROD", "ment"], 2),
        ("apigateway:eu-west-1::/restapis/x", ["", "/stages/prod", "/resources/a/methods/GET"], 1),
        ("apigateway:eu-west-1::/apis/x", ["/stages/$default", "/routes/1"], 1),
        ("logs:eu-west-1:1:log-group:/shop/web", ["", ":*", "2:*"], 2),
        ("sqs:eu-west-1:1:", ["", ""], 2),  # not complete: it may stand for several
        ("sqs:eu-west-1:1:", ["*", "*"], 2),
    ],
)
def test_versions_stages_and_streams_are_the_whole_by_their_arns(arn, ends, resources):
    estate = read_estate(pd.DataFrame({"arn": [f"arn:aws:{arn}{end}" for end in ends]}))
    assert estate[["rows", "resources"]].sum().tolist() == [len(ends), resources]


@pytest.mark.slow
def test_nodes_of_a_replication_group_are_the_group_by_their_arns(tmp_path):
    arn = "arn:aws:elasticache:eu-west-1:111111111111:"
    nodes = [f"{arn}cluster:web-{end}" for end in ("001", "002", "0001-001")]
    assert count_in_use([f"{arn}replicationgroup:web", *nodes]) == {"elasticache-node-based": 1}
    assert count_in_use([*nodes, f"{arn}cluster:other"]) == {"elasticache-node-based": 2}
    items = [
        {"resourceType": "AWS::ElastiCache::ReplicationGroup", "arn": f"{arn}replicationgroup:web"},
        *({"resourceType": "AWS::ElastiCache::CacheCluster", "arn": node} for node in nodes),
    ]
    path = write(tmp_path, "c.json", {"configurationItems": items})
    assert count_in_use(path) == {"elasticache-node-based": 1}


@pytest.mark.parametrize("column", ["arn", "resource_id"])
def test_blanks_around_an_arn_make_no_other_resource(column):
    table = pd.DataFrame({column: [f" {ARN}", f" {ARN} "], "resource_type": "AWS::SQS::Queue"})
    assert read_estate(table)[["identifier", "resources"]].to_numpy().tolist() == [["sqs", 1]]


def test_resource_that_is_listed_every_day_is_one_in_each_account_and_region():
    rows = [
        ("d1", "AWS::EC2::Instance", "i-1", "a"), ("d2", "AWS::EC2::Instance", "i-1 ", "a"),
        ("d1", "AWS::EC2::Instance", "i-1", "b"), ("d1", "AWS::SNS::Topic", "", "a"),
        ("d2", "AWS::SNS::Topic", None, "a"),
    ]  # fmt: skip
    table = pd.DataFrame(rows, columns=["date", "resource_type", "resource_id", "region"])
    counts = read_estate(table).set_index("identifier")[["rows", "resources"]]
    assert counts.loc["AWS::EC2::Instance"].tolist() == [3, 2]
    assert counts.loc["AWS::SNS::Topic"].tolist() == [2, 2]  # without ids
    assert read_estate(table.drop(columns="date"))["resources"].sum() == 5


def test_more_arns_than_are_kept_are_distinct_in_each_file(tmp_path, monkeypatch):
    monkeypatch.setattr("srm_data.estate.counting.MOST_IDS", 1)
    for name in ("a.csv", "b.csv"):
        (tmp_path / name).write_text(f"arn\n{ARN}\n{ARN}\n{ARN}-2\n")
    assert read_estate(tmp_path)[["rows", "resources"]].to_numpy().tolist() == [[6, 4]]


@pytest.mark.parametrize(
    ("arn", "engine", "offering", "alternatives"),
    [
        ("db:a", "aurora-postgresql", "aurora-provisioned", "aurora-serverless-v2"),
        ("db:a", "postgres", "rds-db-instance", "rds-multi-az-db-cluster"),
        ("db:a", "mariadb", "rds-db-instance", ""),
        ("db:a", "custom-oracle-ee", "rds-custom-oracle", ""),
        ("cluster:a", "mysql", "rds-multi-az-db-cluster", ""),
    ],
)
def test_engine_beside_an_arn_decides_the_offering(arn, engine, offering, alternatives):
    table = {"arn": [f"arn:aws:rds:eu-west-1:111111111111:{arn}"], "Engine": [engine]}
    estate = read_estate(pd.DataFrame(table))
    found = estate.loc[0, ["offering_id", "alternatives", "matched_by"]].tolist()
    assert found == [offering, alternatives, "variant"]


def test_engine_of_what_is_no_database_decides_nothing_and_is_not_kept():
    table = {"resource_type": "AWS::SQS::Queue", "engine": ["a", "hunter2"]}
    estate = read_estate(pd.DataFrame(table))
    assert estate[["rows", "variant", "offering_id"]].to_numpy().tolist() == [[2, "", "sqs"]]
    assert "hunter2" not in estate.to_string()


@pytest.mark.slow
def test_arn_in_rows_with_and_without_settings_is_one_resource_of_the_row_that_tells_more(tmp_path):
    arn = "arn:aws:rds:eu-west-1:111111111111:db"
    (tmp_path / "a.csv").write_text(
        f"arn,engine,db_instance_class\n{arn}:x,mariadb,\n{arn}:x,,db.m5.large\n"
        f"{arn}:y,aurora-mysql,db.r5.large\n{arn}:y,,\n"
    )
    (tmp_path / "b.txt").write_text(f"{arn}:x\n{arn}:y\n{arn}:z\n")
    alone, both = read_estate(tmp_path / "a.csv"), read_estate(tmp_path)
    assert alone["rows"].sum() == 4
    assert alone[alone["resources"] > 0].groupby("offering_id")["resources"].sum().to_dict() == {
        "aurora-provisioned": 1, "rds-db-instance": 1
    }  # fmt: skip
    assert not alone["assumed"].any()
    assert both[["rows", "resources"]].sum().tolist() == [7, 3]
    assert both.loc[both["assumed"], "resources"].tolist() == [1]


@pytest.mark.parametrize(
    ("engine", "offering", "assumed"),
    [
        ("Amazon Aurora MySQL", "aurora-provisioned", False),
        ("Aurora (PostgreSQL 15)", "aurora-provisioned", False),
        ("Microsoft SQL Server", "rds-db-instance", False),
        ("hunter2", "rds-db-instance", True),
    ],
)
def test_engine_may_be_spelled_as_people_do_and_an_unknown_one_decides_nothing(
    engine, offering, assumed
):
    arn = "arn:aws:rds:eu-west-1:111111111111:db:a"
    table = {"arn": [arn], "engine": [engine], "db_instance_class": ["db.r5.large"]}
    [row] = read_estate(pd.DataFrame(table)).to_dict("records")
    assert (row["offering_id"], row["assumed"]) == (offering, assumed)


def test_engine_beside_the_name_of_rds_decides_the_offering():
    engines = {"aurora-mysql": 3, "mysql": 4, "Oracle SE2": 5, "": 6}
    table = {"service": "Amazon RDS", "engine": list(engines), "count": list(engines.values())}
    estate = read_estate(pd.DataFrame(table)).set_index("resources")
    assert estate["offering_id"].to_dict() == {
        3: "aurora-provisioned", 4: "rds-db-instance", 5: "rds-db-instance", 6: "rds-db-instance"
    }  # fmt: skip
    assert estate["assumed"].to_dict() == {3: True, 4: True, 5: False, 6: True}
    assert estate["alternatives"][4] == "rds-multi-az-db-cluster"


@pytest.mark.parametrize(
    ("main", "parts"),
    [
        ("AWS::IAM::Role", ["aws_iam_role_policy_attachment", "aws_iam_role_policy"]),
        ("AWS::SecretsManager::Secret", ["aws_secretsmanager_secret_version"]),
        ("AWS::SecretsManager::Secret", ["AWS::SecretsManager::RotationSchedule"]),
        ("AWS::EC2::TransitGateway", ["aws_ec2_transit_gateway_vpc_attachment"]),
        ("AWS::EC2::TransitGateway", ["AWS::EC2::TransitGatewayRouteTablePropagation"]),
        ("AWS::NetworkFirewall::Firewall", ["aws_networkfirewall_rule_group"]),
        ("AWS::Events::Rule", ["aws_cloudwatch_event_target", "AWS::Events::Archive"]),
        ("AWS::EC2::VPNConnection", ["aws_customer_gateway", "aws_vpn_gateway"]),
        ("AWS::EC2::VPC", ["aws_vpc_peering_connection", "AWS::EC2::VPCCidrBlock"]),
        ("AWS::EC2::VPCEndpoint", ["aws_vpc_endpoint_policy"]),
        ("AWS::S3::Bucket", ["aws_s3_object", "aws_s3_bucket_versioning", "aws_s3_bucket_acl"]),
    ],
)
@pytest.mark.slow
def test_parts_of_an_offering_are_counted_neither_alone_nor_beside_it(main, parts):
    counted = list_offerings_in_use(read_estate(pd.DataFrame({"resourceType": [main]})))
    for types in (parts, [main, *parts]):
        estate = read_estate(pd.DataFrame({"resourceType": types}))
        used = list_offerings_in_use(estate)
        assert used["offering_id"].tolist() == counted["offering_id"].tolist()
        assert used["resources"].tolist() == [1]
        assert set(used["counted"] == "parts") == {main not in types}


def test_offering_with_kinds_of_its_own_has_one_that_is_no_part():
    tables = load_tables()
    aliases, endings = tables["aliases"], tuple(tables["part_types"]["ending"])
    is_type = aliases["scheme"].isin(TYPE_SCHEMES) & (aliases["offering_id"] != "")
    kinds = pd.concat(
        [
            aliases.loc[is_type, ["identifier", "offering_id"]],
            tables["variants"][["resource", "offering_id"]].set_axis(
                ["identifier", "offering_id"], axis="columns"
            ),
        ]
    )
    is_part = kinds["identifier"].map(lambda name: is_belonging(name, endings)).astype("bool")
    of_offering = is_part.groupby(kinds["offering_id"]).all()
    # These have no kind of their own in any vocabulary, or share the one that they have.
    assert of_offering[of_offering].index.tolist() == [
        "file-cache", "outposts-rack", "rds-custom-sqlserver-cev", "sagemaker-canvas"
    ]  # fmt: skip
