"""Secrets in inventories, and in files that are none, reach no terminal, error, workbook or page."""

import json
import zipfile
from pathlib import Path

import pandas as pd
import pytest
import yaml

from srm_data.cli import main
from srm_data.estate import read_estate
from srm_data.estate.catalogue import Reading, find_catalogue
from srm_data.estate.hiding import hide_secrets
from srm_data.estate.readers.small_tables import count_names
from srm_data.exceptions import EstateError, SkippedFileWarning, UnknownKindError
from srm_data.load import load_tables

SECRETS = [
    "hunter2-very-secret", "AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
    "ghp_16C7e42F292c6912E7710c838347Ae178B4a", "xoxb-2444333222111-deadbeefcafe",
    "sk_live_4eC39HqLyjWDarjtT1zdp7dc", "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl",
    "postgres://shop:s3cr3t-pass@db/shop", "Tr0ub4dor&3", "correct horse battery staple",
    "-----BEGIN RSA PRIVATE KEY-----", "MIIEpAIBAAKCAQEA75xkPl9", "AIzaSyD-9tSrke72PouQMnMX",
    "SG.ngeVfQFYQlKU0ufo8x5d1A", "npm_8vTq3WfL0aZbYcXdEeUu", "glpat-QmZ7xWkVtRs2NpLcJbHg",
    "p@ssw0rd-of-prod", "d41d8cd98f00b204e9800998ecf8427e", "line one of it\nand-line-two-of-it",
    "vault:v1:8SDd3WHDOjf7mq69CyCqYjBXAiQQAVZRkFM",
]  # fmt: skip
SETTINGS = {
    f"setting_{letter}": secret for letter, secret in zip("abcdefghijklmnopqrst", SECRETS, strict=True)
}
NESTED = [{"name": name, "value": secret} for name, secret in SETTINGS.items()]

