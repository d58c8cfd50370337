"""Sheets that are one table: offerings, duties, sources, coverage, duties by owner, log, changes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import repeat

import pandas as pd
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from srm_data.cells import list_marks
from srm_data.organisation.register import IN_CONFLICT, LOOK_AGAIN, NO, YES
from srm_data.schema import CELL
from srm_data.workbook.content import Content
from srm_data.workbook.format import (
    DECISION,
    DUTY,
    DUTY_ID,
    ENTRIES,
    OFFERING,
    OFFERING_ID,
    OWNER,
    REGISTER,
    REGISTER_TABLE,
    REVIEWED_SHEET,
    STATE,
    STATES,
)
from srm_data.workbook.layout import A3, A4, Column, add_table, set_lines, set_up_print, set_widths
from srm_data.workbook.sheets.responsibilities import write_date
from srm_data.workbook.styles import Look
from srm_data.workbook.values import list_column
from srm_data.xlsx.writer import Body, Value, link_address

VIEWS = {"Duty": "duty", "Product group": "product_group", "Service": "service"}
"""What the coverage is counted by, and the column of the model behind it."""


def fill_offerings(sheet: Worksheet, look: Look, content: Content) -> Body:
    """List the offerings of the model, with a description and how to recognise them."""
    shown = content.model.drop_duplicates("offering_id")
    facts = content.tables["offerings"].set_index("offering_id").loc[shown["offering_id"]]
    status = content.tables["services"].set_index("service_id").loc[shown["service_id"]]
    labels = content.tables["bases"].set_index("basis")["label"]
    columns = [
        Column("Product group", 24, "text", shown["product_group"].tolist()),
        Column("Service", 26, "text", shown["service"].tolist()),
        Column("Offering", 32, "text", shown["offering"].tolist()),
        Column("Category", 16, "text", shown["category"].tolist()),
        Column("Service status", 16, "text", status["status"].tolist()),
        Column("How to recognise it", 70, "text", facts["recognise"].tolist()),
        Column("Basis of category", 17, "text", facts["category_basis"].map(labels).tolist()),
        Column("Note", 40, "text", facts["note"].tolist()),
        Column("Status since", 40, "text", status["status_note"].tolist()),
        Column("Partitions, by AWS's list", 28, "text", status["partitions"].tolist()),
        Column("FedRAMP, by its list", 28, "text", status["fedramp"].tolist()),
        Column("offering_id", 28, "text_soft", shown["offering_id"].tolist()),
    ]
    return add_list(sheet, look, content, "Offerings", columns, paper=A3)


def fill_coverage(sheet: Worksheet, look: Look, content: Content) -> Body:
    """Count the documented cells per duty, product group and service."""
    labels = list_marks()["label"]
    values = content.values
    decided = values.get("decided", repeat(NO))
    bases = [
        "decision" if it == YES else basis for basis, it in zip(values["basis"], decided, strict=False)
    ]
    counted = {name: Counter(zip(values[by], bases, strict=True)) for name, by in VIEWS.items()}
    rows = [
        (name, text)
        for name, by in VIEWS.items()
        for text in content.model[by].cat.remove_unused_categories().cat.categories
    ]
    shown = {
        basis: [counted[name][text, basis] for name, text in rows]
        for basis in labels.index
        if basis in bases
    }
    totals = [sum(numbers) for numbers in zip(*shown.values(), strict=True)]
    columns = [
        Column("Counted by", 14, "text_line", [name for name, _ in rows]),
        Column("Name", 33, "text_line", [text for _, text in rows]),
        *(Column(labels[basis], 14, "number", numbers) for basis, numbers in shown.items()),
        Column("Total", 8, "number", totals),
        *(
            Column(f"{labels[basis]}, %", 14, "number", _percents(shown[basis], totals))
            for basis in ("documented", "derived")
            if basis in shown
        ),
    ]
    return add_list(sheet, look, content, "Coverage", columns, landscape=False)


def _percents(parts: list[int], totals: list[int]) -> list[int]:
    return [round(100 * part / total) for part, total in zip(parts, totals, strict=True)]


def fill_duties(sheet: Worksheet, look: Look, content: Content) -> Body:
    """List the duties with their descriptions."""
    duties = content.tables["duties"]
    layers = content.tables["layers"].set_index("layer_id")
    kinds = content.tables["control_kinds"].set_index("control_kind_id")["control_kind"]
    controls = duties["control_kind_id"].map(kinds).fillna("")
    columns = [
        Column("Side", 15, "text", duties["layer_id"].map(layers["side"]).tolist()),
        Column("Layer", 22, "text", duties["layer_id"].map(layers["layer"]).tolist()),
        Column("Duty", 26, "text", duties["duty"].tolist()),
        Column("What is asked", 74, "text", duties["description"].tolist()),
        Column("Control, as AWS names it", 26, "text", controls.tolist()),
        Column("duty_id", 26, "text_soft", duties["duty_id"].tolist()),
    ]
    return add_list(sheet, look, content, "Duties", columns)


def fill_sources(sheet: Worksheet, look: Look, content: Content) -> Body:
    """List the pages that the cells of the model rest on, guide by guide."""
    cited = Counter(it for text in content.values["source_ids"] for it in text.split("; "))
    sources = content.tables["sources"]
    sources = sources[sources["source_id"].isin(cited)]
    # Guide by guide; what has no address, at the end
    sources = sources.sort_values(
        "url", key=lambda urls: urls.str.casefold().replace("", "~"), kind="stable"
    )
    cells = [cited[source_id] for source_id in sources["source_id"]]
    columns = [
        Column("Title", 54, "text", sources["title"].tolist()),
        Column("Address", 84, "link", [link_address(url) for url in sources["url"]]),
        Column("Read on", 11, "text", sources["accessed"].tolist()),
        Column("Publisher", 22, "text", sources["publisher"].tolist()),
        Column("Edition read", 18, "text", sources["edition"].tolist()),
        Column("Cells", 8, "number", cells),
        Column("source_id", 50, "text_soft", sources["source_id"].tolist()),
    ]
    body = add_list(sheet, look, content, "Sources", columns, landscape=False)
    sheet.print_area = f"A1:C{1 + len(sources)}"  # small enough to go with the minutes
    return body


def add_list(
    sheet: Worksheet,
    look: Look,
    content: Content,
    name: str,
    columns: list[Column],
    *,
    head: Sequence[str] = (),
    frozen: int = 0,
    paper: int = A4,
    landscape: bool = True,
    is_locked: bool = True,
    is_growing: bool = False,
) -> Body:
    """Fill a sheet with one table: header frozen and on every page, all columns printed.

    ``head`` is what stands above it: a title, then lines of text. ``frozen`` is the number of columns
    that stay when the others are scrolled.
    """
    styles = ["title", *["caption"] * len(head)]
    row = set_lines(sheet, look, [[line] for line in zip(styles, head, strict=False)])
    body = add_table(sheet, look, name, columns, header_row=row, is_growing=is_growing)
    sheet.freeze_panes = f"{get_column_letter(frozen + 1)}{row + 1}"
    set_up_print(
        sheet,
        content.footer,
        paper=paper,
        landscape=landscape,
        header_rows=(1, row),
        columns=len(columns),
        rows=row + len(columns[0].values),
        is_locked=is_locked,
    )
    return body


TITLE, PUBLISHED_TITLE = "Duties by owner", "Duties in brief"
"""The tab and title of the sheet; a copy to publish names no owners."""
NOBODY = "nobody named yet"
SEPARATOR = "; "
ACTIONS = ("required", "optional")
FEW = 5  # offerings, which are always named


def fill_duties_by_owner(sheet: Worksheet, look: Look, content: Content) -> Body:
    """List, per owner and duty, the offerings in which the customer must act or may act."""
    found: dict[tuple[str, str], dict[str, list[str]]] = {}
    for owner, duty, action, offering in _list_cells(content):
        found.setdefault((owner, duty), {it: [] for it in ACTIONS}).setdefault(action, []).append(
            offering
        )
    places = {duty: place for place, duty in enumerate(content.model["duty"].cat.categories)}
    keys = sorted(
        (key for key, offerings in found.items() if any(offerings[it] for it in ACTIONS)),
        key=lambda key: (key[0], places[key[1]]),
    )
    required, optional = ([found[key][action] for key in keys] for action in ACTIONS)
    offerings = content.model["offering_id"].nunique()
    columns = [
        Column(DUTY, 24, "text", [duty for _, duty in keys]),
        Column("Must act in", 11, "number", [len(names) for names in required]),
        Column(
            "Required: the customer must act", 74, "text", [_name(it, offerings) for it in required]
        ),
        Column("Optional: the customer may act", 50, "text", [_name(it, offerings) for it in optional]),
    ]
    if content.is_internal:
        columns.insert(0, Column(OWNER, 18, "text", [owner for owner, _ in keys]))
    return add_list(sheet, look, content, "DutiesByOwner", columns, head=_head_of(content))


def _name(names: list[str], offerings: int) -> str:
    """Name the offerings, or say that it is all of them: the page is short enough to be read."""
    return f"all {offerings} offerings" if len(names) == offerings > FEW else SEPARATOR.join(names)


def _head_of(content: Content) -> list[str]:
    if not content.is_internal:
        return [PUBLISHED_TITLE, "What AWS's documents and decisions leave to the customer, by duty."]
    return [
        TITLE,
        f"As exported, with data version {content.version}: it does not follow what is typed since. "
        f"Now: filter {OWNER} in the sheet {REVIEWED_SHEET}; the Dashboard counts what is open.",
    ]


def _list_cells(content: Content) -> Iterator[tuple[str, str, str, str]]:
    model = content.model
    owners = [""] * len(model)
    if content.is_internal:
        owners = [owner or NOBODY for owner in content.entries["owner"]]
    named = (model["duty"], model["customer_action"], model["offering"])
    return zip(owners, *map(list_column, named), strict=True)


def fill_register(sheet: Worksheet, look: Look, content: Content) -> Body:
    """List all decisions and remarks so far, stale ones first."""
    register = content.register
    if register.empty:
        return fill_with_sentence(sheet, look, content, "Review log", NO_REVIEW)
    columns = [
        Column(header, width, style, _list_entered(register[name], style))
        for header, (name, width, style) in REGISTER.items()
    ]
    called = ["call" if status == LOOK_AGAIN else "text" for status in register["status"]]
    columns[0] = columns[0]._replace(style=called)
    body = add_list(
        sheet, look, content, REGISTER_TABLE, columns,
        paper=A3, is_locked=False, is_growing=content.is_live,
    )  # fmt: skip
    headers = [column.header for column in columns]
    sheet.freeze_panes = f"{get_column_letter(headers.index(DUTY) + 2)}2"
    printed = get_column_letter(headers.index(LAST_PRINTED) + 1)
    sheet.print_area = f"A1:{printed}{1 + len(register)}"
    _offer_states(sheet, headers.index(STATE) + 1, 1 + len(register))
    return body


def _offer_states(sheet: Worksheet, column: int, last_row: int) -> None:
    rule = DataValidation(type="list", formula1=f'"{",".join(STATES)}"', allow_blank=True)
    rule.promptTitle, rule.prompt = STATE, HOW_TO_HANDLE
    rule.errorTitle, rule.error = STATE, f"Choose one of: {', '.join(STATES)}; or leave it blank."
    rule.showInputMessage = rule.showErrorMessage = True
    letter = get_column_letter(column)
    rule.add(f"{letter}2:{letter}{last_row}")
    sheet.add_data_validation(rule)


def _list_entered(texts: pd.Series, style: str) -> list[Value]:
    return [write_date(text) if style == "entry_date" else text for text in texts]


HOW_TO_HANDLE = "Whether the item is still open. Reply, assign and set a date in the green columns."
LAST_PRINTED = DECISION
NO_REVIEW = (
    f"No decision or remark has been recorded yet. Enter them in the sheet {REVIEWED_SHEET}, in the "
    f"columns {', '.join(ENTRIES[:6])} and {ENTRIES[6]}, and send the workbook back: the next one "
    "lists them."
)
NO_CHANGE = "No cell differs."
CONFLICT_NOW = "decision in conflict"
REASONS = {
    "data": "new data version",
    "decision": "a decision",
    "data and decision": "new data version and a decision",
    "decision gone": "no decision any more",
}
"""Why a cell differs, in words for those who do not know the tables."""


def fill_changes(sheet: Worksheet, look: Look, content: Content) -> Body:
    """List the cells that differ from the previous workbook or data version."""
    changes = content.changes if content.changes is not None else pd.DataFrame()
    if changes.empty:
        return fill_with_sentence(sheet, look, content, "Changes", NO_CHANGE)
    columns = [
        Column(OFFERING, 34, "text", changes["offering"].tolist()),
        Column(DUTY, 26, "text", changes["duty"].tolist()),
        _answers("From", changes["from"]),
        _answers("To", changes["to"]),
        Column("Why", 28, "text", list_reasons(changes, content.register)),
        Column(OFFERING_ID, 28, "text_soft", changes["offering_id"].tolist()),
        Column(DUTY_ID, 26, "text_soft", changes["duty_id"].tolist()),
    ]
    return add_list(sheet, look, content, "Changes", columns)


def list_reasons(changes: pd.DataFrame, register: pd.DataFrame) -> list[str]:
    """Describe why each cell differs; a decision that is in conflict now does not apply."""
    is_disputed = register["status"].eq(IN_CONFLICT) & register["column"].eq(DECISION)
    disputed = set(register.loc[is_disputed, CELL].itertuples(index=False, name=None))
    cells = changes[CELL].itertuples(index=False, name=None)
    return [
        CONFLICT_NOW if why == "decision gone" and cell in disputed else REASONS.get(why, why)
        for cell, why in zip(cells, changes["why"], strict=True)
    ]


def _answers(header: str, answers: pd.Series) -> Column:
    styles = [f"party:{answer}" if answer else "text" for answer in answers]
    return Column(header, 16, styles, answers.tolist())


def fill_with_sentence(sheet: Worksheet, look: Look, content: Content, title: str, text: str) -> Body:
    """Fill a sheet that has no rows with a sentence."""
    set_widths(sheet, [90])
    set_lines(sheet, look, [[("title", title)], [], [("prose", text)]])
    set_up_print(sheet, content.footer, landscape=False)
    return Body()
