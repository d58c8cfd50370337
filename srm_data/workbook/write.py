"""The governance workbook: the model as a document with a cover and its sources."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pandas as pd
from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from srm_data.cells import check_frame, restore_cells
from srm_data.controls.matrix import A_MATRIX, MATRIX
from srm_data.estate.use import COUNTS, ESTATE
from srm_data.exceptions import FrameError
from srm_data.load import Tables, load_tables, without_categoricals
from srm_data.model import MODEL, build_category_model
from srm_data.organisation.cell_status import list_statuses, make_cell_status
from srm_data.organisation.decisions import A_MODEL, make_decisions, override_cells
from srm_data.organisation.register import ENTERED, build_register, list_entries
from srm_data.organisation.remarks import make_remarks
from srm_data.organisation.sign_off import SIGN_OFF, make_sign_off
from srm_data.register.state import state
from srm_data.schema import CHANGED, Audience, StrPath, check_audience, name_scope, read_package
from srm_data.workbook.approvals import end_approval
from srm_data.workbook.book import write_book
from srm_data.workbook.content import MOST_LIVE_CELLS, Content, Counts, is_internal
from srm_data.workbook.format import (
    LOOKUP_SHEET,
    MATRIX_SHEET,
    REGISTER_SHEET,
    REVIEWED_SHEET,
    REVIEWED_TABLE,
    STAMP_SHEET,
    is_checked,
)
from srm_data.workbook.layout import name_pages
from srm_data.workbook.sheets.controls import fill_clauses, fill_controls, fill_families
from srm_data.workbook.sheets.cover import TITLE, fill_cover, fill_legend
from srm_data.workbook.sheets.dashboard import fill_dashboard
from srm_data.workbook.sheets.estates import (
    CUSTOMER_DUTIES,
    fill_customer_duties,
    fill_estate,
    fill_in_use,
)
from srm_data.workbook.sheets.lists import (
    PUBLISHED_TITLE as IN_BRIEF,
    TITLE as BY_OWNER,
    fill_changes,
    fill_coverage,
    fill_duties,
    fill_duties_by_owner,
    fill_offerings,
    fill_register,
    fill_sources,
)
from srm_data.workbook.sheets.lookup import fill_lookup
from srm_data.workbook.sheets.matrices import fill_category_matrix, fill_offering_matrix, note_sources
from srm_data.workbook.sheets.responsibilities import fill_responsibilities, list_notes
from srm_data.workbook.sheets.stamp import Codes, fill_stamp
from srm_data.workbook.styles import TEAL, Look
from srm_data.workbook.values import Columns, list_values
from srm_data.xlsx.kinds import NOTE
from srm_data.xlsx.writer import Body, Note, clean_text, save_workbook

IN_USE, INVENTORY = "Services in use", "Inventory as read"
Fill = Callable[[Worksheet, Look, Content], Body]
SHEETS: dict[str, tuple[Fill, str]] = {
    "Dashboard": (fill_dashboard, "How many duties each party has, with charts that follow decisions."),
    LOOKUP_SHEET: (fill_lookup, "One answer by offering and duty, with both halves and its source."),
    IN_USE: (fill_in_use, "The offerings that the estate uses, and how much of them is yours."),
    CUSTOMER_DUTIES: (
        fill_customer_duties,
        "Individual duties that are yours, by number of resources.",
    ),
    BY_OWNER: (fill_duties_by_owner, "Your duties by owner and duty, to print."),
    INVENTORY: (fill_estate, "Every identifier that was read, unclear ones first."),
    "Category matrix": (
        fill_category_matrix,
        "Who is responsible by default, per category of service.",
    ),
    MATRIX_SHEET: (fill_offering_matrix, "Who is responsible, per offering and duty."),
    REVIEWED_SHEET: (
        fill_responsibilities,
        "Both halves of every cell, its basis and source, and your decisions.",
    ),
    REGISTER_SHEET: (
        fill_register,
        "Decisions and remarks of reviewers, those that need another look first.",
    ),
    "Changes": (fill_changes, "Cells that differ from the previous workbook, and why."),
    "Controls by family": (
        fill_families,
        "How many controls rest on AWS alone, on both, on you; and how much of that is documented.",
    ),
    "Controls": (fill_controls, "Who addresses each control of the framework, service by service."),
    "Why you need this": (
        fill_clauses,
        "What laws and standards require, and the sheet that meets it.",
    ),
    "Coverage": (fill_coverage, "Basis of the cells, per duty, product group and service."),
    "Offerings": (fill_offerings, "Every offering, and how to recognise it."),
    "Duties": (fill_duties, "Definition of each duty."),
    "Sources": (fill_sources, "The pages that were read, and when."),
    "Legend": (fill_legend, "Codes, bases, categories, and what other frameworks call them."),
}
"""Title of every sheet except cover and stamp, in order: its builder, and its purpose."""


PUBLISHED = {
    "Dashboard": "How many duties each party has, with charts.",
    CUSTOMER_DUTIES: "Individual duties that are the customer's.",
    BY_OWNER: "The customer's duties, each with its offerings, to print.",
    REVIEWED_SHEET: "Both halves of every cell, its basis and its source.",
}
"""Purposes of sheets in a publishable copy, which is not for reviewers."""


def write_workbook(
    path: StrPath,
    model: pd.DataFrame,
    *,
    scope: str = "",
    estate: pd.DataFrame | None = None,
    decisions: pd.DataFrame | None = None,
    remarks: pd.DataFrame | None = None,
    cell_status: pd.DataFrame | None = None,
    sign_off: pd.DataFrame | None = None,
    changes: pd.DataFrame | None = None,
    controls: pd.DataFrame | None = None,
    register: pd.DataFrame | None = None,
    on: str | None = None,
    owner: str = "",
    for_print: bool = False,
    audience: Audience = "internal",
    tables: Tables | None = None,
) -> Path:
    """Write the governance matrix workbook.

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
        :func:`~srm_data.in_use`. Adds sheets about what is in use, what is yours, and what is unclear.
    decisions
        Frame from :func:`~srm_data.read_decisions`. Decisions are applied to the model and filled into
        the reviewer columns. Stale ones are marked in their row and listed first in the register.
    remarks
        Frame of remarks from :func:`~srm_data.read_review`, which are put back in their original
        places.
    cell_status
        Frame with the columns of ``tables/cell_status.schema.json``: status, owner, due date and so on,
        with one row per cell. A status is kept if the answer of its cell is still the same; otherwise
        the cell is open again, with the reason.
    sign_off
        Frame with the columns of ``tables/sign_off.schema.json``, with the entries on the cover. The
        last row of a field applies, except an approval of an earlier workbook, which a line below the
        field describes. All rows of the field ``Revision`` form the revision history.
    changes
        Frame from :func:`~srm_data.compare`. Adds a sheet of changes.
    controls
        Frame from :func:`~srm_data.controls.build_control_matrix`. Adds sheets with the controls of a
        framework, counts by family, and the requirements of laws and standards. The cover names the
        framework, and each reviewed row lists the controls that its duty carries.
    register
        Frame from :func:`~srm_data.read_register`, even without rows. Makes the book of a register:
        Summary, Review here, Look up, Matrix, Tasks, Register and so on, to be read by
        :func:`~srm_data.workbook.read_book`. It goes without decisions, remarks, cell_status, sign_off.
    on
        Day of the book of a register, as ``"2026-12-01"``; today if not given.
    owner
        Accountable in the register: the book has only the rows that they answer for, to be sent to them
        and read like any other.
    for_print
        Make the pack for a board instead: summary, matrix, decisions and exceptions, conflicts and open
        points by team, on at most eight pages of A4 for up to twenty offerings. It is not read back.
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
        raise FrameError("pass a model without decisions, and the decisions as decisions=...")
    check_audience(audience)

    package = read_package()
    made = datetime.fromisoformat(package["created"]).replace(tzinfo=None)
    defaults = build_category_model(tables)  # refuses tables that are not consistent
    given = load_tables() if tables is None else tables
    tables = {name: without_categoricals(table) for name, table in given.items()}
    model = restore_cells(model, MODEL, A_MODEL, tables=tables)
    if register is not None:
        former = {"decisions": decisions, "remarks": remarks, "cell_status": cell_status,
                  "sign_off": sign_off}  # fmt: skip
        if given_too := [name for name, frame in former.items() if frame is not None and len(frame)]:
            raise FrameError(f"with register=..., expected no {', '.join(given_too)}: convert them")
        now = state(register, model, on=on, tables=tables)
        return write_book(
            Path(path), model, now, tables, scope=scope, estate=estate, changes=changes,
            controls=controls, audience=audience, owner=owner,
            for_print=for_print,
        )  # fmt: skip
    decisions = make_decisions([]) if decisions is None else decisions
    remarks = make_remarks([]) if remarks is None else remarks
    cell_status = make_cell_status([]) if cell_status is None else cell_status
    sign_off = make_sign_off([]) if sign_off is None else sign_off
    check_frame(sign_off, SIGN_OFF, "the sign-off, from read_review or read_sign_off")

    register = build_register(model, decisions, remarks, tables=tables)
    if not is_internal(audience):
        register = register.iloc[:0]

    decided = override_cells(model, decisions) if len(decisions) else model
    entries = _list_entries(model, register, cell_status)
    values = list_values(
        model if is_internal(audience) else decided,
        tables,
        notes=model["note"],
        entries=entries if is_internal(audience) else None,
        controls=controls,
    )
    content = Content(
        model=decided,
        without_decisions=model,
        defaults=defaults,
        tables=tables,
        scope=clean_text(scope or name_scope(model, tables)),
        version=package["version"],
        made=made,
        audience=audience,
        register=register,
        entries=entries,
        values=values,
        counts=Counts(values, is_internal=is_internal(audience)),
        cell_status=cell_status,
        sign_off=end_approval(sign_off),
        estate=estate,
        changes=changes,
        controls=controls,
    )
    return _write(Path(path), content, package["description"])


