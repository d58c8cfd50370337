"""The matrix of defaults: duties by service category."""

from __future__ import annotations

from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from srm_data.workbook.content import Content
from srm_data.workbook.layout import Column, add_matrix, set_bands, set_lines, set_up_print
from srm_data.workbook.styles import Look
from srm_data.workbook.values import list_column
from srm_data.xlsx.writer import Body, Note


def fill_category_matrix(sheet: Worksheet, look: Look, content: Content) -> Body:
    """Write the defaults in words: duties by the four categories."""
    tables = content.tables
    defaults = content.defaults
    duties, categories = (
        defaults[name].cat.remove_unused_categories().cat.categories for name in ("duty", "category")
    )
    named = (list_column(defaults[name]) for name in ("duty", "category", "responsibility"))
    answers = {(duty, category): answer for duty, category, answer in zip(*named, strict=True)}
    matrix = {name: [answers[duty, name] for duty in duties] for name in categories}
    layers = dict(zip(list_column(defaults["duty"]), list_column(defaults["layer"]), strict=True))
    kinds = tables["categories"].set_index("category_id")

    lines = [
        [("title", "Category matrix")],
        [
            (
                "caption",
                "Defaults for each category, which apply unless an offering's own documents say "
                "otherwise. The source of each is in a note.",
            )
        ],
        [
            (
                "caption",
                "Above the header: the category of AWS's own model, which has two.",
            )
        ],
    ]
    set_lines(sheet, look, lines)

    lead = [
        Column("Layer", 22, "text_line", [layers[duty] for duty in duties]),
        Column("Duty", 28, "text_line", list(duties)),
    ]
    keys = tables["duties"].set_index("duty")["duty_id"]
    tail = [Column("duty_id", 26, "text_soft", keys[duties].tolist())]
    words = {party: party for party in tables["responsibilities"]["responsibility"]}

    body = add_matrix(sheet, look, "CategoryMatrix", lead, matrix, tail, words, header_row=5, width=17)
    set_bands(
        sheet,
        look,
        4,
        3,
        [f"AWS's model: {it.lower()}" for it in kinds["seed_category_id"].map(kinds["category"])],
    )

    sheet.row_dimensions[5].height = 28
    sheet.freeze_panes = "C6"
    set_up_print(
        sheet, content.footer, landscape=False, header_rows=(4, 5), columns=6, rows=5 + len(duties)
    )
    return body


def note_sources(content: Content) -> list[Note]:
    """Add a note with the source to every default."""
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
