"""The summary: what a board reads first, what is to be approved, and the sign-off."""

from __future__ import annotations

from collections import Counter
from textwrap import shorten

import pandas as pd
from openpyxl.worksheet.hyperlink import Hyperlink
from openpyxl.worksheet.worksheet import Worksheet

from srm_data.cells import find_marks, list_marks
from srm_data.describe import describe_assumed, describe_estate, share_percents
from srm_data.register.approval import Approval
from srm_data.register.entries import list_rows
from srm_data.register.overview import list_raci
from srm_data.register.problems import describe_problem
from srm_data.register.state import State
from srm_data.schema import INDEPENDENT, LICENCE, SEAT
from srm_data.workbook.content import Content
from srm_data.workbook.layout import Line, set_lines, set_up_print, set_widths, write_date
from srm_data.workbook.reviewed import APPROVED_BY, COVER_FIELDS, SIGN_OFF_HEADER
from srm_data.workbook.sheets.registers import name_keys
from srm_data.workbook.styles import Look
from srm_data.xlsx.writer import Body

TITLE = "AWS Shared Responsibility Matrix"
WIDTHS = (20, 52, 13, 10.5)  # at least 8 points on A4
MOST_LISTED, MOST_CHANGED = 12, 6
LONGEST_PROBLEM = 300  # characters; the row has all
HOW_TO = (
    "1. Open Review here. Yellow duties need attention first; filter Accountable by your name.",
    "2. If the answer is right, enter agreed under Status, with your name and the date.",
    "3. If another answer applies, choose it under Decision, with a comment, your name and the date. "
    "One that takes a duty off you waits until a second name approves it with evidence.",
    "4. Send the book back: srm-data review BOOK --register register.csv keeps every entry.",
)


def fill_summary(sheet: Worksheet, look: Look, content: Content, purposes: dict[str, str]) -> Body:
    """Write findings, risks, what is to be approved, open problems, sign-off and contents."""
    now, approval = content.now, content.approval
    set_widths(sheet, WIDTHS)
    lines = [
        [("title", f"{TITLE}: {content.owner}" if content.owner else TITLE)],
        [("caption", f"{content.scope}. As of {now.day}, data version {content.version}.")],
        [],
        *_list_findings(content),
    ]
    is_ours = content.is_internal and not content.is_catalogue
    if is_ours:
        lines += [[], *_list_risks(now)]
        lines += [[], *_describe_approval(now, approval, content)] if not content.owner else []
        lines += [[], *_list_problems(now, content)]
    row = set_lines(sheet, look, lines) + 1
    if is_ours and not content.owner:
        row = _set_sign_off(sheet, look, now, approval, row) + 1
    if content.is_internal and not content.for_print:
        row = set_lines(sheet, look, [[("heading", "How to review")]], start=row)
        row = set_lines(sheet, look, [[("label", ""), ("prose", it)] for it in HOW_TO], start=row) + 1
    if purposes:
        row = set_lines(sheet, look, [[("heading", "Contents")]], start=row)
    for title, purpose in purposes.items():
        set_lines(sheet, look, [[("prose_link", title), ("prose", purpose)]], start=row)
        cell = sheet.cell(row, 1)
        cell.hyperlink = Hyperlink(ref=cell.coordinate, location=f"'{title}'!A1")
        row += 1
    closing = [("Whose seat", SEAT), ("Independent", INDEPENDENT), ("Licence", LICENCE)]
    set_lines(sheet, look, [[], *(_entry(*pair) for pair in closing)], start=row)
    set_up_print(sheet, content.footer, landscape=False)
    sheet.page_setup.fitToHeight = 0 if content.for_print else 1  # rather two pages than small text
    return Body()


def _entry(label: str, text: str) -> Line:
    return [("label", label), ("prose", text)]


def _list_findings(content: Content) -> list[Line]:
    """List three findings: who is responsible, what it rests on, and what must be done."""
    model = content.model
    total = len(model)
    parties, bases = Counter(content.values["responsibility"]), Counter(content.values["basis"])
    codes = content.tables["responsibilities"].sort_values("position")["responsibility"]
    marks = list_marks()
    signs = (marks["mark"] + " " + marks["label"]).str.strip()
    must = model["customer_action"].eq("required")
    texts = {
        "Who is responsible": _join_counts({name: parties[name] for name in codes}),
        "What it rests on": _join_counts({sign: bases[str(mark)] for mark, sign in signs.items()}),
        "What must be done": (
            f"The customer must act in {int(must.sum()):,} of {total:,} cells, and may act in "
            f"{int(model['customer_action'].eq('optional').sum()):,}."
        ),
    }
    if content.is_catalogue:
        cited = {name for text in content.values["source_ids"] for name in text.split("; ")}
        sources = content.tables["sources"]
        read = sources.loc[sources["source_id"].isin(cited) & sources["url"].ne(""), "accessed"]
        offerings, services = (model[name].nunique() for name in ("offering_id", "service_id"))
        texts["What it covers"] = f"{offerings:,} offerings of {services:,} services."
        texts["What was read"] = f"{len(read):,} pages, from {read.min()} to {read.max()}."
    if content.is_internal and content.estate is not None:
        texts["What was read"] = f"{describe_estate(content.estate)}."
    if assumed := describe_assumed(model):
        texts["Assumed"] = f"{assumed}."
    return [_entry(label, text) for label, text in texts.items()]


