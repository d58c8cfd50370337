"""Counts by party, as one table and native charts beside it."""

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

from srm_data.matrix import duty_distribution
from srm_data.model import build_category_model
from srm_data.workbook.content import Content
from srm_data.workbook.look import Look
from srm_data.workbook.package import Body
from srm_data.workbook.sheets import Column, add_table, set_up_print


def fill_distribution(sheet: Worksheet, look: Look, content: Content) -> Body:
    """Count duties by party per category, layer and service, and chart the first three."""
    codes = content.tables["responsibilities"]
    views = {
        "Category default": duty_distribution(build_category_model(content.tables), "category"),
        "Category": duty_distribution(content.model, "category"),
        "Layer": duty_distribution(content.model, "layer"),
        "Service": duty_distribution(content.model, "service"),
    }
    counts = pd.concat([view.set_axis(view.index.astype(str)) for view in views.values()])
    columns = [
        Column(
            "Counted by", 16, "text_line", [name for name, view in views.items() for _ in view.index]
        ),
        Column("Name", 30, "text_line", counts.index.tolist()),
        *(Column(party, 11, "number", counts[party].tolist()) for party in codes["responsibility"]),
        Column("Total", 9, "number", counts.sum(axis="columns").tolist()),
    ]
    body = add_table(sheet, look, "Distribution", columns)
    titles = {
        "Category default": "Duties by category: what holds by default",
        "Category": "Duties by category: the offerings in this book",
        "Layer": "Duties by layer: the offerings in this book",
    }
    colors = codes["color"].str.removeprefix("#").tolist()
    first, anchor = 2, 3
    for name, title in titles.items():
        chart = _stack_bars(sheet, title, first, views[name], colors)
        sheet.add_chart(chart, f"I{anchor}")
        first += len(views[name])
        anchor += int(chart.height * 1.9) + 2  # rows of half a centimetre, and a gap
    sheet.row_dimensions[1].height = 32
    sheet.freeze_panes = "A2"
    set_up_print(sheet, content.footer, header_rows=(1, 1), columns=19, rows=1 + len(counts))
    return body


def _stack_bars(
    sheet: Worksheet, title: str, first: int, counts: pd.DataFrame, colors: Sequence[str]
) -> BarChart:
    """Make a chart of 100 % stacked bars over the rows of the table that hold ``counts``."""
    last = first + len(counts) - 1
    chart = BarChart()
    chart.type, chart.grouping, chart.overlap, chart.gapWidth = "bar", "percentStacked", 100, 30
    chart.title, chart.style = title, 10
    values = Reference(sheet, min_col=3, max_col=2 + len(colors), min_row=first, max_row=last)
    chart.add_data(values, titles_from_data=False)
    chart.set_categories(Reference(sheet, min_col=2, min_row=first, max_row=last))
    for number, (series, color) in enumerate(zip(chart.series, colors, strict=True)):
        header = f"'{sheet.title}'!${get_column_letter(3 + number)}$1"
        series.tx = SeriesLabel(strRef=StrRef(header))
        series.graphicalProperties = GraphicalProperties(solidFill=color)
        series.graphicalProperties.line.solidFill = "FFFFFF"
        empty = [row for row, count in enumerate(counts.iloc[:, number]) if not count]
        series.dLbls = DataLabelList(
            **_label(True), dLbl=[DataLabel(idx=row, **_label(False)) for row in empty]
        )
    chart.x_axis.scaling.orientation = "maxMin"  # the first row of the table at the top
    chart.x_axis.tickLblSkip = 1
    chart.y_axis.majorGridlines = None
    chart.y_axis.numFmt, chart.y_axis.crosses = "0%", "max"
    chart.x_axis.delete = chart.y_axis.delete = False
    chart.legend.position = "t"
    chart.width, chart.height = 17.5, 0.55 * len(counts) + 3.2
    return chart


def _label(is_shown: bool) -> dict[str, bool]:
    """Label a part with its count and nothing else; an empty part with nothing at all."""
    others = ("showSerName", "showCatName", "showLegendKey", "showPercent", "showBubbleSize")
    return {"showVal": is_shown, **dict.fromkeys(others, False)}
