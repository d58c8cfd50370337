"""Reading estates: kinds of inventory, variants, and the offering assumed for an unclear one."""

import gzip
import json

import pandas as pd
import pytest
from openpyxl import Workbook

from srm_data.describe import describe_resources
from srm_data.estate import (
    in_use,
    list_customer_duties,
    list_offerings_in_use,
    read_estate,
)
from srm_data.exceptions import EstateError
from srm_data.matrix import resource_distribution
from srm_data.model import build_model

ACCOUNT = "123456789012"


def write(folder, name: str, content: object):
    """Write an inventory: text as it is, anything else as JSON."""
    path = folder / name
    path.write_text(content if isinstance(content, str) else json.dumps(content))
    return path


def found(estate: pd.DataFrame) -> dict[str, tuple[str, int]]:
    """Return offering and count by identifier."""
    columns = estate["identifier"], estate["offering_id"], estate["rows"].tolist()
    return {name: (offering, count) for name, offering, count in zip(*columns, strict=True)}


def state_4(*resources: tuple[str, dict]) -> dict:
    return {
        "version": 4,
        "terraform_version": "1.9.0",
        "lineage": "x",
        "resources": [
            {"mode": "managed", "type": kind, "name": "a", "instances": [{"attributes": settings}]}
            for kind, settings in resources
        ],
    }


def template(**resources: dict) -> dict:
    return {"Resources": resources}


def test_terraform_state_4_counts_instances_and_leaves_data_sources_out(tmp_path):
    state = state_4(("aws_sqs_queue", {"arn": f"arn:aws:sqs:eu-west-1:{ACCOUNT}:q"}))
    state["resources"] += [
        {"mode": "data", "type": "aws_ami", "name": "d", "instances": [{"attributes": {}}]},
        {"mode": "managed", "module": "module.a", "type": "aws_sns_topic", "name": "t",
         "instances": [{"index_key": 0, "attributes": {}}, {"index_key": 1, "attributes": {}}]},
        {"mode": "managed", "type": "aws_kms_key", "name": "gone", "instances": []},
    ]  # fmt: skip
    estate = read_estate(write(tmp_path, "terraform.tfstate", state))
    assert found(estate) == {"aws_sns_topic": ("sns", 2), "aws_sqs_queue": ("sqs", 1)}
    topic, queue = estate.to_dict("records")
    assert topic["place"] == "terraform.tfstate, module.a.aws_sns_topic.t"
    assert (queue["accounts"], queue["regions"]) == (ACCOUNT, "eu-west-1")


def test_terraform_state_3_is_read_with_its_flat_attributes(tmp_path):
    state = {
        "version": 3,
        "terraform_version": "0.11.14",
        "modules": [
            {"path": ["root"], "resources": {"data.aws_ami.x": {"type": "aws_ami", "primary": {}}}},
            {
                "path": ["root", "web"],
                "resources": {
                    "aws_lb.a": {
                        "type": "aws_lb",
                        "primary": {"attributes": {"load_balancer_type": "network", "tags.%": "0"}},
                        "deposed": [{"attributes": {"load_balancer_type": "network"}}],
                    },
                    "aws_batch_compute_environment.b": {
                        "type": "aws_batch_compute_environment",
                        "primary": {"attributes": {"compute_resources.0.type": "FARGATE_SPOT"}},
                    },
                },
            },
        ],
    }
    estate = read_estate(write(tmp_path, "old.tfstate", state))
    assert found(estate) == {
        "aws_lb": ("network-load-balancer", 2),
        "aws_batch_compute_environment": ("batch-fargate", 1),
    }
    assert estate["place"].tolist()[0].endswith("old.tfstate, module.web.aws_lb.a")


def test_terraform_show_reads_nested_modules_of_what_is_planned(tmp_path):
    resource = {"address": "aws_sqs_queue.a", "mode": "managed", "type": "aws_sqs_queue", "values": {}}
    data = resource | {"mode": "data", "type": "aws_region"}
    plan = {
        "format_version": "1.2",
        "terraform_version": "1.9",
        "prior_state": {"values": {"root_module": {"resources": [resource] * 5}}},
        "planned_values": {
            "root_module": {
                "resources": [resource, data],
                "child_modules": [{"child_modules": [{"resources": [resource]}]}],
            }
        },
    }
    assert found(read_estate(write(tmp_path, "plan.json", plan))) == {"aws_sqs_queue": ("sqs", 2)}
    shown = {"format_version": "1.0", "values": {"root_module": {"resources": [resource]}}}
    assert found(read_estate(write(tmp_path, "show.json", shown))) == {"aws_sqs_queue": ("sqs", 1)}


