"""Read Pulumi output: ``pulumi stack export``, checkpoints, and ``pulumi preview --json``.

Types such as ``aws:s3/bucket:Bucket`` are translated into those of the underlying Terraform provider,
and ``aws-native:s3:Bucket`` into CloudFormation types.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from srm_data.estate.arns import split_arn
from srm_data.estate.resources import OTHER_PROVIDER, Resource
from srm_data.estate.values import expect_list, expect_mapping, read_line, read_scalar
from srm_data.exceptions import EstateError

COMPONENT = "a component of Pulumi, whose resources stand beside it"
LOOKED_UP = ("read", "delete", "read-discard", "discard-replaced", "delete-replaced")
"""Steps of a preview after which the resource does not exist."""

MODULES = {
    "alb": "lb", "amp": "prometheus", "apigateway": "api_gateway",
    "bcmdata": "bcmdataexports", "bedrockfoundation": "bedrock_foundation",
    "bedrockmodel": "bedrock_model", "cfg": "config", "cloudcontrol": "cloudcontrolapi",
    "cloudhsmv2": "cloudhsm_v2", "costexplorer": "ce", "directconnect": "dx",
    "directoryservice": "directory_service", "ec2": "",
    "ec2clientvpn": "ec2_client_vpn", "ec2transitgateway": "ec2_transit_gateway",
    "elasticbeanstalk": "elastic_beanstalk", "mediaconvert": "media_convert",
    "mediapackage": "media_package", "mediastore": "media_store", "opensearchingest": "osis",
    "resourceexplorer": "resourceexplorer2", "route53recoverycontrol": "route53recoverycontrolconfig",
    "route53resolver": "route53_resolver", "serverlessrepository": "serverlessapplicationrepository",
    "servicediscovery": "service_discovery", "ses": "ses",
}  # fmt: skip
"""Pulumi modules whose name differs from the prefix of the Terraform types."""

MERGED = {
    "bedrock_agent_": "bedrockagent_", "bedrock_agentcore_": "bedrockagentcore_",
    "chime_sdkvoice_": "chimesdkvoice_", "cloudfront_keyvaluestore_": "cloudfrontkeyvaluestore_",
    "docdb_elastic_": "docdbelastic_", "fsx_open_zfs_": "fsx_openzfs_",
    "lambda_core_": "lambdacore_", "lambda_microvms_": "lambdamicrovms_",
    "lex_v2models_": "lexv2models_", "notifications_contacts_": "notificationscontacts_",
    "opensearch_serverless_": "opensearchserverless_", "pinpoint_smsvoicev2_": "pinpointsmsvoicev2_",
    "route53_profiles_": "route53profiles_", "s3_files_": "s3files_", "s3_vectors_": "s3vectors_",
    "servicecatalog_appregistry_": "servicecatalogappregistry_", "ssm_contacts_": "ssmcontacts_",
    "ssm_quicksetup_": "ssmquicksetup_",
}  # fmt: skip
"""Beginnings of types whose module has the types of several prefixes of Terraform."""

OF_EC2 = (
    "allowed_images", "availability_zone_group", "capacity_", "carrier_gateway", "default_credit",
    "fleet", "image_block", "instance_metadata", "local_gateway", "managed_prefix_list",
    "network_insights", "secondary_", "serial_console", "subnet_cidr", "tag", "traffic_mirror",
)  # fmt: skip
"""Beginnings of types in the module ``ec2`` that have this prefix in Terraform too."""

TYPES = {
    "alb/loadBalancer": "aws_lb", "cloudtrail/trail": "aws_cloudtrail",
    "cloudwatch/eventRule": "aws_cloudwatch_event_rule",
    "cloudwatch/logGroup": "aws_cloudwatch_log_group", "codedeploy/application": "aws_codedeploy_app",
    "codepipeline/pipeline": "aws_codepipeline", "ebs/volume": "aws_ebs_volume",
    "ec2/dedicatedHost": "aws_ec2_host", "ec2/encryptionControl": "aws_vpc_encryption_control",
    "ec2/peeringConnectionOptions": "aws_vpc_peering_connection_options",
    "ec2/transitGateway": "aws_ec2_transit_gateway",
    "ec2transitgateway/instanceConnectEndpoint": "aws_ec2_instance_connect_endpoint",
    "ec2transitgateway/instanceState": "aws_ec2_instance_state",
    "ec2transitgateway/transitGateway": "aws_ec2_transit_gateway",
    "efs/fileSystem": "aws_efs_file_system", "elb/loadBalancer": "aws_elb",
    "lb/loadBalancer": "aws_lb", "rds/cluster": "aws_rds_cluster",
    "rds/clusterInstance": "aws_rds_cluster_instance", "rds/clusterSnapshot": "aws_db_cluster_snapshot",
    "rds/customDbEngineVersion": "aws_rds_custom_db_engine_version",
    "rds/globalCluster": "aws_rds_global_cluster", "rds/shardGroup": "aws_rds_shard_group",
    "s3/bucketV2": "aws_s3_bucket",
}  # fmt: skip
"""Types that do not follow from their module; those of ``rds`` begin with ``db``, except clusters."""


def is_pulumi(document: Any) -> bool:
    """Return whether the document is a stack export, a checkpoint or a JSON preview."""
    if not isinstance(document, dict):
        return False
    if isinstance(document.get("steps"), list):
        first = next((step for step in document["steps"] if isinstance(step, dict)), {})
        return read_scalar(first.get("urn")).startswith("urn:pulumi:")
    return _find_resources(document) is not None


def _find_resources(document: dict[str, Any]) -> Any:
    deployment = document.get("deployment")
    if isinstance(deployment, dict) and ("manifest" in deployment or "resources" in deployment):
        return deployment.get("resources", [])
    checkpoint = document.get("checkpoint")
    latest = checkpoint.get("latest") if isinstance(checkpoint, dict) else None
    return latest.get("resources", []) if isinstance(latest, dict) else None


def read_pulumi(document: dict[str, Any], file: object) -> Iterator[Resource]:
    """Yield every resource of a stack, or the resources that exist after the steps of a preview.

    Raises
    ------
    EstateError
        If a resource does not have a type.
    """
    if isinstance(document.get("steps"), list):
        for number, step in enumerate(document["steps"], start=1):
            step = expect_mapping(step, file, f"step {number}")
            if read_scalar(step.get("op")) not in LOOKED_UP:
                state = step.get("newState") or step.get("oldState") or {}
                yield from _read_resource(state, file, f"step {number}")
        return

    for number, resource in enumerate(
        expect_list(_find_resources(document), file, "resources"), start=1
    ):
        yield from _read_resource(resource, file, f"resource {number}")


def _read_resource(resource: Any, file: object, place: str) -> Iterator[Resource]:
    """Yield a resource, unless it is only looked up, will be deleted, or is a provider or a stack."""
    resource = expect_mapping(resource, file, place)
    kind = resource.get("type")
    if not isinstance(kind, str) or not read_line(kind):
        raise EstateError(f"{file}, {place}: no type; expected one such as aws:s3/bucket:Bucket")
    if kind.startswith("pulumi:") or resource.get("external") is True or resource.get("delete") is True:
        return

    inputs, outputs = resource.get("inputs"), resource.get("outputs")
    settings = (inputs if isinstance(inputs, dict) else {}) | (
        outputs if isinstance(outputs, dict) else {}
    )
    arn = read_scalar(settings.get("arn"))
    parts = split_arn(arn)
    identifier, no_service = _translate(kind, is_custom=resource.get("custom") is not False)
    yield Resource(
        identifier,
        settings,
        account=parts.account,
        region=parts.region,
        place=place,
        no_service=no_service,
        arn=arn,
    )


def _translate(kind: str, *, is_custom: bool) -> tuple[str, str]:
    """Return the Terraform or CloudFormation type, and why it is not an AWS service.

    Examples
    --------
    >>> _translate("aws:rds/instance:Instance", is_custom=True)
    ('aws_db_instance', '')
    >>> _translate("aws:bedrock/agentAgent:AgentAgent", is_custom=True)
    ('aws_bedrockagent_agent', '')
    >>> _translate("aws-native:s3:Bucket", is_custom=True)
    ('AWS::S3::Bucket', '')
    """
    provider, _, rest = kind.partition(":")
    if not is_custom or provider in ("awsx", "eks"):
        return kind, COMPONENT
    if provider == "aws-native":
        service, _, name = rest.partition(":")
        return f"AWS::{service.upper() if len(service) < 4 else service.title()}::{name}", ""
    if provider != "aws":
        return kind, OTHER_PROVIDER.format(provider) if provider.isidentifier() else COMPONENT

    path = rest.partition(":")[0]
    if path in TYPES:
        return TYPES[path], ""
    module, _, name = path.partition("/")
    snake = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()
    if module == "rds":
        return f"aws_{'rds' if snake.startswith('cluster') else 'db'}_{snake}", ""
    if not (module == "ec2" and snake.startswith(OF_EC2)):
        module = MODULES.get(module, module)
    name = snake if not module or snake.startswith(f"{module}_") else f"{module}_{snake}"
    merged = next((beginning for beginning in MERGED if name.startswith(beginning)), "")
    return f"aws_{MERGED.get(merged, '')}{name.removeprefix(merged)}", ""
