"""Read the results of ScoutSuite: a JavaScript file that gives a variable one JSON object.

Only collections of resources are read, such as ``services.rds.regions.R.vpcs.V.instances``; findings,
filters and attack surfaces repeat them. Parameter groups and the security groups of databases are left
out: an account has the default ones in every Region, used or not.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from srm_data.estate.arns import split_arn
from srm_data.estate.files import parse_json
from srm_data.estate.resources import Resource, describe_provider
from srm_data.estate.values import expect_mapping, read_scalar
from srm_data.exceptions import UnknownKindError

SIGN = "scoutsuite_results"
COLLECTIONS = {
    "acm": {"certificates": "AWS::CertificateManager::Certificate"},
    "awslambda": {"functions": "AWS::Lambda::Function"},
    "cloudformation": {"stacks": "AWS::CloudFormation::Stack"},
    "cloudfront": {"distributions": "AWS::CloudFront::Distribution"},
    "cloudtrail": {"trails": "AWS::CloudTrail::Trail"},
    "cloudwatch": {"alarms": "AWS::CloudWatch::Alarm", "metric_filters": "AWS::Logs::MetricFilter"},
    "codebuild": {"build_projects": "AWS::CodeBuild::Project"},
    "cognito": {
        "user_pools": "AWS::Cognito::UserPool", "identity_pools": "AWS::Cognito::IdentityPool",
    },
    "config": {
        "recorders": "AWS::Config::ConfigurationRecorder", "rules": "AWS::Config::ConfigRule",
    },
    "directconnect": {"connections": "directconnect:dxcon"},
    "docdb": {"clusters": "AWS::DocDB::DBCluster"},
    "dynamodb": {"tables": "AWS::DynamoDB::Table"},
    "ec2": {
        "instances": "AWS::EC2::Instance", "security_groups": "AWS::EC2::SecurityGroup",
        "network_interfaces": "AWS::EC2::NetworkInterface", "volumes": "AWS::EC2::Volume",
        "snapshots": "ec2:snapshot", "images": "ec2:image", "vpcs": "AWS::EC2::VPC",
    },
    "ecr": {"repositories": "AWS::ECR::Repository"},
    "ecs": {"clusters": "AWS::ECS::Cluster"},
    "efs": {"filesystems": "AWS::EFS::FileSystem"},
    "eks": {"clusters": "AWS::EKS::Cluster"},
    "elasticache": {
        "clusters": "AWS::ElastiCache::CacheCluster",
        "subnet_groups": "AWS::ElastiCache::SubnetGroup",
    },
    "elb": {"elbs": "AWS::ElasticLoadBalancing::LoadBalancer"},
    "elbv2": {"lbs": "AWS::ElasticLoadBalancingV2::LoadBalancer"},
    "emr": {"clusters": "AWS::EMR::Cluster"},
    "guardduty": {"detectors": "AWS::GuardDuty::Detector"},
    "iam": {
        "users": "AWS::IAM::User", "groups": "AWS::IAM::Group", "roles": "AWS::IAM::Role",
        "policies": "AWS::IAM::ManagedPolicy",
    },
    "kms": {"keys": "AWS::KMS::Key"},
    "rds": {
        "instances": "AWS::RDS::DBInstance", "snapshots": "rds:snapshot",
        "subnet_groups": "AWS::RDS::DBSubnetGroup",
    },
    "redshift": {"clusters": "AWS::Redshift::Cluster"},
    "route53": {"hosted_zones": "AWS::Route53::HostedZone", "domains": "route53domains"},
    "s3": {"buckets": "AWS::S3::Bucket"},
    "secretsmanager": {"secrets": "AWS::SecretsManager::Secret"},
    "ses": {"identities": "AWS::SES::EmailIdentity"},
    "sns": {"topics": "AWS::SNS::Topic"},
    "sqs": {"queues": "AWS::SQS::Queue"},
    "ssm": {"parameters": "AWS::SSM::Parameter"},
    "stepfunctions": {"state_machines": "AWS::StepFunctions::StateMachine"},
    "vpc": {
        "vpcs": "AWS::EC2::VPC", "subnets": "AWS::EC2::Subnet",
        "network_acls": "AWS::EC2::NetworkAcl", "flow_logs": "AWS::EC2::FlowLog",
        "peering_connections": "AWS::EC2::VPCPeeringConnection",
    },
}  # fmt: skip
"""The resource type of each collection of a service; a snapshot or an image is named as in an ARN."""

WITHIN = ("regions", "vpcs")
"""Collections that hold collections."""

SETTINGS = {"AWS::Lambda::Function": ("PackageType",), "AWS::RDS::DBInstance": ("Engine",)}
OTHER_CLOUD = "results of ScoutSuite about {}; expected those about AWS"


def is_scoutsuite(named: tuple[str, str]) -> bool:
    r"""Return whether a text begins with results of ScoutSuite, as JavaScript or as JSON.

    Examples
    --------
    >>> is_scoutsuite(("scoutsuite_results_aws.js", "scoutsuite_results =\n{}"))
    True
    """
    if not isinstance(named, tuple):
        return False
    text = named[1].lstrip()
    return text.startswith(SIGN) or (text.startswith("{") and '"ruleset_about"' in text)


def read_scoutsuite(text: str, file: object) -> Iterator[Resource]:
    """Yield every resource of every service; a VPC that two services list is one resource.

    Raises
    ------
    UnknownKindError
        If the results are about another cloud.
    EstateError
        If what stands behind the variable is no JSON object.
    """
    start = text.find("{")
    path = file if isinstance(file, Path) else Path(str(file))
    document = expect_mapping(parse_json(text[max(start, 0) :], path), file, "results")
    provider = read_scalar(document.get("provider_code"))
    if provider and provider != "aws":
        raise UnknownKindError(f"{file}: {describe_provider(provider, OTHER_CLOUD)}")

    services = expect_mapping(document.get("services"), file, "services")
    for service, collections in COLLECTIONS.items():
        node = services.get(service)
        if isinstance(node, dict):
            account = read_scalar(document.get("account_id"))
            yield from _read_node(node, collections, service, account, "")


def _read_node(
    node: dict[str, Any], collections: dict[str, str], place: str, account: str, region: str
) -> Iterator[Resource]:
    for name, held in node.items():
        if not isinstance(held, dict):
            continue
        if name in collections:
            for number, (key, entry) in enumerate(held.items(), start=1):
                where = f"{place}, {name} {number}"
                if name != "vpcs" or str(key).startswith("vpc-"):
                    yield _build_resource(collections[name], key, entry, account, region, where)
        if name in WITHIN:
            for key, inner in held.items():
                if isinstance(inner, dict):
                    inside = str(key) if name == "regions" else region
                    yield from _read_node(inner, collections, place, account, inside)


def _build_resource(kind: str, key: str, entry: Any, account: str, region: str, place: str) -> Resource:
    known = entry if isinstance(entry, dict) else {}
    arn = read_scalar(known.get("arn"))
    settings = {name: known.get(name) or known.get(name.lower()) for name in SETTINGS.get(kind, ())}
    if kind.startswith("AWS::ElasticLoadBalancingV2"):
        settings = {"type": known.get("Type") or known.get("type")}
    return Resource(
        kind,
        {name: value for name, value in settings.items() if value},
        account=account or split_arn(arn).account,
        region=region or read_scalar(known.get("region")),
        place=place,
        key=f"{kind}\n{region}\n{key}",
        is_partial=True,
    )
