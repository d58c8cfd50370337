"""System security plans of OSCAL: what AWS provides to others, and what the organisation inherits."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from functools import partial
from typing import NamedTuple

import pandas as pd

from srm_data.controls.frameworks import list_control_duties
from srm_data.controls.ids import name_oscal_control
from srm_data.controls.matrix import build_control_matrix, build_control_summary
from srm_data.controls.references import (
    NOT_OF_AWS,
    Document,
    make_document,
    make_id,
    make_prop,
    name_profile_file,
    refer_to,
)
from srm_data.register import State, build_cautious_model
from srm_data.register.entries import Row, list_rows
from srm_data.schema import Tables

INHERITANCE = "system-security-plans/aws-inheritance/system-security-plan.json"
OWN_PLAN = "system-security-plans/our-system/system-security-plan.json"
AWS = make_id("party", "aws")
LEVERAGED = make_id("leveraged", "aws")
Scope = tuple[str, str | None, Tables]
"""Framework, baseline and tables of controls of a plan."""
UNASSESSED = "No information types are listed: this file is about who performs what."


def _build_requirements(
    seat: str,
    model: pd.DataFrame,
    cells: dict[str, dict[str, Row]],
    build_part: Callable[[str, list[Row]], Document],
    scope: Scope,
) -> list[Document]:
    """Build what a plan says about each control, as the matrix of the model addresses it."""
    framework_id, baseline, controls = scope
    matrix = build_control_matrix(model, framework_id, baseline=baseline, controls=controls)
    summary = build_control_summary(matrix)[["control_id", "addressed", "reason"]].astype("str")
    duties = list_control_duties(framework_id, controls=controls)
    of_controls = duties.groupby("control_id", sort=False)["duty_id"].agg(list)
    requirements = []
    for control_id, addressed, reason in summary.itertuples(index=False):
        parts = []
        for of_offering in cells.values():
            named = [of_offering[key] for key in of_controls.get(control_id, []) if key in of_offering]
            carrying = [cell for cell in named if cell["responsibility"] != "Not applicable"]
            parts += [build_part(control_id, carrying)] if carrying else []
        # what no cell carries is said of the system itself
        if not parts:
            reason = reason or "It applies to no offering in scope."
            whole: Document = {
                "uuid": make_id("whole", seat, control_id),
                "component-uuid": make_id("system", seat),
                "description": reason,
            }
            if seat == "aws" and addressed == "organisation":
                left = {"uuid": make_id("left", control_id), "description": f"Customer: {reason}"}
                whole["export"] = {"responsibilities": [left]}
            parts = [whole]
        requirements.append({
            "uuid": make_id("requirement", seat, control_id),
            "control-id": name_oscal_control(control_id),
            "props": [make_prop("addressed", addressed)],
            "by-components": parts,
        })  # fmt: skip
    return requirements


def build_inheritance(
    model: pd.DataFrame, framework_id: str, baseline: str | None, controls: Tables
) -> Document:
    """Build the plan of AWS as the leveraged system: what it provides, and what it leaves."""
    cells = _list_cells(model)
    scope = framework_id, baseline, controls
    requirements = _build_requirements("aws", model, cells, _build_export, scope)
    title = "Inheritance file, not written by AWS: what AWS provides and what it leaves to customers"
    remarks = (
        f"{NOT_OF_AWS} This is not AWS's own system security plan. AWS's reports in AWS Artifact show "
        "what AWS has implemented; the property basis says how each sentence came about."
    )
    body = _build_system(
        "aws",
        "AWS services in scope (inheritance file, not written by AWS)",
        [_build_part(rows) for rows in cells.values()],
        requirements,
        scope,
    )
    return make_document("system-security-plan", title, remarks, body)


def _list_cells(model: pd.DataFrame) -> dict[str, dict[str, Row]]:
    cells: dict[str, dict[str, Row]] = defaultdict(dict)
    for row in list_rows(model.astype("str")):
        cells[row["offering_id"]][row["duty_id"]] = row
    return cells


def name_aws(cell: Mapping[str, str]) -> str:
    """Return AWS, with the company that performs its part if that is another."""
    return f"AWS (by {cell['performed_by']})" if cell["performed_by"] else "AWS"


def make_key(kind: str, control_id: str, cell: Row) -> str:
    """Return the UUID of what a cell provides, or leaves, for a control."""
    return make_id(kind, control_id, cell["offering_id"], cell["duty_id"])


def _build_export(control_id: str, cells: list[Row]) -> Document:
    provided, responsibilities = list[Document](), list[Document]()
    for cell in cells:
        basis = [make_prop("basis", cell["basis"])]
        # AWS's half, which a customer may inherit
        if cell["aws_part"]:
            provided.append({
                "uuid": make_key("provided", control_id, cell),
                "description": f"{cell['duty']}, {name_aws(cell)}: {cell['aws_part']}",
                "props": basis,
            })  # fmt: skip
        # the customer's half, which belongs to AWS's where there is one
        if cell["customer_part"]:
            may = " (optional)" if cell["customer_action"] == "optional" else ""
            left = {
                "uuid": make_key("responsibility", control_id, cell),
                "description": f"{cell['duty']}, customer{may}: {cell['customer_part']}",
                "props": basis,
            }
            if cell["aws_part"]:
                left["provided-uuid"] = provided[-1]["uuid"]
            responsibilities.append(left)
    export = {"provided": provided, "responsibilities": responsibilities}
    offering = cells[0]["offering_id"]
    return {
        "uuid": make_id("export", control_id, offering),
        "component-uuid": make_id("offering", offering),
        "description": f"{cells[0]['offering']}: {', '.join(cell['duty'] for cell in cells)}.",
        "export": {name: listed for name, listed in export.items() if listed},
    }


def build_component(cell: Mapping[str, str]) -> Document:
    """Build the component of the offering of a cell."""
    return {
        "uuid": make_id("offering", cell["offering_id"]),
        "type": "service",
        "title": cell["offering"],
        "description": f"A way to run {cell['service']} ({cell['category']}).",
        "props": [make_prop("offering-id", cell["offering_id"])],
    }


def _build_part(cells: dict[str, Row]) -> Document:
    return build_component(next(iter(cells.values()))) | {"status": {"state": "operational"}}


def _build_system(
    seat: str,
    name: str,
    components: list[Document],
    requirements: list[Document],
    scope: Scope,
    leveraged: Document | None = None,
) -> Document:
    system, (framework_id, baseline, _) = make_id("system", seat), scope
    whole = {
        "uuid": system,
        "type": "this-system",
        "title": "This system",
        "description": name,
        "status": {"state": "operational"},
    }
    # OSCAL wants a user, a component for the system itself, and at least one information type
    implementation: Document = {
        "users": [{"uuid": make_id("user"), "title": "Customer of AWS", "role-ids": ["customer"]}],
        "components": [whole, *components],
    }
    if leveraged:
        implementation = {"leveraged-authorizations": [leveraged]} | implementation
    party = {"uuid": AWS, "type": "organization", "name": "Amazon Web Services", "remarks": NOT_OF_AWS}
    return {
        "roles": [{"id": "customer", "title": "Customer of AWS"}],
        "parties": [party],
        "import-profile": {"href": refer_to(name_profile_file(framework_id, baseline))},
        "system-characteristics": {
            "system-ids": [{"identifier-type": "https://ietf.org/rfc/rfc4122", "id": system}],
            "system-name": name,
            "description": name,
            "system-information": {
                "information-types": [{"title": "Not assessed", "description": UNASSESSED}]
            },
            "status": {"state": "operational"},
            "authorization-boundary": {"description": "The offerings that are listed as components."},
        },
        "system-implementation": implementation,
        "control-implementation": {
            "description": "Each control by offering and duty; the property addressed sums it up.",
            "implemented-requirements": requirements,
        },
    }


def build_own_plan(
    model: pd.DataFrame, now: State, framework_id: str, baseline: str | None, controls: Tables
) -> Document:
    """Build the plan of the organisation: what it inherits and has satisfied, by its register."""
    cells, facts = _list_cells(model), _list_facts(now)
    build_part = partial(_build_use, facts=facts)
    scope = framework_id, baseline, controls
    requirements = _build_requirements("ours", build_cautious_model(now), cells, build_part, scope)

    covers = now.entries[now.entries["field"].eq("cover:system") & now.entries["state"].eq("in force")]
    name = "; ".join(covers["value"].unique()) or "System on AWS"
    components = []
    # each component is ours, and names the one of the inheritance file that it uses
    for offering_id, rows in cells.items():
        component = _build_part(rows)
        links = {"leveraged-authorization-uuid": LEVERAGED, "inherited-uuid": component["uuid"]}
        props = [{"name": key, "value": value} for key, value in links.items()]
        uses = make_id("our-offering", offering_id)
        components.append(component | {"uuid": uses, "props": [*component["props"], *props]})
    # the inheritance file stands for the authorization that OSCAL expects
    leveraged = {
        "uuid": LEVERAGED,
        "title": "AWS, by an inheritance file that AWS did not write",
        "links": [{"href": refer_to(INHERITANCE), "rel": "reference"}],
        "party-uuid": AWS,
        "date-authorized": now.day,
        "remarks": "The day is that of the register, not of an authorization: enter that of your own.",
    }
    body = _build_system("ours", name, components, requirements, scope, leveraged)
    remarks = (
        f"What the register says on {now.day}. Inherited: AWS's part by its documents, where nobody "
        "must act or the answer is agreed, and nobody decided another one. Satisfied: what the "
        "register says is implemented."
    )
    return make_document("system-security-plan", name, remarks, body, day=now.day)


class _Facts(NamedTuple):
    """What a register says about a cell, over every Where."""

    is_decided: bool
    is_agreed: bool  # at every Where, or nobody must act
    is_open: bool  # a conflict, or an answer that waits
    decision: str
    status: str
    implementation: list[str]
    is_implemented: bool  # at every Where
    accountable: str
    evidence: str


def _list_facts(now: State) -> dict[tuple[str, str], _Facts]:
    facts = dict[tuple[str, str], _Facts]()
    for key, rows in now.cells.groupby(["offering_id", "duty_id"], sort=False):
        # a cell may be entered for several accounts or environments: all of them count
        of_field = dict(list(rows.groupby("field")))
        answers, status = of_field["answer"], of_field["status"]["value"]
        decided = answers[answers["entry_ids"] != ""]
        named = {
            field: list(dict.fromkeys(part["value"][part["value"] != ""]))
            for field, part in of_field.items()
        }
        done = of_field.get("implementation", status.iloc[:0].to_frame())["value"]
        facts[str(key[0]), str(key[1])] = _Facts(
            is_decided=not decided.empty,
            is_agreed=bool(status.isin(["agreed", ""]).all()),
            is_open=bool(answers["state"].isin(["conflict", "proposed", "asked back"]).any()),
            decision="; ".join(
                f"{row['value']}, by {row['by']} on {row['on']} ({row['reason'].rstrip('.')})"
                for row in list_rows(decided)
            ),
            status=", ".join(named["status"]),
            implementation=list(dict.fromkeys(done[done != ""])),
            is_implemented=len(done) == len(answers) and bool(done.eq("implemented").all()),
            accountable=", ".join(named.get("accountable", [])),
            evidence="; ".join(named.get("evidence", [])),
        )
    return facts


def _build_use(control_id: str, cells: list[Row], facts: dict[tuple[str, str], _Facts]) -> Document:
    inherited, satisfied, sentences = list[Document](), list[Document](), list[str]()
    for cell in cells:
        now = facts[cell["offering_id"], cell["duty_id"]]
        shown = f" Evidence: {now.evidence}." if now.evidence else ""
        who = f" Accountable: {now.accountable}." if now.accountable else ""
        # a decision of the organisation is its own: AWS does not provide it
        if now.is_decided:
            sentences.append(f"{cell['duty']}: decided by the organisation: {now.decision}.")
        elif cell["aws_part"] and now.is_agreed and not now.is_open:
            inherited.append({
                "uuid": make_key("inherited", control_id, cell),
                "provided-uuid": make_key("provided", control_id, cell),
                "description": f"{cell['duty']}, {name_aws(cell)}: {cell['aws_part']}{shown}",
            })  # fmt: skip
        if now.implementation:
            done = {
                "uuid": make_key("satisfied", control_id, cell),
                "description": f"{cell['duty']}: {', '.join(now.implementation)}.{who}{shown}",
            }
            if cell["customer_part"]:
                done["responsibility-uuid"] = make_key("responsibility", control_id, cell)
            if now.is_implemented:
                satisfied.append(done)
            else:
                sentences.append(done["description"])
        elif cell["customer_part"] and not now.is_decided:
            status = now.status or "nobody must act"
            sentences.append(f"{cell['duty']}: {status}, no implementation is entered.{who}")
    offering, duties = cells[0]["offering_id"], ", ".join(cell["duty"] for cell in cells)
    part: Document = {
        "uuid": make_id("use", control_id, offering),
        "component-uuid": make_id("our-offering", offering),
        "description": " ".join([f"{cells[0]['offering']}:", *(sentences or [f"{duties}."])]),
    }
    listed = {"inherited": inherited, "satisfied": satisfied}
    return part | {name: items for name, items in listed.items() if items}
