"""OSCAL: duties as a catalogue, their mapping to frameworks, offerings as components; one set of files.

The set is a workspace of compliance-trestle: a folder per kind of document, a folder per document, and
``trestle://`` for what one document has of another. It is complete: each id that a document names is in
another one of the set, as ``srm_data.controls.references`` checks before anything is written.
"""

from __future__ import annotations

import json
import os
import re
import uuid
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pandas as pd

from srm_data.atomic import open_whole
from srm_data.cells import restore_model
from srm_data.controls.frameworks import (
    find_framework,
    list_control_duties,
    list_framework_controls,
    list_organisation_controls,
)
from srm_data.controls.ids import NIST, format_control_id
from srm_data.controls.tables import load_controls
from srm_data.exceptions import FrameError
from srm_data.load import given_tables
from srm_data.schema import StrPath, Tables, read_package

Document = dict[str, Any]
VERSION = "1.2.1"  # of OSCAL; only the mapping has fields that 1.1.2 does not have
NS = "urn:srm-data:oscal"
"""Namespace of the properties that OSCAL itself has no name for."""
IDS = uuid.uuid5(uuid.NAMESPACE_URL, NS)
A_MODEL = "a model of offerings without decisions, from build_model, choose_offerings or in_use"
NEEDED = [
    "service_id", "service", "offering_id", "offering", "category", "duty_id", "duty",
    "responsibility", "customer_action", "aws_part", "customer_part", "note", "basis", "performed_by",
    "source_ids",
]  # fmt: skip
NOT_OF_AWS = "Made by srm_data from AWS's documentation. AWS did not write it and does not endorse it."
MAPPED = ["nist-800-53", "nist-csf"]
"""Frameworks that every mapping is to, beside the one that was chosen."""
DUTIES = "catalogs/aws-duties/catalog.json"


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
    # parties of a body stand in the metadata
    parties = {name: body.pop(name) for name in ("roles", "parties") if name in body}
    content = {"metadata": metadata | parties | {"remarks": remarks}} | body
    return {kind: {"uuid": make_id(kind, json.dumps(content))} | content}


def refer_to(path: str) -> str:
    """Return the address of another document of the set."""
    return f"trestle://{path}"


def name_control(control_id: str) -> str:
    """Return a control id as OSCAL writes it: ``ac-2.1`` for ``AC-2(1)``, as in NIST's own files."""
    usual = format_control_id(control_id)
    if NIST.fullmatch(usual):
        return usual.lower().replace("(", ".").replace(")", "")
    token = re.sub(r"[^\w.-]+", "-", usual).strip("-")
    return token if re.match(r"[^\W\d]", token) else f"c-{token}"


def name_framework_file(framework_id: str) -> str:
    """Return the path of the catalogue of a framework in the set."""
    return f"catalogs/{framework_id}/catalog.json"


def name_profile_file(framework_id: str, baseline: str | None) -> str:
    """Return the path of the profile of a framework and baseline in the set."""
    return f"profiles/{'-'.join(filter(None, [framework_id, baseline]))}/profile.json"


