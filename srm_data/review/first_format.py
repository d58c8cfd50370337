"""Texts outside of cells in workbooks of 2026.11.1, whose sheet Stamp has no codes for them."""

from __future__ import annotations

import re

from srm_data.xlsx.kinds import (
    ALT_TEXT,
    CHART,
    FORMULA,
    FORMULA_TEXT,
    HEADER,
    PROPERTY,
    SHEET_NAME,
    TABLE,
    VALIDATION,
)

SHEETS = (
    "Cover", "Dashboard", "In use", "Our duties", "Estate", "Category matrix", "Offering matrix",
    "Responsibilities", "Register", "Changes", "Coverage", "Offerings", "Duties", "Sources", "Legend",
    "Stamp", "Defaults",
)  # fmt: skip
"""Titles of sheets; the last came later, and stands here for books whose sheet Stamp is gone."""

SENT = {
    SHEET_NAME: SHEETS,
    HEADER: (", page  of",),
    CHART: ("Duties by category", "Duties by layer", "Duties by product group"),
    TABLE: (
        "Dashboard", "InUse", "OurDuties", "Estate", "CategoryMatrix", "OfferingMatrix",
        "Responsibilities", "Register", "Changes", "Coverage", "Offerings", "Duties", "Sources",
        "Defaults",
    ),
    FORMULA: (
        "COUNTIFS", "SUM", "HYPERLINK", "HYPERLINK MATCH 0 1", "IF ISNUMBER MATCH 0",
    ),
    FORMULA_TEXT: ("?*", "#Responsibilities!A", "AWS", "Shared", "Customer", "Not applicable"),
    VALIDATION: (
        "Decision", "Comment", "Reviewer", "Date",
        "What holds for your organisation, if it is not what stands under Responsibility.",
        "Why you decided so, or anything you want to say of this row.",
        "Who decided.",
        "The day of the decision, as in 2026-11-25.",
        "Choose one of the four answers, or leave it blank.",
        "AWS,Shared,Customer,Not applicable",
    ),
    PROPERTY: (
        "AWS Shared Responsibility Matrix", "srm_data", "internal",
        "Who is responsible, AWS, the customer or both, for each security duty of each way to run an "
        "AWS service. One fact a line, a source for every fact. Independent of AWS; no legal advice.",
    ),
}  # fmt: skip
"""By kind, the texts."""

PATTERNS = {
    HEADER: re.compile(r"srm_data \d{4}\.\d{1,2}\.\d+(\.dev\d+)?"),
    ALT_TEXT: re.compile(
        r"Bars of 100 %: duties by (category|layer|product group)\. "
        r"The customer alone carries [^.]*(\.[^.\s][^.]*)*\."
    ),
    PROPERTY: re.compile(r"\d{4}\.\d{1,2}\.\d+(\.dev\d+)?"),
}
"""By kind, the texts that tell of the version or of what the book was made from."""


def is_of_first_format(kind: str, text: str) -> bool:
    """Return whether workbooks of 2026.11.1 were sent with this text."""
    pattern = PATTERNS.get(kind)
    return text in SENT.get(kind, ()) or bool(pattern and pattern.fullmatch(text))
