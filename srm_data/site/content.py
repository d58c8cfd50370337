"""What the pages of the site say: answers of a service and of a duty, as values for templates."""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterator
from datetime import date
from typing import Any

import pandas as pd

from srm_data.cells import PALER, find_marks, list_marks
from srm_data.changes import ADDED, GONE, WHY
from srm_data.controls import (
    build_control_matrix,
    list_control_duties,
    list_framework_controls,
    list_organisation_controls,
    load_controls,
)
from srm_data.load import Tables
from srm_data.matrix import duty_distribution
from srm_data.names.words import build_word_table

Row = dict[Hashable, Any]
Step = tuple[str, str, list[Row]]
"""The version before, the version after, and what changed between them."""

ANSWER = [
    "responsibility", "customer_action", "aws_part", "customer_part", "note", "performed_by", "mark",
    "source_ids", "sections",
]  # fmt: skip
"""What a cell says. Offerings of a service that say the same share one text, each with its anchor."""

ADDRESSED = ("inherited", "configured", "left")
"""How a service addresses a control that its duties carry."""

NAMED_EXCEPTIONS = 3
"""So many offerings of a service are named as exceptions from how it addresses a control."""

OLD = 365
"""Days after which an edition of a page is marked as old."""


def name_anchor(offering_id: str, duty_id: str) -> str:
    """Return the anchor of a cell in the page of its service; it never changes once released.

    >>> name_anchor("eks-fargate", "guest-os-patching")
    'eks-fargate.guest-os-patching'
    """
    return f"{offering_id}.{duty_id}"


def list_cells(model: pd.DataFrame) -> pd.DataFrame:
    """List the cells of a model with the id of their mark and the set of their duty."""
    texts = model.select_dtypes("category").astype(str)
    sets = texts["layer"].eq("AI").map({True: "ai", False: "core"})
    place = model["duty"].cat.codes
    return model.assign(**texts, mark=find_marks(model).astype(str), duty_set=sets, place=place)


def describe_sources(tables: Tables, day: date) -> dict[str, Row]:
    """Describe each source as its row does, and whether its edition is old on a day."""
    sources = {}
    for source in tables["sources"].to_dict("records"):
        month = str(source["edition"]).rpartition(" ")[2]
        is_old = is_older(month, day)
        sources[str(source["source_id"])] = {**source, "is_old": is_old}
    return sources


def is_older(month: str, day: date) -> bool:
    """Return whether a month or day such as ``"2025-04"`` lies more than a year before a day."""
    parts = month.split("-")
    if not all(part.isdigit() for part in parts) or len(parts[0]) != 4:
        return False
    year, number, of_month = (*map(int, parts), 1, 1)[:3]
    return (day - date(year, number, of_month)).days > OLD


def describe_service(
    service: Row, cells: pd.DataFrame, sources: dict[str, Row], frameworks: list[Row], steps: list[Step]
) -> dict[str, Any]:
    """Describe the page of one service: a row of ``services`` with its cells, sources and frameworks.

    ``duties`` has those of AI last, each with the cells of all offerings for the table at the top (None
    where an offering has no such duty) and ``answers``: one per text, with its offerings.
    ``frameworks`` has the ids of their controls by how the service addresses them and by its
    exceptions, ``steps`` its rows of each step of :func:`describe_changed`.
    """
    offerings = cells.drop_duplicates("offering_id")[["offering_id", "offering", "category"]]
    of_duties: dict[str, list[Row]] = {}
    for cell in cells.sort_values("place", kind="stable").to_dict("records"):
        of_duties.setdefault(cell["duty_id"], []).append(cell)
    duties = []
    for of_duty in of_duties.values():
        # Offerings that say the same share one text.
        groups: dict[tuple[Any, ...], list[Row]] = {}
        for cell in of_duty:
            groups.setdefault(tuple(cell[column] for column in ANSWER), []).append(cell)
        answers = [describe_answer(group, sources) for group in groups.values()]
        row = {key: of_duty[0][key] for key in ("duty_id", "duty", "layer", "side", "duty_set")}
        by_offering = {cell["offering_id"]: cell for cell in of_duty}
        aligned = [by_offering.get(name) for name in offerings["offering_id"]]
        duties.append({**row, "cells": aligned, "answers": answers})
    name = service["service_id"]
    controls = [
        {**row, "groups": row["services"][name]} for row in frameworks if name in row["services"]
    ]
    changed = [(*step, [row for row in rows if row["service_id"] == name]) for *step, rows in steps]
    return {
        "service": service, "offerings": offerings.to_dict("records"), "duties": duties,
        "frameworks": controls, "steps": changed, "sources": sources,
    }  # fmt: skip


