"""How to read the book: codes, customer actions, bases, categories and duties."""

from __future__ import annotations

from typing import Any

from openpyxl.worksheet.worksheet import Worksheet

from srm_data.cells import list_marks
from srm_data.model import ACTION_MEANINGS
from srm_data.workbook.content import Content
from srm_data.workbook.layout import Line, set_lines, set_up_print, set_widths
from srm_data.workbook.styles import Look
from srm_data.xlsx.writer import Body


def fill_legend(sheet: Worksheet, look: Look, content: Content) -> Body:
    """Explain codes, bases, categories and duties, and list the terms of other frameworks."""
    codes, kinds = content.tables["responsibilities"], content.tables["categories"]
    layers = content.tables["layers"].set_index("layer_id")["layer"]
    lines: list[Line] = [
        [("title", "How to read")],
        [],
        [("heading", "Responsibilities, and what other frameworks call them")],
        _header("Responsibility", "Meaning", "OSCAL", "AWS's page", "FedRAMP CRM: can be inherited",
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
        *(
            _text(f"{mark} {label}".strip(), meaning)
            for mark, label, meaning in list_marks()[["mark", "label", "meaning"]].to_numpy()
        ),
        [],
        [("heading", "Categories of service")],
        _header("Category", "What belongs here", "AWS's part, and the customer's"),
        *(
            _text(kind["category"], f"{kind['definition']} Examples: {kind['examples']}.",
                  f"{kind['aws_part']} {kind['customer_part']}")
            for kind in kinds.to_dict("records")
        ),
        [],
        [("heading", "Duties")],
        _header("Duty", "What is asked", "Layer"),
        *(
            _text(duty["duty"], duty["description"], layers[duty["layer_id"]])
            for duty in content.tables["duties"].to_dict("records")
        ),
    ]  # fmt: skip

    set_widths(sheet, [22, 52, 52, 18, 20, 24])
    set_lines(sheet, look, lines)
    set_up_print(sheet, content.footer)
    return Body()


def _party(code: dict[Any, Any]) -> tuple[str, str]:
    return f"party:{code['responsibility']}", f"{code['letter']}   {code['responsibility']}"


def _header(*texts: str) -> Line:
    return [("header_growing", text) for text in texts]


def _text(*texts: str) -> Line:
    return [("text_growing", text) for text in texts]
