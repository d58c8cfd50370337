"""Read the output of ``aws <service> describe-*`` and ``list-*``, recognised by its top-level key.

Only output about resources is read. A resource is identified by its ARN if it has one.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from srm_data.estate.arns import is_full_arn, shorten_arn, split_arn
from srm_data.estate.resources import Resource
from srm_data.estate.states import DELETED, describe_document_state, list_states
from srm_data.estate.values import expect_mapping, read_scalar
from srm_data.exceptions import EstateError

ANSWERS = {
    "Reservations": "AWS::EC2::Instance", "Vpcs": "AWS::EC2::VPC", "Subnets": "AWS::EC2::Subnet",
    "SecurityGroups": "AWS::EC2::SecurityGroup", "RouteTables": "AWS::EC2::RouteTable",
    "NatGateways": "AWS::EC2::NatGateway", "InternetGateways": "AWS::EC2::InternetGateway",
    "NetworkAcls": "AWS::EC2::NetworkAcl", "NetworkInterfaces": "AWS::EC2::NetworkInterface",
    "Addresses": "AWS::EC2::EIP", "Volumes": "AWS::EC2::Volume",
    "VpcEndpoints": "AWS::EC2::VPCEndpoint",
    "TransitGateways": "AWS::EC2::TransitGateway", "VpnConnections": "AWS::EC2::VPNConnection",
    "LaunchTemplates": "AWS::EC2::LaunchTemplate", "KeyPairs": "AWS::EC2::KeyPair",
    "DBInstances": "AWS::RDS::DBInstance", "DBClusters": "AWS::RDS::DBCluster",
    "DBProxies": "AWS::RDS::DBProxy", "DBSubnetGroups": "AWS::RDS::DBSubnetGroup",
    "Functions": "AWS::Lambda::Function", "Buckets": "AWS::S3::Bucket",
    "LoadBalancers": "AWS::ElasticLoadBalancingV2::LoadBalancer",
    "LoadBalancerDescriptions": "AWS::ElasticLoadBalancing::LoadBalancer",
    "TargetGroups": "AWS::ElasticLoadBalancingV2::TargetGroup",
    "AutoScalingGroups": "AWS::AutoScaling::AutoScalingGroup",
    "TableNames": "AWS::DynamoDB::Table", "QueueUrls": "AWS::SQS::Queue", "Topics": "AWS::SNS::Topic",
    "CacheClusters": "AWS::ElastiCache::CacheCluster",
    "ReplicationGroups": "AWS::ElastiCache::ReplicationGroup",
    "FileSystems": "AWS::EFS::FileSystem", "HostedZones": "AWS::Route53::HostedZone",
    "DistributionList": "AWS::CloudFront::Distribution", "SecretList": "AWS::SecretsManager::Secret",
    "CertificateSummaryList": "AWS::CertificateManager::Certificate",
    "DomainNames": "AWS::OpenSearchService::Domain", "MetricAlarms": "AWS::CloudWatch::Alarm",
    "logGroups": "AWS::Logs::LogGroup", "trailList": "AWS::CloudTrail::Trail",
    "stateMachines": "AWS::StepFunctions::StateMachine", "repositories": "AWS::ECR::Repository",
    "clusterArns": "AWS::ECS::Cluster", "clusters": "AWS::EKS::Cluster",
    "serviceArns": "AWS::ECS::Service",
    "services": "AWS::ECS::Service", "nodegroups": "AWS::EKS::Nodegroup",
    "ClusterInfoList": "AWS::MSK::Cluster", "UserPools": "AWS::Cognito::UserPool",
    "StreamNames": "AWS::Kinesis::Stream",
    "DeliveryStreamNames": "AWS::KinesisFirehose::DeliveryStream",
    "Users": "AWS::IAM::User", "Roles": "AWS::IAM::Role", "Policies": "AWS::IAM::ManagedPolicy",
    "Groups": "AWS::IAM::Group", "Keys": "AWS::KMS::Key",
    "Environments": "AWS::ElasticBeanstalk::Environment",
    "NotebookInstances": "AWS::SageMaker::NotebookInstance", "Endpoints": "AWS::SageMaker::Endpoint",
    "StackSummaries": "AWS::CloudFormation::Stack", "Stacks": "AWS::CloudFormation::Stack",
    "projects": "AWS::CodeBuild::Project", "pipelines": "AWS::CodePipeline::Pipeline",
    "EventBuses": "AWS::Events::EventBus", "Rules": "AWS::Events::Rule",
    "Parameters": "AWS::SSM::Parameter",
    "brokerSummaries": "AWS::AmazonMQ::Broker", "BrokerSummaries": "AWS::AmazonMQ::Broker",
    "BackupVaultList": "AWS::Backup::BackupVault", "WebACLs": "AWS::WAFv2::WebACL",
    "DetectorIds": "AWS::GuardDuty::Detector", "Workspaces": "AWS::WorkSpaces::Workspace",
    "items": "AWS::ApiGateway::RestApi", "Items": "AWS::ApiGatewayV2::Api",
    "Table": "AWS::DynamoDB::Table", "cluster": "AWS::EKS::Cluster",
    "nodegroup": "AWS::EKS::Nodegroup", "Configuration": "AWS::Lambda::Function",
    "Clusters": "AWS::Redshift::Cluster", "ServerlessCaches": "AWS::ElastiCache::ServerlessCache",
    "ReplicationInstances": "AWS::DMS::ReplicationInstance",
    "ReplicationConfigs": "AWS::DMS::ReplicationConfig", "tasks": "AWS::ECS::Task",
    "taskArns": "AWS::ECS::Task", "fargateProfile": "AWS::EKS::FargateProfile",
    "fargateProfileNames": "AWS::EKS::FargateProfile", "KeyMetadata": "AWS::KMS::Key",
    "DirectoryDescriptions": "aws_directory_service_directory",
    "Protections": "AWS::Shield::Protection", "DBSnapshots": "AWS::RDS::DBSnapshot",
    "DBClusterSnapshots": "AWS::RDS::DBClusterSnapshot",
}  # fmt: skip
"""Resource type that each key lists."""

SHAPES = {
    "Reservations": "Instances", "Vpcs": "VpcId", "Subnets": "SubnetId", "Volumes": "VolumeId",
    "SecurityGroups": "GroupId", "Functions": "FunctionName", "Buckets": "CreationDate",
    "Users": "UserName",
    "Roles": "RoleName", "Policies": "PolicyName", "Groups": "GroupName", "Keys": "KeyId",
    "Environments": "EnvironmentName", "Endpoints": "EndpointName", "Stacks": "StackName",
    "projects": "arn", "pipelines": "version", "Rules": "EventPattern", "Parameters": "Type",
    "Topics": "TopicArn", "repositories": "repositoryArn", "services": "serviceArn",
    "Addresses": "AllocationId",
    "Workspaces": "WorkspaceId", "FileSystems": "FileSystemId", "EventBuses": "Arn",
    "WebACLs": "WebACLId",
    "UserPools": "Id", "items": "apiKeySource", "Items": "ProtocolType",
    "Clusters": "ClusterIdentifier", "Table": "TableArn", "cluster": "platformVersion",
    "nodegroup": "nodegroupArn", "Configuration": "FunctionArn", "tasks": "taskArn",
    "fargateProfile": "fargateProfileArn", "KeyMetadata": "KeyId", "Protections": "ProtectionArn",
}  # fmt: skip
"""Key of the first entry, for top-level keys that other files also use."""

OF_ARN = {
    "cluster": {"eks": "AWS::EKS::Cluster"},
    "Clusters": {
        "elasticmapreduce": "AWS::EMR::Cluster", "memorydb": "AWS::MemoryDB::Cluster",
        "dax": "AWS::DAX::Cluster",
    },
}  # fmt: skip
"""Types by the service in the ARN of an entry, for keys of several services."""

ENTRIES = (
    (("DBSnapshotIdentifier", "Engine"), "DBSnapshots"),
    (("DBClusterSnapshotIdentifier", "Engine"), "DBClusterSnapshots"),
    (("DBInstanceIdentifier", "Engine"), "DBInstances"),
    (("DBClusterIdentifier", "Engine"), "DBClusters"),
    (("InstanceId", "InstanceType"), "Reservations"), (("FunctionName", "FunctionArn"), "Functions"),
    (("LoadBalancerName", "LoadBalancerArn"), "LoadBalancers"), (("VolumeId", "VolumeType"), "Volumes"),
    (("CacheClusterId", "Engine"), "CacheClusters"), (("NatGatewayId", "VpcId"), "NatGateways"),
    (("VpcEndpointId", "VpcEndpointType"), "VpcEndpoints"), (("KeyId", "KeyManager"), "KeyMetadata"),
    (("ReplicationInstanceIdentifier", "ReplicationInstanceClass"), "ReplicationInstances"),
)  # fmt: skip
"""Keys of an entry that ``--query`` took out of its answer, and the top-level key of that answer."""

SHORT = {
    "CertificateManager": "ACM", "ElasticLoadBalancing": "ELB", "ElasticLoadBalancingV2": "ELB",
    "ApiGatewayV2": "ApiGateway", "OpenSearchService": "OpenSearch", "WAFv2": "WAF",
}  # fmt: skip
"""Names of services in errors, where they differ from those of CloudFormation."""

NAMING = {"service", "servicename", "resourcetype"}
"""Keys, folded, of the entries of a table of other people's."""