def _list_entries(model: pd.DataFrame, register: pd.DataFrame, cell_status: pd.DataFrame) -> Columns:
    entries = list_entries(model, register)
    # A status stays with the answer that was entered, while its decision is completed
    statuses = list_statuses(model, cell_status, entries.pop("entered_answer"))
    reasons = zip(entries["look_again"], statuses.pop("attention"), strict=True)
    entered = zip(*(entries[name] for name in ENTERED), strict=True)
    given = zip(statuses.pop("reviewer"), statuses.pop("date"), strict=True)
    by = [
        (author, dated) if decision or text or author or dated else by_status
        for (decision, text, author, dated), by_status in zip(entered, given, strict=True)
    ]
    return entries | statuses | {
        "look_again": [" ".join(filter(None, both)) for both in reasons],
        "author": [author for author, _ in by],
        "dated": [dated for _, dated in by],
    }  # fmt: skip


def _write(path: Path, content: Content, description: str) -> Path:
    titles = _choose_sheets(content)
    book = Workbook()
    look = Look(book.active, content.tables["responsibilities"])
    purposes = {title: SHEETS[title][1] for title in titles}
    if not content.is_internal:
        purposes |= {title: PUBLISHED[title] for title in titles if title in PUBLISHED}
    renamed = {REVIEWED_SHEET: content.reviewed_sheet}
    if not content.is_internal:
        renamed |= {BY_OWNER: IN_BRIEF}
    tabs = {title: renamed.get(title, title) for title in titles}
    fill_cover(book.active, look, content, {tabs[title]: it for title, it in purposes.items()})
    bodies = {
        tab: SHEETS[title][0](book.create_sheet(tab), look, content) for title, tab in tabs.items()
    }
    name_pages(book.active, "")
    for title, tab in tabs.items():
        name_pages(book[tab], purposes[title], bodies[tab].heights)
    reviewed = book[content.reviewed_sheet]
    reviewed.sheet_properties.tabColor = TEAL
    notes = _list_notes(book, content)

    codes = Codes()
    headers = [column.name for column in reviewed.tables[REVIEWED_TABLE].tableColumns]
    codes.columns = [header for header in headers if is_checked(header)]
    for sheet in book.worksheets:
        if sheet is reviewed:
            codes.add_formulas_of(bodies[sheet.title])
            continue
        codes.add_sheet(sheet, look.computed.get(sheet, {}))
        codes.add_body(sheet.title, bodies.get(sheet.title, Body()))
    for note in notes["Category matrix"]:
        codes.add_place(NOTE, note.text)
    stamp = book.create_sheet(STAMP_SHEET)

    properties = book.properties
    properties.title, properties.creator = TITLE, "srm_data"
    properties.subject, properties.version = content.scope, content.version
    properties.description, properties.category = description, content.audience
    codes.add_book(book)
    bodies[STAMP_SHEET] = fill_stamp(stamp, look, content, codes)  # all codes are known by now
    alt_texts = [chart.description for sheet in book.worksheets for chart in sheet._charts]

    return save_workbook(
        book,
        path,
        bodies,
        made=content.made,
        notes=notes,
        alt_texts=alt_texts,
        computed={sheet.title: values for sheet, values in look.computed.items()},
    )


def _choose_sheets(content: Content) -> list[str]:
    absent = set()
    if len(content.model) > MOST_LIVE_CELLS:
        absent |= {BY_OWNER}  # no cell could hold the names
    if content.estate is None:
        absent |= {IN_USE, CUSTOMER_DUTIES, INVENTORY}
    if content.changes is None:
        absent |= {"Changes"}
    if content.controls is None:
        absent |= {"Controls by family", "Controls", "Why you need this"}
    if not content.is_internal:
        absent |= {REGISTER_SHEET, INVENTORY}
    return [title for title in SHEETS if title not in absent]


def _list_notes(book: Workbook, content: Content) -> dict[str, list[Note]]:
    notes = {"Category matrix": note_sources(content)}
    if content.is_internal:
        notes[REVIEWED_SHEET] = list_notes(book[REVIEWED_SHEET], content)
    return notes
