"""OSCAL: duties as a catalogue, their mapping to frameworks, offerings as components, and plans.

The documents are one set, complete in itself: what one names, another has.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

import pandas as pd

from srm_data.atomic import write_new_files
from srm_data.controls.frameworks import (
    find_framework,
    list_control_duties,
    list_framework_controls,
    list_organisation_controls,
)
from srm_data.controls.ids import name_oscal_control
from srm_data.controls.matrix import list_layers, restore_undecided
from srm_data.controls.plans import (
    INHERITANCE,
    OWN_PLAN,
    build_component,
    build_inheritance,
    build_own_plan,
    name_aws,
)
from srm_data.controls.references import (
    NOT_OF_AWS,
    Document,
    make_document,
    make_id,
    make_prop,
    name_framework_file,
    name_profile_file,
    refer_to,
    require_references,
)
from srm_data.controls.tables import load_controls
from srm_data.exceptions import FrameError
from srm_data.load import ALL_SETS, given_tables, load_some
from srm_data.register import State
from srm_data.register.entries import Row, has_keys, list_rows
from srm_data.schema import CELL, StrPath, Tables

NEEDED = [
    "service_id", "service", "offering_id", "offering", "category", "duty_id", "duty",
    "responsibility", "customer_action", "aws_part", "customer_part", "note", "basis", "performed_by",
    "source_ids",
]  # fmt: skip
NEEDED_TABLES = {
    "duties": ["duty_id", "layer_id"],
    "layers": ["layer_id", "layer"],
    "offerings": ["offering_id"],
    "sources": ["source_id", "title", "url"],
}
MAPPED = ["nist-800-53", "nist-csf"]
"""Frameworks that every mapping is to, beside the one that was chosen."""
AWS_COMPONENTS = (
    "https://github.com/awslabs/oscal-content-for-aws-services/blob/main/component-definitions"
)
DUTIES = "catalogs/aws-duties/catalog.json"


def build_oscal(
    model: pd.DataFrame,
    framework: str = "nist-800-53",
    *,
    baseline: str | None = None,
    now: State | None = None,
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
    now
        State of a register for this model, from :func:`~srm_data.register.state`. Only the plan of the
        organisation has something of it; without it that plan is left out.
    controls
        Frames from :func:`~srm_data.controls.load_controls`; loaded if not given.
    tables
        Frames from :func:`~srm_data.load_tables`; loaded if not given.

    Returns
    -------
    dict of str to dict
        Documents by path: catalogues of the duties and of each framework (ids and titles), a profile,
        the mapping of the duties, and the component definition. Of a part of the catalogue also the
        inheritance file, a plan of AWS as the leveraged system, and the plan of the organisation.

    Raises
    ------
    LookupError
        If the framework or the baseline is unknown.
    srm_data.exceptions.FrameError
        If the model is none, or has decisions.

    Examples
    --------
    >>> model = srm_data.choose_offerings(srm_data.build_model(), "sqs")
    >>> documents = build_oscal(model, baseline="low")
    >>> catalog = documents["catalogs/aws-duties/catalog.json"]["catalog"]
    >>> sum(len(group["controls"]) for group in catalog["groups"])
    28
    """
    model = restore_undecided(model, NEEDED)
    controls = load_controls() if controls is None else controls
    tables = load_some(NEEDED_TABLES, duty_sets=ALL_SETS) if tables is None else tables
    tables = given_tables(tables, NEEDED_TABLES)
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
    components = _build_components(model, controls, tables)
    documents["component-definitions/aws-offerings/component-definition.json"] = components

    # plans are of what is in use: of the whole catalogue they would be 240 MB for nobody
    if model["offering_id"].nunique() < len(tables["offerings"]):
        documents[INHERITANCE] = build_inheritance(model, chosen, baseline, controls)
        if now is not None:
            if not has_keys(model, now.cells, CELL).all():
                raise FrameError("expected as now a state of this model, from register.state")
            documents[OWN_PLAN] = build_own_plan(model, now, chosen, baseline, controls)
    return documents


def write_oscal(
    folder: StrPath,
    model: pd.DataFrame,
    framework: str = "nist-800-53",
    *,
    baseline: str | None = None,
    now: State | None = None,
    controls: Tables | None = None,
    tables: Tables | None = None,
) -> Path:
    """Write the OSCAL documents of the offerings in scope to a folder, as JSON.

    Parameters
    ----------
    folder
        Folder to write to, such as a workspace of trestle.
    model, framework, baseline, now, controls, tables
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
    >>> model = srm_data.choose_offerings(srm_data.build_model(), "sqs")
    >>> folder = write_oscal(tempfile.mkdtemp(), model, baseline="low")
    >>> sorted(path.name for path in folder.iterdir())[:3]
    ['catalogs', 'component-definitions', 'mapping-collections']
    """
    documents = build_oscal(
        model, framework, baseline=baseline, now=now, controls=controls, tables=tables
    )
    require_references(documents)
    texts = {
        path: f"{json.dumps(document, indent=1, ensure_ascii=False)}\n".encode()
        for path, document in documents.items()
    }
    return write_new_files(Path(folder), texts)


