"""Read Terraform state, versions 1 to 4, and the output of ``terraform show -json``.

HashiCorp may change the state format; the format of ``show -json`` is documented at
https://developer.hashicorp.com/terraform/internals/json-format. Data sources are left out, because
Terraform only looks them up.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from srm_data.estate.arns import split_arn
from srm_data.estate.resource_types import ADDRESS, describe_other_provider
from srm_data.estate.resources import Resource
from srm_data.estate.values import expect_list, expect_mapping, read_line, read_scalar
from srm_data.exceptions import EstateError, UnknownKindError

STEPS = ("module", "type", "name")


def is_terraform(document: Any) -> bool:
    """Return whether the document is a state, or ``terraform show -json`` of a state or a plan."""
    if not isinstance(document, dict):
        return False
    # Of an empty state Terraform prints no more than the version of the format.
    signs = ("terraform_version", "lineage", "format_version", "planned_values")
    if not document.keys().isdisjoint(signs):
        return True
    # A state of version 1 or 2 may name neither version nor lineage.
    modules = document.get("modules")
    has_modules = isinstance(modules, list) and all(
        isinstance(module, dict) and {"path", "resources"} <= module.keys() for module in modules
    )
    return has_modules and document.get("version") in (1, 2, 3)


def read_terraform(document: dict[str, Any], file: object) -> Iterator[Resource]:
    """Yield every managed resource, once per instance."""
    if "format_version" in document or "planned_values" in document:
        # A plan holds the state before and after it; what it plans is the estate.
        shown = document.get("planned_values") or document.get("values") or {}
        yield from _read_module(expect_mapping(shown, file, "values").get("root_module") or {}, file)
        return

    modules = document.get("modules")
    listed = [document, *(modules if isinstance(modules, list) else [])]
    holds_any = any(one.get("resources") for one in listed if isinstance(one, dict))
    if document.get("backend") and not holds_any:
        raise UnknownKindError(
            f"{file}: only where Terraform keeps the state; expected what terraform state pull prints"
        )
    version = document.get("version")
    if version == 4:
        yield from _read_state_4(document, file)
    elif version in (1, 2, 3):
        yield from _read_early_state(document, file)
    else:
        found = version if isinstance(version, int | None) else type(version).__name__
        raise EstateError(
            f"{file}: Terraform state of version {found}; expected 1 to 4 "
            "(a newer Terraform rewrites an older state at its next apply)"
        )


def _read_module(module: Any, file: object) -> Iterator[Resource]:
    module = expect_mapping(module, file, "module")
    for resource in expect_list(module.get("resources"), file, "resources"):
        resource = expect_mapping(resource, file, "resources")
        if resource.get("mode", "managed") == "managed":
            settings = resource.get("values") or {}
            yield _build_resource(resource.get("type"), settings, resource.get("address"), file)
    for child in expect_list(module.get("child_modules"), file, "child_modules"):
        yield from _read_module(child, file)


def _read_state_4(state: dict[str, Any], file: object) -> Iterator[Resource]:
    for resource in expect_list(state.get("resources"), file, "resources"):
        resource = expect_mapping(resource, file, "resources")
        if resource.get("mode") == "data":
            continue
        address = ".".join(filter(None, (read_line(resource.get(key)) for key in STEPS)))
        for instance in expect_list(resource.get("instances"), file, address):
            instance = expect_mapping(instance, file, address)
            settings = instance.get("attributes") or {}
            yield _build_resource(resource.get("type"), settings, address, file)


def _read_early_state(state: dict[str, Any], file: object) -> Iterator[Resource]:
    """Yield the resources of versions 1 to 3; in 1 and 2, a tainted one stands in a list of its own."""
    for module in expect_list(state.get("modules"), file, "modules"):
        module = expect_mapping(module, file, "modules")
        path = [
            f"module.{read_line(name)}" for name in expect_list(module.get("path"), file, "path")[1:]
        ]
        resources = expect_mapping(module.get("resources") or {}, file, "resources")

        for name, resource in resources.items():
            address = ".".join([*path, read_line(name)])
            resource = expect_mapping(resource, file, address)
            if str(name).startswith("data."):
                continue

            others = [
                instance
                for name in ("deposed", "tainted")
                for instance in expect_list(resource.get(name), file, address)
            ]
            for instance in filter(None, [resource.get("primary"), *others]):
                attributes = expect_mapping(instance, file, address).get("attributes") or {}
                settings = _unfold(expect_mapping(attributes, file, address))
                yield _build_resource(resource.get("type"), settings, address, file)


def _unfold(attributes: dict[str, Any]) -> dict[str, Any]:
    """Convert ``{"a.0.b": 1}`` of early versions to ``{"a": {"b": 1}}``, dropping list positions."""
    settings: dict[str, Any] = {}
    for name, value in attributes.items():
        parts = [part for part in str(name).split(".") if not part.isdigit()]
        if not parts or parts[-1] in ("", "#", "%"):
            continue

        *blocks, last = parts
        node = settings
        for block in blocks:
            node = node.setdefault(block, {})
            if not isinstance(node, dict):
                break
        else:
            node[last] = value
    return settings


def _build_resource(kind: Any, settings: Any, address: Any, file: object) -> Resource:
    place = read_line(address)
    if not isinstance(kind, str) or not read_line(kind):
        raise EstateError(f"{file}, {place}: no resource type; expected one such as aws_instance")
    settings = expect_mapping(settings, file, place)

    other = describe_other_provider(kind)
    arn, named = read_scalar(settings.get("arn")), read_scalar(settings.get("region"))
    parts = split_arn(arn)
    return Resource(
        kind,
        settings,
        account=parts.account,
        region=parts.region or named,
        place=place,
        no_service=other,
        arn=arn,
    )


LEAST_SHARE = 0.8  # of the lines that are addresses
OTHER_LINE = "a line that is no address of a resource"


def is_state_list(name: str, text: str) -> bool:
    """Return whether most lines of a text are addresses of resources."""
    lines = [line.strip() for line in text.splitlines()[:200] if line.strip()]
    fitting = sum(bool(ADDRESS.fullmatch(line)) for line in lines)
    return bool(lines) and fitting >= LEAST_SHARE * len(lines)


def read_state_list(text: str, file: object) -> Iterator[Resource]:
    """Yield the managed resource of every line; data sources are left out, as they are looked up."""
    for number, line in enumerate(text.splitlines(), start=1):
        if not (line := line.strip()):
            continue
        place = f"line {number}"
        found = ADDRESS.fullmatch(line)
        if found is None:
            yield Resource("(no address)", place=place, no_service=OTHER_LINE)
        elif not found["data"]:
            other = describe_other_provider(found["type"])
            yield Resource(found["type"], place=place, no_service=other, completeness="partial")
