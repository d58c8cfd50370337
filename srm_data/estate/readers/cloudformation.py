"""Read CloudFormation and SAM templates in JSON or YAML."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from srm_data.estate.resources import Resource
from srm_data.estate.settings import UNKNOWN, read_setting
from srm_data.estate.values import expect_mapping, read_line, read_scalar
from srm_data.exceptions import EstateError

CUSTOM = "a custom resource: what it makes is known to its provider only"
MACRO = "a macro: its resources are known when the stack is created"


def is_template(document: Any) -> bool:
    """Return whether the document is a template, by its sections or by resources with a type."""
    if not isinstance(document, dict):
        return False
    resources = document.get("Resources")
    if "AWSTemplateFormatVersion" in document or "Transform" in document:
        return True
    return isinstance(resources, dict) and any(
        isinstance(resource, dict) and "::" in read_scalar(resource.get("Type"))
        for resource in resources.values()
    )


def read_template(document: dict[str, Any], file: object) -> Iterator[Resource]:
    """Yield every resource that the template declares.

    A nested stack counts as one CloudFormation resource. Its template is also read, for every stack
    that uses it, if it is a file below the folder of this one, or else named as not read. Resources
    with a condition count, because the condition may be true.

    Raises
    ------
    EstateError
        If a resource does not have a type, or there are no resources.
    """
    if not isinstance(document.get("Resources"), dict):
        raise EstateError(f"{file}: no Resources; expected a template that declares some")

    parameters = document.get("Parameters")
    defaults = {
        name: parameter.get("Default", UNKNOWN)
        for name, parameter in (parameters if isinstance(parameters, dict) else {}).items()
        if isinstance(parameter, dict)
    }
    defaults |= {key: document.get(key) for key in ("Mappings", "Conditions")}

    shared = document.get("Globals")
    functions = shared.get("Function") if isinstance(shared, dict) else None
    globals_of = {"AWS::Serverless::Function": functions if isinstance(functions, dict) else {}}
    yield from _read_resources(document["Resources"], defaults, globals_of, file, 1)


def _read_resources(
    resources: dict[str, Any],
    defaults: dict[str, Any],
    globals_of: dict[str, dict[str, Any]],
    file: object,
    times: int,
) -> Iterator[Resource]:
    for key, resource in resources.items():
        name = read_line(key)
        if name.startswith("Fn::ForEach"):
            body, many = _read_loop(resource, file, name)
            yield from _read_resources(body, defaults, globals_of, file, times * many)
            continue
        if name == "Fn::Transform":
            yield Resource(name, place="Resources", no_service=MACRO)
            continue

        kind = expect_mapping(resource, file, f"Resources.{name}").get("Type")
        if not isinstance(kind, str) or not read_line(kind):
            raise EstateError(
                f"{file}, Resources.{name}: no Type; expected one such as AWS::S3::Bucket"
            )
        settings = expect_mapping(
            resource.get("Properties") or {}, file, f"Resources.{name}.Properties"
        )
        settings = globals_of.get(kind, {}) | settings

        if kind == "AWS::RDS::DBInstance":
            settings = _add_engine(settings, defaults)

        place, leads_to = f"Resources.{name}", None
        if kind in ("AWS::CloudFormation::Stack", "AWS::Serverless::Application"):
            leads_to = _find_template(resource)
            place += " (a nested stack, followed if its template is beside this one)"
        yield Resource(
            kind,
            settings,
            parameters=defaults,
            place=place,
            no_service=CUSTOM if kind == "AWS::CloudFormation::CustomResource" else "",
            times=times,
            leads_to=leads_to,
        )


def _add_engine(settings: dict[str, Any], defaults: dict[str, Any]) -> dict[str, Any]:
    """Add the engine of an instance that a template puts into a cluster, if it does not say it.

    Of the clusters of RDS, only those of Aurora have instances of their own in a template.
    """
    cluster = settings.get("DBClusterIdentifier")
    is_member = bool(cluster) and not (isinstance(cluster, dict) and "Fn::If" in cluster)
    said = list(read_setting(settings.get("Engine"), [], defaults))
    return settings | {"Engine": "aurora"} if is_member and said in ([], [UNKNOWN]) else settings


def _find_template(stack: dict[str, Any]) -> str:
    properties, metadata = stack.get("Properties"), stack.get("Metadata")
    named = metadata.get("aws:asset:path") if isinstance(metadata, dict) else None
    if named is None and isinstance(properties, dict):
        named = properties.get("TemplateURL") or properties.get("Location")
    return read_line(named)


def _read_loop(loop: Any, file: object, name: str) -> tuple[dict[str, Any], int]:
    """Return the resources in ``Fn::ForEach``, and the number of its values if they are listed."""
    if not isinstance(loop, list) or len(loop) != 3 or not isinstance(loop[2], dict):
        raise EstateError(f"{file}, Resources.{name}: expected a list of name, values and resources")
    return loop[2], len(loop[1]) if isinstance(loop[1], list) else 1