def _build_duty_catalog(model: pd.DataFrame, tables: Tables) -> Document:
    groups = []
    for layer, duties in list_layers(model, tables):
        listed = []
        for duty in duties:
            name, text = duty["duty_id"], duty["description"]
            statement = {"id": f"{name}_smt", "name": "statement", "prose": text}
            listed.append({"id": name, "title": duty["duty"], "parts": [statement]})
        groups.append({"id": layer["layer_id"], "title": layer["layer"], "controls": listed})
    title = "Duties of the AWS Shared Responsibility Model"
    return make_document("catalog", title, NOT_OF_AWS, {"groups": groups})


def _build_framework_catalog(framework_id: str, controls: Tables) -> Document:
    facts = controls["frameworks"].set_index("framework_id").loc[framework_id]
    rows = list_framework_controls(framework_id, controls=controls).to_dict("records")
    listed: dict[str, Document] = {
        row["control_id"]: {
            "id": name_oscal_control(row["control_id"]),
            "title": row["title"],
            "props": [{"name": "label", "value": row["control_id"]}],
        }
        for row in rows
    }
    # enhancements stand below their controls, and controls below their families
    families: dict[str, list[Document]] = defaultdict(list)
    for row in rows:
        parent = listed.get(row["parent_id"])
        below = families[row["family"]] if parent is None else parent.setdefault("controls", [])
        below.append(listed[row["control_id"]])
    groups = [
        {
            "id": name_oscal_control(f"family-{family}"),
            "title": family or "Controls",
            "controls": of_family,
        }
        for family, of_family in families.items()
    ]
    name = f"{facts['framework']} {facts.get('edition', '')}".strip()
    remarks = "Ids and titles alone."
    if publisher := facts.get("url", "") or facts.get("publisher", ""):
        remarks += f" The publisher's own catalogue may stand in place of this file: {publisher}"
    return make_document("catalog", f"{name}: ids and titles", remarks, {"groups": groups})


def _build_profile(framework_id: str, baseline: str | None, controls: Tables) -> Document:
    rows = list_framework_controls(framework_id, baseline=baseline, controls=controls)
    ids = [name_oscal_control(control_id) for control_id in rows["control_id"]]
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
                "targets": [{"type": "control", "id-ref": name_oscal_control(row["control_id"])}],
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
                "unmapped-controls": [{"with-ids": [name_oscal_control(name) for name in own]}],
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


def _build_components(model: pd.DataFrame, controls: Tables, tables: Tables) -> Document:
    sources = tables["sources"].set_index("source_id")[["title", "url"]].to_dict("index")
    of_aws = defaultdict(list)
    for row in controls["aws_components"].to_dict("records"):
        of_aws[row["service_id"]].append(row)
    components = []
    for offering_id, cells in model.astype("str").groupby("offering_id", sort=False):
        # a requirement per duty: both halves, how sure they are, and the pages they come from
        rows, requirements = list_rows(cells), []
        for cell in rows:
            requirement: Document = {
                "uuid": make_id("component", cell["offering_id"], cell["duty_id"]),
                "control-id": cell["duty_id"],
                "description": _describe_halves(cell),
                "props": [
                    make_prop(name, cell[name.replace("-", "_")])
                    for name in ("responsibility", "customer-action", "basis")
                ],
            }
            pages = [sources[name] for name in cell["source_ids"].split("; ") if name in sources]
            links = [
                {"href": page["url"], "rel": "reference", "text": page["title"]}
                for page in pages
                if page["url"]
            ]
            requirements.append(requirement | ({"links": links} if links else {}))
        component = build_component(rows[0])
        # AWS's own component of the service has no responsibilities: name it
        if own := of_aws[rows[0]["service_id"]]:
            component["links"] = [
                {
                    "href": f"{AWS_COMPONENTS}/{row['file']}",
                    "rel": "aws-component",
                    "text": f"AWS's own component of {row['title']}, without responsibilities",
                }
                for row in own
            ]
            component["props"] += [
                make_prop("aws-component-uuid", row["component_uuid"]) for row in own
            ]
        component["control-implementations"] = [
            {
                "uuid": make_id("duties", str(offering_id)),
                "source": refer_to(DUTIES),
                "description": "Who performs each duty: AWS's part and the customer's part.",
                "implemented-requirements": requirements,
            }
        ]
        components.append(component)
    title = "AWS offerings: who performs which security duty"
    return make_document("component-definition", title, NOT_OF_AWS, {"components": components})


def _describe_halves(cell: Row) -> str:
    may = " (optional)" if cell["customer_action"] == "optional" else ""
    parts = {name_aws(cell): cell["aws_part"], f"Customer{may}": cell["customer_part"]}
    sentences = [f"{who}: {text}" for who, text in parts.items() if text]
    if cell["responsibility"] == "Not applicable":
        sentences = ["Not applicable."]
    return " ".join([*sentences, *([f"Note: {cell['note']}"] if cell["note"] else [])])