def build_oscal(
    model: pd.DataFrame,
    framework: str = "nist-800-53",
    *,
    baseline: str | None = None,
    controls: Tables | None = None,
    tables: Tables | None = None,
) -> dict[str, Document]:
    """Build the OSCAL documents of the offerings in scope.

    Parameters
    ----------
    model
        Frame from :func:`~srm_data.build_model`, :func:`~srm_data.choose_offerings` or
        :func:`~srm_data.in_use`, without decisions.
    framework
        Id or name of a framework of ``controls``, for the profile and the plans.
    baseline
        Baseline to restrict the profile and the plans to, such as ``"moderate"``.
    controls
        Frames from :func:`~srm_data.controls.load_controls`; loaded if not given.
    tables
        Frames from :func:`~srm_data.load_tables`; loaded if not given.

    Returns
    -------
    dict of str to dict
        Documents by path: catalogues of the duties and of each framework (ids and titles), a profile,
        the mapping of the duties, and the component definition.

    Raises
    ------
    LookupError
        If the framework or the baseline is unknown.
    srm_data.exceptions.FrameError
        If the model is none, or has decisions.

    Examples
    --------
    >>> from srm_data.controls import build_oscal
    >>> documents = build_oscal(srm_data.choose_offerings(srm_data.build_model(), "sqs"))
    >>> catalog = documents["catalogs/aws-duties/catalog.json"]["catalog"]
    >>> sum(len(group["controls"]) for group in catalog["groups"])
    28
    """
    model = restore_model(model, NEEDED, A_MODEL)
    if model["basis"].eq("decision").any():
        raise FrameError(f"expected {A_MODEL}; this one has decisions")
    controls = load_controls() if controls is None else controls
    tables = given_tables(tables, {"duties": ["duty_id"], "layers": ["layer_id"], "sources": ["url"]})
    chosen = find_framework(framework, controls=controls)
    frameworks = list(dict.fromkeys([chosen, *MAPPED]))

    documents = {DUTIES: _build_duty_catalog(model, tables)}
    for framework_id in frameworks:
        path = name_framework_file(framework_id)
        documents[path] = _build_framework_catalog(framework_id, controls)
    profile = name_profile_file(chosen, baseline)
    documents[profile] = _build_profile(chosen, baseline, controls)
    mapping = _build_mapping(set(model["duty_id"]), frameworks, controls)
    documents["mapping-collections/aws-duties/mapping-collection.json"] = mapping
    return documents


def write_oscal(
    folder: StrPath,
    model: pd.DataFrame,
    framework: str = "nist-800-53",
    *,
    baseline: str | None = None,
    controls: Tables | None = None,
    tables: Tables | None = None,
) -> Path:
    """Write the OSCAL documents of the offerings in scope to a folder, as JSON.

    Parameters
    ----------
    folder
        Folder to write to, such as a workspace of trestle.
    model, framework, baseline, controls, tables
        As for :func:`build_oscal`.

    Returns
    -------
    pathlib.Path
        ``folder``.

    Raises
    ------
    FileExistsError
        If one of the files is there; none is replaced.

    Examples
    --------
    >>> import tempfile
    >>> from srm_data.controls import write_oscal
    >>> model = srm_data.choose_offerings(srm_data.build_model(), "sqs")
    >>> folder = write_oscal(tempfile.mkdtemp(), model, baseline="low")
    >>> sorted(path.name for path in folder.iterdir())
    ['catalogs', 'mapping-collections', 'profiles']
    """
    documents = build_oscal(model, framework, baseline=baseline, controls=controls, tables=tables)
    folder = Path(folder)
    for path in documents:
        if os.path.lexists(folder / path):
            raise FileExistsError(f"{folder / path} already exists and was not changed")
    for path, document in documents.items():
        with open_whole(folder / path, is_new=True) as stream:
            stream.write(json.dumps(document, indent=1, ensure_ascii=False).encode() + b"\n")
    return folder


def _build_duty_catalog(model: pd.DataFrame, tables: Tables) -> Document:
    duties = tables["duties"][tables["duties"]["duty_id"].isin(model["duty_id"])]
    groups = [
        {
            "id": layer["layer_id"],
            "title": layer["layer"],
            "controls": [
                {
                    "id": duty["duty_id"],
                    "title": duty["duty"],
                    "parts": [
                        {
                            "id": f"{duty['duty_id']}_smt",
                            "name": "statement",
                            "prose": duty["description"],
                        }
                    ],
                }
                for duty in duties[duties["layer_id"] == layer["layer_id"]].to_dict("records")
            ],
        }
        for layer in tables["layers"].to_dict("records")
    ]
    groups = [group for group in groups if group["controls"]]
    title = "Duties of the AWS Shared Responsibility Model"
    return make_document("catalog", title, NOT_OF_AWS, {"groups": groups})


