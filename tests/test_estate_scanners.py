"""Reports of scanners and planners that name resources: each is counted once, and none is invented."""

import pytest

from srm_data.estate import read_estate
from srm_data.exceptions import UnknownKindError
from tests.inventories import write


def count(estate):
    columns = ("identifier", "status", "offering_id", "rows", "resources")
    return {row[0]: tuple(row[1:]) for row in estate[list(columns)].itertuples(index=False)}


def build_check(resource, path="/main.tf", code='resource "a" "b" {'):
    return {"check_id": "CKV_1", "check_name": "x", "resource": resource, "file_path": path,
            "code_block": [[1, code]]}  # fmt: skip


CHECKOV = {
    "check_type": "terraform",
    "results": {
        "passed_checks": [
            build_check("aws_sqs_queue.jobs"), build_check("module.a.aws_lambda_function.b[0]"),
        ],
        "failed_checks": [
            build_check("aws_sqs_queue.jobs"), build_check("aws_sqs_queue.jobs", path="/other.tf"),
            build_check("aws_iam_policy_document.p", code='data "aws_iam_policy_document" "p" {'),
            build_check("azurerm_key_vault.main"), build_check("aws.default"),
        ],
        "skipped_checks": [build_check("AWS::SNS::Topic.Alerts")], "parsing_errors": ["/broken.tf"],
    },
}  # fmt: skip
EXPECTED = {
    "aws_sqs_queue": ("recognised", "sqs", 3, 2),
    "aws_lambda_function": ("recognised", "lambda-zip", 1, 1),
    "aws_iam_policy_document": ("not a service", "", 1, 1),
    "azurerm_key_vault": ("not a service", "", 1, 1),
    "(no resource type)": ("not a service", "", 1, 1),
    "AWS::SNS::Topic": ("recognised", "sns", 1, 1),
}


@pytest.mark.parametrize("document", [CHECKOV, [CHECKOV]], ids=["one report", "several"])
def test_findings_of_checkov_count_each_resource_once_and_no_data_source(tmp_path, document):
    assert count(read_estate(write(tmp_path, "checkov.json", document))) == EXPECTED


def test_findings_alone_and_an_empty_report_of_checkov_are_read(tmp_path):
    alone = [build_check("aws_sqs_queue.jobs"), build_check("aws_sqs_queue.jobs")]
    estate = read_estate(write(tmp_path, "alone.json", alone))
    assert count(estate) == {"aws_sqs_queue": ("recognised", "sqs", 2, 1)}
    empty = {"passed": 0, "failed": 0, "resource_count": 0, "checkov_version": "3.2.1"}
    assert read_estate(write(tmp_path, "empty.json", empty)).empty


TFSEC = {"results": [
    {"rule_id": "AVD-1", "resource": "aws_sqs_queue.jobs", "location": {"filename": "main.tf"}},
    {"rule_id": "AVD-2", "resource": "aws_sqs_queue.jobs", "location": {"filename": "main.tf"}},
    {"rule_id": "AVD-3", "resource": "a general remark", "location": {"filename": "main.tf"}},
]}  # fmt: skip
KICS = {"kics_version": "1.7", "queries": [
    {"query_name": "q", "files": [
        {"file_name": "a.tf", "resource_type": "aws_sqs_queue", "resource_name": "jobs"},
        {"file_name": "a.yaml", "resource_type": "AWS::SNS::Topic", "resource_name": "t"}]},
    {"query_name": "r", "files": [
        {"file_name": "a.tf", "resource_type": "aws_sqs_queue", "resource_name": "jobs"},
        {"file_name": "b.yaml", "resource_type": "community.aws.elb_application_lb"}]},
]}  # fmt: skip


OLD_TFSEC = {"results": [
    {"rule_id": "AWS050", "location": {"filename": "vpc.tf"},
     "description": "Resource 'module.net:module.in[\"a\"]:aws_sqs_queue.q[0]' is open."},
    {"rule_id": "GCP008", "location": {"filename": "gke.tf"},
     "description": "Resource 'google_container_cluster.k' is open."},
    {"rule_id": "GEN001", "location": {"filename": "vars.tf"}, "description": "A secret."},
]}  # fmt: skip
OLD_KICS = {"files_scanned": 2, "queries_total": 9, "queries": [{"query_name": "q", "files": [
    {"file_name": "s3.tf", "search_key": "aws_s3_bucket[this].policy.Action"},
    {"file_name": "s3.tf", "search_key": "resource.aws_s3_bucket[this]"},
    {"file_name": "s3.tf", "search_key": "data.aws_iam_policy_document[p]"},
    {"file_name": "k8s.yaml", "search_key": "metadata.name={{web}}.spec"}]}]}  # fmt: skip
