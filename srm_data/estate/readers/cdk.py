"""Read the manifest in ``cdk.out``, which lists the templates of the stacks."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from srm_data.estate.resources import Resource
from srm_data.estate.values import expect_mapping, read_line, read_scalar
from srm_data.exceptions import EstateError

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
