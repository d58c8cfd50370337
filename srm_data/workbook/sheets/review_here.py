"""The sheet that is reviewed: one row per cell, Where and rule of a register, attention first."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from openpyxl.formatting.rule import CellIsRule, FormulaRule
from openpyxl.styles import PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from srm_data.register.entries import KEY, Row, list_rows
from srm_data.register.flaws import ORGANISATION_WIDE
from srm_data.register.merge import list_sent
from srm_data.register.overview import list_all_services
from srm_data.register.problems import describe_problem
from srm_data.register.state import State
from srm_data.register.words import STATUSES, normalise_answer, split_answer
from srm_data.schema import CELL
from srm_data.workbook.content import Content
from srm_data.workbook.layout import Column, add_table, set_up_print, write_date
from srm_data.workbook.reviewed import (
    COLUMNS,
    FIELDS,
    OPEN,
    REVIEWED_ROW,
    SHOWN,
    ReviewedColumn,
    code_shown,
    name_key,
)
from srm_data.workbook.styles import CALL, Look
from srm_data.xlsx.writer import Body

HINT = (
    "Write in the green columns; sort, filter and fill down as you like. A yellow duty needs "
    "attention: the first closed column says why. Rows without action are closed at the end."
)
HINTS = {
    "Decision": "What applies to you, if it is not the answer. It needs a comment, a name and a date.",
    "Status": "agreed, if the answer is right. Type it once and fill it down.",
    "Accountable": "The one person or team that answers for this row.",
    "Comment": "The reason of a decision, or anything else.",
    "Approved by": "A second name, for a decision that takes a duty off you, with date and evidence.",
    "Where": "Blank: everywhere. Else environment=..., account=... or application=...",
}
RANKS = {"required": 2, "optional": 4, "": 5, "none": 6}
"""Places of rows by action: rules come before, and what is settled for all services comes late."""
ALL = {"*": "All services"}
Rows = list[dict[str, Any]]


def list_review_rows(now: State, content: Content) -> tuple[Rows, dict[tuple[str, ...], Row]]:
    """List the rows of the sheet in their order, and what each field of a key is sent with."""
    sent = {tuple(row[name] for name in (*KEY, "field")): row for row in list_rows(list_sent(now))}
    fields: dict[tuple[str, ...], dict[str, Row]] = {}
    for row in list_rows(now.cells):
        fields.setdefault(tuple(row[name] for name in KEY), {})[row["field"]] = row
    shown = {column.value for column in COLUMNS}
    names = [name for name in content.values if name in shown]
    texts: dict[tuple[str, ...], dict[str, Any]] = {}
    for values in zip(*(content.values[name] for name in names), strict=True):
        texts_of = dict(zip(names, values, strict=True))
        texts[texts_of["offering_id"], texts_of["duty_id"]] = texts_of
    remarks = _list_remarks(now)
    rows = []
    for key, own in fields.items():
        party, action = split_answer(own["answer"]["value"])
        row = texts[key[:2]] | {"answer_shown": party, "customer_action": action}
        row["attention"] = " ".join(filter(None, (field["attention"] for field in own.values())))
        origins = {f"{name}: {field['inherited_from']}" for name, field in own.items()
                   if field["inherited_from"]}  # fmt: skip
        row["inherited_from"] = "; ".join(sorted(origins))
        row["name"] = "" if key[2] else f"{row['offering']} / {row['duty']}"
        row["all_evidence"] = own.get("evidence", {"value": ""})["value"]
        approved = own["answer"]
        row |= {name: approved[name] for name in ("approved_by", "approved_on")}
        rows.append(row | list_entries(key, sent) | {"remarks": "\n".join(remarks.get(key, []))})

    # what holds for all services, and every other rule of the register
    general = {key[:3] for key in sent if key[:3] not in fields and not key[3].startswith("cover:")}
    if not content.owner:
        general |= {("*", duty, "") for duty in set(content.values["duty_id"]) & set(ORGANISATION_WIDE)}
    wide = {row["duty_id"]: row for row in list_rows(list_all_services(now))}
    rows += [_make_rule(key, now, content, sent, remarks, wide) for key in sorted(general)]

    by_header = {column.header: column.value for column in COLUMNS}
    codes: dict[str, str] = {}  # most texts come again
    for row in rows:
        row["cell"] = name_key(row["offering_id"], row["duty_id"], row["where"])
        shown_texts = [str(row[by_header[header]]) for header in SHOWN]
        codes |= {text: code_shown([text]) for text in shown_texts if text not in codes}
        row["check"] = "".join(codes[text] for text in shown_texts)
    rows.sort(key=_rank_row)
    return rows, sent


def list_entries(key: tuple[str, ...], sent: Mapping[tuple[str, ...], Row]) -> dict[str, str]:
    """List what stands in the columns of reviewers; the comment is the reason of a decision."""
    entries = {name: sent.get((*key, name), {}).get("sent", "") for name in FIELDS}
    entries["answer"] = normalise_answer(entries["answer"])  # as it can be chosen
    answer, comment = (sent.get((*key, name), {}) for name in ("answer", "comment"))
    entries["comment"] = answer["sent_reason"] if entries["answer"] else comment.get("sent", "")
    signed = [sent.get((*key, name), {}) for name in ("answer", "status", "comment", *FIELDS[2:])]
    own = [row for row in signed if row.get("sent") and row["base"]]  # not what the row inherits
    first = next((row for row in own if row["sent_by"] + row["sent_on"]), {})
    return entries | {
        "by": first.get("sent_by", ""), "on": first.get("sent_on", ""), "where": key[2],
    }  # fmt: skip


def _make_rule(
    key: tuple[str, ...],
    now: State,
    content: Content,
    sent: Mapping[tuple[str, ...], Row],
    remarks: Mapping[tuple[str, ...], list[str]],
    wide: Mapping[str, Row],
) -> dict[str, Any]:
    """Make the row of a rule, such as of a duty that is settled for all services."""
    duties = dict(content.tables["duties"][["duty_id", "duty"]].itertuples(index=False, name=None))
    row = dict.fromkeys((column.value for column in COLUMNS), "") | dict(zip(KEY, key, strict=True))
    row |= list_entries(key, sent)
    row |= {"offering": ALL.get(key[0], key[0]), "duty": duties.get(key[1], "All duties")}
    row["duty"] = key[1] if key[1].startswith("layer:") else row["duty"]
    if key[0] == "*" and key[1] in wide:
        row["answer_shown"] = wide[key[1]]["answer"] or wide[key[1]]["differs"]
    problems = now.problems
    for name, text in zip(KEY, key, strict=True):
        problems = problems[problems[name] == text]
    row["attention"] = " ".join(map(describe_problem, list_rows(problems)))
    return row | {"remarks": "\n".join(remarks.get(key, []))}


def _list_remarks(now: State) -> dict[tuple[str, ...], list[str]]:
    """List the remarks and comments of each key, with who made them."""
    entries = now.entries
    kept = entries[
        entries["field"].isin(["remark", "comment"]) & entries["state"].isin(["remark", "in force"])
    ]
    remarks: dict[tuple[str, ...], list[str]] = {}
    for row in list_rows(kept):
        by = ", ".join(filter(None, [row["by"], row["on"]]))
        text = f"{row['value']} ({by})" if by else row["value"]
        remarks.setdefault(tuple(row[name] for name in KEY), []).append(text)
    return remarks


def _rank_row(row: Mapping[str, Any]) -> tuple[int, int]:
    """Rank a row: what needs attention, rules, then cells by what the customer must do."""
    rank = RANKS[row["customer_action"]]
    if name_key(*(row[name] for name in KEY)).endswith("@"):
        rank = 1
    elif row["duty_id"] in ORGANISATION_WIDE and rank < RANKS["none"]:
        rank = RANKS[""]
    elif row["customer_action"] == "required" and row["basis_label"] == "Documented":
        rank += 1
    return (0 if row["attention"] else rank), -len(row["where"])


def fill_review_here(sheet: Worksheet, look: Look, content: Content, rows: Rows) -> Body:
    """Write the rows; details are closed to the right, and rows without action at the end."""
    shown = [column for column in COLUMNS if content.is_internal or column.kind != "entry"]
    if content.controls is None:
        shown = [column for column in shown if column.value != "control"]
    if not content.is_internal:
        private = ("attention", "remarks", "all_evidence", "inherited_from", "check")
        shown = [column for column in shown if column.value not in private]
        rows = [row for row in rows if name_key(*(row[name] for name in KEY)) == "/".join(
            row[name] for name in CELL)]  # fmt: skip
    columns = [_make_column(column, rows) for column in shown]
    body = add_table(sheet, look, "Responsibilities", columns, header_row=REVIEWED_ROW, measured=OPEN)
    look.put(sheet.cell(1, 1), "title", content.reviewed_sheet)
    sheet.row_dimensions[1].height = 26
    sheet.freeze_panes = f"C{REVIEWED_ROW + 1}"
    last = REVIEWED_ROW + len(rows)
    set_up_print(
        sheet, content.footer, header_rows=(1, REVIEWED_ROW), columns=min(OPEN, len(columns)),
        rows=last, is_locked=False,
    )  # fmt: skip

    # details are grouped and closed, as are rows in which nobody must act
    is_open = {column.header for column in COLUMNS[:OPEN]}
    for number, column in enumerate(columns, start=1):
        if column.header not in is_open:
            size = sheet.column_dimensions[get_column_letter(number)]
            size.outlineLevel, size.hidden = 1, True
    sheet.sheet_format.outlineLevelCol = 1
    if not content.is_internal:
        return body
    idle = sum(row["customer_action"] == "none" and not row["attention"] for row in rows)
    if 0 < idle < len(rows):
        sheet.sheet_format.outlineLevelRow = 1
        sheet.sheet_properties.outlinePr.summaryBelow = False
        body = body._replace(closed=idle)
    look.put(sheet.cell(1, 5), "caption", HINT)
    _help_reviewers(sheet, columns, content, last)
    return body


def _make_column(column: ReviewedColumn, rows: Rows) -> Column:
    values: list[Any] = [str(row[column.value]) for row in rows]
    style: str | list[str] = column.style
    if column.style == "party":
        parties = {text for row in rows if (text := str(row["answer_shown"])) and row["basis_label"]}
        style = [f"party:{text}" if text in parties else "text" for text in values]
    elif column.style == "call":
        style = ["call" if text else "text" for text in values]
    elif column.style == "entry_date":
        values = [write_date(text) for text in values]
    return Column(column.header, column.width, style, values)


def _help_reviewers(sheet: Worksheet, columns: list[Column], content: Content, last: int) -> None:
    """Offer choices, explain columns, and colour decisions and what needs attention."""
    letters = {column.header: get_column_letter(n) for n, column in enumerate(columns, start=1)}
    spans = {name: f"{it}{REVIEWED_ROW + 1}:{it}{last}" for name, it in letters.items()}
    codes = content.tables["responsibilities"].sort_values("position").to_dict("records")
    choices = {
        "Decision": [code["responsibility"] for code in codes],
        "Status": list(STATUSES),
    }
    for header, hint in HINTS.items():
        rule = DataValidation(type=None, allow_blank=True)
        if header in choices:
            rule = DataValidation(
                type="list", formula1=f'"{",".join(choices[header])}"', allow_blank=True
            )
        rule.promptTitle, rule.prompt, rule.showInputMessage = header, hint, True
        rule.showErrorMessage = False  # other words are asked back
        rule.add(spans[header])
        sheet.add_data_validation(rule)
    for code in codes:
        fill = PatternFill("solid", bgColor=code["color"].removeprefix("#"))
        rule = CellIsRule("equal", formula=[f'"{code["responsibility"]}"'], fill=fill)
        sheet.conditional_formatting.add(spans["Decision"], rule)
    needs = f'${letters["Needs attention"]}{REVIEWED_ROW + 1}<>""'
    fill = PatternFill("solid", bgColor=CALL)
    sheet.conditional_formatting.add(spans["Duty"], FormulaRule(formula=[needs], fill=fill))
