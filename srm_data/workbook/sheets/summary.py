"""The summary: what a board reads first, what is to be approved, and the sign-off."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from textwrap import shorten

import pandas as pd

from srm_data.cells import find_marks, list_marks
from srm_data.describe import describe_assumed, describe_estate, share_percents
from srm_data.register.approval import Approval
from srm_data.register.entries import KEY, Row, list_rows
from srm_data.register.overview import list_raci
from srm_data.register.problems import describe_problem
from srm_data.register.state import State
from srm_data.register.tasks import describe_open_tasks, list_actions, list_open_tasks
from srm_data.schema import CELL, INDEPENDENT, LICENCE, SEAT
from srm_data.workbook.content import Content
from srm_data.workbook.layout import Plan, Text, count_lines, write_date
from srm_data.workbook.reviewed import APPROVED_BY, COVER_FIELDS, SIGN_OFF_HEADER
from srm_data.workbook.sheets.registers import list_decisions, name_keys
from srm_data.xlsx.writer import Formula, Value

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


def build_summary(content: Content) -> Plan:
    """Build findings, what is to be approved, risks, teams, problems, sign-off and contents."""
    now, is_ours = content.now, content.is_internal and not content.is_catalogue
    title = f"{TITLE}: {content.owner}" if content.owner else TITLE
    caption = f"{content.scope}. As of {now.day}, data version {content.version}."
    texts = [Text([("title", title)], 26), Text([("caption", caption)])]
    _add_section(texts, "", _list_findings(content))
    if is_ours and not content.owner:
        to_approve, decided = _list_decisions(now, content)
        _add_section(texts, "To be approved", to_approve)
        if decided:
            _add_section(texts, "Decisions in force", decided)
    if is_ours:
        _add_section(texts, "Risks, the worst first", _list_risks(now, content))
        _add_section(texts, "Who must do what, until when", _list_teams(now))
        _add_section(texts, "Needs attention", _list_problems(now, content))
    if is_ours and not content.owner:
        texts += [Text((), GAP), *_make_sign_off(now, content.approval)]
    closing = [("Whose seat", SEAT), ("Independent", INDEPENDENT), ("Licence", LICENCE)]
    _add_section(texts, "", [*_list_origins(content).items(), *closing])
    printed, height = len(texts), sum(text.height or LINE for text in texts)

    # what follows is for the screen alone
    if content.is_internal and not content.for_print:
        _add_section(texts, "How to review", [("", text) for text in HOW_TO])
    if content.purposes:
        links = [link_to_sheet(name) for name in content.purposes]
        pairs = list(zip(links, content.purposes.values(), strict=True))
        _add_section(texts, "Contents", pairs, style="prose_link")
    across = [number for number, text in enumerate(texts, start=1) if len(text.cells) == 2]
    return Plan(
        texts, widths=WIDTHS, merged=[f"B{number}:D{number}" for number in across], landscape=False,
        printed_rows=printed, pages=(1, int(height <= ONE_PAGE)),
    )  # fmt: skip


def link_to_sheet(title: str) -> Formula:
    """Return a link to another sheet of the book."""
    return Formula(f'HYPERLINK("#\'{title}\'!A1","{title}")', title)


def _add_section(
    texts: list[Text], heading: str, entries: Sequence[tuple[Value, str]], *, style: str = "label"
) -> None:
    """Add a heading, if any, and labels with texts across the page."""
    texts.append(Text((), GAP))
    if heading:
        texts.append(Text([("heading", heading)]))
    for label, text in entries:
        named = label if isinstance(label, str) else ""
        lines = max(count_lines(named, WIDTHS[0]), count_lines(text, ACROSS))
        texts.append(Text([(style, label), ("prose", text)], LINE * lines))


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
    actions = list_actions(content.now) if content.is_internal else model["customer_action"]
    must, may = (int(actions.eq(action).sum()) for action in ("required", "optional"))
    return [
        ("Who is responsible", _join_counts({name: parties[name] for name in codes})),
        ("What it rests on", _join_counts({sign: bases[str(mark)] for mark, sign in signs.items()})),
        ("What must be done",
         f"The customer must act in {must:,} of {total:,} cells, and may act in {may:,}."),
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
    ours = model[list_actions(now).eq("required")].assign(where="")
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
        (name, f"{describe_open_tasks(rows)}{': ' if any(rows['due']) else ', first '}{first}")
        for (name, rows), first in zip(teams, firsts, strict=True)
    ]
    return _list_first(entries, MOST_LISTED) or [("", "Nobody is accountable.")]


def _list_decisions(now: State, content: Content) -> tuple[Entries, Entries]:
    """List what is to be approved, and the decisions in force, each with who approved it.

    To be approved are the decisions that wait, and what differs from the answers that were approved.
    """
    approval, decisions = content.approval, list_decisions(now)
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

    # what differs from the latest approval
    changes = approval.changed.rename(columns={"approved": "before", "now": "after"})
    changes = changes.merge(answers[[*KEY, "by", "on", "reason"]], on=KEY, how="left", validate="1:1")

    # before them, the decisions that wait
    of_ids = {row["entry_id"]: row for row in list_rows(decisions)}
    waiting = list_rows(now.entries[now.entries["state"].eq("proposed")])
    proposed = [of_ids.get(row["entry_id"], row) for row in waiting]
    if proposed:
        wait = "decision waits" if len(proposed) == 1 else "decisions wait"
        text += f" {len(proposed):,} {wait} for a second name."
    in_force = answers.set_index(KEY)["value"].to_dict()
    rows = []
    for row in proposed:
        offering, duty, where = (row[name] for name in KEY)
        before = in_force.get((offering, duty, where)) or in_force.get((offering, duty, ""), "")
        rows.append(row | {"word": "waits: ", "before": before, "after": row["value"]})
    rows += (changed := list_rows(changes.fillna("")))

    # what was decided of each cell, beside what the tables say
    signed = decisions.set_index("entry_id")[["reason", "by", "on", "approved_by"]]
    is_off = now.cells["field"].eq("status") & now.cells["value"].eq("not ours")
    cells = now.cells.loc[is_off | now.cells["field"].eq("answer"), [*KEY, "value", "entry_ids"]]
    cells["entry_id"] = cells.pop("entry_ids").str.partition("; ")[0]
    cells = cells.join(signed, on="entry_id", how="inner")
    given = content.given[CELL].assign(before=content.given["responsibility"].astype(str))
    given["before"] += ", " + content.given["customer_action"].astype(str)
    cells = cells.rename(columns={"value": "after"}).merge(given, on=CELL, validate="m:1")
    shown = [[row[name] for name in (*KEY, "after")] for row in changed]
    decided = [row for row in list_rows(cells) if [row[name] for name in (*KEY, "after")] not in shown]

    # both on a page
    rest, least = "more, in Register and Review here", min(len(decided), MOST_PROBLEMS)
    to_approve = _list_first(_name_decisions(rows, content), MOST_TO_APPROVE - least, rest)
    most = max(least, MOST_TO_APPROVE - len(rows))
    return [("Answers", text), *to_approve], _list_first(_name_decisions(decided, content), most, rest)


def _name_decisions(rows: list[Row], content: Content) -> Entries:
    named = zip(name_keys(content, pd.DataFrame(rows, columns=KEY)), rows, strict=True)
    return [("", _shorten(name, _describe_decision(row))) for name, row in named]


def _describe_decision(row: Row) -> str:
    """Describe what becomes of an answer, by whom and why."""
    before, after = row["before"], row["after"]
    change = f"from {before} to {after}"
    if not (before and after):
        change = f"new: {after}" if after else f"gone: {before}"
    word = row.get("word", "")
    approved = f"approved by {row['approved_by']}" if row.get("approved_by") and not word else ""
    signed = ", ".join(filter(None, [row["by"], row["on"], approved]))
    parts = [f"{word}{change}", ": ".join(filter(None, [signed, row["reason"]]))]
    return "; ".join(filter(None, parts))


def _shorten(name: str, text: str) -> str:
    return shorten(f"{name}: {text}", LONGEST_LINE, placeholder=" ...")


def _list_problems(now: State, content: Content) -> Entries:
    """List the most pressing problems, each with its cell."""
    named = zip(name_keys(content, now.problems), list_rows(now.problems), strict=True)
    entries = [("", _shorten(name, describe_problem(row))) for name, row in named]
    rest = "more, in their rows of Review here"
    return _list_first(entries, MOST_PROBLEMS, rest) or [("", "Nothing.")]


def _make_sign_off(now: State, approval: Approval) -> list[Text]:
    """Make the fields to fill in, with the entries in force."""
    texts = [Text([("header", text) for text in SIGN_OFF_HEADER])]
    entries = now.entries[now.entries["state"].eq("in force")]
    for label, field in [*COVER_FIELDS.items(), (APPROVED_BY, "")]:
        given = entries[entries["field"].eq(field)].head(1)
        value, by, on = (
            str(given[name].iloc[0]) if len(given) else "" for name in ("value", "by", "on")
        )
        if not field and approval.is_approved:
            value, by, on = approval.by, "", approval.on
        is_day = label == "Next review" and write_date(value) != value
        style, shown = ("entry_day", write_date(value)) if is_day else ("entry_text", value)
        texts.append(Text([
            ("label", label), (style, shown), ("entry_text", by), ("entry_day", write_date(on)),
        ]))  # fmt: skip
    return texts