TEXTS = {
    "TableNames", "QueueUrls", "clusterArns", "serviceArns", "clusters", "nodegroups", "StreamNames",
    "DeliveryStreamNames", "DetectorIds", "projects", "taskArns", "fargateProfileNames",
}  # fmt: skip
"""Keys whose entries may be plain names or ARNs."""

ARNS = ("Arn", "ARN", "arn", "DBInstanceArn", "DBClusterArn", "FunctionArn", "LoadBalancerArn",
        "TopicArn", "serviceArn", "taskArn", "ProtectionArn", "ReplicationInstanceArn",
        "ReplicationConfigArn", "DBSnapshotArn", "DBClusterSnapshotArn", "fargateProfileArn",
        "nodegroupArn", "clusterArn", "repositoryArn", "stateMachineArn", "TargetGroupArn",
        "TableArn", "CertificateArn", "ClusterArn", "TrailARN", "KeyArn", "FileSystemArn")  # fmt: skip
SINGLE = {"Table", "cluster", "nodegroup", "Configuration", "fargateProfile", "KeyMetadata"}
"""Keys of answers about one resource, which is no list."""

WHOLE = {"FileSystems"}
"""Keys of answers that tell all settings of a resource, so that a missing one is not set."""

PAGING = {"NextToken", "nextToken", "Marker", "IsTruncated", "Owner", "ResponseMetadata"}
GONE_FROM_ECS = {"inactive", "stopped", "deprovisioning"}
"""States of ECS in which nothing is left, beside those of all services."""


