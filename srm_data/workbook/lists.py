"""The long tables: every cell, every offering, every duty, every source."""

from __future__ import annotations

import pandas as pd
from openpyxl.worksheet.worksheet import Worksheet

from srm_data.matrix import basis_distribution
from srm_data.workbook.content import Content
from srm_data.workbook.look import Look
from srm_data.workbook.package import Body, Link
from srm_data.workbook.sheets import A3, A4, Column, add_table, set_up_print


def fill_responsibilities(sheet: Worksheet, look: Look, content: Content) -> Body:
    """List every cell with both halves, basis and source; keys stand behind the printed columns."""
    model, tables = content.model, content.tables
    sources = tables["sources"].set_index("source_id")
    labels = tables["bases"].set_index("basis")["label"]
    first_source = model["source_ids"].str.split("; ").str[0]
    parties = [f"party:{party}" for party in model["responsibility"]]
    printed = [
        Column("Offering", 24, "text", model["offering"].tolist()),
        Column("Duty", 20, "text", model["duty"].tolist()),
        Column("Responsibility", 14, parties, model["responsibility"].tolist()),
        *_documented_column(model),
        Column("AWS's part", 44, "text", model["aws_part"].tolist()),
        Column("Customer's part", 44, "text", model["customer_part"].tolist()),
        Column("Note", 32, "text", model["note"].tolist()),
        Column("Basis", 14, "text", model["basis"].map(labels).tolist()),
        Column("Source", 34, "text", first_source.map(sources["title"]).tolist()),
        Column("Section", 24, "text", model["section"].tolist()),
        Column("Edition read", 16, "text", first_source.map(sources["edition"]).tolist()),
        Column("Read on", 11, "text", first_source.map(sources["accessed"]).tolist()),
    ]
    on_screen = [
        Column("Address", 60, "link_soft", [Link(url) for url in first_source.map(sources["url"])]),
        Column("Product group", 22, "text_soft", model["product_group"].tolist()),
        Column("Service", 22, "text_soft", model["service"].tolist()),
        Column("Category", 16, "text_soft", model["category"].tolist()),
        Column("Layer", 18, "text_soft", model["layer"].tolist()),
        Column("source_ids", 34, "text_soft", model["source_ids"].tolist()),
        Column("offering_id", 26, "text_soft", model["offering_id"].tolist()),
        Column("duty_id", 24, "text_soft", model["duty_id"].tolist()),
    ]
    body = add_table(sheet, look, "Responsibilities", [*printed, *on_screen])
    sheet.freeze_panes = "C2"
    set_up_print(
        sheet, content.footer, paper=A3, header_rows=(1, 1), columns=len(printed), rows=1 + len(model)
    )
    return body


def _documented_column(model: pd.DataFrame) -> list[Column]:
    """Set what AWS's documents say beside the decisions of an organisation, if there are any."""
    if not (model["basis"] == "decision").any():
        return []
    said = model["without_decision"].tolist()
    return [Column("Without decision", 14, [f"party:{party}" for party in said], said)]


def fill_offerings(sheet: Worksheet, look: Look, content: Content) -> Body:
    """List the offerings of the model: what they are and how to recognise them."""
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
        Column("Basis of category", 14, "text", facts["category_basis"].map(labels).tolist()),
        Column("Note", 40, "text", facts["note"].tolist()),
        Column("Status since", 40, "text", status["status_note"].tolist()),
        Column("offering_id", 28, "text_soft", shown["offering_id"].tolist()),
    ]
    return add_list(sheet, look, content, "Offerings", columns, paper=A3)


def fill_coverage(sheet: Worksheet, look: Look, content: Content) -> Body:
    """Count, per duty, product group and service, the cells that rest on a page of their own."""
    labels = content.tables["bases"].set_index("basis")["label"]
    views = {"Duty": "duty", "Product group": "product_group", "Service": "service"}
    counted = {name: basis_distribution(content.model, by) for name, by in views.items()}
    counts = pd.concat([view.set_axis(view.index.astype(str)) for view in counted.values()])
    shown = counts.loc[:, counts.any()]
    share = shown.get("documented", 0) / shown.sum(axis="columns")
    columns = [
        Column(
            "Counted by", 18, "text_line", [name for name, view in counted.items() for _ in view.index]
        ),
        Column("Name", 36, "text_line", shown.index.tolist()),
        *(Column(labels[str(basis)], 16, "number", shown[basis].tolist()) for basis in shown),
        Column("Total", 10, "number", shown.sum(axis="columns").tolist()),
        Column("Documented, %", 16, "number", (share * 100).round().astype(int).tolist()),
    ]
    return add_list(sheet, look, content, "Coverage", columns, landscape=False)


def fill_duties(sheet: Worksheet, look: Look, content: Content) -> Body:
    """List the duties: what exactly is asked."""
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
    """List the pages that the cells of the model rest on."""
    cited = content.model["source_ids"].str.split("; ").explode().value_counts()
    sources = content.tables["sources"]
    sources = sources[sources["source_id"].isin(cited.index)]
    columns = [
        Column("Title", 56, "text", sources["title"].tolist()),
        Column("Publisher", 22, "text", sources["publisher"].tolist()),
        Column("Address", 78, "link", [Link(url) for url in sources["url"]]),
        Column("Edition read", 18, "text", sources["edition"].tolist()),
        Column("Read on", 11, "text", sources["accessed"].tolist()),
        Column("Cells", 8, "number", sources["source_id"].map(cited).tolist()),
        Column("source_id", 34, "text_soft", sources["source_id"].tolist()),
    ]
    return add_list(sheet, look, content, "Sources", columns)


def add_list(
    sheet: Worksheet,
    look: Look,
    content: Content,
    name: str,
    columns: list[Column],
    *,
    paper: int = A4,
    landscape: bool = True,
) -> Body:
    """Lay out a table as a sheet of its own: header frozen and on every page, all columns printed."""
    body = add_table(sheet, look, name, columns)
    sheet.freeze_panes = "A2"
    set_up_print(
        sheet,
        content.footer,
        paper=paper,
        landscape=landscape,
        header_rows=(1, 1),
        columns=len(columns),
        rows=1 + len(columns[0].values),
    )
    return body
