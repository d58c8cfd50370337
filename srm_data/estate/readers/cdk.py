"""Read the manifest in ``cdk.out``, which lists the templates of the stacks."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from srm_data.estate.resources import Resource
from srm_data.estate.values import expect_mapping, read_line, read_scalar

STACK = "a stack of the CDK, whose resources stand in its template"
ASSEMBLY = "a nested assembly of the CDK, whose stacks have their own manifest"


def is_manifest(document: Any) -> bool:
    """Return whether the document is a CDK manifest with artifacts."""
    return (
        isinstance(document, dict)
        and isinstance(document.get("artifacts"), dict)
        and isinstance(document.get("version"), str)
    )


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
