"""Sheets for an estate: what is in use, which duties are the customer's, and what is unclear."""

from __future__ import annotations

import pandas as pd
from openpyxl.formatting.rule import CellIsRule
from openpyxl.styles import PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from srm_data.cells import find_marks, list_marks
from srm_data.estate import list_customer_duties, list_offerings_in_use
from srm_data.estate.resources import SEPARATOR
from srm_data.matrix import duty_distribution
from srm_data.workbook.content import Content
from srm_data.workbook.format import (
    ANSWER,
    CELL_KEY,
    OFFERING,
    OFFERING_ID,
    OWNER,
    RESPONSIBILITY,
    REVIEWED_SHEET,
    STATUS,
    refer_to,
)
from srm_data.workbook.layout import A3, Column
from srm_data.workbook.sheets.lists import add_list
from srm_data.workbook.styles import Look
from srm_data.xlsx.writer import THIS_ROW, Body, Formula, Value

CUSTOMER_DUTIES = "Customer duties"
ASSUMED = "Assumed"
FOLLOWS = (
    f"{RESPONSIBILITY}, owner and status follow the sheet {REVIEWED_SHEET}. The list itself is as "
    "exported: a duty that a decision makes yours shows there and in the Offering matrix."
)
STATIC = f"As exported: in a book of this size it does not follow the sheet {REVIEWED_SHEET}."
FIRST_ROW = 4  # of the customer's duties, below title, text and header
UNCLEAR_FIRST = ["Not recognised", "Assumed", "Recognised", "No service"]
FOUND_AS = {
    "arn-resource": "ARN", "botocore-client": "name of an API",
    "cloudformation-namespace": "type of CloudFormation",
    "cloudformation-type": "type of CloudFormation",
    "config-type": "type of AWS Config", "cur-product-code": "product code of a bill",
    "iam-prefix": "prefix of IAM actions", "terraform-prefix": "type of Terraform",
    "name": "name", "service": "name of the service", "offering": "name of the offering",
    "everyday": "everyday name", "words": "words of a name", "variant": "settings",
    "bill": "line of a bill", "correction": "your correction", "reader": "kind of the file",
}  # fmt: skip
"""The vocabularies that have an identifier, in words."""


def fill_in_use(sheet: Worksheet, look: Look, content: Content) -> Body:
    """List the offerings in use, most resources first, and count their duties by party."""
    used = list_offerings_in_use(_estate_of(content))
    shown = content.model.drop_duplicates("offering_id").set_index("offering_id")
    names = shown.loc[used["offering_id"].tolist()]
    counts = duty_distribution(content.model, "offering").loc[names["offering"].tolist()]
    offerings = content.tables["offerings"].set_index("offering_id")["offering"]
    # What an assumed part left open is known from the resources that are counted
    alternatives = used["alternatives"].where(used["assumed"] > 0, "")
    columns = [
        Column(OFFERING, 32, "text", names["offering"].tolist()),
        Column("Service", 26, "text", names["service"].tolist()),
        Column("Category", 15, "text", names["category"].tolist()),
        *_internal_columns(used, content),
        *(Column(f"Duties: {party}", 11, "number", counts[party].tolist()) for party in counts),
        Column("If assumed, it may be", 46, "text", _name_offerings(alternatives, offerings)),
        Column(OFFERING_ID, 26, "text_soft", used["offering_id"].tolist()),
    ]
    return add_list(sheet, look, content, "InUse", columns, frozen=1, paper=A3)


def fill_customer_duties(sheet: Worksheet, look: Look, content: Content) -> Body:
    """List the duties that are at least partly the customer's, by descending number of resources."""
    cells = content.model.reset_index(drop=True)
    if content.is_internal:
        cells = cells.assign(owner=content.entries["owner"], status=content.entries["status"])
    ours = list_customer_duties(cells)
    more = ours.merge(
        cells, on=["offering", "duty"], how="left", suffixes=("", "_cell"), validate="1:1"
    )

    labels = list_marks()["label"]
    titles = content.tables["sources"].set_index("source_id")["title"]
    answers = ours["responsibility"].tolist()
    columns = [
        Column("Duty", 26, "text", ours["duty"].tolist()),
        Column(OFFERING, 32, "text", ours["offering"].tolist()),
        Column(RESPONSIBILITY, 14, [f"party:{party}" for party in answers], answers),
        Column("Customer action", 12, "text", ours["customer_action"].tolist()),
        Column("What is yours", 66, "text", ours["customer_part"].tolist()),
        Column("Basis", 16, "text", find_marks(more).astype(str).map(labels).tolist()),
        Column("Source", 34, "text", more["source_ids"].str.split("; ").str[0].map(titles).tolist()),
        Column("Service", 22, "text", more["service"].astype(str).tolist()),
        Column("Layer", 20, "text", ours["layer"].tolist()),
    ]
    if content.is_internal:
        columns.append(Column("Of them assumed", 12, "number", ours["assumed"].tolist()))
        columns[0:0] = [
            Column("Resources concerned", 11, "number", ours["weight"].tolist()),
            Column(OWNER, 16, "text", more["owner"].tolist()),
            Column(STATUS, 10, "text", more["status"].tolist()),
        ]
    else:  # without a number of resources
        is_assumed = ["yes" if count else "" for count in ours["assumed"]]
        columns.append(Column(ASSUMED, 10, "text", is_assumed))

    head = [CUSTOMER_DUTIES]
    if content.is_live:
        keys = more["offering_id"].str.cat(more["duty_id"], sep="/").tolist()
        columns = _follow_rows(columns, keys, content)
        _colour_answers(sheet, columns, content, first_row=FIRST_ROW)
        head.append(FOLLOWS)
    elif content.is_internal:
        head.append(STATIC)

    last = "Of them assumed" if content.is_internal else ASSUMED
    printed = get_column_letter([column.header for column in columns].index(last) + 1)
    body = add_list(sheet, look, content, "OurDuties", columns, head=head, paper=A3)
    sheet.print_area = f"A1:{printed}{len(head) + 1 + len(ours)}"
    return body


