"""The dashboard: results, shares and progress as live formulas, with native charts below."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd
from openpyxl.chart import BarChart, Reference
from openpyxl.chart.data_source import NumData, NumVal, StrData, StrRef, StrVal
from openpyxl.chart.label import DataLabel, DataLabelList
from openpyxl.chart.series import SeriesLabel
from openpyxl.chart.shapes import GraphicalProperties
from openpyxl.chart.text import RichText
from openpyxl.drawing.spreadsheet_drawing import AnchorMarker, TwoCellAnchor
from openpyxl.drawing.text import CharacterProperties, Paragraph, ParagraphProperties
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from srm_data.cells import list_marks
from srm_data.describe import describe_distribution
from srm_data.organisation.cell_status import AGREED, CELL_STATUSES, OPEN
from srm_data.organisation.register import NO
from srm_data.workbook.content import DECIDED, Content, Count, Counts
from srm_data.workbook.format import IS_DECIDED, OWNER, REVIEWED_SHEET, STATUS, refer_to
from srm_data.workbook.layout import A3, Column, add_table, link_place, set_lines, set_up_print
from srm_data.workbook.results import VIEWS, list_results
from srm_data.workbook.styles import Look
from srm_data.xlsx.writer import THIS_ROW, Body, Formula, Value

TILES_ROW = 6
OWNERS = 5  # listed by name
TILES = OWNERS + 2  # rows below the header of a tile
CHARTS_ROW = TILES_ROW + TILES + 2
FOLLOWS = f"Every number and sentence follows what is decided in the sheet {REVIEWED_SHEET}."
LINKED = "Coverage"
SLIGHT = "< 1 %"
NARROWEST = 0.06  # of a bar: what a number takes
ROW_HEIGHT = 0.53  # centimetres, of a row without a height of its own
CHART_COLUMNS = ((0, 4), (4, 9), (9, 15))
"""First and last column of each chart; three fit side by side on a laptop screen."""


def fill_dashboard(sheet: Worksheet, look: Look, content: Content) -> Body:
    """Show results, parties, basis and progress, then charts, then the counts used by the charts.

    Every number is a formula on the reviewed sheet, so that sentences, counts and charts follow the
    reviewers' decisions. The current value is stored with each formula.
    """
    counts = content.counts
    views = {by: _count_parties(content, by) for by in VIEWS}

    _set_results(sheet, look, content)
    _set_tiles(sheet, look, content, counts)
    heights = [_height_of(len(view)) for view in views.values()]
    header_row = CHARTS_ROW + int(max(heights) / ROW_HEIGHT) + 2

    columns = _make_columns(content, counts, views, header_row)
    body = add_table(sheet, look, "Dashboard", columns, header_row=header_row)
    _set_widths(sheet, columns)
    _add_charts(sheet, content, views, header_row, heights)

    rows = header_row + len(columns[0].values)
    printed = max(len(columns), CHART_COLUMNS[-1][1])  # a copy to publish has fewer than the charts
    set_up_print(sheet, content.footer, paper=A3, columns=printed, rows=rows)
    sheet.page_setup.fitToHeight = 1
    return body


def _count_parties(content: Content, by: str) -> pd.DataFrame:
    counts, names = content.counts, content.model[by].cat.remove_unused_categories().cat.categories
    parties = content.model["responsibility"].cat.categories
    numbers = [
        [counts.where({counts.answers: party, VIEWS[by]: name}).value for party in parties]
        for name in names
    ]
    return pd.DataFrame(numbers, index=pd.Index(names, name=by), columns=list(parties))


def _set_results(sheet: Worksheet, look: Look, content: Content) -> None:
    caption = FOLLOWS if content.is_internal else "AWS's documents, with decisions applied."
    set_lines(sheet, look, [[("title", "Dashboard")]])
    for row, result in enumerate(list_results(content), start=2):
        look.put(sheet.cell(row, 1), "result", result)
    look.put(sheet.cell(5, 1), "prose_link", LINKED)
    link_place(sheet, 5, LINKED)
    look.put(sheet.cell(5, 2), "caption", f"per duty, product group and service. {caption}")


def _set_tiles(sheet: Worksheet, look: Look, content: Content, counts: Counts) -> None:
    labels = list_marks()["label"].tolist()
    parties = content.tables["responsibilities"].sort_values("position")["responsibility"].tolist()
    by_party = {party: counts.where({counts.answers: party}) for party in parties}
    by_basis = {label: counts.where(counts.basis(label)) for label in labels}

    total = counts.total
    _set_tile(sheet, look, 1, "Who is responsible", {it: (n, total) for it, n in by_party.items()})
    _set_tile(sheet, look, 5, "What it rests on", {it: (n, total) for it, n in by_basis.items()})
    if not content.is_internal:
        return
    decided = {"decided": (counts.where(counts.basis(DECIDED)), total)}
    by_status = {it: (counts.where(counts.status(it)), total) for it in CELL_STATUSES}
    _set_tile(sheet, look, 9, "Progress", decided | by_status, wide=1)
    _set_owners(sheet, look, content, column=12)


def _set_owners(sheet: Worksheet, look: Look, content: Content, column: int) -> None:
    """Write how many open cells each of the first owners has, all others, and nobody.

    A name is compared with the cell that shows it, letter by letter: COUNTIFS would read ``*``, ``?``
    and ``<`` in it and ignore case. The rows add up to the open cells, whoever is entered later.
    """
    counts = content.counts
    cells = pd.Series(list(filter(None, content.entries["owner"])), dtype="str").value_counts()
    owners = [str(owner) for owner in cells.head(OWNERS).index]
    is_open = f'--({refer_to(STATUS)}="{OPEN}"),--({refer_to(IS_DECIDED)}="{NO}")'
    number, first = get_column_letter(column + 2), TILES_ROW + 1
    last = first + len(owners)  # of the other owners

    lines: list[tuple[str, Count]] = []
    for row, owner in enumerate(owners, start=first):
        is_theirs = f"--EXACT({refer_to(OWNER)},${get_column_letter(column)}{row})"
        value = counts.where({OWNER: owner} | counts.status(OPEN)).value
        lines.append((owner, Count(f"SUMPRODUCT({is_theirs},{is_open})", value)))
    nobodys = counts.where({OWNER: ""} | counts.status(OPEN)).value
    nobody = Count(f'SUMPRODUCT(--({refer_to(OWNER)}=""),{is_open})', nobodys)
    total = counts.where(counts.status(OPEN))
    listed = "".join(f"-{number}{row}" for row in (*range(first, last), last + 1))
    rest = total.value - nobodys - sum(count.value for _, count in lines)
    others = Count(f"{total.formula}{listed}", rest)

    look.put(sheet.cell(TILES_ROW, column), "heading", "Open, by owner")
    named = [*lines, ("other owners", others), ("nobody named yet", nobody)]
    for row, (name, count) in enumerate(named, start=first):
        look.put(sheet.cell(row, column), "caption", name)
        look.put(sheet.cell(row, column + 2), "number", count.as_number())
        whole = f"MAX(1,{total.formula})"
        share = _share(f"{number}{row}", whole, count.value, total.value)
        look.put(sheet.cell(row, column + 3), "share", share)


def _set_tile(
    sheet: Worksheet, look: Look, column: int, title: str,
    lines: Mapping[str, tuple[Count, int]], wide: int = 2,
) -> None:  # fmt: skip
    look.put(sheet.cell(TILES_ROW, column), "heading", title)
    for row, (name, (count, total)) in enumerate(lines.items(), start=TILES_ROW + 1):
        look.put(sheet.cell(row, column), "caption", name)
        look.put(sheet.cell(row, column + wide), "number", count.as_number())
        share = _share(count.formula, total, count.value, total)
        look.put(sheet.cell(row, column + wide + 1), "share", share)


def _share(part: str, whole: str | int, number: int, total: int) -> Formula:
    """Return the formula of a whole percentage; a part that rounds to nothing is still there."""
    percent = f"ROUND(100*{part}/{whole},0)"
    is_slight = 0 < number < total / 200
    shown = int(100 * number / total + 0.5) if total else 0
    return Formula(
        f'IF(AND({part}>0,{percent}=0),"{SLIGHT}",{percent})', SLIGHT if is_slight else shown
    )


def _make_columns(
    content: Content, counts: Counts, views: dict[str, pd.DataFrame], header_row: int
) -> list[Column]:
    named = [
        ("All", "All cells"),
        *((VIEWS[by], str(name)) for by, view in views.items() for name in view.index),
    ]

    def count(criteria: dict[str, str], refer: dict[str, str] | None = None) -> list[Value]:
        numbers: list[Value] = []
        for by, name in named:
            narrow = {} if by == "All" else {by: name}
            cells = {by: f"$B{THIS_ROW}"} | (refer or {})
            numbers.append(counts.where(criteria | narrow, refer=cells).as_number())
        return numbers

    parties = [str(party) for party in views["category"]]
    by_party = {
        party: count(
            {counts.answers: party}, {counts.answers: f"{get_column_letter(3 + number)}${header_row}"}
        )
        for number, party in enumerate(parties)
    }
    totals = [sum(_number(values[row]) for values in by_party.values()) for row in range(len(named))]

    columns = [
        Column("Counted by", 12, "text", [by for by, _ in named]),
        Column("Name", 25, "text", [name for _, name in named]),
        *(Column(party, _fit_word(party), "number", values) for party, values in by_party.items()),
        Column(
            "Total", 8.5, "number",
            [Formula(f"SUM(C{THIS_ROW}:F{THIS_ROW})", total) for total in totals],
        ),
        *(
            Column(
                f"{party}, %", _fit_word(f"{party}, %"), "share",
                [
                    _share(f"{letter}{THIS_ROW}", f"G{THIS_ROW}", _number(value), total)
                    for value, total in zip(by_party[party], totals, strict=True)
                ],
            )
            for party, letter in zip(parties, "CDEF", strict=True)
        ),
        *(
            Column(label, _fit_word(label), "number", count(counts.basis(label)))
            for label in ("Documented", "Derived")
        ),
    ]  # fmt: skip
    if content.is_internal:
        columns.append(Column("Decided", 8.5, "number", count(counts.basis(DECIDED))))
        columns.append(Column("Agreed", 8.5, "number", count(counts.status(AGREED))))
        columns.append(Column("Open", 8.5, "number", count(counts.status(OPEN))))
    return columns


def _fit_word(header: str) -> float:
    return max(8.5, max(map(len, header.split())) + 1.5)


def _number(value: Value) -> int:
    return int(value.value) if isinstance(value, Formula) else int(str(value))


def _set_widths(sheet: Worksheet, columns: Sequence[Column]) -> None:
    for number, column in enumerate(columns, start=1):
        sheet.column_dimensions[get_column_letter(number)].width = column.width


def _add_charts(
    sheet: Worksheet, content: Content, views: dict[str, pd.DataFrame], header_row: int,
    heights: list[float],
) -> None:  # fmt: skip
    codes = content.tables["responsibilities"].sort_values("position")
    colors = codes["color"].str.removeprefix("#").tolist()
    first = header_row + 2
    for (by, view), height, (start, end) in zip(views.items(), heights, CHART_COLUMNS, strict=True):
        title = f"Duties by {VIEWS[by].lower()}"
        chart = _stack_bars(sheet, title, first, view, colors, header_row)
        last = CHARTS_ROW - 1 + int(height / ROW_HEIGHT)
        corners = AnchorMarker(col=start, row=CHARTS_ROW - 1), AnchorMarker(col=end, row=last)
        chart.description = f"Bars of 100 %: {title.lower()}. {describe_distribution(view)}."
        chart.anchor = TwoCellAnchor(_from=corners[0], to=corners[1])
        sheet.add_chart(chart)
        first += len(view)


def _stack_bars(
    sheet: Worksheet, title: str, first: int, counts: pd.DataFrame, colors: Sequence[str],
    header_row: int,
) -> BarChart:  # fmt: skip
    last, totals = first + len(counts) - 1, counts.sum(axis="columns").tolist()

    chart = BarChart()
    chart.type, chart.grouping, chart.overlap, chart.gapWidth = "bar", "percentStacked", 100, 30
    chart.title, chart.style = title, 10
    chart.title.tx.rich.p[0].r[0].rPr = CharacterProperties(sz=1100, b=True)
    chart.x_axis.txPr = chart.legend.txPr = _size_text(800)
    chart.title.overlay, chart.legend.overlay, chart.roundedCorners = False, False, False
    values = Reference(sheet, min_col=3, max_col=2 + len(colors), min_row=first, max_row=last)
    chart.add_data(values, titles_from_data=False)
    chart.set_categories(Reference(sheet, min_col=2, min_row=first, max_row=last))

    names = StrData(
        ptCount=len(counts), pt=[StrVal(idx=n, v=str(it)) for n, it in enumerate(counts.index)]
    )
    for number, (series, color) in enumerate(zip(chart.series, colors, strict=True)):
        header = f"'{sheet.title}'!${get_column_letter(3 + number)}${header_row}"
        label = StrData(ptCount=1, pt=[StrVal(idx=0, v=str(counts.columns[number]))])
        series.tx = SeriesLabel(strRef=StrRef(header, strCache=label))
        series.graphicalProperties = GraphicalProperties(solidFill=color)
        series.graphicalProperties.line.solidFill = "FFFFFF"
        numbers = counts.iloc[:, number].tolist()
        points = [NumVal(idx=row, v=str(count)) for row, count in enumerate(numbers)]
        series.val.numRef.numCache = NumData(formatCode="General", ptCount=len(numbers), pt=points)
        reference = series.cat.numRef.f
        series.cat.numRef, series.cat.strRef = None, StrRef(reference, strCache=names)
        slim = [row for row, count in enumerate(numbers) if count <= NARROWEST * totals[row]]
        series.dLbls = DataLabelList(
            **_label(True),
            txPr=_size_text(800),
            dLbl=[DataLabel(idx=row, **_label(False)) for row in slim],
        )

    chart.x_axis.scaling.orientation = "maxMin"  # the first row of the table at the top
    chart.x_axis.tickLblSkip = 1
    chart.y_axis.majorGridlines = None
    chart.x_axis.delete, chart.y_axis.delete = False, True  # every part is labelled

    chart.legend.position = "t"
    return chart


def _size_text(size: int) -> RichText:
    look = CharacterProperties(sz=size)
    return RichText(p=[Paragraph(pPr=ParagraphProperties(defRPr=look), r=[], endParaRPr=look)])


def _height_of(bars: int) -> float:
    return max(0.36 * bars + 2.4, 7.4)


def _label(is_shown: bool) -> dict[str, bool]:
    others = ("showSerName", "showCatName", "showLegendKey", "showPercent", "showBubbleSize")
    return {"showVal": is_shown, **dict.fromkeys(others, False)}