def test_resources_of_other_providers_are_no_services_and_not_lost(tmp_path):
    state = state_4(("azurerm_subnet", {}), ("random_id", {}), ("aws_caller_identity", {}))
    estate = read_estate(write(tmp_path, "a.tfstate", state))
    assert estate["status"].tolist() == ["not a service"] * 3
    assert "provider azurerm, not of AWS" in estate["note"].str.cat()


@pytest.mark.parametrize(
    ("version", "message"),
    [(5, "version 5; expected 3 or 4"), (2, "version 2; expected 3 or 4"), (None, "version None")],
)
def test_unknown_version_of_the_state_is_refused(tmp_path, version, message):
    path = write(tmp_path, "new.tfstate", {"version": version, "lineage": "x"})
    with pytest.raises(EstateError, match=rf"new.tfstate: Terraform state of {message}"):
        read_estate(path)


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
        "AWS::SNS::Topic": ("sns", 3),
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


def test_count_of_nothing_puts_nothing_in_use(tmp_path, shipped):
    counts = {"resourceCounts": [{"resourceType": "AWS::SQS::Queue", "count": 0}]}
    estate = read_estate(write(tmp_path, "c.json", counts))
    assert list_offerings_in_use(estate).empty
    weights = resource_distribution(in_use(build_model(shipped), estate))
    assert describe_resources(weights) == "No duty applies to the resources in use"


CUR = """\
lineItem/ProductCode,lineItem/LineItemType,lineItem/UsageAccountId,product/region,lineItem/UnblendedCost,bill/BillingEntity
AmazonEC2,Usage,111111111111,eu-west-1,1.5,AWS
AmazonEC2,SavingsPlanCoveredUsage,222222222222,eu-west-1,0.25,AISPL
AmazonEC2,Tax,111111111111,,0.30,AWS
AWSSupportBusiness,Fee,111111111111,,100,AWS
4x7marketplace,Usage,111111111111,,9,AWS Marketplace
"""


def check_bill(estate: pd.DataFrame) -> None:
    by_id = estate.set_index("identifier")
    ec2 = by_id.loc["AmazonEC2"]
    assert (ec2["rows"], ec2["cost"], ec2["regions"]) == (2, 1.75, "eu-west-1")
    assert ec2["accounts"] == "111111111111; 222222222222"
    assert by_id["status"].drop("AmazonEC2").tolist() == ["not a service"] * 3
    assert by_id.loc["Tax", "note"] == "a charge, not a service: a tax"
    assert estate["rows"].sum() == 5


def test_bill_separates_usage_from_charges_with_accounts_regions_and_cost(tmp_path):
    check_bill(read_estate(write(tmp_path, "cur.csv", CUR)))


def test_bill_of_data_exports_is_read_as_gzip_and_as_parquet(tmp_path):
    names = CUR.splitlines()[0]
    new = names.replace("lineItem/", "line_item_").replace("product/region", "product_region_code")
    for old, now in (("ProductCode", "product_code"), ("LineItemType", "line_item_type"),
                     ("UsageAccountId", "usage_account_id"), ("UnblendedCost", "unblended_cost"),
                     ("bill/BillingEntity", "bill_billing_entity")):  # fmt: skip
        new = new.replace(old, now)
    text = CUR.replace(names, new)
    path = tmp_path / "cur.csv.gz"
    path.write_bytes(gzip.compress(text.encode()))
    check_bill(read_estate(path))
    import duckdb

    plain = write(tmp_path, "new.csv", text)
    duckdb.execute(f"COPY (SELECT * FROM read_csv('{plain}')) TO '{tmp_path}/cur.parquet'")
    check_bill(read_estate(tmp_path / "cur.parquet"))


def test_focus_sets_rows_of_other_clouds_apart(tmp_path):
    text = (
        "ProviderName,ServiceName,ChargeCategory,BilledCost,SubAccountId,RegionId\n"
        "AWS,Amazon Simple Queue Service,Usage,0.5,1,eu-west-1\n"
        "AWS,Amazon Simple Queue Service,Credit,-0.5,1,\n"
        "Microsoft,Virtual Machines,Usage,3,2,westeurope\n"
    )
    estate = read_estate(write(tmp_path, "focus.csv", text)).set_index("identifier")
    assert estate.loc["Amazon Simple Queue Service", "offering_id"] == "sqs"
    assert estate.loc["Credit", "status"] == "not a service"
    assert estate.loc["Virtual Machines", "note"] == "a row of another provider: Microsoft"