def describe_answer(group: list[Row], sources: dict[str, Row]) -> Row:
    """Describe one answer of several offerings to a duty, with the pages that it cites."""
    first = group[0]
    cited = zip(first["source_ids"].split("; "), first["sections"].split(" | "), strict=True)
    pages = [{**sources[source], "section": section} for source, section in cited]
    return {**{column: first[column] for column in ANSWER}, "offerings": group, "pages": pages}


def describe_duty(duty: Row, cells: pd.DataFrame) -> dict[str, Any]:
    """Describe the page of one duty: counts by category and party, and the answer of every offering.

    A duty of AI also has the parts of laws and standards that it helps with.
    """
    references = load_controls()["ai_references"]
    helps = references[references["duty_id"].eq(duty["duty_id"]) & (duty["duty_set"] == "ai")]
    counts = duty_distribution(cells, "category")
    groups = [
        {"category": category, "total": int(row.sum()), "counts": row.to_dict()}
        for category, row in counts.iterrows()
    ]
    return {
        "duty": duty,
        "groups": groups,
        "cells": cells.to_dict("records"),
        "references": helps.to_dict("records"),
    }


def describe_changed(changes: list[dict[str, str]], service_of: dict[str, str]) -> list[Row]:
    """Describe changed cells in the order of a comparison, an offering that was added or went once.

    ``before`` and ``after`` are answers, with the customer's action where that alone changed; ``page``
    is the address of the cell, blank if it is gone.
    """
    rows: dict[tuple[str, str], Row] = {}
    for change in changes:
        offering_id, duty_id, why = change["offering_id"], change["duty_id"], change["why"]
        # an offering that was added or went has one row, not 28
        is_whole = why in (ADDED, GONE)
        row: Row = {"offering": change["offering"], "duty": change["duty"], "why": WHY[why]}
        for name, side in (("before", "from"), ("after", "to")):
            action = f", action {change[f'customer_action_{side}']}"
            row[name] = change[side] + (action if change["from"] == change["to"] else "")
        if is_whole:
            row |= {"duty": "all duties", "before": "", "after": "", "why": why}
        row["service_id"] = service_of.get(offering_id, "")
        anchor = "" if is_whole else f"#{name_anchor(offering_id, duty_id)}"
        row["page"] = f"services/{row['service_id']}.html{anchor}" if row["service_id"] else ""
        rows.setdefault((offering_id, why if is_whole else duty_id), row)
    return list(rows.values())


def describe_picture(model: pd.DataFrame) -> list[Row]:
    """Describe the stacked picture of the model, the customer's side first: layers and their duties.

    A duty has the number of offerings by party; layers and duties stand as AWS draws them, topmost
    first.
    """
    duties = model.drop_duplicates("duty_id").sort_values("duty")
    counts = duty_distribution(model, "duty")
    sides: dict[str, dict[str, list[Row]]] = {}
    for duty in duties.iloc[::-1].to_dict("records"):
        tiles = sides.setdefault(duty["side"], {}).setdefault(str(duty["layer"]), [])
        tiles.insert(0, {**duty, "counts": counts.loc[str(duty["duty"])].to_dict()})
    return [{"side": side, "layers": layers} for side, layers in sides.items()]


