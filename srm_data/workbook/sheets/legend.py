"""How to read the book: codes, customer actions, bases, categories and duties."""

from __future__ import annotations

from typing import Any

from srm_data.cells import list_marks
from srm_data.model import ACTION_MEANINGS
from srm_data.workbook.content import Content
from srm_data.workbook.layout import Plan, Text


def build_legend(content: Content) -> Plan:
    """Explain codes, bases, categories and duties, and list the terms of other frameworks."""
    codes, kinds = content.tables["responsibilities"], content.tables["categories"]
    layers = content.tables["layers"].set_index("layer_id")["layer"]
    lines = [
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
    return Plan([Text(line) for line in lines], widths=[22, 46, 46, 18, 20, 24])


def _party(code: dict[Any, Any]) -> tuple[str, str]:
    return f"party:{code['responsibility']}", f"{code['letter']}   {code['responsibility']}"


def _header(*texts: str) -> list[tuple[str, str]]:
    return [("header_growing", text) for text in texts]


def _text(*texts: str) -> list[tuple[str, str]]:
    return [("text_growing", text) for text in texts]
