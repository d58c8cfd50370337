"""Findings of scanners: several on one resource are one, and what is not enabled is not in use."""

import json

import pandas as pd
import pytest

from srm_data.estate import read_estate

BUCKET = "arn:aws:s3:::papers"
TRAIL = "arn:aws:cloudtrail:eu-west-1:123456789012:trail/all"
MACIE = "arn:aws:macie2:eu-west-1:123456789012:session"
DETECTOR = "arn:aws:guardduty:eu-west-1:123456789012:detector/unknown"


def count(estate: pd.DataFrame) -> dict[str, tuple[str, str, int, int]]:
    columns = ["status", "offering_id", "rows", "resources"]
    return {row[0]: tuple(row[1:]) for row in estate[["identifier", *columns]].to_numpy().tolist()}


PROWLER_5 = f"""AUTH_METHOD;ACCOUNT_UID;PROVIDER;CHECK_ID;STATUS;STATUS_EXTENDED;SERVICE_NAME;\
RESOURCE_TYPE;RESOURCE_UID;REMEDIATION_CODE_NATIVEIAC
p;123456789012;aws;s3_bucket_kms;FAIL;SSE is not enabled.;s3;AwsS3Bucket;{BUCKET};"```yaml
Resources:
  B: {{Type: AWS::S3::Bucket}}
```"
p;123456789012;aws;s3_bucket_acl;PASS;fine;s3;AwsS3Bucket;{BUCKET};
p;123456789012;aws;cloudtrail_kms;FAIL;not encrypted;cloudtrail;AwsCloudTrailTrail;{TRAIL};
p;123456789012;aws;macie_is_enabled;FAIL;Macie is not enabled.;macie;Other;{MACIE};
p;123456789012;aws;guardduty_is_enabled;FAIL;GuardDuty is not enabled.;guardduty;Other;{DETECTOR};
"""
PROWLER_4 = f"""PROVIDER;CHECK_ID;STATUS;STATUS_EXTENDED;SERVICE_NAME;RESOURCE_TYPE;RESOURCE_UID;REGION
aws;s3_bucket_kms;FAIL;SSE is not enabled.;s3;AwsS3Bucket;{BUCKET};eu-west-1
aws;s3_bucket_acl;PASS;fine;s3;AwsS3Bucket;{BUCKET};eu-west-1
aws;cloudtrail_kms;FAIL;not encrypted;cloudtrail;AwsCloudTrailTrail;{TRAIL};eu-west-1
aws;macie_is_enabled;FAIL;Macie is not enabled.;macie;Other;{MACIE};eu-west-1
aws;guardduty_is_enabled;FAIL;GuardDuty is not enabled.;guardduty;Other;{DETECTOR};eu-west-1
"""
PROWLER_3 = (
    PROWLER_4.replace("RESOURCE_UID", "RESOURCE_ARN")
    .replace("PROVIDER;", "PROFILE;")
    .replace("\naws;", "\nprod;")
)
PROWLER_2 = f"""PROFILE,ACCOUNT_NUM,REGION,TITLE_ID,CHECK_RESULT,CHECK_RESULT_EXTENDED,\
CHECK_SERVICENAME,CHECK_ASFF_RESOURCE_TYPE,CHECK_RESOURCE_ID
default,123456789012,eu-west-1,7.1,FAIL,no encryption,s3,AwsS3Bucket,{BUCKET}
default,123456789012,eu-west-1,7.2,PASS,fine,s3,AwsS3Bucket,{BUCKET}
default,123456789012,eu-west-1,2.1,FAIL,not encrypted,cloudtrail,AwsCloudTrailTrail,{TRAIL}
default,123456789012,eu-west-1,7.9,FAIL,Macie is not enabled.,macie,AwsMacieSession,123456789012
default,123456789012,eu-west-1,7.8,FAIL,No GuardDuty found,guardduty,AwsGuardDutyDetector,123456789012
"""


@pytest.mark.parametrize("text", [PROWLER_2, PROWLER_3, PROWLER_4, PROWLER_5], ids=[2, 3, 4, 5])
@pytest.mark.slow
def test_prowler_of_every_version_counts_a_resource_once_and_nothing_that_is_not_enabled(
    tmp_path, text
):
    path = tmp_path / "prowler.csv"
    path.write_text(text)
    estate = read_estate(path)
    assert estate["rows"].sum() == 5
    used = estate[estate["status"] == "recognised"]
    assert used[["offering_id", "rows", "resources"]].to_numpy().tolist() == [
        ["s3-general-purpose", 2, 1], ["cloudtrail", 1, 1]
    ]  # fmt: skip
    missing = estate[estate["status"] == "not a service"]
    assert missing["rows"].sum() == 2
    assert missing["note"].str.startswith("a finding that something is not in use").all()


def test_prowler_file_of_windows_with_doubled_line_ends_is_read(tmp_path):
    path = tmp_path / "prowler.csv"
    path.write_bytes(PROWLER_4.replace("\n", "\r\r\n").encode())
    assert read_estate(path)["rows"].sum() == 5