STATE = {
    "version": 4, "lineage": "l", "outputs": SETTINGS, "resources": [
        {"mode": "managed", "type": kind, "name": "a", "instances": [
            {"attributes": SETTINGS | {
                "engine": SECRETS[0], "region": SECRETS[1], "launch_type": "FARGATE"},
             "private": SECRETS[2], "sensitive_attributes": NESTED}]}
        for kind in ("aws_ecs_service", "aws_db_instance")
    ],
}  # fmt: skip
PLAN = {
    "format_version": "1.2", "variables": SETTINGS, "planned_values": {"root_module": {"resources": [
        {"address": "aws_sqs_queue.a", "type": "aws_sqs_queue", "values": SETTINGS}]}},
    "prior_state": SETTINGS,
}  # fmt: skip
TEMPLATE = {
    "Parameters": {"Password": {"Type": "String", "NoEcho": True, "Default": SECRETS[0]}},
    "Resources": {"Topic": {"Type": "AWS::SNS::Topic", "Properties": SETTINGS, "Metadata": NESTED}},
    "Outputs": SETTINGS,
}  # fmt: skip
ITEM = {
    "resourceType": "AWS::Lambda::Function", "awsRegion": NESTED, "awsAccountId": SETTINGS,
    "resourceId": SECRETS[3], "configuration": SETTINGS | {"packageType": "Zip"}, "tags": SETTINGS,
}  # fmt: skip
SERVERLESS = {
    "service": "shop",
    "provider": {"name": "aws", "runtime": "nodejs20.x", "environment": SETTINGS},
    "functions": {"a": {"handler": "a.b", "environment": SETTINGS, "events": [{"sqs": SETTINGS}]}},
    "resources": {"Resources": {"Q": {"Type": "AWS::Kinesis::Stream", "Properties": SETTINGS}}},
    "custom": SETTINGS,
}
STATE_OF_SERVERLESS = {
    "service": {"provider": {"environment": SETTINGS, "compiledCloudFormationTemplate": {
        "Resources": {"T": {"Type": "AWS::Events::Rule", "Properties": SETTINGS}}}}},
    "package": SETTINGS,
}  # fmt: skip
STACK = {
    "version": 3, "deployment": {"manifest": {}, "secrets_providers": SETTINGS, "resources": [
        {"urn": SECRETS[5], "type": "aws:ec2/vpc:Vpc", "custom": True, "inputs": SETTINGS,
         "outputs": SETTINGS | {"arn": SECRETS[6]}}]},
}  # fmt: skip
MANIFEST_OF_CDK = {
    "version": "36.0.0", "artifacts": {"Shop": {"type": "aws:cloudformation:stack",
        "environment": SECRETS[0],
        "properties": {"templateFile": "template.json"} | SETTINGS, "metadata": SETTINGS}},
}  # fmt: skip
ANSWER = {
    "Reservations": [{"Instances": [{"InstanceId": "i-1",
        "KeyName": SECRETS[1], "Tags": NESTED} | SETTINGS]}]
}  # fmt: skip
FINDINGS = {
    "findings": [{"findingArn": SECRETS[2], "awsAccountId": SECRETS[3], "title": SECRETS[4],
        "description": SECRETS[5], "resources": [{"id": SECRETS[6], "type": "AWS_ECR_CONTAINER_IMAGE",
            "details": SETTINGS, "tags": SETTINGS, "region": SECRETS[7]}]}],
}  # fmt: skip
COSTS = {
    "version": "0.2", "currency": "USD", "metadata": SETTINGS, "projects": [
        {"name": SECRETS[4], "metadata": SETTINGS, "breakdown": {"resources": [
            {"name": SECRETS[5], "resourceType": "aws_athena_workgroup", "tags": SETTINGS,
             "metadata": SETTINGS, "monthlyCost": SECRETS[6], "costComponents": NESTED},
            {"name": SECRETS[7]}]},
         "summary": {"noPriceResourceCounts": {"aws_athena_workgroup": 1, SECRETS[8]: 1}}}],
}  # fmt: skip
DRIFT = {
    "summary": {"total_managed": 1}, "coverage": 1, "alerts": SETTINGS, "managed": [
        {"id": SECRETS[9], "type": "aws_dax_cluster", "attributes": SETTINGS, "source": SETTINGS}],
}  # fmt: skip
CHECKS = [
    {"check_type": "secrets", "results": {"failed_checks": [
        {"check_id": "CKV_SECRET_6", "resource": secret, "file_path": secret, "evaluations": SETTINGS,
         "code_block": [[1, secret]], "entity_tags": SETTINGS} for secret in SECRETS]}},
    {"check_type": "terraform", "results": {"passed_checks": [
        {"check_id": "CKV_1", "resource": "aws_mq_broker.a", "code_block": [[1, SECRETS[0]]],
         "fixed_definition": SETTINGS, "breadcrumbs": NESTED}]}},
]  # fmt: skip
SCOUT = {
    "account_id": SECRETS[11], "provider_code": "aws", "last_run": {"ruleset_about": SECRETS[12]},
    "services": {"awslambda": {"findings": SETTINGS, "regions": {SECRETS[13]: {"functions": {
        SECRETS[14]: {"arn": SECRETS[15], "name": SECRETS[16], "env_variables": SETTINGS}}}}}},
}  # fmt: skip
BLOCK = "\n".join(f"  {name} = {json.dumps(secret)}" for name, secret in SETTINGS.items())
SOURCE = f'''variable "password" {{
  default = "{SECRETS[0]}"
}}
resource "aws_glue_job" "x" {{
{BLOCK}
  script = <<-EOT
{SECRETS[1]}
EOT
}}
'''
ADDRESSES = f'''aws_kms_key.a
module.b["{SECRETS[0]}"].aws_kms_key.c
aws_kms_key.d
aws_kms_key.e
aws_kms_key.f
{SECRETS[9]}
'''
HEADER = "PROVIDER;CHECK_ID;STATUS;STATUS_EXTENDED;SERVICE_NAME;RESOURCE_UID;RESOURCE_DETAILS;NOTES"
PROWLER = "\n".join(
    [HEADER, *(
        f'aws;efs_x;FAIL;"{secret}";efs;id-{number};"Resources: {secret}";"{secret}"'
        for number, secret in enumerate(SECRETS)
    ), f"a note {SECRETS[0]}"]
)  # fmt: skip
COMPOSE = {"services": {"db": {"image": "postgres", "environment": SETTINGS}}, "secrets": SETTINGS}
MANIFEST = {
    "apiVersion": "v1", "kind": "Secret", "type": "Opaque", "stringData": SETTINGS,
    "service": {"port": 80, "env": NESTED},
}  # fmt: skip
PACKAGE = {
    "name": "shop", "type": "module", "product": SETTINGS, "publishConfig": SETTINGS,
    "service": SECRETS[4], "scripts": SETTINGS,
}  # fmt: skip
BILL = [
    {
        "lineItem/ProductCode": "AmazonEC2", "lineItem/UsageType": SECRETS[5],
        "lineItem/Operation": SECRETS[6], "lineItem/ResourceId": SECRETS[7],
        "product/databaseEngine": SECRETS[8], "product/productFamily": SECRETS[9],
        "lineItem/LineItemDescription": SECRETS[14], "lineItem/UnblendedCost": SECRETS[15],
    },
    {
        "lineItem/ProductCode": "AmazonEC2", "lineItem/UsageType": "NatGateway-Hours",
        "lineItem/Operation": SECRETS[10],
        "lineItem/ResourceId": f"arn:aws:ec2:a:b:natgateway/{SECRETS[1]}",
        "product/databaseEngine": SECRETS[11], "product/productFamily": SECRETS[12],
        "lineItem/LineItemDescription": SECRETS[13], "lineItem/UnblendedCost": "1,5",
    },
]  # fmt: skip
FOCUS = [
    {
        "ProviderName": "AWS", "ServiceName": "Amazon Elastic Compute Cloud", "ChargeCategory": "Usage",
        "ChargeDescription": f"$1 per NAT Gateway Hour {SECRETS[16]}", "ResourceId": SECRETS[17],
    },
]  # fmt: skip
KNOWN = {
    "a.tfstate": STATE, "plan.json": PLAN, "template.json": TEMPLATE, "config.json": ITEM,
    "serverless.yml": SERVERLESS, "serverless-state.json": STATE_OF_SERVERLESS, "stack.json": STACK,
    "cdk.json": MANIFEST_OF_CDK, "answer.json": ANSWER, "findings.json": FINDINGS,
    "infracost.json": COSTS, "drift.json": DRIFT, "checkov.json": CHECKS,
    "scout.json": SCOUT,
}  # fmt: skip
TEXTS = {"source.txt": SOURCE, "addresses.txt": ADDRESSES, "prowler.csv": PROWLER}
BILLS = {"cur.json": BILL, "focus.json": FOCUS}
UNKNOWN = {
    "docker-compose.yml": COMPOSE, "manifest.yaml": MANIFEST,
    "package.json": PACKAGE,
}  # fmt: skip
ROWS = [
    ["(no address)", "", 1, "addresses.txt, line 6"],
    ["(no resource type)", "", 22, "checkov.json, entry 1, failed_checks 1"],
    ["AWS::EC2::Instance", "ec2-instance", 1, "answer.json, Reservations 1, instances 1"],
    ["AWS::Events::Rule", "eventbridge", 1, "serverless-state.json, Resources.T"],
    ["AWS::Kinesis::Stream", "kinesis-data-streams", 1, "serverless.yml, Resources.Q"],
    ["AWS::Lambda::Function", "lambda-zip", 2, "config.json, entry 1"],
    ["AWS::Lambda::Function", "lambda-zip", 1, "scout.json, regions 1, functions 1"],
    ["AWS::SNS::Topic", "sns", 1, "template.json, Resources.Topic"],
    ["AwsEcrContainerImage", "ecr-private", 1, "findings.json, findings 1"],
    ["CDK stack", "", 1, "cdk.json, artifacts.Shop"],
    ["aws_athena_workgroup", "athena", 2, "infracost.json, projects 1, resources 1 (declared)"],
    ["aws_dax_cluster", "dynamodb-dax", 1, "drift.json, managed 1"],
    ["aws_db_instance", "rds-db-instance", 1, "a.tfstate, aws_db_instance.a"],
    ["aws_ecs_service", "ecs-fargate", 1, "a.tfstate, aws_ecs_service.a"],
    ["aws_glue_job", "glue-job", 1, "source.txt, aws_glue_job.x (declared)"],
    ["aws_kms_key", "kms", 5, "addresses.txt, line 1"],
    [
        "aws_mq_broker",
        "mq-activemq",
        1,
        "checkov.json, entry 2, passed_checks 1 (declared)",
    ],
    ["aws_sqs_queue", "sqs", 1, "plan.json, aws_sqs_queue.a"],
    ["aws_vpc", "vpc", 1, "stack.json, resource 1"],
    ["efs", "efs", 20, "prowler.csv, column RESOURCE_UID"],
]


