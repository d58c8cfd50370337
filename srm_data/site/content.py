"""What the pages of the site say: answers of a service and of a duty, as values for templates."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from datetime import date
from typing import Any

import pandas as pd

from srm_data.cells import find_marks, list_marks
from srm_data.load import Tables

Row = dict[Hashable, Any]

ANSWER = [
    "responsibility", "customer_action", "aws_part", "customer_part", "note", "performed_by", "mark",
    "source_ids", "sections",
]  # fmt: skip
"""What a cell says. Offerings of a service that say the same share one text, each with its anchor."""

OLD = 365
"""Days after which an edition of a page is marked as old."""


def name_anchor(offering_id: str, duty_id: str) -> str:
    """Return the anchor of a cell in the page of its service; it never changes once released.

    >>> name_anchor("eks-fargate", "guest-os-patching")
    'eks-fargate.guest-os-patching'
    """
    return f"{offering_id}.{duty_id}"


def list_cells(model: pd.DataFrame) -> pd.DataFrame:
    """List the cells of a model with the id of their mark, in the order of the model."""
    texts = model.select_dtypes("category").astype(str)
    return model.assign(**texts, mark=find_marks(model).astype(str))


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


def describe_service(service: Row, cells: pd.DataFrame, sources: dict[str, Row]) -> dict[str, Any]:
    """Describe the page of one service.

    Parameters
    ----------
    service
        Row of the table ``services``.
    cells
        The cells of the service, from :func:`list_cells`.
    sources
        What :func:`describe_sources` returns.

    Returns
    -------
    dict
        ``service``; ``offerings`` (id, name, category); ``duties``, each with its layer, the cells of
        all offerings for the table at the top, and ``answers``: one per text, with its offerings.
    """
    offerings = cells.drop_duplicates("offering_id")[["offering_id", "offering", "category"]]
    of_duties: dict[str, list[Row]] = {}
    for cell in cells.to_dict("records"):
        of_duties.setdefault(cell["duty_id"], []).append(cell)
    duties = []
    for of_duty in of_duties.values():
        # Offerings that say the same share one text.
        groups: dict[tuple[Any, ...], list[Row]] = {}
        for cell in of_duty:
            groups.setdefault(tuple(cell[column] for column in ANSWER), []).append(cell)
        answers = [describe_answer(group, sources) for group in groups.values()]
        row = {key: of_duty[0][key] for key in ("duty_id", "duty", "layer", "side")}
        duties.append({**row, "cells": of_duty, "answers": answers})
    return {"service": service, "offerings": offerings.to_dict("records"), "duties": duties}


def describe_answer(group: list[Row], sources: dict[str, Row]) -> Row:
    """Describe one answer of several offerings to a duty, with the pages that it cites."""
    first = group[0]
    cited = zip(first["source_ids"].split("; "), first["sections"].split(" | "), strict=True)
    pages = [{**sources[source], "section": section} for source, section in cited]
    return {**{column: first[column] for column in ANSWER}, "offerings": group, "pages": pages}


def describe_duty(duty: Row, cells: pd.DataFrame) -> dict[str, Any]:
    """Describe the page of one duty: counts by category and party, and the answer of every offering."""
    counts = pd.crosstab(cells["category"], cells["responsibility"])
    groups = [
        {"category": category, "total": int(row.sum()), "counts": row.to_dict()}
        for category, row in counts.iterrows()
    ]
    return {"duty": duty, "groups": groups, "cells": cells.to_dict("records")}


def describe_marks() -> dict[str, Row]:
    """Describe the marks of the table ``marks`` by their id, the strongest first."""
    marks = list_marks()
    return {str(mark): row for mark, row in zip(marks.index, marks.to_dict("records"), strict=True)}


def list_services(tables: Tables, model: pd.DataFrame) -> Iterator[tuple[Row, pd.DataFrame]]:
    """List the services by name, each with its cells."""
    cells_of = dict(iter(list_cells(model).groupby("service_id", sort=False)))
    services = tables["services"]
    order = services["service"].str.lower().argsort(kind="stable")
    for service in services.iloc[order.to_numpy()].to_dict("records"):
        if service["service_id"] in cells_of:
            yield service, cells_of[service["service_id"]]
