"""Read Pulumi output: ``pulumi stack export`` and checkpoints.

Types such as ``aws:s3/bucket:Bucket`` are translated into those of the underlying Terraform provider,
and ``aws-native:s3:Bucket`` into CloudFormation types.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from srm_data.estate.arns import split_arn
from srm_data.estate.resource_types import list_kinds
from srm_data.estate.resources import OTHER_PROVIDER, Resource
from srm_data.estate.values import expect_list, expect_mapping, read_line, read_scalar
from srm_data.exceptions import EstateError

COMPONENT = "a component of Pulumi, whose resources stand beside it"


def is_pulumi(document: Any) -> bool:
    """Return whether the document is a stack export or a checkpoint."""
    return isinstance(document, dict) and _find_resources(document) is not None


def _find_resources(document: dict[str, Any]) -> Any:
    deployment = document.get("deployment")
    if isinstance(deployment, dict) and ("manifest" in deployment or "resources" in deployment):
        return deployment.get("resources", [])
    checkpoint = document.get("checkpoint")
    latest = checkpoint.get("latest") if isinstance(checkpoint, dict) else None
    return latest.get("resources", []) if isinstance(latest, dict) else None


def read_pulumi(document: dict[str, Any], file: object) -> Iterator[Resource]:
    """Yield every resource of a stack."""
    resources = expect_list(_find_resources(document), file, "resources")
    for number, resource in enumerate(resources, start=1):
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
    """Return the Terraform or CloudFormation type, and why it is not an AWS service."""
    provider, _, rest = kind.partition(":")
    if not is_custom or provider in ("awsx", "eks"):
        return kind, COMPONENT
    if provider == "aws-native":
        service, _, name = rest.partition(":")
        return f"AWS::{service.upper() if len(service) < 4 else service.title()}::{name}", ""
    if provider != "aws":
        return kind, OTHER_PROVIDER.format(provider) if provider.isidentifier() else COMPONENT

    path = rest.partition(":")[0]
    if own := list_kinds("pulumi-type").get(path):
        return own, ""
    module, _, name = path.partition("/")
    snake = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()
    if module == "rds":
        return f"aws_{'rds' if snake.startswith('cluster') else 'db'}_{snake}", ""
    if not (module == "ec2" and snake.startswith(tuple(list_kinds("pulumi-of-ec2")))):
        module = list_kinds("pulumi-module").get(module, module)
    name = snake if not module or snake.startswith(f"{module}_") else f"{module}_{snake}"
    prefixes = list_kinds("pulumi-prefix")
    merged = next((beginning for beginning in prefixes if name.startswith(beginning)), "")
    return f"aws_{prefixes.get(merged, '')}{name.removeprefix(merged)}", ""
