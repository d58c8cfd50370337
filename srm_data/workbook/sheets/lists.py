"""Long tables: all offerings, all duties and all sources."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import repeat

from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from srm_data.organisation.register import NO, YES
from srm_data.workbook.content import Content
from srm_data.workbook.layout import A3, A4, Column, add_table, set_lines, set_up_print
from srm_data.workbook.styles import Look
from srm_data.xlsx.writer import Body, link_address

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
    labels = content.tables["bases"].set_index("basis")["label"]
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
        for basis in content.model["basis"].cat.categories
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
