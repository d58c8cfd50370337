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
                "otherwise. On screen, a note has the source of each.",
            )
        ],
        [
            (
                "caption",
                "Above the header: the category of AWS's own model, which has two. Some product groups "
                "have other defaults, which their rows show.",
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
        sheet, content.footer, landscape=False, header_rows=(1, 5), columns=6, rows=5 + len(duties)
    )
    return body


def note_sources(content: Content) -> list[Note]:
    """Add a note with the source to every default."""
    defaults, sources = content.defaults, content.tables["sources"]
    facts = (
        list_column(sources[name]) for name in ("source_id", "title", "url", "edition", "accessed")
    )
    said_by = {
        source_id: f"{title} ({edition}, read {accessed})" if url else title
        for source_id, title, url, edition, accessed in zip(*facts, strict=True)
    }
    categories, duties = (
        defaults[name].cat.remove_unused_categories().cat.categories for name in ("category", "duty")
    )  # as they stand in the matrix
    letters = {name: get_column_letter(3 + place) for place, name in enumerate(categories)}
    rows = {name: 6 + place for place, name in enumerate(duties)}

    notes = []
    shown = ("category", "duty", "aws_part", "customer_part", "source_ids")
    cells = zip(*(list_column(defaults[name]) for name in shown), strict=True)
    for category, duty, aws_part, customer_part, source_ids in cells:
        halves = {"AWS": aws_part, "Customer": customer_part}
        lines = [f"{party}: {part}" for party, part in halves.items() if part]
        lines.append(said_by[source_ids.split("; ")[0]])
        notes.append(Note(f"{letters[category]}{rows[duty]}", "\n".join(lines), "srm_data"))
    return notes