def _join_counts(counts: dict[str, int]) -> str:
    percents = share_percents(counts)
    shares = {name: f"{percent}%" if percent else "under 1%" for name, percent in percents.items()}
    parts = [f"{name} {count:,} ({shares[name]})" for name, count in counts.items() if count]
    return f"Of {sum(counts.values()):,} cells: {', '.join(parts)}."


def count_risks(now: State) -> dict[str, int]:
    """Count what a board should know, over the cells of everywhere."""
    cells = now.cells[now.cells["where"].eq("")].set_index(["offering_id", "duty_id", "field"])
    model, kinds = now.model, now.problems["kind"].value_counts()
    ours = model[model["customer_action"].eq("required")]
    keys = pd.MultiIndex.from_frame(ours[["offering_id", "duty_id"]].assign(field="status").astype(str))
    status = cells["value"].reindex(keys).to_numpy()
    marks = find_marks(ours).to_numpy()
    is_known = pd.Series(marks).isin(["documented", "derived"]).to_numpy()
    raci = list_raci(now)
    return {
        "documented duties of ours that nobody has agreed": int(
            (is_known & (status != "agreed")).sum()
        ),
        "cells in which we must act that rest on a default": int((marks == "default").sum()),
        "duties that are overdue": int(kinds.get("overdue", 0)),
        "exceptions and decisions that have expired": int(kinds.get("expired", 0)),
        "conflicts": int(kinds.get("conflict", 0)),
        "duties without exactly one accountable": int(raci["problem"].ne("").sum()),
    }


def _list_risks(now: State) -> list[Line]:
    return [
        [("heading", "Risks")],
        *(_entry(f"{count:,}", name) for name, count in count_risks(now).items()),
    ]


def _describe_approval(now: State, approval: Approval, content: Content) -> list[Line]:
    """Describe what is to be approved, or who approved it."""
    cells, everywhere = int(now.cells["field"].eq("answer").sum()), len(now.model)
    elsewhere = f" ({everywhere:,} cells, some by Where)" if cells > everywhere else ""
    by, on = approval.by, f" on {approval.on}" if approval.on else ""
    text = f"All {cells:,} answers{elsewhere}, as this book shows them: nobody has approved them yet."
    if approval.is_approved:
        text = f"Nothing: {by} approved these {cells:,} answers{on}."
    elif approval.by:
        counts = approval.changed["why"].value_counts()
        changed = ", ".join(f"{count:,} {why}" for why, count in counts.items())
        text = f"Since {by} approved{on}: {changed} of {cells:,} answers."
    proposed = int(now.entries["state"].eq("proposed").sum())
    wait = "1 decision waits" if proposed == 1 else f"{proposed:,} decisions wait"
    waiting = f" {wait} for a second name." if proposed else ""
    lines = [[("heading", "To be approved")], _entry("Answers", text + waiting)]

    # each of the answers that differ from the approved ones
    if not approval.is_approved and len(approval.changed):
        named = name_keys(content, approval.changed.head(MOST_CHANGED))
        for key, row in zip(named, list_rows(approval.changed), strict=False):
            before, after = row["approved"] or "not there", row["now"] or "not there any more"
            lines.append(_entry(key, f"{before} when approved; {after} now"))
        if (more := len(approval.changed) - MOST_CHANGED) > 0:
            lines.append(_entry("", f"and {more:,} more"))
    return lines


def _list_problems(now: State, content: Content) -> list[Line]:
    """List the most pressing problems, each with its cell."""
    rows = list_rows(now.problems)
    lines: list[Line] = [[("heading", "Needs attention")]]
    most = MOST_CHANGED if content.for_print else MOST_LISTED
    named = name_keys(content, now.problems.head(most))
    texts = (shorten(describe_problem(row), LONGEST_PROBLEM, placeholder=" ...") for row in rows)
    lines += [_entry(key, text) for key, text in zip(named, texts, strict=False)]
    if len(rows) > most:
        place = "their rows" if content.for_print else "their rows of Review here"
        lines.append(_entry("", f"and {len(rows) - most:,} more, in {place}"))
    return lines if rows else [*lines, _entry("", "Nothing.")]


def _set_sign_off(sheet: Worksheet, look: Look, now: State, approval: Approval, row: int) -> int:
    """Write the fields to fill in, with the entries in force."""
    set_lines(sheet, look, [[("header", text) for text in SIGN_OFF_HEADER]], start=row)
    entries = now.entries[now.entries["state"].eq("in force")]
    for number, (label, field) in enumerate([*COVER_FIELDS.items(), (APPROVED_BY, "")], start=row + 1):
        given = entries[entries["field"].eq(field)].head(1)
        value, by, on = (
            str(given[name].iloc[0]) if len(given) else "" for name in ("value", "by", "on")
        )
        if not field and approval.is_approved:
            value, by, on = approval.by, "", approval.on
        look.put(sheet.cell(number, 1), "label", label)
        is_day = label == "Next review" and write_date(value) != value
        look.put(sheet.cell(number, 2), "entry_day" if is_day else "entry_text",
                 write_date(value) if is_day else value or None)  # fmt: skip
        look.put(sheet.cell(number, 3), "entry_text", by or None)
        look.put(sheet.cell(number, 4), "entry_day", write_date(on) or None)
    return row + 2 + len(COVER_FIELDS)