def build_search(
    model: pd.DataFrame, tables: Tables, frameworks: list[Row], steps: list[Step]
) -> dict[str, Any]:
    """Build what the search of the front page needs: phrases, and the answer of each cell in short.

    ``offerings`` has id, name, service and its id; ``duties`` id and name; ``cells`` one row per
    offering, with the places of party, action and mark of each duty; ``facts`` for each service status
    and its note, partitions and FedRAMP boundary, then the places in ``pages`` of what says so;
    ``changes`` the place of a service, the version, what changed and its page; ``controls`` the name,
    the page and, for each control of a family of a framework, id, title, places of its duties, and the
    place in ``patterns`` of :func:`build_patterns` of how each service addresses it.
    """
    words: dict[str, Any] = {**build_word_table(model, tables)}
    cells = list_cells(model)
    offerings = cells.drop_duplicates("offering_id").set_index("offering_id").loc[words["offerings"]]
    duties = cells.drop_duplicates("duty_id").set_index("duty_id").loc[words["duties"]]
    marks = describe_marks()
    lists = {
        "responsibility": tables["responsibilities"].sort_values("position")["responsibility"].tolist(),
        "customer_action": ["required", "optional", "none"],
        "mark": list(marks),
    }
    places = pd.DataFrame(
        {name: cells[name].map({value: place for place, value in enumerate(values)})
         for name, values in lists.items()}
    )  # fmt: skip
    places.index = pd.MultiIndex.from_frame(cells[["offering_id", "duty_id"]])
    short = places.astype("int64").apply(tuple, axis=1).unstack()
    short = short.astype(object).where(short.notna(), None)  # an offering without a duty of AI
    names = ["offering", "service", "service_id"]
    services = tables["services"].set_index("service_id").loc[sorted(cells["service_id"].unique())]
    sources = tables["sources"].set_index("source_id")[["title", "url", "edition"]]
    cited = services[["status_source_id", "partitions_source_id", "fedramp_source_id"]]
    pages = [name for name in pd.unique(cited.to_numpy().ravel()) if name in sources.index]
    page_of = {name: place for place, name in enumerate(pages)}
    facts = services[["status", "status_note", "partitions", "fedramp"]].join(
        cited.apply(lambda column: column.map(page_of).fillna(-1).astype("int64"))
    )
    changes = [
        [services.index.get_loc(row["service_id"]), to, f"{row['offering']}, {row['duty']}",
         " \u2192 ".join(filter(None, (row["before"], row["after"]))), row["why"], row["page"]]
        for _, to, rows in steps for row in rows if row["service_id"] in services.index
    ]  # fmt: skip
    places_of = {name: place for place, name in enumerate(words["duties"])}
    patterns = list_patterns(frameworks)

    def describe_control(control: Row) -> list[Any]:
        own = [places_of[row["duty_id"]] for row in control["duties"] if row["duty_id"] in places_of]
        pattern = patterns.get(control["by_service"], -1)
        return [control["control_id"], control["title"], own, pattern]

    controls = [
        [framework["framework"], f"{framework['framework_id']}/{family['slug']}.html",
         [describe_control(control) for control in family["controls"]]]
        for framework in frameworks for family in framework["families"]
    ]  # fmt: skip
    return {
        "questions": {name: words[name] for name in words if name not in ("offerings", "duties")},
        "offerings": offerings[names].reset_index().to_numpy().tolist(),
        "duties": duties[["duty"]].reset_index().to_numpy().tolist(),
        "parties": lists["responsibility"],
        "actions": lists["customer_action"],
        "marks": [f"{row['mark']} {row['label']}".strip() for row in marks.values()],
        "cells": short.loc[words["offerings"], words["duties"]].to_numpy().tolist(),
        "facts": facts.to_numpy().tolist(),
        "pages": sources.loc[pages].to_numpy().tolist(),
        "changes": changes,
        "since": steps[-1][0] if steps else "",
        "controls": controls,
    }


def list_patterns(frameworks: list[Row]) -> dict[tuple[str, ...], int]:
    """List the different ways in which the services address a control, and the place of each."""
    families = (family for framework in frameworks for family in framework["families"])
    ways = (control["by_service"] for family in families for control in family["controls"])
    return {way: place for place, way in enumerate(dict.fromkeys(filter(None, ways)))}


def build_patterns(model: pd.DataFrame, frameworks: list[Row]) -> dict[str, Any]:
    """Build what lists the services of a control, on the front page and those of controls.

    ``services`` has id and name, ``patterns`` for each way to address a control a letter per service
    (i, c, l or n), then the places of services and their exceptions in ``exceptions``.
    """
    names = model.drop_duplicates("service_id").set_index("service_id")["service"].astype(str)
    texts: dict[str, int] = {}
    patterns = [
        [letters, [
            [place, texts.setdefault(text, len(texts))] for place, text in enumerate(of) if text
        ]]
        for letters, *of in list_patterns(frameworks)
    ]  # fmt: skip
    return {
        "services": names.sort_index().reset_index().to_numpy().tolist(),
        "patterns": patterns,
        "exceptions": list(texts),
    }


def describe_marks() -> dict[str, Row]:
    """Describe the marks of the table ``marks`` by their id, the strongest first.

    ``pale`` is the second class of a cell that has the mark.
    """
    marks = list_marks()
    pale = [" pale" if mark in PALER else "" for mark in marks.index]
    rows = marks.assign(pale=pale).to_dict("records")
    return {str(mark): row for mark, row in zip(marks.index, rows, strict=True)}


def find_exceptions(matrix: pd.DataFrame, model: pd.DataFrame) -> dict[tuple[str, str], str]:
    """Find the controls that offerings of a service address in different ways, and describe how.

    ``matrix`` is one of offerings instead of services. What most offerings do stands first; those to
    which a control does not apply are left out.
    """
    words = {name: name for name in ADDRESSED} | {"left": "left to the customer"}
    services = dict(zip(model["offering_id"], model["service_id"], strict=True))
    # By control and service, the offerings of each answer.
    answers: dict[tuple[str, str], dict[str, list[str]]] = {}
    columns = [matrix[name].tolist() for name in ("control_id", "service_id", "service", "addressed")]
    for control, offering_id, offering, answer in zip(*columns, strict=True):
        if offering_id and answer in ADDRESSED:
            of = answers.setdefault((control, services[offering_id]), {})
            of.setdefault(answer, []).append(str(offering))
    texts = {}
    for key, of in answers.items():
        # sorted is stable: of as many, the answer of the first offering comes first
        most, *others = sorted(of, key=lambda answer: -len(of[answer]))
        parts = [
            f"{', '.join(of[answer])} ({words[answer]})"
            if len(of[answer]) <= NAMED_EXCEPTIONS
            else f"{len(of[answer])} offerings ({words[answer]})"
            for answer in others
        ]
        if parts:
            texts[key] = f"{words[most]}, except {', '.join(parts)}"
    return texts


