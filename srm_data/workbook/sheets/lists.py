"""Sheets that are one table: offerings, sources, changes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import pandas as pd
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from srm_data.workbook.content import Content
from srm_data.workbook.layout import A3, A4, Column, add_table, set_lines, set_up_print, set_widths
from srm_data.workbook.styles import Look
from srm_data.xlsx.writer import Body, link_address


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
    return add_list(sheet, look, content, "Services", columns, paper=A3)


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
    otherwise: str = "",
) -> Body:
    """Fill a sheet with one table: header frozen and on every page, all columns printed.

    ``head`` is what stands above it: a title, then lines of text. ``frozen`` is the number of columns
    that stay when the others are scrolled. ``otherwise`` is the sentence of a sheet without rows.
    """
    if otherwise and not columns[0].values:
        set_widths(sheet, [90])
        set_lines(sheet, look, [[("title", sheet.title)], [], [("prose", otherwise)]])
        set_up_print(sheet, content.footer, landscape=False)
        return Body()
    styles = ["title", *["caption"] * len(head)]
    row = set_lines(sheet, look, [[line] for line in zip(styles, head, strict=False)])
    body = add_table(sheet, look, name, columns, header_row=row)
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


NO_CHANGE = "No cell differs."

BEFORE_AND_AFTER = {
    "customer_action": "Action", "basis": "Basis", "aws_part": "AWS's part",
    "customer_part": "Customer's part",
}  # fmt: skip
"""Columns of a comparison that it has before and after, and their headings."""


def fill_changes(sheet: Worksheet, look: Look, content: Content) -> Body:
    """List the cells that differ from the previous workbook or data version."""
    changes = content.changes
    assert changes is not None
    no_words = pd.Series("", index=changes.index)
    columns = [
        Column("Offering", 34, "text", changes["offering"].tolist()),
        Column("Duty", 26, "text", changes["duty"].tolist()),
        _answers("From", changes["from"]),
        _answers("To", changes["to"]),
        Column("Why", 28, "text", changes["why"].tolist()),
        *(
            Column(f"{heading}, {side}", 16 if name == "basis" else 40, "text", texts.tolist())
            for name, heading in BEFORE_AND_AFTER.items()
            for side, end in (("before", "from"), ("after", "to"))
            if (texts := changes.get(f"{name}_{end}", no_words)).any()
        ),
        Column("offering_id", 28, "text_soft", changes["offering_id"].tolist()),
        Column("duty_id", 26, "text_soft", changes["duty_id"].tolist()),
    ]
    return add_list(sheet, look, content, "Changes", columns, otherwise=NO_CHANGE)


def _answers(header: str, answers: pd.Series) -> Column:
    styles = [f"party:{answer}" if answer else "text" for answer in answers]
    return Column(header, 16, styles, answers.tolist())
