"""The customer's duties by owner: a page or two to attach to the minutes."""

from __future__ import annotations

from collections.abc import Iterator

from openpyxl.worksheet.worksheet import Worksheet

from srm_data.workbook.content import Content
from srm_data.workbook.format import DUTY, OWNER, REVIEWED_SHEET
from srm_data.workbook.layout import Column
from srm_data.workbook.sheets.lists import add_list
from srm_data.workbook.styles import Look
from srm_data.workbook.values import list_column
from srm_data.xlsx.writer import Body

TITLE, PUBLISHED_TITLE = "Duties by owner", "Duties in brief"
"""The tab and title of the sheet; a copy to publish names no owners."""
NOBODY = "nobody named yet"
SEPARATOR = "; "
ACTIONS = ("required", "optional")
FEW = 5  # offerings, which are always named


def fill_duties_by_owner(sheet: Worksheet, look: Look, content: Content) -> Body:
    """List, per owner and duty, the offerings in which the customer must act or may act."""
    found: dict[tuple[str, str], dict[str, list[str]]] = {}
    for owner, duty, action, offering in _list_cells(content):
        found.setdefault((owner, duty), {it: [] for it in ACTIONS}).setdefault(action, []).append(
            offering
        )
    places = {duty: place for place, duty in enumerate(content.model["duty"].cat.categories)}
    keys = sorted(
        (key for key, offerings in found.items() if any(offerings[it] for it in ACTIONS)),
        key=lambda key: (key[0], places[key[1]]),
    )
    required, optional = ([found[key][action] for key in keys] for action in ACTIONS)
    offerings = content.model["offering_id"].nunique()
    columns = [
        Column(DUTY, 24, "text", [duty for _, duty in keys]),
        Column("Must act in", 11, "number", [len(names) for names in required]),
        Column(
            "Required: the customer must act", 74, "text", [_name(it, offerings) for it in required]
        ),
        Column("Optional: the customer may act", 50, "text", [_name(it, offerings) for it in optional]),
    ]
    if content.is_internal:
        columns.insert(0, Column(OWNER, 18, "text", [owner for owner, _ in keys]))
    return add_list(sheet, look, content, "DutiesByOwner", columns, head=_head_of(content))


def _name(names: list[str], offerings: int) -> str:
    """Name the offerings, or say that it is all of them: the page is short enough to be read."""
    return f"all {offerings} offerings" if len(names) == offerings > FEW else SEPARATOR.join(names)


def _head_of(content: Content) -> list[str]:
    if not content.is_internal:
        return [PUBLISHED_TITLE, "What AWS's documents and decisions leave to the customer, by duty."]
    return [
        TITLE,
        f"As exported, with data version {content.version}: it does not follow what is typed since. "
        f"Now: filter {OWNER} in the sheet {REVIEWED_SHEET}; the Dashboard counts what is open.",
    ]


def _list_cells(content: Content) -> Iterator[tuple[str, str, str, str]]:
    model = content.model
    owners = [""] * len(model)
    if content.is_internal:
        owners = [owner or NOBODY for owner in content.entries["owner"]]
    named = (model["duty"], model["customer_action"], model["offering"])
    return zip(owners, *map(list_column, named), strict=True)