def test_cost_explorer_wide_long_and_api(tmp_path):
    wide = "Service,SQS($),Tax($),Total costs($)\nService total,1.5,0.1,1.6\n2026-01-01,1.5,0.1,1.6\n"
    estate = read_estate(write(tmp_path, "wide.csv", wide)).set_index("identifier")
    assert estate.loc["SQS", ["offering_id", "rows", "cost"]].tolist() == ["sqs", 1, 1.5]
    assert (estate["status"] == "not a service").sum() == 2
    long = "Start,End,Service,Cost\n2026-01-01,2026-02-01,Amazon SQS,2.5\n"
    assert read_estate(write(tmp_path, "long.csv", long)).loc[0, "cost"] == 2.5
    metrics = {"UnblendedCost": {"Amount": "4.5", "Unit": "USD"}}
    groups = [{"Keys": [ACCOUNT, "Amazon Simple Queue Service"], "Metrics": metrics}]
    answer = {
        "GroupDefinitions": [{"Type": "DIMENSION", "Key": "LINKED_ACCOUNT"}, {"Key": "SERVICE"}],
        "ResultsByTime": [{"Groups": groups}, {"Groups": groups}],
    }
    estate = read_estate(write(tmp_path, "ce.json", answer))
    assert estate.loc[0, ["offering_id", "rows", "cost"]].tolist() == ["sqs", 2, 9.0]
    for grouping in ({"Key": "LINKED_ACCOUNT"}, {"Type": "TAG", "Key": "service"}):
        answer["GroupDefinitions"] = [grouping]
        with pytest.raises(EstateError, match="expected a grouping by SERVICE"):
            read_estate(write(tmp_path, "other.json", answer))
    total = {"ResultsByTime": [{"Groups": [], "Total": metrics}]}
    with pytest.raises(EstateError, match="grouped by nothing; expected a grouping by SERVICE"):
        read_estate(write(tmp_path, "total.json", total))


@pytest.mark.parametrize("cost", ["n/a", "$1.50", '"1,200.50"', "1.5.2", ""])
def test_cost_that_is_no_number_loses_no_row(tmp_path, cost):
    text = f"service,amount\nAmazon SQS,{cost}\nAmazon SQS,2\n"
    estate = read_estate(write(tmp_path, "costs.csv", text))
    assert estate.loc[0, ["rows", "cost"]].tolist() == [2, 2.0]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('service,note\nAmazon SQS,"open\nAmazon SNS,x\n', "a quoted cell that does not end"),
    ],
)
def test_broken_rows_are_named_and_none_is_swallowed(tmp_path, text, message):
    good = "".join(f"Amazon SQS,row {number}\n" for number in range(30_000))
    header, _, rest = text.partition("\n")
    with pytest.raises(EstateError, match=rf"broken.csv, line \d+: {message}"):
        read_estate(write(tmp_path, "broken.csv", f"{header}\n{good}{rest}"))


def test_type_that_is_none_of_aws_gives_way_to_the_service_beside_it(tmp_path):
    text = "Service,Type,Resource Type\nAmazon SQS,standard,Queue\nAmazon SNS,,AWS::SNS::Topic\n"
    estate = read_estate(write(tmp_path, "both.csv", text))
    assert set(found(estate)) == {"Amazon SQS", "AWS::SNS::Topic"}


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


@pytest.mark.slow
@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_encodings_of_windows_are_read(tmp_path, encoding):
    mark = "\ufeff" if encoding.endswith(("le", "be")) else ""
    for name, text in {
        "a.json": json.dumps([{"arn": ARN}], indent=1),
        "a.csv": "service,cost\r\ndynamodb,1\r\n",
        "a.txt": "dynamodb\r\n",
        "a.yaml": "Resources:\r\n  A:\r\n    Type: AWS::DynamoDB::Table\r\n",
    }.items():
        path = tmp_path / name
        path.write_bytes((mark + text).encode(encoding))
        assert read_estate(path)["offering_id"].tolist() == ["dynamodb"], name


@pytest.mark.parametrize(
    "text", ["apiVersion: v1\nkind: Pod\n", "provider:\n  name: aws\n", "a: [1, 2]\n"]
)
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