def write_all(folder: Path) -> None:
    for name, document in (KNOWN | UNKNOWN).items():
        is_yaml = name.endswith((".yml", ".yaml"))
        text = yaml.safe_dump(document) if is_yaml else json.dumps(document, indent=1)
        (folder / name).write_text(text)
    for name, text in TEXTS.items():
        (folder / name).write_text(text)


def read_parts(path: Path) -> str:
    if path.suffix != ".xlsx":
        return path.read_text(encoding="utf-8")
    with zipfile.ZipFile(path) as book:
        return "".join(book.read(name).decode("utf-8", "replace") for name in book.namelist())


def find_secrets(text: str) -> list[str]:
    return [secret for secret in SECRETS if any(line in text for line in secret.split("\n"))]


@pytest.mark.slow
@pytest.mark.no_cover
@pytest.mark.parametrize("name", [*KNOWN, *TEXTS, *UNKNOWN, "."])
def test_no_planted_secret_reaches_terminal_error_workbook_or_page(tmp_path, capsys, name):
    folder = tmp_path / "in"
    folder.mkdir()
    write_all(folder)
    book, page = tmp_path / "ours.xlsx", tmp_path / "ours.html"
    is_read = name not in UNKNOWN

    codes = [
        main(["estate", str(folder / name), "--out", str(book)]),
        main(["page", str(folder / name), "--out", str(page)]),
    ]

    printed = capsys.readouterr()
    assert codes == ([0, 0] if is_read else [1, 1]), printed.err
    assert find_secrets(printed.out + printed.err) == []
    assert [path.exists() for path in (book, page)] == [is_read, is_read]
    assert [find_secrets(read_parts(path)) for path in (book, page) if is_read] == [[], []][
        : 2 * is_read
    ]


