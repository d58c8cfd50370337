"""The matrix: a letter for each offering and duty."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from srm_data.cells import list_marks
from srm_data.schema import CELL
from srm_data.workbook.content import Content
from srm_data.workbook.layout import Column, add_table, set_bands, set_lines, set_up_print
from srm_data.workbook.reviewed import REVIEWED_ROW, refer_to
from srm_data.workbook.styles import Look
from srm_data.xlsx.writer import Body, Formula, Value

TABLE = "OfferingMatrix"
HEADER_ROW, FIRST_ROW = 5, 6
FEW = 10  # offerings up to which they stand side by side
ON_ONE_PAGE = 40  # rows that are legible on one
LONGEST_NAME = 102  # points, of an upright header: longer ones are broken in two
FILTER_BUTTON = 22  # points below an upright header, so that the button covers none of its letters
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
    offering.
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
    middle = [
        _make_letters(content, shown, duty, [(it, duty_id) for it in offerings.ids], 4.6)
        for duty, duty_id in zip(*duties, strict=True)
    ]
    counts = [] if content.for_print else _count_letters(middle, letters)
    columns = [
        _name_offerings(offerings, content),
        *(column._replace(width=3.9 if content.for_print else 4.6) for column in middle),
        *counts,
        Column("Product group", 31, "text_line", [groups[it] for it in offerings.ids]),
        Column("Category", 16, "text_line", [kinds[it] for it in offerings.ids]),
        Column("offering_id", 28, "text_soft", offerings.ids),
    ]
    body = add_table(sheet, look, TABLE, columns, header_row=HEADER_ROW)

    bands = [*(layers[it] for it in duties.ids), *[COUNT_NOTES] * len(counts)]
    set_bands(sheet, look, HEADER_ROW - 1, 2, bands)
    sheet.row_dimensions[HEADER_ROW - 1].height = 76 if content.for_print else 66
    sheet.row_dimensions[HEADER_ROW].height = LONGEST_NAME + FILTER_BUTTON
    printed = 1 + len(middle) + len(counts)
    _finish(sheet, content, first=2, rows=len(offerings.ids), printed=printed)
    return body


def _fill_tall(sheet: Worksheet, look: Look, content: Content, offerings: Axis, duties: Axis) -> Body:
    layers = _map_values(content, "duty_id", "layer")
    shown = _list_letters(content)
    middle = [
        _make_letters(content, shown, name, [(offering_id, it) for it in duties.ids], 14)
        for name, offering_id in zip(*offerings, strict=True)
    ]
    columns = [
        Column("Duty", 26, "text_line", duties.names),
        *(
            []
            if content.for_print
            else [Column("Layer", 18, "text_line", [layers[it] for it in duties.ids])]
        ),
        *(column._replace(width=11 if content.for_print else 14) for column in middle),
        Column("duty_id", 26, "text_soft", duties.ids),
    ]
    body = add_table(sheet, look, TABLE, columns, header_row=HEADER_ROW)
    sheet.row_dimensions[HEADER_ROW].height = 62
    first = 2 if content.for_print else 3
    printed = first - 1 + len(middle)
    _finish(sheet, content, first=first, rows=len(duties.ids), printed=printed)
    return body


def _name_offerings(offerings: Axis, content: Content) -> Column:
    """Name the offerings, on a screen with a link to their rows."""
    if content.for_print:
        return Column("Offering", 28, "text", offerings.names)
    return Column("Offering", 32, "text_line", _link_to_rows(offerings, content.reviewed_sheet))


def _finish(sheet: Worksheet, content: Content, *, first: int, rows: int, printed: int) -> None:
    start, last = get_column_letter(first), HEADER_ROW + rows
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
    marks = list_marks()
    signs = marks.loc[marks.index.isin(set(content.values["basis"])), ["mark", "words"]]
    legend = ", ".join(f"C{mark} {words}" for mark, words in signs.itertuples(index=False, name=None))
    named = ", ".join(f"{letter} {party}" for party, letter in _letters_of(content).items())
    lines = [
        [("title", "Offering matrix")],
        [("caption", f"Who is responsible, per offering and duty: {named}. As of {content.now.day}.")],
        [("caption", f"After the letter: {legend}. Defaults are paler.")],
    ]
    set_lines(sheet, look, lines)


def _make_letters(
    content: Content, shown: dict[Key, str], header: str, cells: list[Key], width: float
) -> Column:
    texts = [shown.get(cell, "") for cell in cells]  # a part of a model may lack cells
    parties = {letter: party for party, letter in _letters_of(content).items()}
    styles = [
        f"{'party' if text[1:].strip('?') else 'pale'}:{parties[text[0]]}" if text else "answer"
        for text in texts
    ]
    return Column(header, width, styles, texts)


def _count_letters(middle: Sequence[Column], letters: dict[str, str]) -> list[Column]:
    rows = list(zip(*([str(text)[:1] for text in column.values] for column in middle), strict=True))
    return [
        Column(party, 5, "number", [row.count(letter) for row in rows])
        for party, letter in letters.items()
    ]


def _link_to_rows(offerings: Axis, tab: str) -> list[Value]:
    return [
        Formula(
            f"HYPERLINK(\"#'{tab}'!A\"&"
            f'(MATCH("{key}",{refer_to("offering_id")},0)+{REVIEWED_ROW}),'
            f'"{name.replace(chr(34), chr(34) * 2)}")',
            name,
        )
        for name, key in zip(*offerings, strict=True)
    ]


def _list_letters(content: Content) -> dict[Key, str]:
    cells = zip(*(content.values[key] for key in CELL), strict=True)
    return dict(zip(cells, content.values["letter"], strict=True))
