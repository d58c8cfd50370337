"""The book of a register: summary, review, proof, and one hidden sheet that its reader needs."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from openpyxl import Workbook

from srm_data.register.entries import Row
from srm_data.schema import read_package
from srm_data.workbook.content import Content
from srm_data.workbook.layout import name_pages
from srm_data.workbook.reviewed import SENT_SHEET
from srm_data.workbook.sheets.controls import fill_clauses, fill_controls, fill_families
from srm_data.workbook.sheets.estates import fill_estate, fill_in_use
from srm_data.workbook.sheets.legend import fill_legend
from srm_data.workbook.sheets.lists import fill_changes, fill_offerings, fill_sources
from srm_data.workbook.sheets.matrices import fill_offering_matrix
from srm_data.workbook.sheets.pack import PACK
from srm_data.workbook.sheets.registers import fill_entries, fill_evidence, fill_lookup_of, fill_tasks
from srm_data.workbook.sheets.review_here import fill_review_here, list_review_rows
from srm_data.workbook.sheets.sent import fill_sent, list_codes
from srm_data.workbook.sheets.summary import TITLE, fill_summary
from srm_data.workbook.styles import Look
from srm_data.workbook.values import Columns
from srm_data.xlsx.writer import Body, save_workbook

Fill = Callable[..., Body]
"""Fills a sheet from the look and the content of a book, and returns its rows."""

SHEETS: dict[str, tuple[str, Fill]] = {
    "Look up": ("One answer by offering and duty, with all that is known about it.", fill_lookup_of),
    "Matrix": ("Who is responsible, per offering and duty.", fill_offering_matrix),
    "Tasks": ("What each accountable team must do, why, and until when.", fill_tasks),
    "Register": ("Every entry ever made, newest first, and whether it is in force.", fill_entries),
    "Evidence": ("Reports of AWS and proof of ours, with period and validity.", fill_evidence),
    "Changes": ("Cells that differ from the earlier state, and why.", fill_changes),
    "Controls by family": ("How many controls rest on AWS alone, on both, on you.", fill_families),
    "Controls": ("Who addresses each control of the framework, service by service.", fill_controls),
    "Why you need this": (
        "What laws and standards require, and the sheet that meets it.",
        fill_clauses,
    ),
    "Services": ("The offerings, and those in use with counts.", fill_offerings),
    "As read": ("Every identifier that was read, unclear ones first.", fill_estate),
    "Sources": ("The pages that were read, and when.", fill_sources),
    "How to read": ("Codes, bases, categories and duties.", fill_legend),
}
"""Sheets after the one that is reviewed, in order, with their purposes."""
OF_CONTROLS = ("Controls by family", "Controls", "Why you need this")
OF_REGISTER = ("Tasks", "Register", "Evidence")
OF_OWNER = ("Look up", "Register", "Sources", "How to read")
"""Those of them that the book of one accountable has."""
LONGEST_NAME = 40  # of a classification and a system, in a footer


def write_book(path: Path, content: Content, *, sheet: str = "") -> Path:
    """Write a book: all of it, the pack for a board, or the matrix alone."""
    rows, sent, purposes = Columns(), dict[tuple[str, ...], Row](), dict[str, str]()
    fills: dict[str, Fill] = {"Matrix": fill_offering_matrix}
    if not sheet and content.for_print:
        fills = {"Summary": partial(fill_summary, purposes={})} | fills | PACK
    elif not sheet:
        rows, sent = list_review_rows(content.now, content)
        titles = _list_titles(content, has_cells=any(rows["name"]))
        purposes = {content.reviewed_sheet: "Both halves of every cell, and what you say about it."}
        purposes |= {title: SHEETS[title][0] for title in titles}
        fills = {
            "Summary": partial(fill_summary, purposes=purposes),
            content.reviewed_sheet: partial(fill_review_here, rows=rows),
        }
        fills |= {title: SHEETS[title][1] for title in titles}
        if "Look up" in fills:
            fills["Look up"] = partial(fill_lookup_of, rows=rows)
        if "Services" in fills and content.estate is not None:
            fills["Services"] = fill_in_use

    book = Workbook()
    look = Look(book.active, content.tables["responsibilities"])
    book.remove(book.active)
    bodies = {title: fill(book.create_sheet(title), look, content) for title, fill in fills.items()}
    _describe_book(book, content, purposes, bodies)
    if purposes:
        hidden = book.create_sheet(SENT_SHEET)  # the codes of all texts are known by now
        bodies[SENT_SHEET] = fill_sent(hidden, look, content, sent, list_codes(book, bodies, content))
    computed = {of.title: values for of, values in look.computed.items()}
    return save_workbook(book, path, bodies, made=content.made, computed=computed)


def _list_titles(content: Content, *, has_cells: bool) -> list[str]:
    """List the sheets that a book has after the one that is reviewed."""
    absent = set()
    absent |= {"Changes"} if content.changes is None else set()
    absent |= set(OF_CONTROLS) if content.controls is None else set()
    absent |= {"As read"} if content.estate is None or not content.is_internal else set()
    absent |= set(OF_REGISTER) if content.is_catalogue or not content.is_internal else set()
    absent |= set(SHEETS) - set(OF_OWNER) if content.owner else set()
    absent |= set() if has_cells else {"Look up"}  # an owner in one environment alone
    return [title for title in SHEETS if title not in absent]


def _describe_book(
    book: Workbook, content: Content, purposes: dict[str, str], bodies: dict[str, Body]
) -> None:
    """Name the book and each of its pages: classification, system, revision."""
    footer = content.footer
    if content.is_internal:
        entries = content.now.entries
        entries = entries[entries["state"].eq("in force")].drop_duplicates("field")
        values = dict(zip(entries["field"], entries["value"], strict=True))
        fields = ("cover:classification", "cover:system")
        parts = [values.get(field, "")[:LONGEST_NAME] for field in fields]
        parts += [f"revision {content.approval.whole[:8]} of {content.now.day}", footer]
        footer = ", ".join(filter(None, parts)).replace("&", "&&")
    for sheet in book.worksheets:
        sheet.oddFooter.left.text = footer
        name_pages(sheet, purposes.get(sheet.title, ""), bodies[sheet.title].heights)
    properties = book.properties
    properties.title, properties.creator = TITLE, "srm_data"
    properties.subject, properties.version = content.scope, content.version
    properties.description, properties.category = read_package()["description"], content.audience
