"""Read CloudFormation and SAM templates in JSON or YAML."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from srm_data.estate.resource_types import CUSTOM, list_kinds
from srm_data.estate.resources import Resource
from srm_data.estate.settings import UNKNOWN, read_setting
from srm_data.estate.values import expect_mapping, read_line, read_scalar
from srm_data.exceptions import EstateError

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
    for key, resource in document["Resources"].items():
        name = read_line(key)
        if name.startswith("Fn::"):  # a transform, or a loop
            yield Resource("::".join(name.split("::")[:2]), place="Resources", no_service=MACRO)
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

        # An instance that a template puts into a cluster without saying its engine is one of Aurora.
        cluster = settings.get("DBClusterIdentifier") if kind == "AWS::RDS::DBInstance" else None
        is_member = bool(cluster) and not (isinstance(cluster, dict) and "Fn::If" in cluster)
        engines = list(read_setting(settings.get("Engine"), [], defaults)) if is_member else None
        if engines in ([], [UNKNOWN]):
            settings = settings | {"Engine": "aurora"}

        place, leads_to = f"Resources.{name}", None
        if kind in ("AWS::CloudFormation::Stack", "AWS::Serverless::Application"):
            metadata = resource.get("Metadata")
            named = metadata.get("aws:asset:path") if isinstance(metadata, dict) else None
            leads_to = read_line(named or settings.get("TemplateURL") or settings.get("Location"))
            place += " (a nested stack, followed if its template is beside this one)"
        yield Resource(
            kind,
            settings,
            parameters=defaults,
            place=place,
            no_service=CUSTOM if kind == "AWS::CloudFormation::CustomResource" else "",
            leads_to=leads_to,
        )


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
        document = json.loads(path.read_bytes()) if path.stat().st_size <= LARGEST else {}
        stacks = list(read_manifest(document, path)) if is_manifest(document) else None
    except (OSError, ValueError, RecursionError, EstateError):
        stacks = None
    if stacks is None:
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


PROTOCOLS = {"httpApi": {"ProtocolType": "HTTP"}, "websocket": {"ProtocolType": "WEBSOCKET"}}
TEMPLATE = "compiledCloudFormationTemplate"
ELSEWHERE = "declared in another file; read the state or the template in .serverless instead"
OTHER = "a service of another provider than AWS"


def is_serverless(document: Any) -> bool:
    """Return whether the document is a Serverless Framework service or its state."""
    if not isinstance(document, dict):
        return False
    if (shared := _find_provider_of_state(document)) is not None:
        return "package" in document or TEMPLATE in shared
    provider = document.get("provider")
    named = isinstance(provider, dict) and isinstance(provider.get("name"), str)
    is_own = named or provider in ("aws", "google", "azure")
    has_parts = not document.keys().isdisjoint(("functions", "resources", "plugins", "org"))
    return "service" in document and is_own and has_parts


def _find_provider_of_state(document: dict[str, Any]) -> dict[str, Any] | None:
    service = document.get("service")
    provider = service.get("provider") if isinstance(service, dict) else None
    return provider if isinstance(provider, dict) else None


def read_serverless(document: dict[str, Any], file: object) -> Iterator[Resource]:
    """Yield the resources of the compiled template, or else those declared in the file.

    Some events of a function create one API for the whole service, others a resource each.
    """
    if (state := _find_provider_of_state(document)) is not None:
        if not isinstance(template := state.get(TEMPLATE), dict):
            raise EstateError(f"{file}: a state without {TEMPLATE}")
        yield from read_template(template, file)
        return

    provider = document.get("provider")
    named = provider.get("name") if isinstance(provider, dict) else provider
    other = "" if read_scalar(named).lower() == "aws" else OTHER
    of_service, of_event = list_kinds("serverless-api"), list_kinds("serverless-event")
    apis: set[str] = set()
    # Both may be lists of parts, and a text such as ${file(...)} declares a part in another file.
    functions, declared = (
        node if isinstance(node, list) else [node]
        for node in (document.get("functions"), document.get("resources"))
    )
    for part in functions:
        if isinstance(part, str):
            yield Resource("(another file)", place="functions", no_service=other or ELSEWHERE)
        for name, function in part.items() if isinstance(part, dict) else ():
            place = f"functions.{read_line(name)}"
            function = {} if isinstance(function, str) else expect_mapping(function or {}, file, place)
            settings = {"PackageType": "Image" if "image" in function else "Zip"}
            yield Resource("AWS::Lambda::Function", settings, place=place, no_service=other)
            events = function.get("events")
            for event in events if isinstance(events, list) else ():
                for kind in map(str, event if isinstance(event, dict) else [event]):
                    apis |= {kind} & of_service.keys()
                    if kind in of_event:
                        made, at = of_event[kind], f"{place}.events"
                        yield Resource(made, place=at, no_service=other, completeness="partial")
    for kind in sorted(apis):
        api, place = of_service[kind], f"functions, {kind}"
        yield Resource(api, PROTOCOLS.get(kind, {}), place=place, no_service=other)

    for part in declared:
        if isinstance(part, str):
            yield Resource("(another file)", place="resources", no_service=ELSEWHERE)
        if isinstance(part, dict) and isinstance(resources := part.get("Resources"), dict):
            typed = [name for name, one in resources.items() if isinstance(one, dict) and "Type" in one]
            yield from read_template({**part, "Resources": {n: resources[n] for n in typed}}, file)
            for name in [name for name in resources if name not in typed]:
                place = f"resources.{read_line(name)}"
                yield Resource("(another file)", place=place, no_service=ELSEWHERE)
