"""Kinds of text outside the cells of a workbook."""

NOTE, THREAD = "note", "thread"
SHAPE, CHART, ALT_TEXT, TABLE = "shape", "chart", "alternative text", "table"
SHEET_NAME, PROPERTY = "sheet name", "document property"
FORMULA, FORMULA_TEXT = "formula", "text in a formula"
HEADER, LINK, VALIDATION = "page header or footer", "link", "data validation"
SCENARIO, NAME = "scenario", "name"