def _follow_rows(columns: list[Column], keys: list[str], content: Content) -> list[Column]:
    names = [column.header for column in columns]
    key, row = (f"{get_column_letter(len(columns) + number)}{THIS_ROW}" for number in (1, 2))
    rows = {cell: number for number, cell in enumerate(content.values["cell"], start=1)}
    behind = {
        RESPONSIBILITY: (ANSWER, "answer"),
        OWNER: (OWNER, "owner"),
        STATUS: (STATUS, "status"),
    }
    for header, (of_row, name) in behind.items():
        place, now = names.index(header), content.values[name]
        formula = f'IFERROR(INDEX({refer_to(of_row)},{row})&"","?")'
        found: list[Value] = [Formula(formula, now[rows[cell] - 1]) for cell in keys]
        style = "answer" if header == RESPONSIBILITY else "text"
        columns[place] = columns[place]._replace(style=style, values=found)

    numbers = [Formula(f"MATCH({key},{refer_to(CELL_KEY)},0)", rows[cell]) for cell in keys]
    return [
        *columns,
        Column(CELL_KEY, 40, "text_soft", keys),
        Column("Row of the matrix", 10, "number", numbers),
    ]


def _colour_answers(
    sheet: Worksheet, columns: list[Column], content: Content, *, first_row: int
) -> None:
    if not len(columns[0].values):
        return
    letter = get_column_letter([column.header for column in columns].index(RESPONSIBILITY) + 1)
    span = f"{letter}{first_row}:{letter}{first_row - 1 + len(columns[0].values)}"
    for code in content.tables["responsibilities"].to_dict("records"):
        fill = PatternFill("solid", bgColor=code["color"].removeprefix("#"))
        rule = CellIsRule("equal", formula=[f'"{code["responsibility"]}"'], fill=fill)
        sheet.conditional_formatting.add(span, rule)


def fill_estate(sheet: Worksheet, look: Look, content: Content) -> Body:
    """List every identifier that was read, unclear ones first, then by number of resources."""
    estate = _estate_of(content)
    shown = pd.Categorical(_describe_status(estate), categories=UNCLEAR_FIRST, ordered=True)
    estate = estate.assign(shown=shown).sort_values(["shown", "resources"], ascending=[True, False])
    offerings = content.tables["offerings"].set_index("offering_id")["offering"]
    columns = [
        Column("How clear", 15, "text", estate["shown"].tolist()),
        Column("Identifier", 40, "text", estate["identifier"].tolist()),
        Column("Decided by", 28, "text", estate["variant"].tolist()),
        Column("Resources", 11, "number", estate["resources"].tolist()),
        Column(OFFERING, 30, "text", _name_offerings(estate["offering_id"], offerings)),
        Column("It may also be", 40, "text", _name_offerings(estate["alternatives"], offerings)),
        Column("Remark", 44, "text", estate["note"].tolist()),
        Column("Stood first at", 40, "text", estate["place"].tolist()),
        Column("Found as", 20, "text_soft", [FOUND_AS.get(one, one) for one in estate["matched_by"]]),
    ]
    return add_list(sheet, look, content, "Estate", columns, paper=A3)


def _estate_of(content: Content) -> pd.DataFrame:
    if content.estate is None:
        raise ValueError("this sheet is about an estate: pass write_workbook(estate=...)")
    return content.estate


def _describe_status(estate: pd.DataFrame) -> list[str]:
    words = {"unrecognised": "Not recognised", "not a service": "No service"}
    return [
        words.get(status, "Assumed" if assumed else "Recognised")
        for status, assumed in zip(estate["status"], estate["assumed"], strict=True)
    ]


def _count_names(text: str) -> int | str:
    """Count accounts, because account ids are left out of a workbook that may be shared."""
    return len(text.split(SEPARATOR)) if text else ""


def _internal_columns(used: pd.DataFrame, content: Content) -> list[Column]:
    if not content.is_internal:
        return []
    return [
        Column("Resources", 11, "number", used["resources"].tolist()),
        Column("Of them assumed", 11, "number", used["assumed"].tolist()),
        Column("Accounts", 10, "number", [_count_names(text) for text in used["accounts"]]),
        Column("Regions", 24, "text", used["regions"].tolist()),
        *_cost_column(used["cost"]),
    ]


def _cost_column(costs: pd.Series) -> list[Column]:
    if costs.isna().all():
        return []
    return [Column("Cost", 12, "amount", ["" if pd.isna(cost) else round(cost, 2) for cost in costs])]


def _name_offerings(ids: pd.Series, offerings: pd.Series) -> list[str]:
    return [
        SEPARATOR.join(offerings[key] for key in text.split(SEPARATOR)) if text else "" for text in ids
    ]