def test_bullets_numbers_and_boxes_begin_a_name(tmp_path):
    text = "- Amazon SQS\n1. Amazon SQS\n2) Amazon SQS\n* [x] Amazon SQS\n\u2013 Amazon SQS\n"
    assert found(read_estate(write(tmp_path, "list.txt", text))) == {"Amazon SQS": ("sqs", 5)}


def test_sheet_with_a_title_and_services_on_the_second_sheet_is_found(tmp_path):
    book = Workbook()
    book.active.append(["Read me", "first"])
    sheet = book.create_sheet("Ours")
    for row in [["Our estate"], [], ["#", "AWS Service", "#"], [1, "Amazon SQS", "x"]]:
        sheet.append(row)
    book.save(tmp_path / "ours.xlsx")
    assert found(read_estate(tmp_path / "ours.xlsx")) == {"Amazon SQS": ("sqs", 1)}
    book = Workbook()
    for row in [["Owner", "System"], ["alice", "shop"]]:
        book.active.append(row)
    book.save(tmp_path / "other.xlsx")
    with pytest.raises(EstateError, match=r"other.xlsx, sheet Sheet: no column names.*Owner, System"):
        read_estate(tmp_path / "other.xlsx")


def test_resource_of_the_other_terraform_provider_follows_the_same_rules(tmp_path):
    state = state_4(("awscc_ecs_service", {"launch_type": "FARGATE"}), ("awscc_sqs_queue", {}))
    estate = read_estate(write(tmp_path, "a.tfstate", state))
    assert sorted(estate["offering_id"]) == ["ecs-fargate", "sqs"]


def test_single_word_that_is_no_name_is_not_guessed(shipped):
    estate = read_estate(["queue", "email", "Elastic Kubernetes"], tables=shipped)
    assert estate.set_index("identifier")["service_id"].to_dict() == {
        "queue": "", "email": "", "Elastic Kubernetes": "eks"
    }  # fmt: skip


def test_file_named_twice_is_read_once_and_a_mistyped_one_is_missed(tmp_path):
    path = write(tmp_path, "a.csv", "service\nAmazon SQS\n")
    assert read_estate([path, str(tmp_path / "*.csv")])["resources"].sum() == 1
    with pytest.raises(FileNotFoundError, match=r"typo.csv: no such file"):
        read_estate([str(path), "typo.csv"])
    with pytest.raises(FileNotFoundError, match="the path is empty"):
        read_estate("")


def test_folder_passes_over_backups_manifests_and_empty_files(tmp_path):
    write(tmp_path, "terraform.tfstate", state_4(("aws_sqs_queue", {})))
    for name, text in {
        "terraform.tfstate.backup": "{}",
        "r-Manifest.json": "{}",
        "_SUCCESS": "",
    }.items():
        write(tmp_path, name, text)
    write(tmp_path, "empty.csv", "")
    assert read_estate(tmp_path)["resources"].sum() == 1


def test_parquet_files_of_different_tables_in_one_folder_stay_apart(tmp_path):
    import duckdb

    for name, query in {
        "a": "SELECT 'Amazon SQS' AS service", "b": "SELECT 'Amazon SNS' AS service",
        "c": "SELECT 'AWS::EC2::VPC' AS resource_type, 1 AS id",
    }.items():  # fmt: skip
        with duckdb.connect() as connection:
            connection.execute(f"COPY ({query}) TO '{tmp_path}/{name}.parquet' (FORMAT parquet)")
    assert set(found(read_estate(tmp_path))) == {"Amazon SQS", "Amazon SNS", "AWS::EC2::VPC"}


@pytest.mark.parametrize("source", [None, 5, {}, pd.Series(["Amazon SQS"])])
def test_argument_that_is_no_table_is_refused(source):
    with pytest.raises(EstateError, match=r"the source: \w+; expected a path, a list of paths or of"):
        read_estate(source)


def test_lines_of_a_bill_are_no_resources_to_weigh(tmp_path):
    bill = write(tmp_path, "bill.csv", "service,cost\n" + "Amazon SQS,1\n" * 700)
    state = write(
        tmp_path, "a.tfstate", state_4(("aws_dynamodb_table", {}), ("aws_dynamodb_table_item", {}))
    )
    weights = list_offerings_in_use(read_estate([bill, state])).set_index("offering_id")["weight"]
    assert weights.to_dict() == {"sqs": 1, "dynamodb": 1}