def is_answer(document: Any) -> bool:
    """Return whether the document, or each of the first in a list, lists resources, or none."""
    if isinstance(document, list):
        first = document[:10]
        return bool(first) and (all(map(is_answer, first)) or _find_query(document) != "")
    return bool(_find_key(document))


def describe_answers(document: Any) -> str:
    """Describe which answers are read if a document looks like another one; else return empty text.

    Examples
    --------
    >>> describe_answers({"Fleets": [{"FleetId": "f"}]})[:56]
    '; of the AWS CLI, the usual answers about ACM, AmazonMQ,'
    """
    keys = set(document) - PAGING if isinstance(document, dict) else set()
    if len(keys) != 1 or not isinstance(document[next(iter(keys))], list | dict):
        return ""
    types = [*ANSWERS.values(), *(kind for kinds in OF_ARN.values() for kind in kinds.values())]
    kinds = {kind.split("::")[1] for kind in types if "::" in kind}
    services = {SHORT.get(kind, kind) for kind in kinds} | {"DirectoryService"}
    return (
        f"; of the AWS CLI, the usual answers about {', '.join(sorted(services))} are read, while "
        "AWS Config, Resource Explorer and the tagging API list the resources of all services"
    )


def _find_query(document: list[Any]) -> str:
    entries = _flatten(document)
    if not entries or not all(isinstance(entry, dict) for entry in entries):
        return ""
    found = {_find_entry(entry) for entry in entries}
    return found.pop() if len(found) == 1 else ""


def _flatten(document: list[Any]) -> list[Any]:
    is_nested = bool(document) and all(isinstance(entry, list) for entry in document)
    return [one for entries in document for one in entries] if is_nested else document


