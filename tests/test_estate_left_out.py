"""Parts of a source that are easily left out: labels in lists, answers in a row, short lines."""

import json
from pathlib import Path
from typing import Any

import pytest

from srm_data.estate import read_estate
from srm_data.exceptions import EstateError, SkippedFileWarning


def write(path: Path, content: Any) -> Path:
    path.write_text(content if isinstance(content, str) else json.dumps(content))
    return path


def count(path: Path) -> dict[str, int]:
    estate = read_estate(path)
    return dict(zip(estate["identifier"], estate["rows"], strict=True))


def test_every_label_of_terraform_json_may_name_a_list(tmp_path):
    queue = {"aws_sqs_queue": [{"a": {}}, {"b": [{}, {}]}]}
    source = {"resource": [queue, {"aws_s3_bucket": {"c": {}}}], "module": [{"d": {"source": "e"}}]}
    found = count(write(tmp_path / "main.tf.json", source))
    assert found == {"aws_sqs_queue": 3, "aws_s3_bucket": 1, "Terraform module": 1}


def test_default_of_a_variable_in_a_list_is_looked_up(tmp_path):
    source = {
        "variable": [{"kind": {"default": "Image"}}],
        "resource": {"aws_lambda_function": {"f": {"package_type": "${var.kind}"}}},
    }
    estate = read_estate(write(tmp_path / "main.tf.json", source))
    assert estate["offering_id"].tolist() == ["lambda-container-image"]


def test_skipped_findings_of_terrascan_are_findings(tmp_path):
    def build(kind: str) -> dict[str, str]:
        return {"resource_type": kind, "resource_name": "a", "file": "main.tf"}

    results = {
        "violations": [build("aws_sqs_queue")],
        "skipped_violations": [build("aws_sqs_queue"), build("aws_kms_key")],
        "scan_summary": {},
    }
    estate = read_estate(write(tmp_path / "report.json", {"results": results})).set_index("identifier")
    assert estate["rows"].to_dict() == {"aws_sqs_queue": 2, "aws_kms_key": 1}
    assert estate["resources"].to_dict() == {"aws_sqs_queue": 1, "aws_kms_key": 1}


@pytest.mark.parametrize("functions", ["${file(a.yml)}", ["${file(a.yml)}"]])
def test_functions_of_serverless_in_another_file_are_listed(tmp_path, functions):
    service = {"service": "a", "provider": {"name": "aws"}, "functions": functions}
    assert count(write(tmp_path / "serverless.yml", service)) == {"(another file)": 1}


def test_answers_appended_to_one_file_are_read(tmp_path):
    answers = [{"TableNames": ["a", "b"]}, {"QueueUrls": ["https://sqs/1/c"]}, {"Volumes": []}]
    text = "\n".join(json.dumps(answer, indent=4) for answer in answers)
    assert count(write(tmp_path / "all.json", text)) == {
        "AWS::DynamoDB::Table": 2,
        "AWS::SQS::Queue": 1,
    }


def test_text_after_an_answer_is_refused_without_quoting_it(tmp_path):
    path = write(tmp_path / "all.json", '{"TableNames": ["a"]}\n{"QueueUrls": ["b"]}\nhunter2')
    with pytest.raises(EstateError, match="not valid JSON") as caught:
        read_estate(path)
    assert "hunter2" not in str(caught.value)