@pytest.mark.parametrize("name", UNKNOWN)
def test_document_of_unknown_kind_is_refused_and_the_kinds_are_named(tmp_path, name):
    write_all(tmp_path)
    expected = "a manifest of Kubernetes|JSON or YAML of no known kind.*expected Terraform"
    with pytest.raises(EstateError, match=f"{name}: ({expected})"):
        read_estate(tmp_path / name)


@pytest.mark.slow
def test_folder_reads_known_kinds_and_lists_the_documents_that_it_passes_over(tmp_path, capsys):
    write_all(tmp_path)
    with pytest.warns(SkippedFileWarning, match=r"not read: docker-compose.yml \(JSON or YAML of no"):
        estate = read_estate(tmp_path)
    rows = estate.sort_values(["identifier", "place"])[["identifier", "offering_id", "rows", "place"]]
    assert rows.to_numpy().tolist() == ROWS
    listed = [line for line in estate.attrs["not_read"] if line.startswith("not read: ")]
    assert [line.split(" ")[2] for line in listed] == sorted(UNKNOWN)
    assert main(["estate", str(tmp_path)]) == 0
    said = [
        line for line in capsys.readouterr().err.splitlines() if line.startswith("srm-data: not read")
    ]
    assert len(said) == len(UNKNOWN)


