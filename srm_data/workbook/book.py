"""The book of a register: summary, review, proof, and one hidden sheet that its reader needs."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import partial
from pathlib import Path

import pandas as pd
from openpyxl import Workbook

from srm_data.register.approval import find_approval
from srm_data.register.state import State
from srm_data.register.tasks import narrow_state
from srm_data.schema import Audience, Tables, name_scope, read_package
from srm_data.workbook.content import Content
from srm_data.workbook.layout import name_pages
from srm_data.workbook.reviewed import SENT_SHEET
from srm_data.workbook.sheets.controls import fill_clauses, fill_controls, fill_families
from srm_data.workbook.sheets.estates import fill_estate, fill_in_use
from srm_data.workbook.sheets.legend import fill_legend
from srm_data.workbook.sheets.lists import fill_changes, fill_offerings, fill_sources
from srm_data.workbook.sheets.matrices import fill_offering_matrix
from srm_data.workbook.sheets.pack import FILLS, PURPOSES as PACK
from srm_data.workbook.sheets.registers import fill_entries, fill_evidence, fill_lookup_of, fill_tasks
from srm_data.workbook.sheets.review_here import fill_review_here, list_review_rows
from srm_data.workbook.sheets.sent import fill_sent, list_codes
from srm_data.workbook.sheets.summary import TITLE, fill_summary
from srm_data.workbook.styles import TEAL, Look
from srm_data.workbook.values import list_values
from srm_data.xlsx.writer import Body, clean_text, save_workbook

PURPOSES = {
    "Look up": "One answer by offering and duty, with all that is known about it.",
    "Matrix": "Who is responsible, per offering and duty.",
    "Tasks": "What each accountable team must do, why, and until when.",
    "Register": "Every entry ever made, newest first, and whether it is in force.",
    "Evidence": "Reports of AWS and proof of ours, with period and validity.",
    "Changes": "Cells that differ from the earlier state, and why.",
    "Controls by family": "How many controls rest on AWS alone, on both, on you.",
    "Controls": "Who addresses each control of the framework, service by service.",
    "Why you need this": "What laws and standards require, and the sheet that meets it.",
    "Services": "The offerings, and those in use with counts.",
    "As read": "Every identifier that was read, unclear ones first.",
    "Sources": "The pages that were read, and when.",
    "How to read": "Codes, bases, categories and duties.",
}
"""Sheets after the one that is reviewed, in order, with their purposes."""

LONGEST_NAME = 40  # of a classification and a system, in a footer
OF_OWNER = ("Look up", "Register", "Sources", "How to read")
"""Those of them that the book of one accountable has."""


def write_book(
    path: Path,
    model: pd.DataFrame,
    now: State,
    tables: Tables,
    *,
    scope: str,
    estate: pd.DataFrame | None,
    changes: pd.DataFrame | None,
    controls: pd.DataFrame | None,
    audience: Audience,
    owner: str = "",
    for_print: bool = False,
    sheet: str = "",
) -> Path:
    """Write the book of a state of the register. Arguments are those of ``write_workbook``, checked."""
    package = read_package()
    if owner:  # the part that one accountable answers for
        now = narrow_state(now, owner)
        model = model.loc[now.model.index]
    content = Content(
        model=now.model,
        tables=tables,
        scope=clean_text(scope or name_scope(model, tables)),
        version=package["version"],
        made=datetime.fromisoformat(package["created"]).replace(tzinfo=None),
        audience=audience,
        values=list_values(now.model, tables, notes=model["note"], controls=controls),
        now=now,
        approval=find_approval(now),
        owner=owner,
        for_print=for_print,
        estate=estate,
        changes=changes,
        controls=controls,
    )
    if sheet:
        return _write_matrix(path, content._replace(for_print=True))
    if for_print:
        return _write_pack(path, content)
    rows, sent = list_review_rows(now, content)

    # the sheets, in order
    fills: dict[str, Callable[..., Body]] = {
        "Look up": partial(fill_lookup_of, rows=rows),
        "Matrix": fill_offering_matrix,
        "Tasks": fill_tasks,
        "Register": fill_entries,
        "Evidence": fill_evidence,
        "Changes": fill_changes,
        "Controls by family": fill_families,
        "Controls": fill_controls,
        "Why you need this": fill_clauses,
        "Services": fill_offerings if estate is None else fill_in_use,
        "As read": fill_estate,
        "Sources": fill_sources,
        "How to read": fill_legend,
    }
    absent = set()
    absent |= {"Changes"} if changes is None else set()
    absent |= {"Controls by family", "Controls", "Why you need this"} if controls is None else set()
    absent |= {"As read"} if estate is None else set()
    absent |= {"Tasks", "Register", "Evidence", "As read"} if not content.is_internal else set()
    absent |= {"Tasks", "Register", "Evidence"} if content.is_catalogue else set()
    absent |= set(PURPOSES) - set(OF_OWNER) if owner else set()
    absent |= set() if any(rows["name"]) else {"Look up"}  # an owner in one environment alone
    titles = [title for title in PURPOSES if title not in absent]
    purposes = {content.reviewed_sheet: "Both halves of every cell, and what you say about it."}
    purposes |= {title: PURPOSES[title] for title in titles}

    book = Workbook()
    look = Look(book.active, tables["responsibilities"])
    book.active.title = "Summary"
    fill_summary(book.active, look, content, purposes)
    reviewed = book.create_sheet(content.reviewed_sheet)
    reviewed.sheet_properties.tabColor = TEAL
    bodies = {reviewed.title: fill_review_here(reviewed, look, content, rows)}
    bodies |= {title: fills[title](book.create_sheet(title), look, content) for title in titles}
    _finish(book, content, purposes, bodies)
    hidden = book.create_sheet(SENT_SHEET)  # the codes of all texts are known by now
    codes = list_codes(book, bodies, content) if content.is_internal else (set(), set())
    bodies[SENT_SHEET] = fill_sent(hidden, look, content, now, sent, codes)
    return save_workbook(
        book, path, bodies, made=content.made,
        computed={sheet.title: shown for sheet, shown in look.computed.items()},
    )  # fmt: skip


def _write_matrix(path: Path, content: Content) -> Path:
    """Write the matrix alone."""
    book = Workbook()
    look = Look(book.active, content.tables["responsibilities"])
    book.active.title = "Matrix"
    bodies = {"Matrix": fill_offering_matrix(book.active, look, content)}
    _finish(book, content, {"Matrix": PURPOSES["Matrix"]}, bodies)
    return save_workbook(book, path, bodies, made=content.made)


def _write_pack(path: Path, content: Content) -> Path:
    """Write the pack for a board: at most eight pages of A4 for twenty offerings."""
    purposes = {"Matrix": PURPOSES["Matrix"]} | PACK
    book = Workbook()
    look = Look(book.active, content.tables["responsibilities"])
    book.active.title = "Summary"
    fill_summary(book.active, look, content, {})
    fills = {"Matrix": fill_offering_matrix} | FILLS
    bodies = {title: fills[title](book.create_sheet(title), look, content) for title in purposes}
    _finish(book, content, purposes, bodies)
    return save_workbook(
        book, path, bodies, made=content.made,
        computed={sheet.title: shown for sheet, shown in look.computed.items()},
    )  # fmt: skip


def _finish(
    book: Workbook, content: Content, purposes: dict[str, str], bodies: dict[str, Body]
) -> None:
    """Name the pages of every sheet, and the book."""
    footer = _describe_book(content)
    for sheet in book.worksheets:
        sheet.oddFooter.left.text = footer
        name_pages(sheet, purposes.get(sheet.title, ""), bodies.get(sheet.title, Body()).heights)
    properties, package = book.properties, read_package()
    properties.title, properties.creator = TITLE, "srm_data"
    properties.subject, properties.version = content.scope, content.version
    properties.description, properties.category = package["description"], content.audience


def _describe_book(content: Content) -> str:
    """Describe a book on each of its pages: classification, system, revision."""
    now = content.now
    if not content.is_internal:
        return content.footer
    entries = now.entries[now.entries["state"].eq("in force")].drop_duplicates("field")
    values = dict(zip(entries["field"], entries["value"], strict=True))
    named = [values.get(f"cover:{name}", "")[:LONGEST_NAME] for name in ("classification", "system")]
    revision = f"revision {content.approval.whole[:8]} of {now.day}"
    return ", ".join(filter(None, [*named, revision, content.footer])).replace("&", "&&")
