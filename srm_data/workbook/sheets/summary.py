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
from srm_data.register.entries import KEY, Row, list_rows
from srm_data.register.overview import list_raci
from srm_data.register.problems import describe_problem
from srm_data.register.state import State
from srm_data.register.tasks import describe_open_tasks, list_open_tasks
from srm_data.schema import CELL, INDEPENDENT, LICENCE, SEAT
from srm_data.workbook.content import Content
from srm_data.workbook.layout import count_lines, set_lines, set_up_print, set_widths, write_date
from srm_data.workbook.reviewed import APPROVED_BY, COVER_FIELDS, SIGN_OFF_HEADER
from srm_data.workbook.sheets.registers import name_keys
from srm_data.workbook.styles import Look
from srm_data.xlsx.writer import Body

TITLE = "AWS Shared Responsibility Matrix"
Entries = list[tuple[str, str]]
"""A label and a text for each line."""
WIDTHS = (20, 52, 13, 10.5)  # at least 8 points on A4
ACROSS = 79  # characters of a line across all but the first
LINE, GAP = 15.0, 7.0  # points
ONE_PAGE = 1040  # points of rows that are legible on a page
MOST_LISTED, MOST_PROBLEMS, MOST_TO_APPROVE = 5, 3, 10
LONGEST_LINE = 200  # characters of a problem or decision; its row has all
HOW_TO = (
    "1. Open Review here. Yellow duties need attention first; filter Accountable by your name.",
    "2. If the answer is right, enter agreed under Status, with your name and the date.",
    "3. If another answer applies, choose it under Decision, with a comment, your name and the date. "
    "One that takes a duty off you waits until a second name approves it with evidence.",
    "4. Send the book back: srm-data review BOOK --register register.csv keeps every entry.",
)


def fill_summary(sheet: Worksheet, look: Look, content: Content) -> Body:
    """Write findings, what is to be approved, risks, teams, problems, sign-off and contents."""
    now, is_ours = content.now, content.is_internal and not content.is_catalogue
    set_widths(sheet, WIDTHS)
    title = f"{TITLE}: {content.owner}" if content.owner else TITLE
    caption = f"{content.scope}. As of {now.day}, data version {content.version}."
    row = set_lines(sheet, look, [[("title", title)], [("caption", caption)]]) + 1
    sheet.row_dimensions[1].height = 26
    sections = {"": _list_findings(content)}
    if is_ours and not content.owner:
        sections["To be approved"] = _list_to_approve(now, content)
    if is_ours:
        sections["Risks, the worst first"] = _list_risks(now, content)
        sections["Who must do what, until when"] = _list_teams(now)
        sections["Needs attention"] = _list_problems(now, content)
    for heading, entries in sections.items():
        row = _set_section(sheet, look, row, heading, entries)
    if is_ours and not content.owner:
        row = _set_sign_off(sheet, look, now, content.approval, row) + 1
    closing = [("Whose seat", SEAT), ("Independent", INDEPENDENT), ("Licence", LICENCE)]
    row = _set_section(sheet, look, row, "", [*_list_origins(content).items(), *closing])
    set_up_print(sheet, content.footer, landscape=False, columns=len(WIDTHS), rows=row - 2)
    heights = [sheet.row_dimensions[number].height or LINE for number in range(1, row)]
    sheet.page_setup.fitToHeight = int(sum(heights) <= ONE_PAGE)

    # what follows is for the screen alone
    if content.is_internal and not content.for_print:
        row = _set_section(sheet, look, row, "How to review", [("", text) for text in HOW_TO])
    if content.purposes:
        _set_section(sheet, look, row, "Contents", list(content.purposes.items()))
    for number, name in enumerate(content.purposes, start=row + 1):
        cell = look.put(sheet.cell(number, 1), "prose_link")
        cell.hyperlink = Hyperlink(ref=cell.coordinate, location=f"'{name}'!A1")
    return Body()


def _set_section(sheet: Worksheet, look: Look, row: int, heading: str, entries: Entries) -> int:
    """Write a heading, if any, and labels with texts across the page; return the next free row."""
    if heading:
        row = set_lines(sheet, look, [[("heading", heading)]], start=row)
    for label, text in entries:
        set_lines(sheet, look, [[("label", label), ("prose", text)]], start=row)
        sheet.merge_cells(start_row=row, end_row=row, start_column=2, end_column=len(WIDTHS))
        lines = max(count_lines(label, WIDTHS[0]), count_lines(text, ACROSS))
        sheet.row_dimensions[row].height = LINE * lines
        row += 1
    sheet.row_dimensions[row].height = GAP
    return row + 1


def _list_first(entries: Entries, most: int, rest: str = "more") -> Entries:
    """Return the first entries, and how many more there are."""
    more = len(entries) - most
    return [*entries[:most], *([("", f"and {more:,} {rest}")] if more > 0 else [])]


