"""The sheet that is reviewed: one row per cell, Where and rule of a register, attention first."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd
from openpyxl.formatting.rule import CellIsRule, FormulaRule, Rule
from openpyxl.styles import PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from srm_data.register.entries import KEY, Row, list_rows
from srm_data.register.flaws import ORGANISATION_WIDE
from srm_data.register.merge import list_sent
from srm_data.register.overview import list_all_services
from srm_data.register.problems import describe_problem
from srm_data.register.state import State, word_parts
from srm_data.register.tasks import rank_keys
from srm_data.register.words import STATUSES, normalise_answer
from srm_data.schema import CELL
from srm_data.workbook.content import Content
from srm_data.workbook.layout import Plan, Text, make_column
from srm_data.workbook.reviewed import (
    COLUMNS,
    ENTRIES,
    FIELDS,
    OPEN,
    REVIEWED_ROW,
    REVIEWED_TABLE,
    code_shown,
    name_key,
)
from srm_data.workbook.styles import CALL, TEAL

HINT = (
    "Write in the green columns. Yellow needs attention: the first closed column says why. Rows "
    "without action are closed at the end."
)
HINTS = {
    "Decision": "What applies to you, if it is not the answer. It needs a comment, a name and a date.",
    "Status": "agreed, if the answer is right. Type it once and fill it down.",
    "Accountable": "The one person or team that answers for this row.",
    "Comment": "The reason of a decision, or anything else.",
    "Approved by": "A second name, for a decision that takes a duty off you, with date and evidence.",
    "Where": "Blank: everywhere. Else environment=..., account=... or application=...",
}


def list_review_rows(now: State, content: Content) -> tuple[pd.DataFrame, dict[tuple[str, ...], Row]]:
    """List the rows of the sheet in their order, and what its fields are sent with."""
    entered = list_sent(now)
    is_open = entered["field"].eq("status") & entered["sent"].eq("open")  # a reader expects it
    needed = entered[entered["base"].ne("") | (entered["sent"].ne("") & ~is_open)]
    sent = {tuple(row[name] for name in (*KEY, "field")): row for row in list_rows(needed)}

    # cells and their Where, each with the texts of its cell
    cells = now.cells
    shown = [*KEY, "value", "reason", "approved_by", "approved_on"]
    rows = cells.loc[cells["field"].eq("answer"), shown].astype(object)
    rows = rows.merge(content.values, on=CELL, validate="m:1").rename(columns={"value": "answer"})
    if content.is_internal:
        rows["customer_part"] = word_parts(rows)
    rows[["answer_shown", "customer_action"]] = rows["answer"].str.rpartition(", ")[[0, 2]]
    rows["name"] = (rows["offering"] + " / " + rows["duty"]).where(rows["where"].eq(""), "")

    # what people said, of few of them
    keys, remarks = list(rows[KEY].itertuples(index=False, name=None)), _list_remarks(now)
    given = {key: list_entries(key, sent) for key in {slot[:3] for slot in sent} & set(keys)}
    for name in ENTRIES.values():
        if name not in (*KEY, "approved_by", "approved_on"):
            rows[name] = [given[key][name] if key in given else "" for key in keys]
    statuses = zip(
        keys, rows["status"], cells.loc[now.cells["field"].eq("status"), "value"], strict=True
    )
    rows["status"] = [own if (*key, "status") in sent else status for key, own, status in statuses]
    heirs = cells[cells["inherited_from"].ne("")]
    heirs = heirs.assign(text=heirs["field"] + ": " + heirs["inherited_from"]).sort_values("text")
    needs = cells[cells["attention"].ne("")].groupby(KEY, sort=False)["attention"]
    words: dict[str, dict[Any, str]] = {
        "attention": needs.agg(" ".join).to_dict(),
        "inherited_from": heirs.groupby(KEY)["text"].agg("; ".join).to_dict(),
        "all_evidence": cells[cells["field"].eq("evidence")].set_index(KEY)["value"].to_dict(),
        "remarks": remarks,
    }
    for name, by_key in words.items():
        rows[name] = [by_key.get(key, "") for key in keys]

    # what holds for all services, and every other rule of the register
    general = {slot[:3] for slot in sent if not slot[3].startswith("cover:")} - set(keys)
    if not content.owner:
        general |= {("*", duty, "") for duty in set(content.values["duty_id"]) & set(ORGANISATION_WIDE)}
    problems = now.problems.assign(text=list(map(describe_problem, list_rows(now.problems))))
    calls = problems.groupby(KEY)["text"].agg(" ".join).to_dict()
    wide = {("*", row["duty_id"], ""): row for row in list_rows(list_all_services(now))}
    rules = []
    for key in sorted(general):
        offering, duty = (
            content.names[name].get(text, text) for name, text in zip(CELL, key[:2], strict=True)
        )
        rule = {"offering": offering, "duty": duty, "attention": calls.get(key, "")}
        if key in wide:
            differs = wide[key]["differs"]
            rule["answer_shown"] = "differs" if differs else wide[key]["answer"]
            rule["customer_part"] = differs.removeprefix("differs: ")
        keyed = dict(zip(KEY, key, strict=True)) | {"remarks": remarks.get(key, "")}
        rules.append(keyed | list_entries(key, sent) | rule)
    rows = pd.concat([rows, pd.DataFrame(rules, dtype=object)], ignore_index=True).fillna("")

    # codes of what must come back as it was, and the order
    rows["cell"] = list(map(name_key, *(rows[name] for name in KEY)))
    texts = rows[[column.value for column in COLUMNS if column.kind == "shown"]]
    codes = {text: code_shown(text) for name in texts for text in texts[name].unique()}
    rows["check"] = [*map("".join, zip(*(texts[name].map(codes) for name in texts), strict=True))]
    rows = rows.iloc[rank_keys(now, rows).argsort()]
    return (rows if content.is_internal else rows[rows["name"].ne("")]), sent


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


def _list_remarks(now: State) -> dict[tuple[str, ...], str]:
    """List the remarks and comments of each key, with who made them."""
    entries = now.entries
    kept = entries[
        entries["field"].isin(["remark", "comment"]) & entries["state"].isin(["remark", "in force"])
    ]
    remarks: dict[tuple[str, ...], str] = {}
    for row in list_rows(kept):
        place = row["source"] if row["field"] == "remark" else ""
        by = ", ".join(filter(None, [row["by"], row["on"], place]))
        text = f"{row['value']} ({by})" if by else row["value"]
        key = tuple(row[name] for name in KEY)
        remarks[key] = f"{remarks[key]}\n{text}" if key in remarks else text
    return remarks


def build_review_here(content: Content) -> Plan:
    """Build the rows; details are closed to the right, and rows without action at the end."""
    rows, is_internal = content.rows, content.is_internal
    assert rows is not None
    shown = [column for column in COLUMNS if is_internal or column.kind != "entry"]
    if content.controls is None:
        shown = [column for column in shown if column.value != "control"]
    if not is_internal:
        private = ("attention", "remarks", "all_evidence", "inherited_from", "check")
        shown = [column for column in shown if column.value not in private]
    columns = [
        make_column(it.header, it.width, it.style, rows[it.value].tolist())._replace(
            is_closed=it not in COLUMNS[:OPEN]
        )
        for it in shown
    ]
    head = [("title", content.reviewed_sheet), ("", None), ("caption", HINT)]
    plan = Plan(
        [Text(head if is_internal else head[:1], 26)], columns, REVIEWED_TABLE, frozen=2,
        measured=OPEN, is_locked=False, tab=TEAL,
    )  # fmt: skip
    if not is_internal:
        return plan
    idle = int((rows["customer_action"].eq("none") & rows["attention"].eq("")).sum())
    letters = {column.header: get_column_letter(n) for n, column in enumerate(columns, start=1)}
    first, last = REVIEWED_ROW + 1, REVIEWED_ROW + len(rows)
    spans = {name: f"{it}{first}:{it}{last}" for name, it in letters.items()}

    # choices, and what a column is for; other words are asked back
    codes = content.tables["responsibilities"].sort_values("position").to_dict("records")
    choices = {"Decision": [code["responsibility"] for code in codes], "Status": STATUSES}
    validations = []
    for header, hint in HINTS.items():
        listed = f'"{",".join(choices[header])}"' if header in choices else None
        kind = "list" if listed else None
        rule = DataValidation(
            type=kind, formula1=listed, allow_blank=True, promptTitle=header, prompt=hint,
            showInputMessage=True, showErrorMessage=False, sqref=spans[header],
        )  # fmt: skip
        validations.append(rule)

    # colours of decisions, and of what needs attention
    rules: list[tuple[str, Rule]] = []
    for code in codes:
        fill = PatternFill("solid", bgColor=code["color"].removeprefix("#"))
        formula = [f'"{code["responsibility"]}"']
        rules.append((spans["Decision"], CellIsRule("equal", formula=formula, fill=fill)))
    fill = PatternFill("solid", bgColor=CALL)
    needs = [f'${letters["Needs attention"]}{first}<>""']
    rules.append((spans["Duty"], FormulaRule(formula=needs, fill=fill)))
    return plan._replace(closed=idle if idle < len(rows) else 0, validations=validations, rules=rules)
