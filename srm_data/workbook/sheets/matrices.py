"""The matrices: defaults by category, and a letter for each offering and duty."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from openpyxl.formatting.rule import FormulaRule
from openpyxl.styles import PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from srm_data.cells import list_marks
from srm_data.schema import CELL
from srm_data.workbook.content import Content
from srm_data.workbook.format import (
    CELL_KEY,
    DUTY,
    DUTY_ID,
    LETTER,
    OFFERING,
    OFFERING_ID,
    REVIEWED_HEADER_ROW,
    REVIEWED_SHEET,
    refer_to,
)
from srm_data.workbook.layout import Column, add_matrix, add_table, set_bands, set_lines, set_up_print
from srm_data.workbook.styles import Look
from srm_data.workbook.values import list_column
from srm_data.xlsx.writer import THIS_ROW, Body, Formula, Note, Value


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


TABLE = "OfferingMatrix"
HEADER_ROW, FIRST_ROW = 5, 6
FEW = 10  # offerings up to which they stand side by side
ON_ONE_PAGE = 40  # rows that are legible on one
LONGEST_NAME = 102  # points, of an upright header: longer ones are broken in two
FILTER_BUTTON = 22  # points below an upright header, so that the button covers none of its letters
FOLLOWS = f"It follows what is decided in the sheet {REVIEWED_SHEET}."
STATIC = "As exported: in a workbook of this size it does not follow decisions."
COUNT_NOTES = "Count"


Key = tuple[str, str]
"""offering_id and duty_id."""


class Axis(NamedTuple):
    """Names and ids along one side of the matrix, in order."""

    names: list[str]
    ids: list[str]


def fill_offering_matrix(sheet: Worksheet, look: Look, content: Content) -> Body:
    """Write the matrix of offerings and duties, with a letter and a basis mark in every cell.

    A few offerings are shown side by side, with one row per duty; otherwise there is one row per
    offering. In a copy for reviewers, every letter is a formula that finds its row by key, so the
    reviewed sheet can be sorted.
    """
    offerings, duties = _list_axis(content, "offering"), _list_axis(content, "duty")
    _set_head(sheet, look, content)
    fill = _fill_tall if len(offerings.ids) <= FEW else _fill_wide
    return fill(sheet, look, content, offerings, duties)


def _fill_wide(sheet: Worksheet, look: Look, content: Content, offerings: Axis, duties: Axis) -> Body:
    groups, kinds = (
        _map_values(content, "offering_id", name) for name in ("product_group", "category")
    )
    layers = _map_values(content, "duty_id", "layer")
    letters, shown = _letters_of(content), _list_letters(content)
    key = get_column_letter(1 + len(duties.ids) + len(letters) + 3)
    middle = [
        _make_letters(
            content,
            shown,
            duty,
            [(it, duty_id) for it in offerings.ids],
            f'${key}{THIS_ROW}&"/{duty_id}"',
        )
        for duty, duty_id in zip(*duties, strict=True)
    ]
    counts = [] if content.for_print else _count_letters(content, middle, letters)
    columns = [
        _name_offerings(offerings, content),
        *(column._replace(width=3.9 if content.for_print else 4.6) for column in middle),
        *counts,
        Column("Product group", 31, "text_line", [groups[it] for it in offerings.ids]),
        Column("Category", 16, "text_line", [kinds[it] for it in offerings.ids]),
        Column(OFFERING_ID, 28, "text_soft", offerings.ids),
    ]
    body = add_table(sheet, look, TABLE, columns, header_row=HEADER_ROW)

    bands = [*(layers[it] for it in duties.ids), *[COUNT_NOTES] * len(counts)]
    set_bands(sheet, look, HEADER_ROW - 1, 2, bands)
    sheet.row_dimensions[HEADER_ROW - 1].height = 76 if content.for_print else 66
    sheet.row_dimensions[HEADER_ROW].height = LONGEST_NAME + FILTER_BUTTON
    printed = 1 + len(middle) + len(counts)
    _finish(sheet, content, first=2, middle=len(middle), rows=len(offerings.ids), printed=printed)
    return body


def _fill_tall(sheet: Worksheet, look: Look, content: Content, offerings: Axis, duties: Axis) -> Body:
    layers = _map_values(content, "duty_id", "layer")
    shown = _list_letters(content)
    key = get_column_letter(2 + len(offerings.ids) + 1)
    middle = [
        _make_letters(
            content,
            shown,
            name,
            [(offering_id, it) for it in duties.ids],
            f'"{offering_id}/"&${key}{THIS_ROW}',
        )
        for name, offering_id in zip(*offerings, strict=True)
    ]
    columns = [
        Column(DUTY, 26, "text_line", duties.names),
        *(
            []
            if content.for_print
            else [Column("Layer", 18, "text_line", [layers[it] for it in duties.ids])]
        ),
        *(column._replace(width=11 if content.for_print else 14) for column in middle),
        Column(DUTY_ID, 26, "text_soft", duties.ids),
    ]
    body = add_table(sheet, look, TABLE, columns, header_row=HEADER_ROW)
    sheet.row_dimensions[HEADER_ROW].height = 62
    first = 2 if content.for_print else 3
    printed = first - 1 + len(middle)
    _finish(sheet, content, first=first, middle=len(middle), rows=len(duties.ids), printed=printed)
    return body


def _name_offerings(offerings: Axis, content: Content) -> Column:
    """Name the offerings, on a screen with a link to their rows."""
    if content.for_print:
        return Column(OFFERING, 28, "text", offerings.names)
    return Column(OFFERING, 32, "text_line", _link_to_rows(offerings, content.reviewed_sheet))


def _finish(
    sheet: Worksheet, content: Content, *, first: int, middle: int, rows: int, printed: int
) -> None:
    start, last = get_column_letter(first), HEADER_ROW + rows
    if content.is_live:
        span = f"{start}{FIRST_ROW}:{get_column_letter(first + middle - 1)}{last}"
        for code in content.tables["responsibilities"].to_dict("records"):
            letter, corner = code["letter"], f"{start}{FIRST_ROW}"
            is_pale = f'OR({corner}="{letter}",{corner}="{letter}?")'  # a default or a proposal
            for color, applies in (("pale_color", is_pale), ("color", f'LEFT({corner},1)="{letter}"')):
                fill = PatternFill("solid", bgColor=code[color].removeprefix("#"))
                rule = FormulaRule(formula=[applies], fill=fill, stopIfTrue=True)
                sheet.conditional_formatting.add(span, rule)
    sheet.freeze_panes = f"{start}{FIRST_ROW}"
    set_up_print(sheet, content.footer, header_rows=(1, HEADER_ROW), columns=printed, rows=last)
    sheet.page_setup.fitToHeight = 1 if rows <= ON_ONE_PAGE else 0


def _list_axis(content: Content, name: str) -> Axis:
    order = {text: place for place, text in enumerate(content.model[name].cat.categories)}
    found = _map_values(content, f"{name}_id", name)
    ids = sorted(found, key=lambda key: order[found[key]])
    return Axis([found[key] for key in ids], ids)


def _map_values(content: Content, key: str, name: str) -> dict[str, str]:
    return dict(zip(content.values[key], content.values[name], strict=True))


def _letters_of(content: Content) -> dict[str, str]:
    codes = content.tables["responsibilities"].sort_values("position")
    return dict(zip(codes["responsibility"], codes["letter"], strict=True))


def _set_head(sheet: Worksheet, look: Look, content: Content) -> None:
    follows = FOLLOWS if content.is_live else STATIC if content.is_internal else ""
    if content.now is not None:
        follows = f"With the register as of {content.now.day}."
    marks = list_marks()
    used = {*content.values["basis"], *(["decision"] if content.is_live else [])}
    signs = marks.loc[marks.index.isin(used), ["mark", "words"]].itertuples(index=False, name=None)
    legend = ", ".join(f"C{mark} {words}" for mark, words in signs)
    named = ", ".join(f"{letter} {party}" for party, letter in _letters_of(content).items())
    lines = [
        [("title", "Offering matrix")],
        [("caption", f"Who is responsible, per offering and duty: {named}. {follows}".strip())],
        [("caption", f"After the letter: {legend}. Defaults are paler.")],
    ]
    set_lines(sheet, look, lines)


def _make_letters(
    content: Content,
    shown: dict[tuple[str, str], str],
    header: str,
    cells: list[tuple[str, str]],
    key: str,
) -> Column:
    """Make a column of letters, as formulas that find their rows by key or as exported values.

    Parameters
    ----------
    key
        The formula of the key of a cell.
    """
    texts = [shown.get(cell, "") for cell in cells]  # a part of a model may lack cells
    if not content.is_live:
        parties = {letter: party for party, letter in _letters_of(content).items()}
        styles = [
            f"{'party' if text[1:].strip('?') else 'pale'}:{parties[text[0]]}" if text else "answer"
            for text in texts
        ]
        return Column(header, 0, styles, texts)
    formula = f'IFERROR(INDEX({refer_to(LETTER)},MATCH({key},{refer_to(CELL_KEY)},0)),"?")'
    return Column(header, 0, "answer", [Formula(formula, text) if text else "" for text in texts])


def _count_letters(content: Content, middle: Sequence[Column], letters: dict[str, str]) -> list[Column]:
    last = get_column_letter(1 + len(middle))
    rows = list(zip(*(map(_first_letter, column.values) for column in middle), strict=True))
    columns = []
    for party, letter in letters.items():
        numbers = [row.count(letter) for row in rows]
        values: list[Value] = list(numbers)
        if content.is_live:
            values = [
                Formula(f'COUNTIF(B{THIS_ROW}:{last}{THIS_ROW},"{letter}*")', number)
                for number in numbers
            ]
        columns.append(Column(party, 5, "number", values))
    return columns


def _first_letter(value: Value) -> str:
    return str(value.value if isinstance(value, Formula) else value)[:1]


def _link_to_rows(offerings: Axis, tab: str) -> list[Value]:
    return [
        Formula(
            f"HYPERLINK(\"#'{tab}'!A\"&"
            f'(MATCH("{key}",{refer_to(OFFERING_ID)},0)+{REVIEWED_HEADER_ROW}),'
            f'"{name.replace(chr(34), chr(34) * 2)}")',
            name,
        )
        for name, key in zip(*offerings, strict=True)
    ]


def _list_letters(content: Content) -> dict[tuple[str, str], str]:
    cells = zip(*(content.values[key] for key in CELL), strict=True)
    return dict(zip(cells, content.values["letter"], strict=True))