@pytest.mark.slow
@pytest.mark.parametrize("name", BILLS)
def test_nothing_that_a_line_of_a_bill_says_is_kept_or_printed(tmp_path, capsys, name):
    path, book, page = tmp_path / name, tmp_path / "ours.xlsx", tmp_path / "ours.html"
    path.write_text(json.dumps(BILLS[name]))
    corrections = tmp_path / "ours.csv"
    more = ["--out", str(book), "--write-corrections", str(corrections)]
    assert main(["estate", str(path), *more]) == 0
    assert main(["page", str(path), "--out", str(page)]) == 0
    printed = capsys.readouterr()
    assert "NAT gateway" in printed.out
    assert find_secrets(printed.out + printed.err) == []
    assert [find_secrets(read_parts(file)) for file in (book, page, corrections)] == [[], [], []]
    assert find_secrets(read_estate(path).to_csv()) == []


@pytest.mark.slow
def test_password_in_a_column_of_names_is_never_shown(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    names = ["Our portal", "password: hunter2", "postgres://me:mine@db/shop", "AKIAIOSFODNN7EXAMPLE"]
    Path("a.csv").write_text(
        "\n".join(["service,owner", "Amazon SQS,us", *(f"{it},us" for it in names)])
    )
    estate = read_estate("a.csv")
    assert estate["rows"].sum() == 5
    assert main(["estate", "a.csv", "--write-corrections", "c.csv", "--out", "a.xlsx"]) == 0
    told = [*capsys.readouterr(), Path("c.csv").read_text(), estate.to_csv()]
    with zipfile.ZipFile("a.xlsx") as book:
        told += [book.read(part).decode() for part in book.namelist()]
    for text in told:
        assert not any(secret in text for secret in ("hunter2", "me:mine", "AKIAIOSF"))
    assert "Our portal" in told[0]


def test_arn_of_an_unknown_service_is_shown_by_its_kind_also_if_that_is_a_secret():
    arns = [f"arn:aws:vault:eu-west-1:123456789012:{kind}:prod-abc" for kind in ("secret", "token")]
    estate = read_estate(pd.DataFrame({"arn": arns}))
    assert estate["identifier"].tolist() == ["vault:secret", "vault:token"]


@pytest.mark.parametrize(
    "secret",
    [
        "DB_PASSWORD: hunter2", "db:prod/password:Hunter2", '"apiKey": "hunter2"',
        "Amazon RDS, password = hunter2", "RDS ghp16C7e42F292c6912E7710c838347Ae178B4a",
        "EC2 wJalrXUtnFEMIaK7MDENGabPxRfiCYEXAMPLEKEY not used",
        "ghp_16C7e42F292c6912E7710c838347Ae178B4a", "glpat-ABCdef123456789012345",
        "xoxb-123456789012-123456789012-abcdefghijklmnopqrstuvwx",
        "sk-proj-abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGH",
        "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", "the key wJalrXUtnFEMIaK7MDENGabPxRfiCYEXAMPLEKEY",
        "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U",
    ],
)  # fmt: skip
def test_key_or_token_in_a_column_of_names_is_not_shown(secret):
    [shown] = read_estate(pd.DataFrame({"service": [secret]}))["identifier"]
    assert shown == "(looks like a secret, 1)"
    with pytest.raises(UnknownKindError) as error:
        count_names([secret], "a.txt", Reading(find_catalogue(load_tables()), None, None, {}, []))
    assert secret[-12:] not in str(error.value)


def test_names_and_ids_are_no_secrets(shipped):
    ids = shipped["offerings"]["offering_id"]
    names = pd.concat([shipped["aliases"]["identifier"], shipped["not_services"]["identifier"], ids])
    own = pd.Series(
        ["subnet-0a1b2c3d4e5f60718", "Token service of ours", "vault:secret", "a/sk-b",
         "random:index/randomPassword:RandomPassword"]
    )  # fmt: skip
    names = pd.concat([names, own], ignore_index=True)
    assert hide_secrets(names, names != "").tolist() == names.tolist()
