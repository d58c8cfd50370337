"""Read CloudFormation and SAM templates in JSON or YAML."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
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


STACK = "a stack of the CDK, whose resources stand in its template"
MANIFEST = "manifest.json"
LARGEST = 20 * 1024**2
ASSEMBLY = "a nested assembly of the CDK, whose stacks have their own manifest"


def is_manifest(document: Any) -> bool:
    """Return whether the document is a CDK manifest with artifacts."""
    return (
        isinstance(document, dict)
        and isinstance(document.get("artifacts"), dict)
        and isinstance(document.get("version"), str)
    )


def read_assembly(folder: Path) -> tuple[set[str], list[str]]:
    """Return the names in ``cdk.out`` that only describe its templates, and what the manifest lacks.

    The names are the manifest, the tree of constructs, the lists of assets, and the assets themselves,
    which are code. What it lacks are the places of stacks whose template is not in the folder. Both are
    empty for any other folder.
    """
    path = folder / MANIFEST
    try:
        document = json.loads(path.read_bytes()) if path.stat().st_size <= LARGEST else None
    except (OSError, ValueError, RecursionError):
        return set(), []
    if not isinstance(document, dict) or not is_manifest(document):
        return set(), []
    try:
        stacks = list(read_manifest(document, path))
    except EstateError:
        return set(), []
    missing = [one.place for one in stacks if not one.leads_to or not (folder / one.leads_to).is_file()]
    names = [path.name for path in folder.iterdir()]
    assets = [one for one in names if one.startswith("asset.") or one.endswith(".assets.json")]
    return {MANIFEST, "tree.json", "cdk.out", *assets}, missing


def read_manifest(document: dict[str, Any], file: object) -> Iterator[Resource]:
    """Yield one row per stack, with a link to its template, and per nested assembly."""
    for name, artifact in document["artifacts"].items():
        place = f"artifacts.{read_line(name)}"
        artifact = expect_mapping(artifact, file, place)
        kind, properties = read_scalar(artifact.get("type")), artifact.get("properties")
        properties = properties if isinstance(properties, dict) else {}
        if kind == "aws:cloudformation:stack":
            template = read_line(properties.get("templateFile"))
            yield Resource("CDK stack", place=place, no_service=STACK, leads_to=template)
        elif kind == "cdk:cloud-assembly":
            folder = read_line(properties.get("directoryName"))
            leads_to = f"{folder}/manifest.json" if folder else ""
            yield Resource("CDK assembly", place=place, no_service=ASSEMBLY, leads_to=leads_to)


EVENTS = {
    "http": "AWS::ApiGateway::RestApi", "httpApi": "AWS::ApiGatewayV2::Api",
    "websocket": "AWS::ApiGatewayV2::Api",
}  # fmt: skip
"""Function events for which Serverless creates one API per service."""

PROTOCOLS = {"httpApi": {"ProtocolType": "HTTP"}, "websocket": {"ProtocolType": "WEBSOCKET"}}
MADE = {
    "schedule": "AWS::Events::Rule", "eventBridge": "AWS::Events::Rule", "iot": "AWS::IoT::TopicRule",
    "cognitoUserPool": "AWS::Cognito::UserPool", "alb": "AWS::ElasticLoadBalancingV2::TargetGroup",
}  # fmt: skip
"""Function events for each of which Serverless creates a resource."""
ELSEWHERE = "declared in another file; read the state or the template in .serverless instead"
OTHER = "a service of another provider than AWS"


def is_serverless(document: Any) -> bool:
    """Return whether the document is a Serverless Framework service or its state."""
    if not isinstance(document, dict):
        return False
    if isinstance(document.get("service"), dict) and isinstance(
        document["service"].get("provider"), dict
    ):
        return (
            "package" in document or "compiledCloudFormationTemplate" in document["service"]["provider"]
        )
    provider = document.get("provider")
    named = isinstance(provider, dict) and isinstance(provider.get("name"), str)
    return (
        "service" in document
        and (named or provider in ("aws", "google", "azure"))
        and (
            "functions" in document
            or "resources" in document
            or "plugins" in document
            or "org" in document
        )
    )


def read_serverless(document: dict[str, Any], file: object) -> Iterator[Resource]:
    """Yield the resources of the compiled template, or else those declared in the file."""
    if isinstance(document.get("service"), dict) and isinstance(
        document["service"].get("provider"), dict
    ):
        template = document["service"]["provider"].get("compiledCloudFormationTemplate")
        if not isinstance(template, dict):
            raise EstateError(f"{file}: a state without compiledCloudFormationTemplate")
        yield from read_template(template, file)
        return

    provider = document.get("provider")
    shared = provider if isinstance(provider, dict) else {"name": provider}
    other = "" if read_scalar(shared.get("name")).lower() == "aws" else OTHER
    apis: set[str] = set()
    functions = document.get("functions")
    for part in functions if isinstance(functions, list) else [functions]:
        if isinstance(part, str):
            yield Resource("(another file)", place="functions", no_service=other or ELSEWHERE)
    for name, function in _list_functions(functions, file):
        place = f"functions.{read_line(name)}"
        settings = {"PackageType": "Image"} if "image" in function else {"PackageType": "Zip"}
        yield Resource("AWS::Lambda::Function", settings, place=place, no_service=other)
        for event in _list_events(function.get("events")):
            if event in MADE:
                yield Resource(MADE[event], place=f"{place}.events", no_service=other, is_partial=True)
            elif event in EVENTS:
                apis.add(event)
    for event in sorted(apis):
        yield Resource(
            EVENTS[event], PROTOCOLS.get(event, {}), place=f"functions, {event}", no_service=other
        )
    yield from _read_declared(document.get("resources"), file)


def _list_functions(functions: Any, file: object) -> Iterator[tuple[Any, dict[str, Any]]]:
    for part in functions if isinstance(functions, list) else [functions]:
        for name, function in part.items() if isinstance(part, dict) else ():
            if isinstance(function, str):  # ${file(...)}: declared in another file
                yield name, {}
            else:
                yield name, expect_mapping(function or {}, file, f"functions.{read_line(name)}")


def _list_events(events: Any) -> Iterator[str]:
    for event in events if isinstance(events, list) else ():
        yield from (str(name) for name in event) if isinstance(event, dict) else [str(event)]


def _read_declared(resources: Any, file: object) -> Iterator[Resource]:
    for part in resources if isinstance(resources, list) else [resources]:
        declared = part.get("Resources") if isinstance(part, dict) else None
        if isinstance(declared, dict):
            known = {
                name: resource
                for name, resource in declared.items()
                if isinstance(resource, dict) and "Type" in resource
            }
            yield from read_template({**part, "Resources": known}, file)
            for name in declared.keys() - known.keys():
                yield Resource(
                    "(another file)", place=f"resources.{read_line(name)}", no_service=ELSEWHERE
                )
        elif isinstance(part, str):
            yield Resource("(another file)", place="resources", no_service=ELSEWHERE)