def _list_findings(content: Content) -> Entries:
    """List three findings: who is responsible, what it rests on, and what must be done."""
    model = content.model
    total = len(model)
    parties, bases = Counter(content.values["responsibility"]), Counter(content.values["basis"])
    codes = content.tables["responsibilities"].sort_values("position")["responsibility"]
    marks = list_marks()
    signs = (marks["mark"] + " " + marks["label"]).str.strip()
    must = model["customer_action"].eq("required")
    return [
        ("Who is responsible", _join_counts({name: parties[name] for name in codes})),
        ("What it rests on", _join_counts({sign: bases[str(mark)] for mark, sign in signs.items()})),
        ("What must be done",
         f"The customer must act in {int(must.sum()):,} of {total:,} cells, and may act in "
         f"{int(model['customer_action'].eq('optional').sum()):,}."),
    ]  # fmt: skip


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
    cells, model = now.cells[now.cells["where"].eq("")], now.model
    conflicts, overdue, expired = (
        now.problems[now.problems["kind"].eq(kind)] for kind in ("conflict", "overdue", "expired")
    )
    ours = model[model["customer_action"].eq("required")].assign(where="")
    if "resources" in ours:  # what runs most often first
        ours = ours.sort_values("resources", ascending=False, kind="stable")
    status = cells[cells["field"].eq("status")].set_index(CELL)["value"]
    is_agreed = status.reindex(pd.MultiIndex.from_frame(ours[CELL].astype(str))).eq("agreed").to_numpy()
    marks, raci = find_marks(ours), list_raci(now)
    return {
        "conflicts": conflicts,
        "duties that are overdue": overdue,
        "exceptions, decisions and evidence that have expired": expired,
        "documented duties of ours not agreed": ours[marks.eq("documented") & ~is_agreed],
        "derived duties of ours not agreed": ours[marks.eq("derived") & ~is_agreed],
        "duties of ours that rest on a default": ours[marks.eq("default")],
        "duties without exactly one accountable": raci[raci["problem"].ne("")],
    }


def _list_risks(now: State, content: Content) -> Entries:
    """List how often there is each risk, and where first; what there is none of comes last."""
    risks = sorted(list_risks(now).items(), key=lambda risk: risk[1].empty)
    firsts = (name_keys(content, keys.head(1)) for _, keys in risks)
    return [
        (f"{len(keys):,}", (": " if len(keys) == 1 else ", first ").join([name, *first]))
        for (name, keys), first in zip(risks, firsts, strict=True)
    ]


def _list_teams(now: State) -> Entries:
    """List what each accountable must do, those first whose day is the first."""
    tasks = list_open_tasks(now)
    teams = [(str(name), rows) for name, rows in tasks.groupby("accountable", sort=False) if name]
    teams.sort(key=lambda team: min(filter(None, team[1]["due"]), default="9999"))
    firsts = (" / ".join(rows[["offering", "duty"]].iloc[0]) for _, rows in teams)
    entries = [
        (name, f"{describe_open_tasks(rows)}; first {first}")
        for (name, rows), first in zip(teams, firsts, strict=True)
    ]
    return _list_first(entries, MOST_LISTED) or [("", "Nobody is accountable.")]


def _list_to_approve(now: State, content: Content) -> Entries:
    """List what is to be approved: decisions that wait, and what differs from the approved answers."""
    approval, entries = content.approval, now.entries
    answers = now.cells[now.cells["field"].eq("answer")]
    elsewhere = int(answers["where"].ne("").sum())
    by_where = f" and {elsewhere:,} by Where" if elsewhere else ""
    of_all = f"{len(now.model):,} cells{by_where}"
    by, on = approval.by, f" on {approval.on}" if approval.on else ""
    text = f"The answers of {of_all}, as this book shows them: nobody has approved them yet."
    if approval.is_approved:
        text = f"Nothing: {by} approved the answers of {of_all}{on}."
    elif by:
        counts = approval.changed["why"].value_counts()
        text = f"Since {by} approved{on}: "
        text += f"{', '.join(f'{count:,} {why}' for why, count in counts.items())} of {of_all}."

    # what differs from the latest approval or, without any, from the tables
    changes = approval.changed.rename(columns={"approved": "before", "now": "after"})
    changes = changes.merge(answers[[*KEY, "by", "on", "reason"]], on=KEY, how="left", validate="1:1")
    if not by:
        changes = answers[answers["entry_ids"].ne("")].rename(columns={"value": "after"})
        given = content.given[CELL].assign(before=content.given["responsibility"].astype(str))
        given["before"] += ", " + content.given["customer_action"].astype(str)
        changes = changes.merge(given, on=CELL, validate="m:1")

    # before them, the decisions that wait
    proposed = list_rows(entries[entries["state"].eq("proposed")])
    if proposed:
        wait = "decision waits" if len(proposed) == 1 else "decisions wait"
        text += f" {len(proposed):,} {wait} for a second name."
    in_force = answers.set_index(KEY)["value"].to_dict()
    rows = []
    for row in proposed:
        offering, duty, where = (row[name] for name in KEY)
        before = in_force.get((offering, duty, where)) or in_force.get((offering, duty, ""), "")
        rows.append(row | {"word": "waits: ", "before": before, "after": row["value"]})
    rows += list_rows(changes.fillna(""))
    named = zip(name_keys(content, pd.DataFrame(rows, columns=KEY)), rows, strict=True)
    listed = [("", _shorten(name, _describe_decision(row))) for name, row in named]
    rest = "more, in Register and Review here"
    return [("Answers", text), *_list_first(listed, MOST_TO_APPROVE, rest)]


def _describe_decision(row: Row) -> str:
    """Describe what becomes of an answer, by whom and why."""
    before, after = row["before"], row["after"]
    change = f"from {before} to {after}"
    if not (before and after):
        change = f"new: {after}" if after else f"gone: {before}"
    signed = ", ".join(filter(None, [row["by"], row["on"]]))
    parts = [f"{row.get('word', '')}{change}", ": ".join(filter(None, [signed, row["reason"]]))]
    return "; ".join(filter(None, parts))


def _shorten(name: str, text: str) -> str:
    return shorten(f"{name}: {text}", LONGEST_LINE, placeholder=" ...")


def _list_problems(now: State, content: Content) -> Entries:
    """List the most pressing problems, each with its cell."""
    named = zip(name_keys(content, now.problems), list_rows(now.problems), strict=True)
    entries = [("", _shorten(name, describe_problem(row))) for name, row in named]
    rest = "more, in their rows of Review here"
    return _list_first(entries, MOST_PROBLEMS, rest) or [("", "Nothing.")]


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
