"""Look-up sheet: two drop-downs select an answer, shown with its halves, source and status."""

from __future__ import annotations

from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from srm_data.check.coding_rule import ACTIONS_OF
from srm_data.organisation.register import IN_FORCE, YES
from srm_data.schema import CELL
from srm_data.workbook.content import DECIDED, Content
from srm_data.workbook.format import (
    ADDRESS,
    CELL_KEY,
    COMMENT,
    DECISION,
    DUE,
    DUTY,
    DUTY_ID,
    IS_DECIDED,
    LOOKUP_SHEET,
    OFFERING,
    OFFERING_ID,
    OWNER,
    REGISTER_TABLE,
    RESPONSIBILITY,
    REVIEWED,
    REVIEWED_HEADER_ROW,
    SECOND_ADDRESS,
    STATUS,
    refer_to,
)
from srm_data.workbook.layout import set_up_print, set_widths
from srm_data.workbook.styles import Look
from srm_data.workbook.values import Columns
from srm_data.xlsx.writer import Body, Formula

OFFERING_CELL, DUTY_CELL = "$B$3", "$B$4"
FIRST_SHOWN = 6
ANSWER_CELL = f"$B${FIRST_SHOWN}"
FIRST_DUTY = "guest-os-patching"
CHOOSE = "Choose one from the list."
HINT = "Choose an offering and a duty in the two green cells."
ACTION, BASIS = "Customer action", "Basis"
SAYS = (
    ("Answer", ""),
    ("AWS's documents say", RESPONSIBILITY),
    (ACTION, ACTION),
    ("AWS's part", "AWS's part"),
    ("Customer's part", "Customer's part"),
    ("Note", "Note"),
    (BASIS, BASIS),
    ("Source", "Source"),
    ("Section", "Section"),
    ("Read on", "Read on"),
    ("Link", ADDRESS),
    ("Second source", "Source 2"),
    ("Second link", SECOND_ADDRESS),
)
"""Labels, and the columns of the reviewed sheet behind them."""
REVIEWERS_SAY = ((DECISION, DECISION), (STATUS, STATUS), (OWNER, OWNER), (DUE, DUE), (COMMENT, COMMENT))
LINKS = ("Link", "Second link")
STYLES = {"Answer": "answer_line", DUE: "day"} | dict.fromkeys(LINKS, "prose_link")


def fill_lookup(sheet: Worksheet, look: Look, content: Content) -> Body:
    """Write two drop-downs and, below them, what the reviewed sheet says of the cell, as formulas."""
    values = content.values
    row = _choose_first(values)
    set_widths(sheet, [24, 96])
    look.put(sheet.cell(1, 1), "title", LOOKUP_SHEET)
    look.put(sheet.cell(2, 1), "caption", HINT)
    for place, header in ((3, OFFERING), (4, DUTY)):
        look.put(sheet.cell(place, 1), "label", header)
        look.put(sheet.cell(place, 2), "entry_line", str(values[header.lower()][row]))
    _offer_choices(sheet, content)

    shown = _list_shown(content, values)
    for place, (label, header, name) in enumerate(shown, start=FIRST_SHOWN):
        look.put(sheet.cell(place, 1), "label", label)
        text = str(values[name][row])
        formula = _find(header)
        if content.is_internal and label in (ACTION, BASIS):
            text = _describe_decided(content, row, label) or text
            formula = _find_decided(content, label, formula)
        if label in LINKS:
            formula = f'IF({formula}="","",HYPERLINK({formula},{formula}))'
        style = "prose_link" if label in LINKS else "day" if header == DUE else "prose"
        look.put(
            sheet.cell(place, 2), "answer_line" if label == "Answer" else style, Formula(formula, text)
        )

    end = FIRST_SHOWN + len(shown)
    look.put(sheet.cell(end, 1), "label", "In the matrix")
    jump = f"\"#'{content.reviewed_sheet}'!A\"&({MATCH}+{REVIEWED_HEADER_ROW})"
    shown_jump = f'HYPERLINK({jump},"row "&({MATCH}+{REVIEWED_HEADER_ROW}))'
    look.put(
        sheet.cell(end, 2), "prose_link", Formula(shown_jump, f"row {REVIEWED_HEADER_ROW + 1 + row}")
    )

    set_up_print(sheet, content.footer)
    return Body()


