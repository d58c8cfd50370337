"""Sheets that are one table: how they are written, and those of offerings, sources and changes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import pandas as pd
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from srm_data.workbook.content import Content, list_column
from srm_data.workbook.layout import (
    A3,
    A4,
    Column,
    add_table,
    make_column,
    set_lines,
    set_up_print,
    set_widths,
)
from srm_data.workbook.styles import Look
from srm_data.xlsx.writer import Body

Described = Mapping[str, tuple[str, float] | tuple[str, float, str]]
"""Columns of a table by header: column of the frame, width, and style if it is no plain text."""


class Listing(NamedTuple):
    """A sheet that is one table: header frozen and on every page, all columns printed."""

    name: str
    columns: Sequence[Column]
    head: Sequence[str] = ()
    """Lines of text above the table, below the title of the sheet."""
    frozen: int = 0
    """Number of columns that stay when the others are scrolled."""
    paper: int = A4
    landscape: bool = True
    is_locked: bool = True
    otherwise: str = ""
    """Sentence of a sheet without rows."""
    printed: int | None = None
    """Number of columns on paper, if not all are."""


def describe_columns(rows: pd.DataFrame, columns: Described) -> list[Column]:
    """Make the columns of a table from a frame."""
    return [
        make_column(header, width, "".join(style) or "text", list_column(rows[name]))
        for header, (name, width, *style) in columns.items()
    ]


def fill_list(sheet: Worksheet, look: Look, content: Content, listing: Listing) -> Body:
    """Write a sheet that is one table."""
    if listing.otherwise and not listing.columns[0].values:
        set_widths(sheet, [90])
        set_lines(sheet, look, [[("title", sheet.title)], [], [("prose", listing.otherwise)]])
        set_up_print(sheet, content.footer, landscape=False)
        return Body()
    title = [[("title", sheet.title)]] if listing.head else []
    row = set_lines(sheet, look, [*title, *([("caption", text)] for text in listing.head)])
    body = add_table(sheet, look, listing.name, listing.columns, header_row=row)
    sheet.freeze_panes = f"{get_column_letter(listing.frozen + 1)}{row + 1}"
    set_up_print(
        sheet, content.footer, paper=listing.paper, landscape=listing.landscape, header_rows=(1, row),
        columns=listing.printed or len(listing.columns), rows=row + len(listing.columns[0].values),
        is_locked=listing.is_locked,
    )  # fmt: skip
    return body


OFFERINGS: Described = {
    "Product group": ("product_group", 24), "Service": ("service", 26), "Offering": ("offering", 32),
    "Category": ("category", 16), "Service status": ("status", 16),
    "How to recognise it": ("recognise", 70), "Basis of category": ("category_basis", 17),
    "Note": ("note", 40), "Status since": ("status_note", 40),
    "Partitions, by AWS's list": ("partitions", 28), "FedRAMP, by its list": ("fedramp", 28),
    "offering_id": ("offering_id", 28, "text_soft"),
}  # fmt: skip


def build_offerings(content: Content) -> Listing:
    """List the offerings of the model, with a description and how to recognise them."""
    shown = ["product_group", "service", "offering", "category", "offering_id", "service_id"]
    rows = content.model.drop_duplicates("offering_id")[shown].astype("str")
    facts = content.tables["offerings"][["offering_id", "recognise", "category_basis", "note"]]
    facts = facts.replace({"category_basis": content.tables["bases"].set_index("basis")["label"]})
    status = content.tables["services"][
        ["service_id", "status", "status_note", "partitions", "fedramp"]
    ]
    rows = rows.merge(facts, on="offering_id", how="left", validate="1:1")
    rows = rows.merge(status, on="service_id", how="left", validate="m:1")
    return Listing("Services", describe_columns(rows, OFFERINGS), paper=A3)


SOURCES: Described = {
    "Title": ("title", 54), "Address": ("url", 84, "link"), "Read on": ("accessed", 11),
    "Publisher": ("publisher", 22), "Edition read": ("edition", 18), "Cells": ("cells", 8, "number"),
    "source_id": ("source_id", 50, "text_soft"),
}  # fmt: skip


def build_sources(content: Content) -> Listing:
    """List the pages that the cells of the model rest on, guide by guide."""
    cited = Counter(name for text in content.values["source_ids"] for name in text.split("; "))
    sources = content.tables["sources"]
    sources = sources[sources["source_id"].isin(cited)]
    # guide by guide; what has no address, at the end; few columns, to go with the minutes
    sources = sources.sort_values(
        "url", key=lambda urls: urls.str.casefold().replace("", "~"), kind="stable"
    ).assign(cells=lambda rows: rows["source_id"].map(cited))
    return Listing("Sources", describe_columns(sources, SOURCES), landscape=False, printed=3)


CHANGES: Described = {
    "Offering": ("offering", 34), "Duty": ("duty", 26), "From": ("from", 16, "party"),
    "To": ("to", 16, "party"), "Why": ("why", 28), "Action, before": ("customer_action_from", 40),
    "Action, after": ("customer_action_to", 40), "Basis, before": ("basis_from", 16),
    "Basis, after": ("basis_to", 16), "AWS's part, before": ("aws_part_from", 40),
    "AWS's part, after": ("aws_part_to", 40), "Customer's part, before": ("customer_part_from", 40),
    "Customer's part, after": ("customer_part_to", 40), "offering_id": ("offering_id", 28, "text_soft"),
    "duty_id": ("duty_id", 26, "text_soft"),
}  # fmt: skip


def build_changes(content: Content) -> Listing:
    """List the cells that differ from the previous workbook or data version."""
    changes = content.changes
    assert changes is not None
    sides = {f"{name}_{end}" for name in ("customer_action", "basis", "aws_part", "customer_part")
             for end in ("from", "to")}  # fmt: skip
    blank = {name for name in sides if name not in changes or not changes[name].any()}
    shown = {header: column for header, column in CHANGES.items() if column[0] not in blank}
    return Listing("Changes", describe_columns(changes, shown), otherwise="No cell differs.")
