"""The two matrices: duties by category, and offerings by duty."""

from __future__ import annotations

import pandas as pd
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from srm_data.matrix import duty_distribution, group_labels, responsibility_matrix
from srm_data.workbook.content import Content
from srm_data.workbook.format import OFFERING_ID, REVIEWED_HEADER_ROW, REVIEWED_SHEET, REVIEWED_TABLE
from srm_data.workbook.layout import Column, add_matrix, set_bands, set_lines, set_up_print
from srm_data.workbook.styles import Look
from srm_data.xlsx.writer import Body, Formula, Note, Value


def fill_category_matrix(sheet: Worksheet, look: Look, content: Content) -> Body:
    """Write the defaults: duties by the four categories, in words."""
    tables = content.tables
    defaults = content.defaults
    matrix = responsibility_matrix(defaults, "duty", "category")
    layers = group_labels(defaults, "duty", "layer")[matrix.index]
    kinds = tables["categories"].set_index("category_id")

    lines = [
        [("title", "Category matrix")],
        [("caption", "What holds for a category unless an offering's own documents say otherwise.")],
        [("caption", "The row above the header folds the four into the two of AWS's own model.")],
    ]
    set_lines(sheet, look, lines)

    lead = [
        Column("Layer", 22, "text_line", layers.tolist()),
        Column("Duty", 28, "text_line", matrix.index.tolist()),
    ]
    keys = tables["duties"].set_index("duty")["duty_id"]
    tail = [Column("duty_id", 26, "text_soft", keys[matrix.index].tolist())]
    words = {party: party for party in tables["responsibilities"]["responsibility"]}

    body = add_matrix(sheet, look, "CategoryMatrix", lead, matrix, tail, words, header_row=5, width=17)
    set_bands(sheet, look, 4, 3, kinds["seed_category_id"].map(kinds["category"]).tolist())

    sheet.row_dimensions[5].height = 22
    sheet.freeze_panes = "C6"
    set_up_print(
        sheet, content.footer, landscape=False, header_rows=(4, 5), columns=6, rows=5 + len(matrix)
    )
    return body


def note_sources(content: Content) -> list[Note]:
    """Note on every default where it comes from."""
    defaults, sources = content.defaults, content.tables["sources"]
    cited = defaults["source_ids"].str.split("; ").str[0]
    cited_rows = sources[sources["source_id"].isin(cited)].to_dict("records")
    said_by = {
        row["source_id"]: f"{row['title']} ({row['edition']}, read {row['accessed']})"
        if row["url"]
        else row["title"]
        for row in cited_rows
    }
    categories, duties = (
        defaults[name].cat.remove_unused_categories().cat.categories for name in ("category", "duty")
    )  # as they stand in the matrix
    letters = {name: get_column_letter(3 + place) for place, name in enumerate(categories)}
    rows = {name: 6 + place for place, name in enumerate(duties)}

    notes = []
    for cell, source_id in zip(defaults.to_dict("records"), cited, strict=True):
        halves = [f"AWS: {cell['aws_part']}", f"Customer: {cell['customer_part']}"]
        lines = [half for half in halves if not half.endswith(": ")]
        lines += [said_by[source_id]]
        notes.append(
            Note(f"{letters[cell['category']]}{rows[cell['duty']]}", "\n".join(lines), "srm_data")
        )
    return notes


def fill_offering_matrix(sheet: Worksheet, look: Look, content: Content) -> Body:
    """Write offerings by duties, one letter per cell, with counts behind them."""
    model = content.model
    matrix = responsibility_matrix(model, "offering", "duty")
    rows = model.drop_duplicates("offering").set_index("offering").loc[matrix.index]
    counts = duty_distribution(model, "offering").reindex(matrix.index)
    codes = content.tables["responsibilities"]
    letters = dict(zip(codes["responsibility"], codes["letter"], strict=True))

    where = f"Click an offering for both halves and the sources, in the sheet {REVIEWED_SHEET}."
    lines = [
        [("title", "Offering matrix")],
        [("caption", f"Who must act, per offering and duty. {where}")],
    ]
    set_lines(sheet, look, lines)
    for number, (party, letter) in enumerate(letters.items()):
        look.put(sheet.cell(3, 4 + 5 * number), f"party:{party}", letter)
        look.put(sheet.cell(3, 5 + 5 * number), "caption", party)

    lead = [
        Column("Product group", 32, "text_line", rows["product_group"].tolist()),
        Column("Offering", 34, "text_line", _link_to_rows(rows["offering_id"])),
        Column("Category", 16, "text_line", rows["category"].tolist()),
    ]
    tail = [
        *(Column(str(party), 5, "number", counts[party].tolist()) for party in counts.columns),
        Column("offering_id", 28, "text_soft", rows["offering_id"].tolist()),
    ]
    body = add_matrix(
        sheet, look, "OfferingMatrix", lead, matrix, tail, letters, header_row=5, width=4.3
    )

    layers = group_labels(model, "duty", "layer")[matrix.columns].tolist()
    set_bands(sheet, look, 4, 4, [*layers, *["Count"] * len(letters)])
    longest = int(matrix.columns.str.len().max())
    sheet.row_dimensions[4].height, sheet.row_dimensions[5].height = 60, 4.9 * longest + 12

    sheet.freeze_panes = "D6"
    printed = len(lead) + len(matrix.columns) + len(letters)
    set_up_print(sheet, content.footer, header_rows=(4, 5), columns=printed, rows=5 + len(matrix))
    return body


def _link_to_rows(ids: pd.Series) -> list[Value]:
    """Return links from offerings to their first rows in the reviewed sheet, however that is sorted."""
    return [
        Formula(
            f"HYPERLINK(\"#'{REVIEWED_SHEET}'!A\"&"
            f'(MATCH("{key}",{REVIEWED_TABLE}[{OFFERING_ID}],0)+{REVIEWED_HEADER_ROW}),'
            f'"{str(name).replace(chr(34), chr(34) * 2)}")',
            str(name),
        )
        for name, key in ids.items()
    ]