TERRASCAN = {"results": {"scan_summary": {"violated_policies": 3}, "violations": [
    {"rule_id": "AC_1", "resource_name": "q", "resource_type": "aws_sqs_queue", "file": "a.tf"},
    {"rule_id": "AC_2", "resource_name": "q", "resource_type": "aws_sqs_queue", "file": "a.tf"},
    {"rule_id": "AC_3", "resource_name": "k", "resource_type": "google_container_cluster",
     "file": "b.tf"}]}}  # fmt: skip
CLOUDSPLOIT = [
    {"plugin": "p", "category": "SQS", "resource": "arn:aws:sqs:eu-west-1:111111111111:q",
     "region": "eu-west-1", "status": "FAIL", "message": "open"},
    {"plugin": "r", "category": "SNS", "resource": "N/A", "region": "eu-west-1", "status": "FAIL",
     "message": "No topics found"},
]  # fmt: skip


@pytest.mark.parametrize(("document", "expected"), [
    (OLD_TFSEC, {"aws_sqs_queue": ("recognised", "sqs", 1, 1),
                 "google_container_cluster": ("not a service", "", 1, 1),
                 "(no resource type)": ("not a service", "", 1, 1)}),
    (OLD_KICS, {"aws_s3_bucket": ("recognised", "s3-general-purpose", 2, 1),
                "aws_iam_policy_document": ("not a service", "", 1, 1),
                "(no resource type)": ("not a service", "", 1, 1)}),
    (TERRASCAN, {"aws_sqs_queue": ("recognised", "sqs", 2, 1),
                 "google_container_cluster": ("not a service", "", 1, 1)}),
    (CLOUDSPLOIT, {"sqs": ("recognised", "sqs", 1, 1),
                   "(no resource)": ("not a service", "", 1, 1)}),
], ids=["old tfsec", "old kics", "terrascan", "cloudsploit"])  # fmt: skip
def test_findings_of_older_and_other_scanners_count_resources(tmp_path, document, expected):
    assert count(read_estate(write(tmp_path, "findings.json", document))) == expected


@pytest.mark.parametrize(("document", "expected"), [
    (TFSEC, {"aws_sqs_queue": ("recognised", "sqs", 2, 1),
             "(no resource type)": ("not a service", "", 1, 1)}),
    (KICS, {"aws_sqs_queue": ("recognised", "sqs", 2, 1),
            "AWS::SNS::Topic": ("recognised", "sns", 1, 1),
            "community.aws.elb_application_lb": ("unrecognised", "", 1, 1)}),
], ids=["tfsec", "kics"])  # fmt: skip
def test_findings_of_tfsec_and_kics_count_resources(tmp_path, document, expected):
    assert count(read_estate(write(tmp_path, "findings.json", document))) == expected


INFRACOST = {
    "version": "0.2", "currency": "USD", "projects": [
        {"name": "a", "breakdown": {"resources": [
            {"name": "module.m.aws_instance.web[0]", "resourceType": "aws_instance",
             "monthlyCost": "7.5",
             "subresources": [{"name": "root_block_device", "monthlyCost": "5"}]},
            {"name": "aws_sqs_queue.jobs", "monthlyCost": None},
            {"name": "azurerm_firewall.f", "resourceType": "azurerm_firewall", "monthlyCost": "1"}]},
         "summary": {"noPriceResourceCounts": {"aws_iam_role": 3},
                     "unsupportedResourceCounts": {"aws_codepipeline": 1}}},
        {"name": "b", "breakdown": {"resources": [], "freeResources": [
            {"name": "aws_iam_role.r", "resourceType": "aws_iam_role"}]},
         "summary": {"noPriceResourceCounts": {"aws_iam_role": 1}}},
    ],
}  # fmt: skip


