"""Read Terraform: state of version 4 and 3, and what ``terraform show -json`` prints.

The layout of the state is HashiCorp's and not promised to stay; that of ``show -json`` is documented at
https://developer.hashicorp.com/terraform/internals/json-format. Data sources are left out: they
are looked up, not made.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from srm_data.estate.arns import split_arn
from srm_data.estate.tally import OTHER_PROVIDER, Resource, expect_mapping
from srm_data.exceptions import EstateError


def is_terraform(document: Any) -> bool:
    """Tell a state, or what ``terraform show -json`` prints of a state or a plan."""
    if not isinstance(document, dict):
        return False
    if "terraform_version" in document or "lineage" in document:
        return True
    # Of an empty state Terraform prints no more than the version of the format.
    return "format_version" in document


def read_terraform(document: dict[str, Any], file: object) -> Iterator[Resource]:
    """Yield every managed resource, one an instance.

    Raises
    ------
    EstateError
        If the version of the format is not known, or a part is missing or of another kind.
    """
    if "format_version" in document:
        # A plan holds the state before and after; what is planned is the estate it describes.
        shown = document.get("planned_values") or document.get("values") or {}
        yield from _read_module(expect_mapping(shown, file, "values").get("root_module") or {}, file)
        return
    version = document.get("version")
    if version == 4:
        yield from _read_state_4(document, file)
    elif version == 3:
        yield from _read_state_3(document, file)
    elif "encrypted_data" in document:
        raise EstateError(
            f"{file}: an encrypted state of OpenTofu; expected what tofu show -json prints"
        )
    else:
        raise EstateError(
            f"{file}: Terraform state of version {version!r}; expected 3 or 4 "
            "(a newer Terraform rewrites an older state at its next apply)"
        )


def _read_module(module: Any, file: object) -> Iterator[Resource]:
    module = expect_mapping(module, file, "module")
    for resource in module.get("resources") or []:
        resource = expect_mapping(resource, file, "resources")
        if resource.get("mode", "managed") == "managed":
            settings = resource.get("values") or {}
            yield _make_resource(resource.get("type"), settings, resource.get("address"), file)
    for child in module.get("child_modules") or []:
        yield from _read_module(child, file)


def _read_state_4(state: dict[str, Any], file: object) -> Iterator[Resource]:
    for resource in state.get("resources") or []:
        resource = expect_mapping(resource, file, "resources")
        if resource.get("mode") == "data":
            continue
        address = f"{resource.get('type')}.{resource.get('name')}"
        if resource.get("module"):
            address = f"{resource['module']}.{address}"
        for instance in resource.get("instances") or []:
            instance = expect_mapping(instance, file, address)
            settings = instance.get("attributes") or _unfold(instance.get("attributes_flat") or {})
            yield _make_resource(resource.get("type"), settings, address, file)


def _read_state_3(state: dict[str, Any], file: object) -> Iterator[Resource]:
    for module in state.get("modules") or []:
        module = expect_mapping(module, file, "modules")
        path = [f"module.{name}" for name in module.get("path", [])[1:]]
        for name, resource in (module.get("resources") or {}).items():
            resource = expect_mapping(resource, file, name)
            if name.startswith("data."):
                continue
            address = ".".join([*path, name])
            instances = [resource.get("primary"), *(resource.get("deposed") or [])]
            for instance in filter(None, instances):
                settings = _unfold(expect_mapping(instance, file, address).get("attributes") or {})
                yield _make_resource(resource.get("type"), settings, address, file)


def _unfold(attributes: dict[str, Any]) -> dict[str, Any]:
    """Turn ``{"a.0.b": 1}`` of version 3 into ``{"a": {"b": 1}}``; places in lists are dropped."""
    settings: dict[str, Any] = {}
    for name, value in attributes.items():
        *blocks, last = [part for part in name.split(".") if not part.isdigit()]
        if last in "#%":
            continue
        node = settings
        for block in blocks:
            node = node.setdefault(block, {})
            if not isinstance(node, dict):
                break
        else:
            node[last] = value
    return settings


def _make_resource(kind: Any, settings: Any, address: Any, file: object) -> Resource:
    if not isinstance(kind, str) or not kind:
        raise EstateError(f"{file}, {address}: no resource type; expected one such as aws_instance")
    settings = expect_mapping(settings, file, str(address))
    provider = kind.split("_")[0]
    other = "" if provider in ("aws", "awscc") else OTHER_PROVIDER.format(provider)
    arn, named = split_arn(str(settings.get("arn") or "")), settings.get("region")
    region = arn.region or (named if isinstance(named, str) else "")
    return Resource(kind, settings, {}, arn.account, region, place=str(address or ""), no_service=other)
