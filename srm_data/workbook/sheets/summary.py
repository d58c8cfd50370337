"""The summary: what a board reads first, what is to be approved, and the sign-off."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import accumulate
from textwrap import shorten

import pandas as pd

from srm_data.cells import find_marks, list_marks
from srm_data.describe import describe_assumed, describe_estate, share_percents
from srm_data.register.approval import Approval
from srm_data.register.entries import KEY, Row, list_rows
from srm_data.register.overview import NOBODY, list_decisions, list_raci
from srm_data.register.state import State, list_actions
from srm_data.register.tasks import list_open_tasks
from srm_data.register.words import split_answer
from srm_data.schema import CELL, INDEPENDENT, LICENCE, SEAT
from srm_data.workbook.content import Content
from srm_data.workbook.layout import Plan, Text, count_lines, write_date
from srm_data.workbook.reviewed import APPROVED_BY, COVER_FIELDS, SIGN_OFF_HEADER
from srm_data.workbook.sheets.registers import name_keys
from srm_data.xlsx.writer import Formula, Value

TITLE = "AWS Shared Responsibility Matrix"
Lines = list[tuple[Value, ...]]
"""A label and a text across the page, or a text for each of the four columns."""
WIDTHS = (28, 52, 13, 10.5)  # at least 8 points on A4
LINE, GAP = 15.0, 7.0  # points
ONE_PAGE = 1040  # points of rows that are legible on a page
MOST_TASKS = 8
FEWEST = 3  # a gap, a header and one line
LONGEST_LINE = 170  # characters of a decision; its row has all
TO_APPROVE = ("To be approved", "Change, and why", "By", "On")
RISKS = ("Risks, the worst first", "What, and where first", "", "")
TEAMS = ("Who must do what", "First of all", "First due", "Open")
OWN_TASKS = ("What to do first", "What", "Until", "Status")
IN_FORCE = ("In force", "Decision or exception, and why", "By", "On")
KINDS_OF_RISKS = {
    "conflicts": ["conflict"],
    "duties that are overdue": ["overdue"],
    "exceptions, decisions and evidence that have expired": ["expired"],
    "entries that lack something or are unclear": ["not taken", "unclear", "stray"],
    "answers, agreements and reviews to look at again": ["moved", "old", "review due"],
}
BASES = {
    "documented": "documented duties of ours not agreed",
    "derived": "derived duties of ours not agreed",
    "default": "duties of ours on a default, not agreed",
}
APPROVES = (
    "A name and a day at Approved by, below, approve the answers as this book shows them, but no "
    "decision that waits: another name approves it in its own row, with evidence."
)
HOW_TO = (
    "1. Open Review here. Yellow duties need attention first; filter Accountable by your name.",
    "2. If the answer is right, enter agreed under Status, with your name and the date.",
    "3. If another answer applies, choose it under Decision, with a comment, your name and the date. "
    "One that takes a duty off you waits until a second name approves it with evidence.",
    "4. Send the book back: srm-data review BOOK --register register.csv keeps every entry.",
)


def build_summary(content: Content) -> Plan:
    """Build findings, what is to be approved, risks, teams, what is in force, sign-off and contents."""
    now, is_ours = content.now, content.is_internal and not content.is_catalogue
    is_whole = is_ours and not content.owner
    title = f"{TITLE}: {content.owner}" if content.owner else TITLE
    caption = f"{content.scope}. As of {now.day}, data version {content.version}."
    texts = [Text([("title", title)], 26), Text([("caption", caption)])]
    texts += _make_lines(_list_findings(content))
    closing = [("Whose seat", SEAT), ("Independent", INDEPENDENT), ("Licence", LICENCE)]
    rest = _make_lines([*_list_origins(content).items(), *closing])
    if is_whole:
        rest = [Text((), GAP), *_make_sign_off(now, content.approval), *rest]
    risks = []
    if is_ours:
        tasks = _list_own_tasks(now) if content.owner else _list_teams(now)
        tasks = tasks or [("", "Nothing is open.")]
        if (more := len(tasks) - MOST_TASKS) > 0:
            place = "Review here" if content.owner else "Tasks"
            tasks = [*tasks[:MOST_TASKS], ("", f"and {more:,} more, in {place}")]
        risks = _make_lines(_list_risks(now, content), RISKS)
        risks += _make_lines(tasks, OWN_TASKS if content.owner else TEAMS)
    in_force = list[Text]()
    if is_whole:  # decisions have the room that the others leave on a page
        room = ONE_PAGE - sum(text.height or LINE for text in [*texts, *risks, *rest])
        to_approve, decided = _list_decisions(now, content)
        changes, in_force = _make_lines(to_approve, TO_APPROVE), _make_lines(decided, IN_FORCE)
        in_force = in_force if decided else []
        changes = _fit(changes, room - min(room / 3, sum(text.height for text in in_force)))
        in_force = _fit(in_force, room - sum(text.height for text in changes))
        texts += changes
    texts += [*risks, *in_force, *rest]
    printed = len(texts)

    # what follows is for the screen alone
    if content.is_internal and not content.for_print:
        texts += _make_lines([("", text) for text in HOW_TO], ("How to review", "", "", ""))
    if content.purposes:
        links: Lines = [
            (Formula(f'HYPERLINK("#\'{name}\'!A1","{name}")', name), text)
            for name, text in content.purposes.items()
        ]
        texts += _make_lines(links, ("Contents", "", "", ""), style="prose_link")
    across = [number for number, text in enumerate(texts, start=1) if len(text.cells) == 2]
    return Plan(
        texts, widths=WIDTHS, merged=[f"B{number}:D{number}" for number in across], landscape=False,
        printed_rows=printed, pages=(1, 1),
    )  # fmt: skip


def _make_lines(lines: Lines, header: Sequence[str] = (), *, style: str = "label") -> list[Text]:
    """Make lines below a header, if any, each as high as its texts need."""
    texts = [Text((), GAP)]
    if header:
        texts.append(Text([("header_growing", name) for name in header], LINE))
    for line in lines:
        widths = WIDTHS if len(line) > 2 else (WIDTHS[0], sum(WIDTHS[1:]))
        shown = (text if isinstance(text, str) else "" for text in line)
        counts = map(count_lines, shown, map(int, widths))
        styles = [style, *["prose"] * (len(line) - 1)]
        texts.append(Text(list(zip(styles, line, strict=True)), LINE * max(counts)))
    return texts


def _fit(texts: list[Text], room: float) -> list[Text]:
    """Return the first lines that fit into a number of points, and how many more there are."""
    most = sum(height <= room - LINE for height in accumulate(text.height for text in texts))
    most = max(most, FEWEST)
    more = len(texts) - most
    if more < 2:  # the line that counts them has no more room
        return texts
    return [*texts[:most], *_make_lines([("", f"and {more:,} more, in Register and Review here")])[1:]]


def _list_findings(content: Content) -> Lines:
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


def _list_risks(now: State, content: Content) -> Lines:
    """List how often there is each risk, and where first; what there is none of comes last."""
    cells, problems = now.cells[now.cells["where"].eq("")], now.problems
    waiting = now.entries.loc[now.entries["state"].eq("proposed"), "entry_id"]
    problems = problems[~problems["entry_ids"].isin(waiting)]  # they are to be approved
    risks = {name: problems[problems["kind"].isin(kinds)] for name, kinds in KINDS_OF_RISKS.items()}

    # what must be done and nobody agreed, what runs most often first
    ours = now.model[list_actions(now).eq("required")].assign(where="")
    if "resources" in ours:
        ours = ours.sort_values("resources", ascending=False, kind="stable")
    status = cells[cells["field"].eq("status")].set_index(CELL)["value"]
    agreed = status.reindex(pd.MultiIndex.from_frame(ours[CELL].astype(str))).eq("agreed")
    ours, raci = ours[~agreed.to_numpy()], list_raci(now)
    marks = find_marks(ours)
    risks |= {name: ours[marks.eq(basis)] for basis, name in BASES.items()}
    risks["duties, required or optional, without exactly one accountable"] = raci[
        raci["problem"].ne("")
    ]
    return [
        (f"{len(rows):,}",
         (": " if len(rows) == 1 else ", first ").join([name, *name_keys(content, rows.head(1))]))
        for name, rows in sorted(risks.items(), key=lambda risk: risk[1].empty)
    ]  # fmt: skip


def _list_teams(now: State) -> Lines:
    """List what each accountable must do, those first whose day is the first."""
    teams = list(list_open_tasks(now).groupby("accountable", sort=False))
    teams.sort(key=lambda team: min(filter(None, team[1]["due"]), default="9999"))
    lines: Lines = []
    for name, rows in teams:
        first, late = rows.iloc[0], int(rows["is_late"].sum())
        count = f"{len(rows):,}, {late:,} late" if late else f"{len(rows):,}"
        lines.append(
            (str(name) or NOBODY, f"{first['offering']} / {first['duty']}", first["due"], count)
        )
    return lines


def _list_own_tasks(now: State) -> Lines:
    """List what the accountable of a book must do, the first day first."""
    return [
        (f"{row['offering']} / {row['duty']}", row["task"], row["due"], row["status"])
        for row in list_rows(list_open_tasks(now))
    ]


def _list_decisions(now: State, content: Content) -> tuple[Lines, Lines]:
    """List what is to be approved, and the decisions and exceptions in force.

    To be approved are the decisions that wait, and what differs from the answers that were approved.
    """
    approval, decisions = content.approval, list_decisions(now)
    waiting, in_force = (decisions[decisions["state"].eq(name)] for name in ("proposed", "in force"))
    answers = now.cells[now.cells["field"].eq("answer")]
    elsewhere = int(answers["where"].ne("").sum())
    of_all = f"{len(now.model):,} cells" + (f" and {elsewhere:,} by Where" if elsewhere else "")
    when = f" on {approval.on}" if approval.on else ""
    text = f"Nobody has approved the answers of {of_all} yet."
    if approval.is_approved:
        text = f"{approval.by} approved the answers of {of_all}{when}."
        text = text if len(waiting) else f"Nothing: {text}"
    elif approval.by:
        counts = approval.changed["why"].value_counts()
        text = f"Since {approval.by} approved{when}: "
        text += f"{', '.join(f'{count:,} {why}' for why, count in counts.items())} of {of_all}."
    if len(waiting):
        text += f" {len(waiting):,} below {'waits' if len(waiting) == 1 else 'wait'} for a second name."
    if len(waiting) or not approval.is_approved:
        text += f" {APPROVES}"

    # what waits, then what differs from the latest approval, and what else is in force
    values = answers.set_index(KEY)["value"].to_dict()
    given = content.given[[*CELL, "responsibility", "customer_action"]].astype(object)
    tables = {(*row[:2],): f"{row[2]}, {row[3]}" for row in given.itertuples(index=False, name=None)}
    waits, decided = list_rows(waiting), list_rows(in_force)
    for row in waits:
        key = tuple(row[name] for name in KEY)
        row |= {"word": "waits: ", "before": values.get(key) or values.get((*key[:2], ""), "")}
    changes = approval.changed.rename(columns={"approved": "before", "now": "value"})
    changes = changes.merge(answers[[*KEY, "by", "on", "reason"]], on=KEY, how="left", validate="1:1")
    changed = list_rows(changes.fillna(""))
    keys = {tuple(row[name] for name in (*KEY, "value")) for row in changed}
    for row in decided:
        row["before"] = tables.get((row["offering_id"], row["duty_id"]), "")
        row["value"] = ", ".join(filter(None, split_answer(row["value"]))) or row["value"]
    decided = [row for row in decided if tuple(row[name] for name in (*KEY, "value")) not in keys]
    to_approve = _describe_decisions([*waits, *changed], content)
    return [("Answers", text), *to_approve], _describe_decisions(decided, content)


def _describe_decisions(rows: list[Row], content: Content) -> Lines:
    """Describe what becomes of each answer, why, by whom and when."""
    lines: Lines = []
    for name, row in zip(name_keys(content, pd.DataFrame(rows, columns=KEY)), rows, strict=True):
        before, after = row["before"], row["value"]
        change = f"from {before} to {after}" if before else f"now {after}"
        if row.get("kind") == "Exception":
            change = f"exception until {row['valid_until']}" if row["valid_until"] else after
        elif not after:
            change = f"gone: {before}"
        by = f", approved by {row['approved_by']}" if row.get("approved_by") else ""
        text = f"{row.get('word', '')}{change}{by}{'; ' if row['reason'] else ''}{row['reason']}"
        lines.append((name, shorten(text, LONGEST_LINE, placeholder=" ..."), row["by"], row["on"]))
    return lines


def _make_sign_off(now: State, approval: Approval) -> list[Text]:
    """Make the fields to fill in, with the entries in force."""
    texts = [Text([("header_growing", text) for text in SIGN_OFF_HEADER])]
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
