"""How OSCAL documents refer to each other: ids, addresses, and whether all that is named is there.

The documents of one set are a workspace of compliance-trestle: a folder per kind, a folder per
document, and ``trestle://`` for another document. Trestle accepts most names of things that are not
there, so they are checked here.
"""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from srm_data.exceptions import SrmDataError
from srm_data.schema import StrPath, read_package

Document = dict[str, Any]
VERSION = "1.2.1"  # of OSCAL; only the mapping has fields that 1.1.2 does not have
NS = "urn:srm-data:oscal"
"""Namespace of the properties that OSCAL itself has no name for."""
NOT_OF_AWS = "Made by srm_data from AWS's documentation. AWS did not write it and does not endorse it."
IDS = uuid.uuid5(uuid.NAMESPACE_URL, NS)
HERE = "trestle://"
"""What the address of another document of the set begins with."""
UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[45][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}", re.I)
METADATA = ("title", "last-modified", "version", "oscal-version")
PROVENANCE = ("method", "matching-rationale", "status", "mapping-description")
OF_LISTS = {
    "component-uuid": "components",
    "party-uuid": "parties",
    "party-uuids": "parties",
    "provided-uuid": "provided",
    "responsibility-uuid": "responsibilities",
    "leveraged-authorization-uuid": "leveraged-authorizations",
    "inherited-uuid": "components",
    "role-id": "roles",
    "role-ids": "roles",
}
"""Keys and properties whose value is a UUID or id, and the lists in which it must stand."""
IN_OTHERS = ("inherited", "satisfied", "inherited-uuid")
"""Places whose UUIDs are those of the leveraged system, in another document."""


class Node(NamedTuple):
    """A value in a document: its place, the key that it stands at, and the value."""

    place: str
    key: str
    value: Any


def make_id(*parts: str) -> str:
    """Return the UUID of a thing by its ids, always the same one."""
    return str(uuid.uuid5(IDS, "/".join(parts)))


def make_prop(name: str, value: str) -> dict[str, str]:
    """Return a property in our namespace."""
    return {"name": name, "ns": NS, "value": value}


def make_document(kind: str, title: str, remarks: str, body: Document, *, day: str = "") -> Document:
    """Return a document with its metadata; its UUID changes with its content."""
    package = read_package()
    metadata = {
        "title": title,
        "last-modified": f"{day}T00:00:00Z" if day else package["created"],
        "version": package["version"],
        "oscal-version": VERSION,
    }
    # roles and parties of a body stand in the metadata
    people = {name: body[name] for name in ("roles", "parties") if name in body}
    rest = {name: part for name, part in body.items() if name not in people}
    content = {"metadata": metadata | people | {"remarks": remarks}} | rest
    return {kind: {"uuid": make_id(kind, json.dumps(content))} | content}


def refer_to(path: str) -> str:
    """Return the address of another document of the set."""
    return f"{HERE}{path}"


def name_framework_file(framework_id: str) -> str:
    """Return the path of the catalogue of a framework in the set."""
    return f"catalogs/{framework_id}/catalog.json"


def name_profile_file(framework_id: str, baseline: str | None) -> str:
    """Return the path of the profile of a framework and baseline in the set."""
    name = "-".join(re.findall(r"[a-z0-9]+", f"{framework_id} {baseline or ''}".lower()))
    return f"profiles/{name}/profile.json"


def check_oscal(folder: StrPath) -> None:
    """Check the references of a set of OSCAL documents.

    Every UUID is one, and each id is given once in its document. Components, parties, roles, what is
    provided, responsibilities, controls and other documents that a document names are there. A mapping
    has its provenance, and every document its metadata.

    Parameters
    ----------
    folder
        Folder of :func:`~srm_data.controls.write_oscal`. Every JSON file in it is read.

    Raises
    ------
    srm_data.exceptions.SrmDataError
        If there are faults; the message lists each with its file, place, value and what was expected.

    Examples
    --------
    >>> import tempfile
    >>> model = srm_data.choose_offerings(srm_data.build_model(), "sqs")
    >>> check_oscal(srm_data.controls.write_oscal(tempfile.mkdtemp(), model, baseline="low"))
    """
    folder, documents = Path(folder), {}
    for path in sorted(folder.glob("*/*/*.json")):
        try:
            documents[path.relative_to(folder).as_posix()] = json.loads(path.read_bytes())
        except ValueError as error:
            raise SrmDataError(f"{path}: expected JSON; {error}") from error
    if not documents:
        raise SrmDataError(
            f"{folder}: expected a folder of write_oscal, with JSON files two folders down"
        )
    require_references(documents)


def require_references(documents: Mapping[str, Mapping[str, Any]]) -> None:
    """Raise an error that lists every fault of the references of documents, by path."""
    nodes = {path: list(_walk(document)) for path, document in documents.items()}
    faults = [
        f"{path}, {fault}"
        for path in documents
        for fault in [
            *_find_missing(nodes[path]), *_find_uuids(path, nodes), *_find_controls(path, nodes),
        ]
    ]  # fmt: skip
    if faults:
        count = "1 fault" if len(faults) == 1 else f"{len(faults)} faults"
        raise SrmDataError("\n".join([f"{count} in the OSCAL documents:", *faults]))