def test_report_of_compliance_names_the_service_by_its_check(tmp_path):
    path = tmp_path / "cis.csv"
    path.write_text(
        "PROVIDER;ACCOUNTID;REQUIREMENTS_ID;STATUS;STATUSEXTENDED;RESOURCEID;CHECKID\n"
        "aws;1;1.1;PASS;fine;papers;s3_bucket_acl\naws;1;1.2;PASS;fine;papers;s3_bucket_kms\n"
    )
    assert count(read_estate(path)) == {"s3": ("recognised", "s3-general-purpose", 2, 1)}


def build_finding(arn: str, kind: str, title: str = "x", status: str = "FAILED") -> dict:
    return {
        "GeneratorId": "a", "Id": "b", "AwsAccountId": "123456789012", "Title": title,
        "Compliance": {"Status": status}, "Resources": [{"Type": kind, "Id": arn}],
    }  # fmt: skip


FINDINGS = [
    build_finding(BUCKET, "AwsS3Bucket"),
    build_finding(BUCKET, "AwsS3Bucket", "S3.2"),
    build_finding("sg-1", "AwsEc2SecurityGroup"),
    build_finding("AWS::::Account:123456789012", "AwsAccount"),
    build_finding(MACIE, "AwsMacieSession", "Macie is not enabled"),
]


def lower(node: object) -> object:
    """Write the keys as the API of Inspector and the SDK for JavaScript do."""
    if isinstance(node, dict):
        return {key[0].lower() + key[1:]: lower(value) for key, value in node.items()}
    return [lower(item) for item in node] if isinstance(node, list) else node


@pytest.mark.parametrize(
    "document",
    [
        {"Findings": FINDINGS},
        FINDINGS,
        {"findings": lower(FINDINGS)},
        {"version": "0", "detail": {"findings": FINDINGS}},
        [{"Findings": FINDINGS[:2]}, {"Findings": FINDINGS[2:]}],
    ],
    ids=["answer", "list", "lower case", "event", "pages"],
)
def test_security_hub_is_read_in_both_spellings_and_as_events(tmp_path, document):
    path = tmp_path / "findings.json"
    path.write_text(json.dumps(document))
    assert count(read_estate(path)) == {
        "s3:bucket": ("recognised", "s3-general-purpose", 2, 1),
        "AwsEc2SecurityGroup": ("recognised", "vpc", 1, 1),
        "AwsAccount": ("not a service", "", 1, 1),
        "macie2": ("not a service", "", 1, 1),
    }


@pytest.mark.parametrize(
    ("arn", "kind", "details", "offering"),
    [
        ("rds:eu-west-1:1:db:a", "AwsRdsDbInstance",
         {"Engine": "aurora-mysql", "DBInstanceClass": "db.serverless"}, "aurora-serverless-v2"),
        ("lambda:eu-west-1:1:function:a", "AwsLambdaFunction", {"PackageType": "Image"},
         "lambda-container-image"),
        ("ecs:eu-west-1:1:service/a/b", "AwsEcsService", {"LaunchType": "FARGATE"}, "ecs-fargate"),
        ("ec2:eu-west-1:1:instance/i-1", "AwsEc2Instance", {"Type": "mac2.metal"}, "ec2-mac"),
    ],
)  # fmt: skip
def test_details_of_a_finding_decide_the_offering(tmp_path, arn, kind, details, offering):
    finding = build_finding(f"arn:aws:{arn}", kind)
    finding["Resources"][0]["Details"] = {kind: details}
    path = tmp_path / "findings.json"
    path.write_text(json.dumps({"Findings": [build_finding(f"arn:aws:{arn}", kind), finding]}))
    estate = read_estate(path)
    used = estate[estate["resources"] > 0]
    assert used[["offering_id", "resources"]].to_numpy().tolist() == [[offering, 1]]


def test_setting_that_a_finding_does_not_tell_leaves_an_offering_open(tmp_path):
    finding = build_finding("arn:aws:rds:eu-west-1:1:cluster:a", "AwsRdsDbCluster")
    finding["Resources"][0]["Details"] = {"AwsRdsDbCluster": {"Engine": "aurora-mysql"}}
    path = tmp_path / "findings.json"
    path.write_text(json.dumps({"Findings": [finding]}))
    [row] = read_estate(path).to_dict("records")
    assert (row["offering_id"], row["assumed"]) == ("aurora-provisioned", True)
    assert "aurora-serverless-v2" in row["alternatives"]


def test_finding_of_prowler_about_the_account_is_no_use_of_iam(tmp_path):
    resource = {"uid": "arn:aws:iam::123456789012:root", "type": "Other", "group": {"name": "account"}}
    finding = {"finding_info": {"uid": "a"}, "status_code": "MANUAL", "resources": [resource]}
    path = tmp_path / "ocsf.json"
    path.write_text(json.dumps([finding | {"cloud": {"provider": "aws"}}]))
    assert read_estate(path)["note"].tolist() == [
        "a finding about the account as a whole, not a resource"
    ]