EMR = "arn:aws:elasticmapreduce:eu-west-1:1:cluster/j-1"
BROKERS = {"BrokerNodeGroupInfo": {"InstanceType": "express.m7g.large"}}
EXPRESS = {"ClusterType": "PROVISIONED", "Provisioned": BROKERS}
AUTO = {"arn": "arn:aws:eks:eu-west-1:1:cluster/c", "computeConfig": {"enabled": True}}
ANSWERS = [
    ("api-gateway-rest", {"items": [{"id": "a", "apiKeySource": "HEADER"}]}),
    ("api-gateway-websocket", {"Items": [{"ApiId": "a", "ProtocolType": "WEBSOCKET"}]}),
    ("api-gateway-http", {"Items": [{"ApiId": "a", "ProtocolType": "HTTP"}]}),
    ("msk-serverless", {"ClusterInfoList": [{"ClusterType": "SERVERLESS", "Serverless": {}}]}),
    ("msk-express-brokers", {"ClusterInfoList": [EXPRESS]}),
    ("redshift-provisioned", {"Clusters": [{"ClusterIdentifier": "a", "NodeType": "ra3"}]}),
    ("elasticache-serverless", {"ServerlessCaches": [{"ServerlessCacheName": "a"}]}),
    ("emr-ec2", {"Clusters": [{"ClusterArn": EMR}]}),
    ("memorydb", {"Clusters": [{"ARN": "arn:aws:memorydb:eu-west-1:1:cluster/m"}]}),
    ("eks-auto-mode", {"cluster": AUTO}),
    ("dms-replication-instance", {"ReplicationInstances": [{"ReplicationInstanceArn": "a"}]}),
    ("dms-serverless", {"ReplicationConfigs": [{"ReplicationConfigArn": "a"}]}),
    ("ecs-fargate", {"tasks": [{"taskArn": "a", "launchType": "FARGATE"}]}),
    ("eks-fargate", {"fargateProfileNames": ["a", "b"]}),
    ("kms-imported-key-material", {"KeyMetadata": {"KeyId": "a", "Origin": "EXTERNAL"}}),
    ("directory-service-ad-connector", {"DirectoryDescriptions": [{"Type": "ADConnector"}]}),
    ("dynamodb", {"Table": {"TableName": "a", "TableArn": "b"}}),
    ("lambda-zip", {"Configuration": {"FunctionArn": "a", "PackageType": "Zip"}}),
]


@pytest.mark.parametrize(("offering", "answer"), ANSWERS)
def test_answer_of_the_cli_is_of_the_offering_that_it_tells(tmp_path, offering, answer):
    estate = read_estate(write(tmp_path / "a.json", answer))
    assert estate[["offering_id", "assumed"]].to_numpy().tolist() == [[offering, False]]


@pytest.mark.parametrize(
    "answer",
    [
        {"Clusters": [{"ClusterArn": EMR, "Status": {"State": "TERMINATED"}}]},
        {"services": [{"serviceArn": "a", "status": "INACTIVE"}]},
        {"tasks": [{"taskArn": "a", "lastStatus": "STOPPED"}]},
        {"DirectoryDescriptions": [{"Type": "SimpleAD", "Stage": "Deleted"}]},
        {"StackResourceSummaries": [
            {"ResourceType": "AWS::KMS::Key", "ResourceStatus": "DELETE_COMPLETE"}]},
    ],
)  # fmt: skip
def test_entry_that_is_gone_by_its_state_is_not_in_use(tmp_path, answer):
    assert read_estate(write(tmp_path / "a.json", answer))["status"].tolist() == ["not a service"]


def test_line_with_an_arn_alone_is_a_row_and_a_note_is_not(tmp_path):
    text = "arn,owner,region\narn:aws:s3:::a,b,c\narn:aws:sqs:eu-west-1:123456789012:d\na note\n"
    with pytest.warns(SkippedFileWarning, match="line 3 with fewer cells.*line 4 with a single cell"):
        assert count(write(tmp_path / "a.csv", text)) == {"s3:bucket": 1, "sqs": 1}


def test_addresses_of_terraform_in_a_table_are_their_types(tmp_path):
    rows = ["module.a[0].aws_sqs_queue.b", "aws_sqs_queue.c", "data.aws_ami.d", "aws_lb.e"]
    text = "\n".join(["Path,Resource", *(f"/main.tf,{row}" for row in rows)])
    estate = read_estate(write(tmp_path / "a.csv", text)).set_index("identifier")
    assert estate["rows"].to_dict() == {"aws_sqs_queue": 2, "data.aws_ami": 1, "aws_lb": 1}
    assert estate["status"]["data.aws_ami"] == "not a service"
    assert estate["assumed"].to_dict() == {
        "aws_sqs_queue": False,
        "data.aws_ami": False,
        "aws_lb": True,
    }


@pytest.mark.parametrize(
    "header", ["Ressource;Ressourcentyp;Konto", "Resource;Resource type;Account", "Ressource;Typ;Konto"]
)
def test_type_of_a_sheet_names_the_resource_and_not_its_own_name(tmp_path, header):
    rows = f"{header}\na;S3 Bucket;1\nb;S3 Bucket;1\n"
    assert count(write(tmp_path / "a.csv", rows)) == {"S3 Bucket": 2}