def _walk(value: Any, place: str = "", key: str = "") -> Iterator[Node]:
    """Go through a document from the top; the items of a list have the key of the list."""
    yield Node(place, key, value)
    if isinstance(value, dict):
        for name, below in value.items():
            yield from _walk(below, f"{place}.{name}" if place else name, name)
    elif isinstance(value, list):
        for number, below in enumerate(value):
            yield from _walk(below, f"{place}[{number}]", key)


def _find_missing(nodes: list[Node]) -> Iterator[str]:
    kind = next(iter(nodes[0].value), "")
    body = nodes[0].value.get(kind, {})
    needed = {"metadata": METADATA}
    if kind == "mapping-collection":
        needed["provenance"] = PROVENANCE
    for name, fields in needed.items():
        for field in fields:
            if not body.get(name, {}).get(field):
                yield f"{kind}.{name}.{field}: missing, expected a text"


def _list_ids(nodes: list[Node], name: str) -> set[str]:
    """List the UUIDs, or the ids of roles, of the items of a list by its key."""
    listed = [node.value for node in nodes if node.key == name and isinstance(node.value, dict)]
    return {item[key] for item in listed for key in ("uuid", "id") if key in item}


def _find_uuids(path: str, nodes: dict[str, list[Node]]) -> Iterator[str]:
    own, seen = nodes[path], dict[str, str]()
    others = [node for other, listed in nodes.items() if other != path for node in listed]
    ids: dict[tuple[str, bool], set[str]] = {}
    anchors = {node.value for node in own if node.key in ("id", "uuid") and isinstance(node.value, str)}
    for node in own:
        if node.key in ("id", "uuid"):
            if first := seen.get(f"{node.key} {node.value}"):
                yield f"{node.place}: {node.value!r}, expected another {node.key} than that of {first}"
            seen[f"{node.key} {node.value}"] = node.place
        if node.key == "uuid" and not UUID.fullmatch(str(node.value)):
            yield f"{node.place}: {node.value!r}, expected a UUID"

        # a property has its name and value beside each other, and a key its value below
        key, value = node.key, node.value
        if key == "props" and isinstance(value, dict):
            key, value = value.get("name", ""), value.get("value", "")
        if not isinstance(value, str):
            continue

        # what it names stands in a list of this document, or of that of the leveraged system
        if key in OF_LISTS:
            is_other = key in IN_OTHERS or any(f".{name}[" in node.place for name in IN_OTHERS)
            among = (OF_LISTS[key], is_other)
            if among not in ids:
                ids[among] = _list_ids(others if is_other else own, among[0])
            if value not in ids[among]:
                where = "another document" if is_other else "this document"
                yield f"{node.place}: {value!r}, expected the id of one of the {among[0]} of {where}"

        # a link leads into this document, to another of the set, or outside
        if key in ("href", "source"):
            if value.startswith("#") and value[1:] not in anchors:
                yield f"{node.place}: {value!r}, expected the id or UUID of something in this document"
            if value.startswith(HERE) and value.removeprefix(HERE) not in nodes:
                yield f"{node.place}: {value!r}, expected a document of the set"


def _list_controls(href: str, nodes: dict[str, list[Node]]) -> set[str] | None:
    """List the controls of a catalogue or profile of the set; None if the set does not have it."""
    listed = nodes.get(href.removeprefix(HERE))
    if listed is None:
        return None
    if "profile" in listed[0].value:
        return {node.value for node in listed if node.key == "with-ids" and isinstance(node.value, str)}
    return {
        node.value["id"] for node in listed if node.key == "controls" and isinstance(node.value, dict)
    }


def _find_controls(path: str, nodes: dict[str, list[Node]]) -> Iterator[str]:
    """Find controls that are not in the catalogue or profile that their place in a document is of."""
    scopes = {"": ""}  # address of the catalogue or profile, by the place that it holds for
    for node in nodes[path]:
        if not isinstance(node.value, dict):
            continue
        if "import-profile" in node.value:
            scopes[node.place] = node.value["import-profile"].get("href", "")
        if node.key == "control-implementations":
            scopes[node.place] = node.value.get("source", "")
        if node.key == "imports":
            scopes[node.place] = node.value.get("href", "")
        for end, name in (("sources", "source-resource"), ("targets", "target-resource")):
            if name in node.value:
                href = node.value[name].get("href", "")
                scopes[f"{node.place}.{end}"] = href
                scopes[f"{node.place}.{end[:-1]}-gap-summary"] = href
    controls = {href: _list_controls(href, nodes) for href in set(scopes.values())}
    for node in nodes[path]:
        if node.key not in ("control-id", "id-ref", "with-ids") or not isinstance(node.value, str):
            continue
        # sources and targets stand in maps, whose resources stand beside the maps
        place = re.sub(r"\.maps\[\d+\]", "", node.place) if node.key == "id-ref" else node.place
        scope = max((name for name in scopes if place.startswith(name)), key=len)
        ids = controls[scopes[scope]]
        if ids is not None and node.value not in ids:
            yield f"{node.place}: {node.value!r}, expected a control of {scopes[scope]}"
