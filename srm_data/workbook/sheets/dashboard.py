"""The dashboard: counts by party as live formulas, and native charts beside them."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
from openpyxl.chart import BarChart, Reference
from openpyxl.chart.data_source import StrRef
from openpyxl.chart.label import DataLabel, DataLabelList
from openpyxl.chart.series import SeriesLabel
from openpyxl.chart.shapes import GraphicalProperties
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from srm_data.describe import describe_distribution
from srm_data.matrix import duty_distribution
from srm_data.workbook.content import Content
from srm_data.workbook.format import ANSWER, DECISION, RESPONSIBILITY, REVIEWED_SHEET, REVIEWED_TABLE
from srm_data.workbook.layout import A3, Column, add_table, set_lines, set_up_print
from srm_data.workbook.styles import Look
from srm_data.xlsx.writer import Body, Formula, Value

VIEWS = {"category": "Category", "layer": "Layer", "product_group": "Product group"}
HEADER_ROW = 4
NARROWEST = 0.03  # of a bar: what a number takes


def fill_dashboard(sheet: Worksheet, look: Look, content: Content) -> Body:
    """Count duties by party per category, layer and product group, live, and chart each of the three.

    Every number is a formula on the table of the sheet Responsibilities, so that the counts and the
    charts follow what a reviewer decides; the number it has now is stored beside it.
    """
    model, answers = content.model, ANSWER if content.is_internal else RESPONSIBILITY
    if content.is_internal:
        parties = content.model["responsibility"].cat.categories
        answered = pd.Categorical(list(content.entries["answer"]), categories=parties, ordered=True)
        model = content.without_decisions.assign(responsibility=answered)

    views = {by: duty_distribution(model, by) for by in VIEWS}
    whole = views["category"].sum().to_frame("All cells").T
    counts = pd.concat([whole, *(view.set_axis(view.index.astype(str)) for view in views.values())])
    counted_by = ["All", *(VIEWS[by] for by, view in views.items() for _ in view.index)]

    follows = (
        f"Counts and charts follow the column {answers} of the sheet {REVIEWED_SHEET}: a decision "
        "entered there shows here."
    )
    set_lines(sheet, look, [[("title", "Dashboard")], [("caption", follows)]])

    columns = [
        Column("Counted by", 15, "text_line", counted_by),
        Column("Name", 32, "text_line", counts.index.tolist()),
        *(
            Column(str(party), 11, "number", _count_live(counted_by, counts[party], letter, answers))
            for party, letter in zip(counts, "CDEF", strict=True)
        ),
        Column("Total", 9, "number", _add_up(counts.sum(axis="columns"))),
        *_decided_column(content, counted_by, views),
    ]
    body = add_table(sheet, look, "Dashboard", columns, header_row=HEADER_ROW)
    colors = content.tables["responsibilities"]["color"].str.removeprefix("#").tolist()

    first, places = HEADER_ROW + 2, iter(_choose_anchors(len(columns), views))
    for by, view in views.items():
        title = f"Duties by {VIEWS[by].lower()}"
        chart = _stack_bars(sheet, title, first, view, colors)
        chart.description = f"Bars of 100 %: {title.lower()}. {describe_distribution(view)}."
        sheet.add_chart(chart, next(places))
        first += len(view)

    sheet.freeze_panes = f"A{HEADER_ROW + 1}"
    rows = max(HEADER_ROW + len(counts), 40)
    header = (HEADER_ROW, HEADER_ROW)
    set_up_print(
        sheet, content.footer, paper=A3, header_rows=header, columns=len(columns) + 22, rows=rows
    )
    return body


def _choose_anchors(columns: int, views: dict[str, pd.DataFrame]) -> list[str]:
    """Return the cells at which charts stand: two beside the table, the third beside the first."""
    left, right = get_column_letter(columns + 2), get_column_letter(columns + 13)
    below = HEADER_ROW + int(_height_of(len(views["category"])) * 1.9) + 2  # rows of half a centimetre
    return [f"{left}{HEADER_ROW}", f"{left}{below}", f"{right}{HEADER_ROW}"]


def _count_live(counted_by: list[str], counts: pd.Series, letter: str, answers: str) -> list[Value]:
    """Count the rows of an answer: all of them, then those of each name."""
    party = f"{REVIEWED_TABLE}[{answers}],{letter}${HEADER_ROW}"
    return [
        Formula(f"COUNTIFS({party}{_narrow(by, row)})", int(count))
        for row, (by, count) in enumerate(zip(counted_by, counts, strict=True), start=HEADER_ROW + 1)
    ]


def _narrow(counted_by: str, row: int) -> str:
    return "" if counted_by == "All" else f",{REVIEWED_TABLE}[{counted_by}],$B{row}"


def _add_up(totals: pd.Series) -> list[Value]:
    return [
        Formula(f"SUM(C{row}:F{row})", int(total)) for row, total in enumerate(totals, HEADER_ROW + 1)
    ]


def _decided_column(
    content: Content, counted_by: list[str], views: dict[str, pd.DataFrame]
) -> list[Column]:
    """Count the rows that have a decision, in a copy that reviewers write in."""
    if not content.is_internal:
        return []
    decided = content.entries["decision"].ne("").to_numpy()
    model = content.without_decisions
    counts = [decided.sum()]
    for by, view in views.items():
        counts += model.loc[decided, by].value_counts().reindex(view.index, fill_value=0).tolist()
    values = [
        Formula(f'COUNTIFS({REVIEWED_TABLE}[{DECISION}],"?*"{_narrow(by, row)})', int(count))
        for row, (by, count) in enumerate(zip(counted_by, counts, strict=True), start=HEADER_ROW + 1)
    ]
    return [Column("Decided", 10, "number", values)]


def _stack_bars(
    sheet: Worksheet, title: str, first: int, counts: pd.DataFrame, colors: Sequence[str]
) -> BarChart:
    """Make a chart of 100 % stacked bars over the rows of the table that hold ``counts``."""
    last, totals = first + len(counts) - 1, counts.sum(axis="columns").tolist()

    chart = BarChart()
    chart.type, chart.grouping, chart.overlap, chart.gapWidth = "bar", "percentStacked", 100, 30
    chart.title, chart.style = title, 10
    values = Reference(sheet, min_col=3, max_col=2 + len(colors), min_row=first, max_row=last)
    chart.add_data(values, titles_from_data=False)
    chart.set_categories(Reference(sheet, min_col=2, min_row=first, max_row=last))

    for number, (series, color) in enumerate(zip(chart.series, colors, strict=True)):
        header = f"'{sheet.title}'!${get_column_letter(3 + number)}${HEADER_ROW}"
        series.tx = SeriesLabel(strRef=StrRef(header))
        series.graphicalProperties = GraphicalProperties(solidFill=color)
        series.graphicalProperties.line.solidFill = "FFFFFF"
        numbers = counts.iloc[:, number].tolist()
        slim = [row for row, count in enumerate(numbers) if count <= NARROWEST * totals[row]]
        series.dLbls = DataLabelList(
            **_label(True), dLbl=[DataLabel(idx=row, **_label(False)) for row in slim]
        )

    chart.x_axis.scaling.orientation = "maxMin"  # the first row of the table at the top
    chart.x_axis.tickLblSkip = 1
    chart.y_axis.majorGridlines = None
    chart.y_axis.numFmt, chart.y_axis.crosses = "0%", "max"
    chart.x_axis.delete = chart.y_axis.delete = False

    chart.legend.position = "t"
    chart.width, chart.height = 16.5, _height_of(len(counts))
    return chart


def _height_of(bars: int) -> float:
    """Return the height of a chart in centimetres."""
    return 0.55 * bars + 3.2


def _label(is_shown: bool) -> dict[str, bool]:
    """Label a part with its count and nothing else; one too slim for it with nothing at all."""
    others = ("showSerName", "showCatName", "showLegendKey", "showPercent", "showBubbleSize")
    return {"showVal": is_shown, **dict.fromkeys(others, False)}