def test_archived_finding_of_security_hub_is_no_use_and_another_on_the_resource_is(tmp_path):
    archived = {"RecordState": "ARCHIVED"}
    findings = [
        build_finding(BUCKET, "AwsS3Bucket") | archived,
        build_finding(BUCKET, "AwsS3Bucket"),
        build_finding(TRAIL, "AwsCloudTrailTrail") | archived,
    ]
    path = tmp_path / "findings.json"
    path.write_text(json.dumps({"Findings": findings}))
    estate = read_estate(path)
    used = estate[estate["status"] == "recognised"]
    assert used[["identifier", "rows", "resources"]].to_numpy().tolist() == [["s3:bucket", 1, 1]]
    assert estate["note"].str.startswith("an archived finding").sum() == 2


@pytest.mark.parametrize("document", [
    {"findings": [
        {"findingArn": "arn:aws:inspector2:eu-west-1:1:finding/a", "status": "ACTIVE", "title": "CVE",
         "resources": [{"id": "i-1", "type": "AWS_EC2_INSTANCE", "region": "eu-west-1"}]}] * 3},
    {"findings": [
        {"arn": "arn:aws:inspector:eu-west-1:1:target/0/run/0/finding/0", "assetType": "ec2-instance",
         "assetAttributes": {"agentId": "i-1"}}] * 3},
], ids=["list-findings", "classic"])  # fmt: skip
def test_inspector_counts_the_instance_and_not_its_findings(tmp_path, document):
    path = tmp_path / "inspector.json"
    path.write_text(json.dumps(document))
    estate = read_estate(path)
    assert estate[["offering_id", "rows", "resources", "counted_by"]].to_numpy().tolist() == [
        ["ec2-instance", 3, 1, "id"]
    ]


@pytest.mark.parametrize(("kind", "offering"), [
    ("AwsApiGatewayRestApi", "api-gateway-rest"),
        ("AwsAutoScalingAutoScalingGroup", "ec2-auto-scaling"),
    ("AwsCloudTrailTrail", "cloudtrail"), ("AwsElbLoadBalancer", "classic-load-balancer"),
    ("AwsEc2NetworkAcl", "vpc"), ("AwsEc2TransitGateway", "transit-gateway"), ("AwsEMR", "emr-ec2"),
    ("AwsS3Bucket", "s3-general-purpose"), ("AwsStepFunctionStateMachine", "step-functions"),
    ("AwsSageMakerNotebookInstance", "sagemaker-notebook-instance"),
])  # fmt: skip
@pytest.mark.slow
def test_type_of_a_finding_is_known_where_its_service_has_several_capitals(kind, offering):
    assert read_estate(pd.DataFrame({"resource_type": [kind]}))["offering_id"].item() == offering


WIZ = f"""Title,Severity,Status,Resource Type,Resource external ID,Resource Platform
Public,HIGH,OPEN,Bucket,{BUCKET},AWS
Open,LOW,OPEN,Bucket,{BUCKET},AWS
Old,LOW,OPEN,Virtual Machine,/subscriptions/1/vm,Azure
"""
WIZ_INVENTORY = """Name,Native Type,Provider ID,Cloud Platform
a,ec2#instance,i-1,AWS
b,s3#bucket,papers,AWS
c,microsoft.compute/virtualmachines,/subscriptions/1,Azure
"""
ORCA = f"""Alert ID,Severity,Asset Type,Asset Unique ID,Cloud Provider
1,high,AwsS3Bucket,{BUCKET},aws
2,low,AwsS3Bucket,{BUCKET},aws
"""


@pytest.mark.parametrize(("text", "expected"), [
    (WIZ, {"s3:bucket": ("recognised", "s3-general-purpose", 2, 1),
           "Virtual Machine": ("not a service", "", 1, 1)}),
    (WIZ_INVENTORY, {"ec2#instance": ("recognised", "ec2-instance", 1, 1),
                     "s3#bucket": ("recognised", "s3-general-purpose", 1, 1),
                     "microsoft.compute/virtualmachines": ("not a service", "", 1, 1)}),
    (ORCA, {"s3:bucket": ("recognised", "s3-general-purpose", 2, 1)}),
], ids=["wiz issues", "wiz inventory", "orca alerts"])  # fmt: skip
def test_tables_of_scanners_count_resources_and_set_other_clouds_apart(tmp_path, text, expected):
    path = tmp_path / "report.csv"
    path.write_text(text)
    assert count(read_estate(path)) == expected


@pytest.mark.parametrize("words", ["not in use", "not in-use"])
def test_finding_that_a_service_is_not_in_use_is_no_use(tmp_path, words):
    header = "CHECK_ID;STATUS;STATUS_EXTENDED;SERVICE_NAME;RESOURCE_UID"
    arn = "arn:aws:organizations::123456789012:unknown"
    path = tmp_path / "prowler.csv"
    path.write_text(f"{header}\na;FAIL;AWS Organizations is {words} for it.;organizations;{arn}\n")
    assert read_estate(path)["status"].tolist() == ["not a service"]
