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
from srm_data.register.tasks import describe_open_tasks, list_open_tasks
from srm_data.schema import CELL, INDEPENDENT, LICENCE, SEAT
from srm_data.workbook.content import Content
from srm_data.workbook.layout import Line, set_lines, set_up_print, set_widths, write_date
from srm_data.workbook.reviewed import APPROVED_BY, COVER_FIELDS, SIGN_OFF_HEADER
from srm_data.workbook.sheets.registers import name_keys
from srm_data.workbook.styles import Look
from srm_data.xlsx.writer import Body

TITLE = "AWS Shared Responsibility Matrix"
WIDTHS = (20, 52, 13, 10.5)  # at least 8 points on A4
MOST_LISTED, MOST_PROBLEMS = 5, 3
LONGEST_PROBLEM = 300  # characters; the row has all
HOW_TO = (
    "1. Open Review here. Yellow duties need attention first; filter Accountable by your name.",
    "2. If the answer is right, enter agreed under Status, with your name and the date.",
    "3. If another answer applies, choose it under Decision, with a comment, your name and the date. "
    "One that takes a duty off you waits until a second name approves it with evidence.",
    "4. Send the book back: srm-data review BOOK --register register.csv keeps every entry.",
)


def fill_summary(sheet: Worksheet, look: Look, content: Content) -> Body:
    """Write findings, risks, teams, what is to be approved, problems, sign-off and contents."""
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
        lines += [[], *_describe_approval(now, approval, content)] if not content.owner else []
        lines += [[], *_list_risks(now, content), [], *_list_teams(now)]
        lines += [[], *_list_problems(now, content)]
    row = set_lines(sheet, look, lines) + 1
    if is_ours and not content.owner:
        row = _set_sign_off(sheet, look, now, approval, row) + 1
    closing = [("Whose seat", SEAT), ("Independent", INDEPENDENT), ("Licence", LICENCE)]
    lines = [_entry(*pair) for pair in (*_list_origins(content).items(), *closing)]
    row = set_lines(sheet, look, lines, start=row) + 1
    set_up_print(sheet, content.footer, landscape=False, columns=len(WIDTHS), rows=row - 2)

    # what follows is for the screen alone
    if content.is_internal and not content.for_print:
        row = set_lines(sheet, look, [[("heading", "How to review")]], start=row)
        row = set_lines(sheet, look, [[("label", ""), ("prose", it)] for it in HOW_TO], start=row) + 1
    if content.purposes:
        row = set_lines(sheet, look, [[("heading", "Contents")]], start=row)
    for title, purpose in content.purposes.items():
        set_lines(sheet, look, [[("prose_link", title), ("prose", purpose)]], start=row)
        cell = sheet.cell(row, 1)
        cell.hyperlink = Hyperlink(ref=cell.coordinate, location=f"'{title}'!A1")
        row += 1
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
    return [_entry(label, text) for label, text in texts.items()]


def _list_origins(content: Content) -> dict[str, str]:
    """List what the book covers, what was read, and what is assumed."""
    model, texts = content.model, dict[str, str]()
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
    return texts


def _join_counts(counts: dict[str, int]) -> str:
    percents = share_percents(counts)
    shares = {name: f"{percent}%" if percent else "under 1%" for name, percent in percents.items()}
    parts = [f"{name} {count:,} ({shares[name]})" for name, count in counts.items() if count]
    return f"Of {sum(counts.values()):,} cells: {', '.join(parts)}."


def list_risks(now: State) -> dict[str, pd.DataFrame]:
    """List the keys of what a board should know, the worst first."""
    cells, model, problems = now.cells[now.cells["where"].eq("")], now.model, now.problems
    ours = model[model["customer_action"].eq("required")].assign(where="")
    if "resources" in ours:  # what runs most often first
        ours = ours.sort_values("resources", ascending=False, kind="stable")
    status = cells[cells["field"].eq("status")].set_index(CELL)["value"]
    is_agreed = status.reindex(pd.MultiIndex.from_frame(ours[CELL].astype(str))).eq("agreed").to_numpy()
    marks, raci = find_marks(ours), list_raci(now)
    return {
        "conflicts": problems[problems["kind"].eq("conflict")],
        "duties that are overdue": problems[problems["kind"].eq("overdue")],
        "exceptions and decisions that have expired": problems[problems["kind"].eq("expired")],
        "documented duties of ours that nobody has agreed": ours[
            marks.isin(["documented", "derived"]) & ~is_agreed
        ],
        "cells in which we must act that rest on a default": ours[marks.eq("default")],
        "duties without exactly one accountable": raci[raci["problem"].ne("")],
    }


def _list_risks(now: State, content: Content) -> list[Line]:
    """List how often there is each risk, and where first; what there is none of comes last."""
    risks = sorted(list_risks(now).items(), key=lambda risk: risk[1].empty)
    first = (name_keys(content, keys.head(1)) for _, keys in risks)
    return [
        [("heading", "Risks, the worst first")],
        *(
            _entry(f"{len(keys):,}", ": ".join([name, *key]))
            for (name, keys), key in zip(risks, first, strict=True)
        ),
    ]


def _list_teams(now: State) -> list[Line]:
    """List what each accountable must do, those first whose day is the first."""
    tasks = list_open_tasks(now)
    teams = [(str(name), rows) for name, rows in tasks.groupby("accountable", sort=False) if name]
    teams.sort(key=lambda team: min(filter(None, team[1]["due"]), default="9999"))
    lines = [
        _entry(
            name,
            f"{describe_open_tasks(rows)}; first {rows['offering'].iloc[0]} / {rows['duty'].iloc[0]}",
        )
        for name, rows in teams[:MOST_LISTED]
    ]
    if (more := len(teams) - MOST_LISTED) > 0:
        lines.append(_entry("", f"and {more:,} more"))
    return [
        [("heading", "Who must do what, until when")],
        *(lines or [_entry("", "Nobody is accountable.")]),
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
        named = name_keys(content, approval.changed.head(MOST_LISTED))
        for key, row in zip(named, list_rows(approval.changed), strict=False):
            before, after = row["approved"] or "not there", row["now"] or "not there any more"
            lines.append(_entry(key, f"{before} when approved; {after} now"))
        if (more := len(approval.changed) - MOST_LISTED) > 0:
            lines.append(_entry("", f"and {more:,} more"))
    return lines


def _list_problems(now: State, content: Content) -> list[Line]:
    """List the most pressing problems, each with its cell."""
    rows = list_rows(now.problems)
    lines: list[Line] = [[("heading", "Needs attention")]]
    named = name_keys(content, now.problems.head(MOST_PROBLEMS))
    texts = (shorten(describe_problem(row), LONGEST_PROBLEM, placeholder=" ...") for row in rows)
    lines += [_entry(key, text) for key, text in zip(named, texts, strict=False)]
    if len(rows) > MOST_PROBLEMS:
        lines.append(
            _entry("", f"and {len(rows) - MOST_PROBLEMS:,} more, in their rows of Review here")
        )
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