def _find_entry(entry: dict[str, Any]) -> str:
    if any(str(name).replace("_", "").lower() in NAMING for name in entry):
        return ""
    return next((key for needs, key in ENTRIES if entry.keys() >= set(needs)), "")


def _find_key(document: Any) -> str:
    if not isinstance(document, dict):
        return ""
    for key in document:
        entries = _list_entries(document, key)
        if key not in ANSWERS or entries is None:
            continue
        if not entries and key.lower() != "items" and set(document) - PAGING == {key}:
            return str(key)  # there are none in this Region
        first = entries[0] if entries else None
        if isinstance(first, str) and key in TEXTS:
            return str(key)
        if isinstance(first, dict) and _is_of_kind(key, first):
            return str(key)
    return ""


def _is_of_kind(key: str, first: dict[str, Any]) -> bool:
    shape = SHAPES.get(key, "")
    return not shape or shape in first or split_arn(_read_arn(first)).service in OF_ARN.get(key, {})


def _list_entries(document: dict[str, Any], key: str) -> list[Any] | None:
    """Return the entries of a document, or its only one; CloudFront's are one level deeper."""
    entries = document[key]
    if key == "DistributionList" and isinstance(entries, dict):
        entries = entries.get("Items")
    if key in SINGLE:
        entries = [entries]
    return entries if isinstance(entries, list) else None


def read_answer(document: Any, file: object) -> Iterator[Resource]:
    """Yield every entry of a document, and every instance of a reservation.

    Raises
    ------
    EstateError
        If one of several answers is of no known kind.
    """
    answers = document if isinstance(document, list) else [document]
    if isinstance(document, list) and (queried := _find_query(document)):
        for number, entry in enumerate(_flatten(document), start=1):
            yield _build_resource(queried, entry, f"entry {number}")
        return
    for place_in_file, answer in enumerate(answers, start=1):
        key = _find_key(answer)
        if not key:
            raise EstateError(f"{file}, answer {place_in_file}: expected a list of resources")
        for number, entry in enumerate(_list_entries(answer, key) or [], start=1):
            place = f"{key} {number}"
            if isinstance(entry, str) and key in TEXTS:
                yield _build_resource(key, {"arn": entry}, place)
                continue
            entry = expect_mapping(entry, file, place)
            instances = entry.get("Instances") if key == "Reservations" else None
            for one in instances if isinstance(instances, list) else [entry]:
                yield _build_resource(key, expect_mapping(one, file, place), place)


def _build_resource(key: str, entry: dict[str, Any], place: str) -> Resource:
    arn = _read_arn(entry)
    parts = split_arn(arn)
    kind = _find_type(key, entry, shorten_arn(arn))
    is_gone = kind.startswith("AWS::ECS") and not GONE_FROM_ECS.isdisjoint(list_states(entry))
    settings = {"loadbalancertype": entry.get("Type")} if "LoadBalancer" in kind else entry
    if key == "ClusterInfoList" and isinstance(entry.get("Provisioned"), dict):
        settings = entry["Provisioned"]  # of the second version of the API
    return Resource(
        kind,
        settings,
        account=parts.account or read_scalar(entry.get("OwnerId")),
        region=parts.region,
        place=place,
        no_service=DELETED if is_gone else describe_document_state(entry),
        key=arn if is_full_arn(arn) else None,
        is_partial=key not in WHOLE,
    )


def _read_arn(entry: dict[str, Any]) -> str:
    return next((text for name in ARNS if "arn:" in (text := read_scalar(entry.get(name)))), "")


def _find_type(key: str, entry: dict[str, Any], shortened: str) -> str:
    """Return the type of an entry, because two services may use the same key."""
    kind = OF_ARN.get(key, {}).get(shortened.partition(":")[0], ANSWERS[key])
    if key == "FileSystems" and "FileSystemType" in entry:
        return "AWS::FSx::FileSystem"
    if key == "DBInstances" and shortened.startswith(("docdb", "neptune")):
        return shortened
    if key == "LoadBalancers" and "Type" not in entry:
        return shortened or kind
    if key == "ClusterInfoList" and entry.get("ClusterType") == "SERVERLESS":
        return "AWS::MSK::ServerlessCluster"
    if key == "clusters" and "clusterArn" in entry:
        return "AWS::ECS::Cluster"
    return kind
