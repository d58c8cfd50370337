"""The pages of prose: cover and legend."""

from __future__ import annotations

from typing import Any

from openpyxl.worksheet.worksheet import Worksheet

from srm_data.about import INDEPENDENT, LICENCE, SEAT
from srm_data.describe import describe_distribution, describe_estate, describe_resources
from srm_data.matrix import duty_distribution, resource_distribution
from srm_data.model import ACTION_MEANINGS
from srm_data.organisation.register import IN_FORCE, KEPT, LOOK_AGAIN, OPEN
from srm_data.workbook.content import Content
from srm_data.workbook.format import COMMENT, DECISION, REGISTER_SHEET, RESPONSIBILITY, REVIEWED_SHEET
from srm_data.workbook.layout import Line, link_place, set_lines, set_up_print, set_widths
from srm_data.workbook.styles import Look
from srm_data.xlsx.writer import Body

TITLE = "AWS Shared Responsibility Matrix"
STATUSES = (LOOK_AGAIN, OPEN, IN_FORCE, KEPT)
NO_ADVICE = (
    "AWS's own documents and your agreement with AWS decide. Check the source of a cell before you "
    "rely on it."
)


def fill_cover(sheet: Worksheet, look: Look, content: Content, purposes: dict[str, str]) -> None:
    """Write what the book is, its scope and date, how to read it, and what its sheets hold."""
    model, tables = content.model, content.tables
    offerings, services = model["offering_id"].nunique(), model["service_id"].nunique()
    duties, codes = model["duty_id"].nunique(), tables["responsibilities"]
    bases, cells = model["basis"].value_counts(), f"{len(model):,} cells"

    lines: list[Line] = [
        [("title", TITLE)],
        [("caption", "Who is responsible for what, for each way to run an AWS service")],
        [],
        _entry("Scope", f"{content.scope}: {offerings} offerings of {services} services, each asked "
                        f"about {duties} duties"),
        _entry("As of", f"{content.made:%d %B %Y}, data version {content.version}"),
        _entry("Whose seat", SEAT),
        _entry("In one line", f"{describe_distribution(duty_distribution(model, 'category'))}."),
        *_describe_estate(content),
        *_describe_review(content),
        [],
        [("heading", "How to read a cell")],
        *([_party(code), ("prose", code["meaning"])] for code in codes.to_dict("records")),
        [],
        [("heading", "What an answer rests on: the basis of a cell")],
        *(
            _entry(basis["label"], f"{bases[basis['basis']]:,} of {cells}. {basis['meaning']}")
            for basis in tables["bases"].to_dict("records")
            if bases[basis["basis"]]
        ),
        [],
        [("heading", "What is in this book")],
    ]  # fmt: skip

    sheet.title = "Cover"
    set_widths(sheet, [20, 74])
    row = set_lines(sheet, look, lines)

    for title, purpose in purposes.items():
        set_lines(sheet, look, [[("prose_link", title), ("prose", purpose)]], start=row)
        link_place(sheet, row, title)
        row += 1

    closing: list[Line] = [
        [],
        [("heading", "What this is not")],
        _entry("Independent", INDEPENDENT),
        _entry("No legal advice", NO_ADVICE),
        _entry("Licence", LICENCE),
    ]
    set_lines(sheet, look, closing, start=row)

    set_up_print(sheet, content.footer, landscape=False)
    sheet.page_setup.fitToHeight = 1


def _describe_estate(content: Content) -> list[Line]:
    """Describe what was read and what weighs most, if the book is of an estate."""
    if content.estate is None:
        return []
    return [
        _entry("What was read", f"{describe_estate(content.estate)}."),
        _entry("What weighs most", f"{describe_resources(resource_distribution(content.model))}."),
    ]


HOW_TO_REVIEW = (
    f"In the sheet {REVIEWED_SHEET}, enter what holds for you under {DECISION}, why under {COMMENT}, "
    "and your name and the day. Sort and filter as you like, and send the book back."
)


def _describe_review(content: Content) -> list[Line]:
    """Describe how to review and what came of it so far, or that the copy may be published."""
    if not content.is_internal:
        return [_entry("Audience", "May be published: without the names and remarks of reviewers.")]
    lines = [_entry("How to review", HOW_TO_REVIEW)]
    if len(content.register):
        counts = content.register["status"].value_counts()
        said = ", ".join(
            f"{counts[status]} {status.lower()}" for status in STATUSES if status in counts
        )
        lines.append(_entry("So far", f"{said}: see the sheet {REGISTER_SHEET}."))
    return lines


def fill_legend(sheet: Worksheet, look: Look, content: Content) -> Body:
    """Explain codes, bases and categories, and give the terms of other frameworks."""
    codes, kinds = content.tables["responsibilities"], content.tables["categories"]
    bases = content.tables["bases"]
    lines: list[Line] = [
        [("title", "Legend")],
        [],
        [("heading", "Responsibilities, and what other frameworks call them")],
        _header(RESPONSIBILITY, "Meaning", "OSCAL", "AWS's page", "FedRAMP CRM: can be inherited",
                "CAIQ v4"),
        *(
            [_party(code), *_text(code["meaning"], code["oscal_term"], code["aws_page_term"],
                                  code["fedramp_crm_term"], code["caiq_term"])]
            for code in codes.to_dict("records")
        ),
        [],
        [("heading", "Customer action: must we do something?")],
        _header("Customer action", "Meaning"),
        *(_text(action, meaning) for action, meaning in ACTION_MEANINGS.items()),
        [],
        [("heading", "Basis: what an answer rests on")],
        _header("Basis", "What a reader may conclude"),
        *(_text(basis["label"], basis["meaning"]) for basis in bases.to_dict("records")),
        [],
        [("heading", "Categories of service")],
        _header("Category", "What belongs here", "AWS's part, and the customer's"),
        *(
            _text(kind["category"], f"{kind['definition']} Examples: {kind['examples']}.",
                  f"{kind['aws_part']} {kind['customer_part']}")
            for kind in kinds.to_dict("records")
        ),
    ]  # fmt: skip

    set_widths(sheet, [22, 52, 52, 18, 20, 24])
    set_lines(sheet, look, lines)
    set_up_print(sheet, content.footer)
    return []


def _party(code: dict[Any, Any]) -> tuple[str, str]:
    return f"party:{code['responsibility']}", f"{code['letter']}   {code['responsibility']}"


def _entry(label: str, text: str) -> Line:
    return [("label", label), ("prose", text)]


def _header(*texts: str) -> Line:
    return [("header", text) for text in texts]


def _text(*texts: str) -> Line:
    return [("text", text) for text in texts]
