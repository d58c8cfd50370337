"""Read the Serverless Framework: ``serverless.yml`` and ``.serverless/serverless-state.json``.

The declarations in the file become resources when it is deployed. The template that Serverless compiles
from it has more resources, such as roles and log groups.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from srm_data.estate.readers.cloudformation import read_template
from srm_data.estate.resources import Resource
from srm_data.estate.values import expect_mapping, read_line, read_scalar
from srm_data.exceptions import EstateError

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
    """Yield the resources of the compiled template, or else those declared in the file.

    Raises
    ------
    EstateError
        If a part has an unexpected type.
    """
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