@pytest.mark.parametrize(
    ("amounts", "total"),
    [
        (["1.234,50", "3.5"], 1238.0),
        (["1,234.50", "3,5"], 1238.0),
        (["1.234,50", "1.000"], 2234.5),
        (["1.234,50", "1234.567"], 2469.067),
        (["1.234,50", "-0.25"], 1234.25),
        (["1.234,50", "0.125"], 1234.625),
    ],
)
def test_amount_that_cannot_be_thousands_keeps_its_decimals(tmp_path, amounts, total):
    text = "\n".join(["service;cost", *(f"SQS;{amount}" for amount in amounts)])
    estate = read_estate(write(tmp_path / "a.csv", text))
    assert estate["cost"].sum() == pytest.approx(total)
    rows = [{"service": "SQS", "cost": amount} for amount in amounts]
    assert read_estate(write(tmp_path / "a.json", rows))["cost"].sum() == pytest.approx(total)


def test_finding_about_the_account_in_a_table_is_no_resource(tmp_path):
    text = "Title,Resource ID,Resource Type\na,AWS::::Account:123456789012,AwsAccount\n"
    assert read_estate(write(tmp_path / "a.csv", text))["status"].tolist() == ["not a service"]


@pytest.mark.slow
@pytest.mark.parametrize("cell", ["SQS und KMS", "SQS and KMS", "SQS, KMS"])
def test_cost_of_a_cell_with_several_services_is_of_none_of_them_and_named(tmp_path, cell):
    path = write(tmp_path / "a.csv", f"Dienst;Kosten\n{cell};3\nSNS;1\nECR & IAM;0\n")
    says = "a.csv, column Dienst: cost not read of 1 row with several services in one cell"
    with pytest.warns(SkippedFileWarning, match=says):
        estate = read_estate(path)
    costs = estate.set_index("identifier")["cost"]
    assert costs.index.size == 5
    assert costs.dropna().to_dict() == {"SNS": 1, "ECR": 0, "IAM": 0}
    with pytest.raises(EstateError, match=says):
        read_estate(path, strict=True)


@pytest.mark.parametrize(
    "answer",
    [
        {"DBSnapshots": [{"DBSnapshotIdentifier": "a", "Engine": "mysql"}]},
        {"tasks": [{"taskArn": "a", "launchType": "FARGATE"}, {"taskArn": "b"}]},
    ],
)
def test_snapshots_and_tasks_of_an_answer_are_parts(tmp_path, answer):
    assert set(read_estate(write(tmp_path / "a.json", answer))["counted_by"]) == {"part"}


@pytest.mark.parametrize("name", ["AWS Identity and Access Management", "Bread and butter"])
def test_name_with_a_conjunction_stays_whole(tmp_path, name):
    assert count(write(tmp_path / "a.csv", f"service,team\n{name},a\n")) == {name: 1}


def test_entries_that_query_took_out_of_an_answer_are_read(tmp_path):
    running = {"InstanceId": "i-1", "InstanceType": "m5.metal", "State": {"Name": "running"}}
    gone = running | {"State": {"Name": "terminated"}}
    for document in ([running, gone], [[running], [gone]]):
        estate = read_estate(write(tmp_path / "a.json", document))
        assert sorted(estate["status"]) == ["not a service", "recognised"]
        assert "ec2-bare-metal" in estate["offering_id"].tolist()
    (cluster,) = read_estate(
        write(tmp_path / "b.json", [{"DBInstanceIdentifier": "a", "Engine": "aurora-mysql"}])
    )["offering_id"]
    assert cluster == "aurora-provisioned"
    with pytest.raises(EstateError, match="no known kind, a list"):
        read_estate(write(tmp_path / "c.json", [["i-1", "t3.micro"]]))


def test_error_about_an_unknown_answer_names_what_lists_all_services(tmp_path):
    with pytest.raises(EstateError, match=r"with Fleets; expected .*its list is not known, while"):
        read_estate(write(tmp_path / "a.json", {"Fleets": [{"FleetId": "f"}]}))


def test_answer_of_no_known_kind_after_many_others_is_named_by_its_number(tmp_path):
    answers = [{"TableNames": ["a"]}] * 10 + [{"hunter2": "a"}]
    text = "\n".join(map(json.dumps, answers))
    with pytest.warns(SkippedFileWarning, match="not known as a list of resources: entry 11$"):
        assert read_estate(write(tmp_path / "all.json", text))["rows"].tolist() == [10]