def test_infracost_counts_what_has_a_price_and_what_has_none_once(tmp_path):
    estate = read_estate(write(tmp_path, "infracost.json", INFRACOST))
    assert count(estate) == {
        "aws_instance": ("recognised", "ec2-instance", 1, 1),
        "aws_sqs_queue": ("recognised", "sqs", 1, 1),
        "azurerm_firewall": ("not a service", "", 1, 1),
        "aws_iam_role": ("recognised", "iam", 4, 4),
        "aws_codepipeline": ("recognised", "codepipeline", 1, 1),
    }
    costs = estate.set_index("identifier")["cost"]
    assert costs["aws_instance"] == 7.5 and costs.isna()["aws_sqs_queue"]


def test_driftctl_sets_resources_apart_that_are_missing_in_the_account(tmp_path):
    scan = {
        "summary": {"total_resources": 3, "total_managed": 1}, "coverage": 33,
        "managed": [{"id": "jobs", "type": "aws_sqs_queue"}],
        "unmanaged": [{"id": "papers", "type": "aws_s3_bucket"},
                      {"id": "r", "type": "github_repository"}],
        "missing": [{"id": "old", "type": "aws_sns_topic"}], "alerts": None,
    }  # fmt: skip
    assert count(read_estate(write(tmp_path, "scan.json", scan))) == {
        "aws_sqs_queue": ("recognised", "sqs", 1, 1),
        "aws_s3_bucket": ("recognised", "s3-general-purpose", 1, 1),
        "github_repository": ("not a service", "", 1, 1),
        "aws_sns_topic": ("not a service", "", 1, 1),
    }


SCOUT = """scoutsuite_results =
{"account_id": "123456789012", "provider_code": "aws", "last_run": {"ruleset_about": "x"}, "services": {
 "ec2": {"filters": {}, "regions": {"eu-west-1": {"vpcs": {"vpc-1": {
   "instances": {"i-1": {"name": "a"}, "i-2": {}}, "security_groups": {"sg-1": {}}}}}}},
 "vpc": {"regions": {"eu-west-1": {"vpcs": {"vpc-1": {"subnets": {"subnet-1": {}}}}}}},
 "rds": {"regions": {"eu-west-1": {"security_groups": {"default": {}}, "vpcs": {"EC2-Classic": {
   "instances": {"db": {"Engine": "postgres"}}}}}}},
 "s3": {"buckets_count": 1, "buckets": {"a1": {"name": "papers"}},
        "findings": {"f": {"items": ["s3.buckets.a1"]}}}}}
"""


@pytest.mark.parametrize("prefix", ["scoutsuite_results =\n", ""], ids=["js", "json"])
def test_scoutsuite_counts_a_vpc_of_two_services_once_and_no_default_groups(tmp_path, prefix):
    text = SCOUT.replace("scoutsuite_results =\n", prefix)
    estate = read_estate(write(tmp_path, "scoutsuite_results_aws.js", text))
    assert count(estate) == {
        "AWS::EC2::Instance": ("recognised", "ec2-instance", 2, 2),
        "AWS::EC2::VPC": ("recognised", "vpc", 2, 1),
        "AWS::EC2::SecurityGroup": ("recognised", "vpc", 1, 1),
        "AWS::EC2::Subnet": ("recognised", "vpc", 1, 1),
        "AWS::RDS::DBInstance": ("recognised", "rds-db-instance", 1, 1),
        "AWS::S3::Bucket": ("recognised", "s3-general-purpose", 1, 1),
    }
    assert set(estate["accounts"]) == {"123456789012"}


@pytest.mark.parametrize(("document", "hint"), [
    ({"apiVersion": "v1", "kind": "Pod"}, "a manifest of Kubernetes; name what it runs on"),
    ({"$schema": "x", "contentVersion": "1", "resources": []}, "a template of Azure"),
    ({"apiVersion": "v2", "name": "shop", "version": "1"}, "a chart of Helm"),
    ({"name": "shop", "runtime": "nodejs"}, "a project of Pulumi; give what pulumi stack export"),
    ({"image": {"tag": "1"}, "replicaCount": 2}, "values of Helm"),
    ({"version": "3", "services": {"web": {"image": "nginx"}}}, "a file of Docker Compose"),
    ({"version": "2.1.0", "runs": []}, "findings in SARIF.*give the scanner's own JSON"),
])  # fmt: skip
def test_common_document_that_is_no_inventory_is_refused_by_name(tmp_path, document, hint):
    with pytest.raises(UnknownKindError, match=f"a.json: {hint}"):
        read_estate(write(tmp_path, "a.json", document))