ID_OF_OFFERING = f"INDEX(Offerings[{OFFERING_ID}],MATCH({OFFERING_CELL},Offerings[{OFFERING}],0))"
ID_OF_DUTY = f"INDEX(Duties[{DUTY_ID}],MATCH({DUTY_CELL},Duties[{DUTY}],0))"
MATCH = f'MATCH({ID_OF_OFFERING}&"/"&{ID_OF_DUTY},{refer_to(CELL_KEY)},0)'
"""The formula of the number of the row that is looked up, in the table of the reviewed sheet."""
COUNT_OPTIONAL = (
    f'COUNTIFS({REGISTER_TABLE}[Status],"{IN_FORCE}",{REGISTER_TABLE}[{OFFERING_ID}],{ID_OF_OFFERING},'
    f"{REGISTER_TABLE}[{DUTY_ID}],{ID_OF_DUTY},{REGISTER_TABLE}[{DECISION}],{ANSWER_CELL},"
    f'{REGISTER_TABLE}[{ACTION}],"optional")'
)
"""The formula that counts decisions in force with the answer that is shown and an optional action."""


def _find(header: str) -> str:
    found = f"INDEX({refer_to(header)},{MATCH})"
    if header == DUE:
        return f'IFERROR(IF({found}="","",{found}),"")'
    return f'IFERROR({found}&"","not in this book")'


def _find_decided(content: Content, label: str, formula: str) -> str:
    """Return the formula for the customer action or basis, which is the decision's in a decided cell.

    The action follows from the answer, unless the log has a decision that makes it optional.
    """
    said = f'"{DECIDED}"'
    if label == ACTION:
        parties = [party for party, actions in ACTIONS_OF.items() if "required" in actions]
        ours = ",".join(f'{ANSWER_CELL}="{party}"' for party in parties)
        said = f'IF(OR({ours}),"required","none")'
        if not content.register.empty:
            said = f'IF({COUNT_OPTIONAL}>0,"optional",{said})'
    return f'IF({_find(IS_DECIDED)}="{YES}",{said},{formula})'


def _describe_decided(content: Content, row: int, label: str) -> str:
    if content.values["decided"][row] != YES:
        return ""
    key = [content.values[name][row] for name in CELL]
    here = content.model["offering_id"].eq(key[0]) & content.model["duty_id"].eq(key[1])
    return DECIDED if label == BASIS else str(content.model.loc[here, "customer_action"].iloc[0])


def _list_shown(content: Content, values: Columns) -> list[tuple[str, str, str]]:
    columns = {column.header: column.value for column in REVIEWED}
    answers = content.counts.answers
    says = [(label, header or answers) for label, header in SAYS]
    if content.is_internal:
        says += REVIEWERS_SAY
    else:
        says = [pair for pair in says if pair[0] != "AWS's documents say"]
    return [(label, header, columns[header]) for label, header in says if columns[header] in values]


def _choose_first(values: Columns) -> int:
    """Choose the row that is shown first: a duty that people ask about, documented and with two halves.

    Undocumented rows come first in the matrix, but would be a poor example.
    """
    rows = [row for row, duty_id in enumerate(values["duty_id"]) if duty_id == FIRST_DUTY]
    bases, answers = values["basis"], values["responsibility"]
    return min(rows, key=lambda row: (bases[row] != "documented", answers[row] != "Shared"), default=0)


def _offer_choices(sheet: Worksheet, content: Content) -> None:
    numbers = {
        OFFERING_CELL: ("Offerings", "C", content.model["offering_id"].nunique()),
        DUTY_CELL: ("Duties", "C", len(content.tables["duties"])),
    }
    for cell, (title, column, count) in numbers.items():
        places = f"{title}!${column}$2:${column}${count + 1}"
        rule = DataValidation(type="list", formula1=places, allow_blank=False)
        rule.showErrorMessage = True
        rule.error, rule.errorTitle = CHOOSE, LOOKUP_SHEET
        rule.add(cell.replace("$", ""))
        sheet.add_data_validation(rule)