def list_services(tables: Tables, model: pd.DataFrame) -> Iterator[tuple[Row, pd.DataFrame]]:
    """List the services by name, each with its cells."""
    cells_of = dict(iter(list_cells(model).groupby("service_id", sort=False)))
    services = tables["services"]
    order = services["service"].str.lower().argsort(kind="stable")
    for service in services.iloc[order.to_numpy()].to_dict("records"):
        if service["service_id"] in cells_of:
            yield service, cells_of[service["service_id"]]


def describe_frameworks(model: pd.DataFrame) -> Iterator[Row]:
    """Describe the frameworks whose titles may be shown, each with its families and their controls.

    A control says which duties carry it, and how many services of the model address it how; one that
    no duty carries says why it is the organisation's own. ``by_service`` has how each service addresses
    it, a letter each in the order of their ids: i, c, l or n, and the exceptions of those whose
    offerings differ. ``services`` has the controls of each service, without enhancements: by how they
    are addressed, the ids for each exception.
    """
    controls = load_controls()
    names = model.drop_duplicates("duty_id").set_index("duty_id")["duty"]
    # Only services whose offerings differ can have exceptions.
    answers = model.groupby(["service_id", "duty_id"])["responsibility"].nunique()
    varied = model[model["service_id"].isin(answers[answers > 1].index.get_level_values("service_id"))]
    varied = varied.assign(service_id=varied["offering_id"], service=varied["offering"])
    frameworks = controls["frameworks"]
    for framework in frameworks[frameworks["titles"] == "yes"].to_dict("records"):
        name = str(framework["framework_id"])
        listed = list_framework_controls(name, controls=controls)
        matrix = build_control_matrix(model, name, controls=controls)
        exceptions = find_exceptions(build_control_matrix(varied, name, controls=controls), model)
        counts = pd.crosstab(matrix["control_id"], matrix["addressed"].astype(str))
        own = list_organisation_controls(name, controls=controls)
        reasons = own.set_index("control_id")["reason"].to_dict()
        duties = list_control_duties(name, controls=controls)
        duties = duties.assign(duty=duties["duty_id"].map(names))
        letters = matrix[matrix["service_id"].ne("")].assign(
            letter=matrix["addressed"].astype(str).str[0]
        )
        letters = letters.pivot(index="control_id", columns="service_id", values="letter").fillna("n")
        by_service = {
            control: ("".join(row), *(exceptions.get((control, of), "") for of in letters.columns))
            for control, row in zip(letters.index, letters.to_numpy(), strict=True)
        }
        carried = {control: rows.to_dict("records") for control, rows in duties.groupby("control_id")}
        families: list[Row] = []
        for family, rows in listed.groupby("family", sort=False):
            described: list[Row] = [
                {
                    "control_id": control["control_id"], "title": control["title"],
                    "duties": carried.get(control["control_id"], []),
                    "reason": reasons.get(control["control_id"], ""),
                    "by_service": by_service.get(control["control_id"], ()),
                    **{key: int(counts[key].get(control["control_id"], 0)) for key in ADDRESSED},
                }
                for control in rows.to_dict("records")
            ]  # fmt: skip
            slug = re.sub(r"[^a-z0-9]+", "-", str(family).lower()).strip("-")
            with_duties = sum(bool(control["duties"]) for control in described)
            families.append(
                {"family": family, "slug": slug, "controls": described, "carried": with_duties}
            )
        # What a service leaves and carries, in short: enhancements are like their controls.
        whole = matrix["control_id"].isin(listed.loc[listed["parent_id"] == "", "control_id"])
        of_services = matrix[whole & matrix["service_id"].ne("")]
        ids: dict[str, dict[str, dict[str, list[str]]]] = {}
        for control, of, addressed in of_services[["control_id", "service_id", "addressed"]].to_numpy():
            if addressed in ADDRESSED:
                groups = ids.setdefault(of, {each: {} for each in ADDRESSED})[addressed]
                groups.setdefault(exceptions.get((control, of), ""), []).append(control)
        yield {**framework, "count": len(listed), "families": families, "services": ids}
