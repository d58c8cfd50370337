"""The governance workbook: the model as a document, cover first and sources in the book."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pandas as pd
from openpyxl import Workbook

from srm_data.load import load_tables
from srm_data.schema import read_package
from srm_data.workbook.content import Content
from srm_data.workbook.cover import TITLE, fill_cover, fill_legend
from srm_data.workbook.distribution import fill_distribution
from srm_data.workbook.estates import fill_customer_duties, fill_estate, fill_in_use
from srm_data.workbook.lists import (
    fill_coverage,
    fill_duties,
    fill_offerings,
    fill_responsibilities,
    fill_sources,
)
from srm_data.workbook.look import Look
from srm_data.workbook.matrices import fill_category_matrix, fill_offering_matrix
from srm_data.workbook.package import save_workbook

OF_AN_ESTATE = {
    "In use": (fill_in_use, "The offerings that the estate uses, and how much of them is yours."),
    "Our duties": (
        fill_customer_duties,
        "Single duties that are yours, by the resources they concern.",
    ),
    "Estate": (fill_estate, "Every identifier that was read, what is unclear first."),
}
SHEETS = {
    "Category matrix": (
        fill_category_matrix,
        "Who is responsible by default, per category of service.",
    ),
    "Offering matrix": (fill_offering_matrix, "Who is responsible, per offering and duty."),
    "Responsibilities": (fill_responsibilities, "Both halves of every cell, its basis and its source."),
    "Distribution": (fill_distribution, "How many duties each party has, with charts."),
    "Coverage": (fill_coverage, "How many cells rest on a page of their own, per duty and service."),
    "Offerings": (fill_offerings, "What each offering is, and how to recognise it."),
    "Duties": (fill_duties, "What exactly is asked under each duty."),
    "Sources": (fill_sources, "The pages that were read, and when."),
    "Legend": (fill_legend, "Codes, bases, categories, and what other frameworks call them."),
}


def write_workbook(
    path: Path,
    model: pd.DataFrame,
    tables: dict[str, pd.DataFrame] | None = None,
    *,
    scope: str = "All offerings of the catalogue",
    estate: pd.DataFrame | None = None,
) -> Path:
    """Write the governance matrix workbook.

    Parameters
    ----------
    path
        Where to write; replaced when the new file is whole.
    model
        Frame from :func:`~srm_data.build_model`, or a part of it: the workbook holds what it holds.
    tables
        Frames from :func:`~srm_data.load_tables`; loaded if not given.
    scope
        What the model covers, in words, for the cover.
    estate
        Frame from :func:`~srm_data.read_estate`, if the model was narrowed to one by
        :func:`~srm_data.in_use`: adds what is in use, what is yours, and what is unclear.

    Returns
    -------
    pathlib.Path
        ``path``. The same model gives the same bytes.

    Raises
    ------
    ValueError
        If the model is empty, or a value cannot stand in a workbook.
    """
    if model.empty:
        raise ValueError("the model has no rows: there is nothing to write")
    package = read_package()
    made = datetime.fromisoformat(package["created"]).replace(tzinfo=None)
    tables = load_tables() if tables is None else tables
    content = Content(model, tables, scope, package["version"], made, estate)
    sheets = SHEETS if estate is None else OF_AN_ESTATE | SHEETS

    book = Workbook()
    cover = book.active
    look = Look(cover, tables["responsibilities"])
    fill_cover(cover, look, content, {title: purpose for title, (_, purpose) in sheets.items()})
    bodies = {
        title: fill(book.create_sheet(title), look, content) for title, (fill, _) in sheets.items()
    }
    properties = book.properties
    properties.title, properties.creator = TITLE, "srm_data"
    properties.subject, properties.version = scope, content.version
    properties.description = package["description"]
    return save_workbook(book, path, bodies, made=made)