ARN = f"arn:aws:dynamodb:eu-west-1:{ACCOUNT}:table/papers"


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


@pytest.mark.parametrize("name", ["list.txt", "list.csv", "list.xlsx"])
def test_plain_list_of_services_is_read_by_any_name(tmp_path, name):
    names = ["Amazon SQS", "sns", "AmazonDynamoDB", "Amazon Sqz"]
    path = tmp_path / name
    if name.endswith("xlsx"):
        book = Workbook()
        for row in [["Service", "Owner"], *([service, "team"] for service in names)]:
            book.active.append(row)
        book.save(path)
    else:
        path.write_text("\n".join([*(["# ours"] if name == "list.txt" else ["service"]), *names]))
    estate = read_estate(path).set_index("identifier")
    assert estate["offering_id"].to_dict() == {
        "Amazon SQS": "sqs", "sns": "sns", "AmazonDynamoDB": "dynamodb", "Amazon Sqz": ""
    }  # fmt: skip
    assert "Amazon SQS" in estate.loc["Amazon Sqz", "note"]
    assert estate.loc["AmazonDynamoDB", "assumed"]
    assert "dynamodb-dax" in estate.loc["AmazonDynamoDB", "alternatives"]


def test_unclear_service_is_assumed_to_be_its_ordinary_offering(shipped):
    services = ["Amazon ECS", "AWS Lambda", "Amazon RDS", "Amazon Cognito", "Amazon FSx"]
    estate = read_estate(services, tables=shipped).set_index("identifier")
    assert estate["assumed"].all()
    assert estate.loc[services, "offering_id"].tolist() == [
        "ecs-ec2", "lambda-zip", "rds-db-instance", "cognito-user-pools", "fsx-windows"
    ]  # fmt: skip
    assert "lambda-container-image" in estate.loc["AWS Lambda", "alternatives"]


@pytest.mark.parametrize(
    ("name", "offering"),
    [
        ("S3 buckets", "s3-general-purpose"),
        ("SNS topics", "sns"),
        ("SQS queues", "sqs"),
        ("RDS (PostgreSQL)", "rds-db-instance"),
        ("Postgres RDS", "rds-db-instance"),
        ("EC2 on Windows", "ec2-instance"),
        ("EC2 Linux servers", "ec2-instance"),
        ("EC2 (Auto Scaling)", "ec2-auto-scaling"),
        ("Windows Server on EC2", "ec2-instance"),
        ("IAM Identity Center (SSO)", "iam-identity-center"),
        ("Fargate", "ecs-fargate"),
        ("Redis", "elasticache-node-based"),
        ("cloud watch", "cloudwatch-metrics"),
        ("Active Directory", "directory-service-managed-ad"),
        ("Bedrock Claude", "bedrock"),
        ("CDN", "cloudfront"),
        ("Kubernetes", "eks-managed-node-groups"),
        ("MongoDB", "documentdb-instance-based"),
    ],
)
def test_inventory_may_say_what_people_say(shipped, name, offering):
    assert read_estate([name], tables=shipped)["offering_id"].tolist() == [offering]


def test_everyday_name_is_assumed_and_its_other_meanings_are_named(tables):
    estate = read_estate(["sport"], tables=tables)
    assert estate[["offering_id", "assumed"]].to_numpy().tolist() == [["run-home", True]]
    assert estate["alternatives"].tolist() == ["paint; run-far"]


def test_word_of_other_clouds_is_not_taken_for_a_service_but_explained(tables):
    estate = read_estate(["things"], tables=tables)
    assert estate[["status", "note"]].to_numpy().tolist() == [["unrecognised", "may mean: run-home"]]


@pytest.mark.parametrize("name", ["Azure SQL Server", "Google Kubernetes Engine", "Redis Labs"])
def test_name_beside_words_that_mean_nothing_here_is_not_guessed(shipped, name):
    assert read_estate([name], tables=shipped)["status"].tolist() == ["unrecognised"]


def test_rows_that_name_only_the_service_follow_what_the_estate_shows(tmp_path):
    state = state_4(("aws_ecs_service", {"launch_type": "FARGATE"}), ("aws_ecs_cluster", {}))
    estate = read_estate(write(tmp_path, "a.tfstate", state)).set_index("identifier")
    assert estate["offering_id"].tolist() == ["ecs-fargate", "ecs-fargate"]
    assert estate["assumed"].to_dict() == {"aws_ecs_cluster": True, "aws_ecs_service": False}