def _build_framework_catalog(framework_id: str, controls: Tables) -> Document:
    facts = controls["frameworks"].set_index("framework_id").loc[framework_id]
    rows = list_framework_controls(framework_id, controls=controls).to_dict("records")
    # enhancements stand below their controls, and controls below their families
    below: dict[str, list[Document]] = defaultdict(list)
    families: dict[str, list[Document]] = defaultdict(list)
    for row in reversed(rows):
        control: Document = {"id": name_control(row["control_id"]), "title": row["title"]}
        if children := below.pop(row["control_id"], []):
            control["controls"] = children[::-1]
        (below[row["parent_id"]] if row["parent_id"] else families[row["family"]]).append(control)
    groups = [
        {
            "id": name_control(f"family-{family}"),
            "title": family or "Controls",
            "controls": listed[::-1],
        }
        for family, listed in reversed(families.items())
    ]
    name = f"{facts['framework']} {facts.get('edition', '')}".strip()
    remarks = (
        "Ids and titles alone. The publisher's own catalogue has the texts and may stand in place of "
        f"this file: {facts.get('url', '') or facts.get('publisher', '')}"
    )
    return make_document("catalog", f"{name}: ids and titles", remarks, {"groups": groups})


def _build_profile(framework_id: str, baseline: str | None, controls: Tables) -> Document:
    rows = list_framework_controls(framework_id, baseline=baseline, controls=controls)
    ids = [name_control(control_id) for control_id in rows["control_id"]]
    catalog = refer_to(name_framework_file(framework_id))
    body = {
        "imports": [{"href": catalog, "include-controls": [{"with-ids": ids}]}],
        "merge": {"as-is": True},
    }
    of = f"baseline {baseline}" if baseline else "all controls"
    return make_document("profile", f"{framework_id}, {of}", "The controls that plans are about.", body)


def _build_mapping(duty_ids: Iterable[str], frameworks: Iterable[str], controls: Tables) -> Document:
    mappings = []
    for framework_id in frameworks:
        duties = list_control_duties(framework_id, controls=controls)
        maps = [
            {
                "uuid": make_id("map", framework_id, row["duty_id"], row["control_id"]),
                "relationship": "intersects-with",
                "sources": [{"type": "control", "id-ref": row["duty_id"]}],
                "targets": [{"type": "control", "id-ref": name_control(row["control_id"])}],
                "props": [make_prop("strength", row["strength"])],
                "remarks": row["reason"],
            }
            for row in duties[duties["duty_id"].isin(set(duty_ids))].to_dict("records")
        ]
        mapping: Document = {
            "uuid": make_id("mapping", framework_id),
            "source-resource": {"type": "catalog", "href": refer_to(DUTIES)},
            "target-resource": {
                "type": "catalog",
                "href": refer_to(name_framework_file(framework_id)),
            },
            "maps": maps,
        }
        # what no duty carries is the organisation's own
        own = list_organisation_controls(framework_id, controls=controls)["control_id"]
        if len(own):
            mapping["target-gap-summary"] = {
                "uuid": make_id("gap", framework_id),
                "unmapped-controls": [{"with-ids": [name_control(name) for name in own]}],
            }
        mappings.append(mapping)
    provenance = {
        "method": "human",
        "matching-rationale": "functional",
        "status": "complete",
        "mapping-description": (
            "Which security duties of a cloud service carry a control, with the reason in the remarks "
            "of each map. The property strength says how: direct, if performing the duty for every "
            "offering is most of the control; supports, if the control asks for more than the duty. A "
            "control without a duty is the organisation's own and unmapped. This is the judgement of "
            "srm_data, not of the publishers or of AWS."
        ),
    }
    body = {"provenance": provenance, "mappings": mappings}
    return make_document("mapping-collection", "Duties on AWS to controls", NOT_OF_AWS, body)
