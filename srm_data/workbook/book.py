"""The book of a register: summary, review, proof, and one hidden sheet that its reader needs."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Literal

import pandas as pd
from openpyxl import Workbook

from srm_data.cells import check_frame, restore_cells
from srm_data.check.consistency import check_consistency
from srm_data.controls.matrix import A_MATRIX, MATRIX
from srm_data.estate.use import COUNTS, ESTATE
from srm_data.exceptions import FrameError, SrmDataError
from srm_data.load import Tables, list_sets, load_tables, without_categoricals
from srm_data.model import A_MODEL, MODEL
from srm_data.register import find_approval, make_entries, state
from srm_data.register.entries import Row
from srm_data.register.tasks import list_tasks, narrow_state
from srm_data.schema import CHANGED, Audience, StrPath, check_audience, name_scope, read_package
from srm_data.workbook.content import Content, list_texts
from srm_data.workbook.layout import Plan, write_sheet
from srm_data.workbook.reviewed import SENT_SHEET
from srm_data.workbook.sheets.controls import build_clauses, build_controls, build_families
from srm_data.workbook.sheets.lists import (
    build_as_read,
    build_changes,
    build_legend,
    build_services,
    build_sources,
)
from srm_data.workbook.sheets.matrices import build_matrices, build_matrix
from srm_data.workbook.sheets.registers import (
    PACK,
    build_entries,
    build_evidence,
    build_lookup,
    build_tasks,
)
from srm_data.workbook.sheets.review_here import build_review_here, list_review_rows
from srm_data.workbook.sheets.sent import build_sent, list_codes
from srm_data.workbook.sheets.summary import TITLE, build_summary
from srm_data.workbook.styles import Look
from srm_data.xlsx.writer import clean_text, save_workbook

SHEETS: dict[str, tuple[Callable[[Content], Plan], str]] = {
    "Look up": (build_lookup, "One answer by offering and duty, with all that is known about it."),
    "Matrix": (build_matrix, "Who is responsible, per offering and duty."),
    "Tasks": (build_tasks, "What each accountable team must do, why, and until when."),
    "Register": (build_entries, "Every entry ever made, newest first, and whether it is in force."),
    "Evidence": (build_evidence, "Reports of AWS and proof of ours, with period and validity."),
    "Changes": (build_changes, "Cells that differ from the earlier state, and why."),
    "Controls by family": (build_families, "How many controls rest on AWS alone, on both, on you."),
    "Controls": (build_controls, "Who addresses each control of the framework, service by service."),
    "Why you need this": (
        build_clauses,
        "What laws and standards require, and the sheet that meets it.",
    ),
    "Services": (build_services, "The offerings, and those in use with counts."),
    "As read": (build_as_read, "Every identifier that was read, unclear ones first."),
    "Sources": (build_sources, "The pages that were read, and when."),
    "How to read": (build_legend, "Codes, bases, categories and duties."),
}
"""Sheets after the one that is reviewed, in order: what builds them, and their purposes."""
NEEDS = {
    "Look up": "cells", "Changes": "changes", "As read": "estate",
    **dict.fromkeys(("Tasks", "Register", "Evidence"), "register"),
    **dict.fromkeys(("Controls by family", "Controls", "Why you need this"), "controls"),
}  # fmt: skip
"""What a book must have for some of them."""
OF_OWNER = ("Look up", "Register", "Sources", "How to read")
"""Those that the book of one accountable has."""
LONGEST_NAME = 40  # of a classification and a system, in a footer


def write_workbook(
    path: StrPath,
    model: pd.DataFrame,
    *,
    scope: str = "",
    estate: pd.DataFrame | None = None,
    changes: pd.DataFrame | None = None,
    controls: pd.DataFrame | None = None,
    register: pd.DataFrame | None = None,
    on: str | None = None,
    owner: str = "",
    for_print: bool = False,
    sheet: Literal["", "matrix"] = "",
    audience: Audience = "internal",
    tables: Tables | None = None,
) -> Path:
    """Write the workbook that reviewers decide in and that :func:`~srm_data.read_review` reads.

    Its sheets are Summary, Review here (to write in), Look up, Matrix, Tasks, Register, Evidence,
    Services, As read (of an estate), Sources and How to read, with changes and controls if they are
    given.

    Parameters
    ----------
    path
        File to write. An existing file is replaced once the new one is complete.
    model
        Frame from :func:`~srm_data.build_model` without decisions, or a part of it.
    scope
        Description of what the model covers, for the cover. By default, the catalogue or chosen
        offerings.
    estate
        Frame from :func:`~srm_data.read_estate`, if the model was narrowed to one by
        :func:`~srm_data.in_use`. Adds sheets about what is in use and what is unclear.
    changes
        Frame from :func:`~srm_data.compare`. Adds a sheet of changes.
    controls
        Frame from :func:`~srm_data.controls.build_control_matrix`. Adds sheets with the controls of a
        framework, counts by family, and the requirements of laws and standards.
    register
        Frame from :func:`~srm_data.read_register`: what it says is in force in the book, and what waits
        or is in conflict is asked in its row. Without one, nobody has said anything yet.
    on
        Day of the book, as ``"2026-12-01"``, for which the register is read. By default today with a
        register, and else the day of the data.
    owner
        Accountable in the register: the book has only the rows that they answer for, to be sent to them
        and read like any other.
    for_print
        Make the pack for a board instead: summary, matrix, decisions and exceptions, conflicts and open
        points by team, on at most eight pages of A4 for up to twenty offerings. It is not read back.
    sheet
        ``"matrix"`` writes the matrix alone, such as for a mail. It is not read back.
    audience
        ``"internal"`` includes the reviewer columns and what reviewers wrote. ``"publishable"`` shows
        decisions, but no names, comments, accounts, costs, file names or resource names.
    tables
        Frames from :func:`~srm_data.load_tables`; loaded if not given.

    Returns
    -------
    pathlib.Path
        ``path``. The same input gives the same bytes.

    Raises
    ------
    ValueError
        If the model is empty or already has decisions applied, the audience is neither of the two, or a
        value cannot be written to a workbook.
    srm_data.SrmDataError
        If the file name does not end in .xlsx.
    OSError
        If the file cannot be written. An existing file is left unchanged.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> from srm_data import build_model, choose_offerings
    >>> path = Path(tempfile.mkdtemp()) / "ours.xlsx"
    >>> write_workbook(path, choose_offerings(build_model(), "sqs"), scope="Our queues").name
    'ours.xlsx'
    """
    check_frame(model, MODEL, A_MODEL)
    if model.empty:
        raise FrameError("the model has no rows: there is nothing to write")
    if estate is not None:
        check_frame(model, COUNTS, "a model narrowed to the estate, from in_use")
        check_frame(estate, ESTATE, "an estate, from read_estate")
    if changes is not None:
        check_frame(changes, CHANGED, "changes, from compare")
    if controls is not None:
        check_frame(controls, MATRIX, A_MATRIX)
    if (model["basis"] == "decision").any():
        raise FrameError("pass a model without decisions, and the register as register=...")
    check_audience(audience)

    if tables is not None:
        check_consistency(tables)
    given = load_tables(duty_sets=list_sets(model)) if tables is None else tables
    tables = {name: without_categoricals(table) for name, table in given.items()}
    model = restore_cells(model, MODEL, A_MODEL, tables=tables)
    if register is None:
        register, on = make_entries([]), on or read_package()["created"][:10]
    now = state(register, model, on=on, tables=tables)
    if owner:  # the part that one accountable answers for
        now = narrow_state(now, owner)
        model = model.loc[now.model.index]
    package = read_package()
    content = Content(
        model=now.model,
        given=model,
        tables=tables,
        scope=clean_text(scope or name_scope(model, tables)),
        version=package["version"],
        made=datetime.fromisoformat(package["created"]).replace(tzinfo=None),
        audience=audience,
        values=list_texts(now.model, tables, notes=model["note"], controls=controls),
        now=now,
        approval=find_approval(now),
        tasks=list_tasks(now) if audience == "internal" else pd.DataFrame(),
        owner=owner,
        for_print=for_print or bool(sheet),
        estate=estate,
        changes=changes,
        controls=controls,
    )
    return _write_book(Path(path), content, sheet=sheet)


def _write_book(path: Path, content: Content, *, sheet: str) -> Path:
    """Write a book: all of it, the pack for a board, or the matrix alone."""
    if path.suffix.lower() != ".xlsx":
        raise SrmDataError(f"{path}: expected a file name that ends in .xlsx")

    # the plan of each sheet, by its title
    sent = dict[tuple[str, ...], Row]()
    if sheet:
        plans = {"Matrix": build_matrix(content)}
    elif content.for_print:
        plans = {"Summary": build_summary(content), **build_matrices(content)}
        plans |= {title: build_plan(content) for title, build_plan in PACK.items()}
    else:
        rows, sent = list_review_rows(content.now, content)
        titles = _list_titles(content, bool(rows["name"].any()))
        purposes = {content.reviewed_sheet: "Both halves of every cell, and what you say about it."}
        purposes |= {title: SHEETS[title][1] for title in titles}
        content = content._replace(rows=rows, purposes=purposes)
        plans = {"Summary": build_summary(content), content.reviewed_sheet: build_review_here(content)}
        plans |= {title: SHEETS[title][0](content) for title in titles}

    book = Workbook()
    look, footer = Look(book.active, content.tables["responsibilities"]), _describe_pages(content)
    book.remove(book.active)
    bodies = {}
    for title, plan in plans.items():
        purpose, made = content.purposes.get(title, ""), book.create_sheet(title)
        bodies[title] = write_sheet(made, look, plan, footer=footer, purpose=purpose)
    properties = book.properties
    properties.title, properties.creator = TITLE, "srm_data"
    properties.subject, properties.version = content.scope, content.version
    properties.description, properties.category = read_package()["description"], content.audience
    if content.purposes:  # the codes of all texts are known by now
        plan = build_sent(content, sent, list_codes(book, bodies, content))
        hidden = book.create_sheet(SENT_SHEET)
        hidden.sheet_state = "hidden"
        bodies[SENT_SHEET] = write_sheet(hidden, look, plan)
    return save_workbook(book, path, bodies, made=content.made)


def _list_titles(content: Content, has_cells: bool) -> list[str]:
    """List the sheets that a book has after the one that is reviewed."""
    is_internal = content.is_internal
    there = {
        "cells": has_cells,  # an owner in one environment alone has none
        "changes": content.changes is not None,
        "controls": content.controls is not None,
        "estate": content.estate is not None and is_internal,
        "register": is_internal and not content.is_catalogue,
    }
    wanted = OF_OWNER if content.owner else SHEETS
    return [title for title in SHEETS if title in wanted and there.get(NEEDS.get(title, ""), True)]


def _describe_pages(content: Content) -> str:
    """Describe the book below each of its pages: classification, system, revision."""
    if not content.is_internal:
        return f"srm_data {content.version}"
    entries = content.now.entries
    entries = entries[entries["state"].eq("in force")].drop_duplicates("field")
    values = dict(zip(entries["field"], entries["value"], strict=True))
    fields = ("cover:classification", "cover:system")
    parts = [values.get(field, "")[:LONGEST_NAME] for field in fields]
    parts.append(f"revision {content.approval.whole[:8]} of {content.now.day}")
    return ", ".join(filter(None, parts)).replace("&", "&&")