@pytest.mark.parametrize(
    ("kind", "settings", "offering"),
    [
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
    ],
)  # fmt: skip
def test_settings_decide_the_variant(tmp_path, kind, settings, offering):
    if kind.startswith("aws_"):
        path = write(tmp_path, "a.tfstate", state_4((kind, settings)))
    else:
        path = write(tmp_path, "a.json", template(A={"Type": kind, "Properties": settings}))
    estate = read_estate(path)
    assert estate["offering_id"].tolist() == [offering]
    is_open = kind == "aws_eks_cluster" and offering == "eks-managed-node-groups"
    assert estate["assumed"].item() == (is_open or offering == "nat-instance")


def test_folder_and_glob_are_read_together_and_faults_reported_together(tmp_path):
    write(tmp_path, "a.tfstate", state_4(("aws_sqs_queue", {})))
    write(tmp_path, "b.txt", "Amazon SQS\n")
    write(tmp_path, "README.md", "no inventory")
    estate = read_estate(tmp_path)
    assert list_offerings_in_use(estate)[["rows", "resources"]].to_numpy().tolist() == [[2, 1]]
    assert found(read_estate(str(tmp_path / "*.tfstate"))) == {"aws_sqs_queue": ("sqs", 1)}
    assert read_estate([tmp_path / "a.tfstate", tmp_path / "b.txt"]).equals(estate)
    write(tmp_path, "c.json", "{")
    write(tmp_path, "d.json", '{"version": 9, "lineage": "x"}')
    with pytest.raises(EstateError, match=r"(?s)2 files cannot be read:.*c.json, line 1.*d.json"):
        read_estate(tmp_path)


@pytest.mark.parametrize("source", ["nothing/here.json", "nothing/*.csv"])
def test_missing_file_is_named(source):
    with pytest.raises(FileNotFoundError, match="no such file, folder or pattern"):
        read_estate(source)


def test_kind_can_be_given_and_a_wrong_one_is_refused_with_the_choices(tmp_path):
    path = write(tmp_path, "names.csv", "Amazon SQS,ours\nAmazon SNS,theirs\n")
    with pytest.raises(EstateError, match=r"names.csv, line 1: no column names a resource"):
        read_estate(path)
    assert len(read_estate(path, kind="list")) == 2
    with pytest.raises(ValueError, match=r"kind should be one of \['terraform'"):
        read_estate(path, kind="excel")


def test_identifier_that_means_two_services_is_not_guessed(tables):
    tables["aliases"].loc[len(tables["aliases"])] = ["cur-product-code", "Jog", "paint", ""]
    estate = read_estate(["jog"], tables=tables)
    assert estate[["status", "note"]].to_numpy().tolist() == [["unrecognised", "may mean: run; paint"]]


def test_model_narrowed_to_an_estate_has_its_offerings_and_counts(shipped):
    estate = read_estate(["Amazon SQS", "Amazon SQS", "Amazon DynamoDB", "nonsense"], tables=shipped)
    used = in_use(build_model(shipped), estate)
    assert used["offering_id"].unique().tolist() == ["dynamodb", "sqs"]
    assert len(used) == 2 * 28
    assert used.groupby("offering_id")["resources"].first().to_dict() == {"dynamodb": 1, "sqs": 1}
    assert (
        set(used["offering"].cat.categories) == {"Amazon SQS", "DynamoDB table"}
        or used["offering"].cat.categories.size == 2
    )
    with pytest.raises(ValueError, match="the model has no offering sqs"):
        in_use(build_model(shipped).query("offering_id != 'sqs'"), estate)


def test_nothing_recognised_gives_an_empty_model_with_all_columns(shipped):
    used = in_use(build_model(shipped), read_estate(["nonsense"], tables=shipped))
    assert used.empty
    assert {"resources", "assumed", "weight", "duty"} <= set(used.columns)


def test_duties_are_weighed_by_instances_not_by_what_belongs_to_them(tmp_path, shipped):
    instances = [("aws_instance", {"instance_type": "t3.micro"})] * 5
    path = write(tmp_path, "a.tfstate", state_4(*instances, *[("aws_key_pair", {})] * 9))
    weighed = list_customer_duties(in_use(build_model(shipped), read_estate(path)))
    patching = weighed[weighed["duty"] == "Guest OS patching"].iloc[0]
    assert (patching["responsibility"], patching["weight"], patching["resources"]) == (
        "Customer",
        5,
        5,
    )
