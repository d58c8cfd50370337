"""The summary: what a board reads first, what is to be approved, and the sign-off."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import accumulate
from textwrap import shorten

import pandas as pd

from srm_data.cells import find_marks, list_marks
from srm_data.describe import count_things, describe_assumed, describe_estate, share_percents
from srm_data.register.entries import KEY, Row, list_rows
from srm_data.register.overview import NOBODY, list_decisions
from srm_data.register.state import State, list_actions
from srm_data.register.tasks import RISKS, rank_keys, select_open_tasks
from srm_data.register.words import split_answer
from srm_data.schema import CELL, INDEPENDENT, LICENCE, SEAT
from srm_data.workbook.content import Content
from srm_data.workbook.layout import Plan, Text, count_lines, write_date
from srm_data.workbook.reviewed import APPROVED_BY, COVER_FIELDS, REVIEWED_ROW, SIGN_OFF_HEADER
from srm_data.workbook.sheets.registers import (
    HOW_TO_SET,
    NO_DATE,
    count_accountable,
    join_counts,
    name_keys,
)
from srm_data.xlsx.writer import Formula, Value

TITLE = "AWS Shared Responsibility Matrix"
Lines = list[tuple[Value, ...]]
"""A label and a text across the page, or a text for each of the four columns."""
WIDTHS = (28, 49, 16, 10.5)  # at least 8 points on A4
LINE, GAP = 15.0, 7.0  # points
ROOM = 1.05  # characters of prose that a column has for each of its width
ONE_PAGE = 1040  # points of rows that are legible on a page
MOST_TASKS = 8
FEWEST = 3  # a gap, a header and one line
LONGEST_LINE = 170  # characters of a decision; its row has all
TO_APPROVE = ("To be approved", "Change, and why", "By", "On")
TEAMS = ("Who must do what", "First of all", "First due", "Open")
OWN_TASKS = ("What to do first", "What", "Until", "Status")
IN_FORCE = ("In force", "Decision or exception, and why", "By", "On")
OF_RISKS = {
    "overdue": ("duty", "past the day and not done"),
    "expired": ("entry", "expired and in force no more"),
    "in conflict": ("conflict", "open: its entries contradict each other, so that none holds"),
    "not in force": ("entry", "not in force"),
    "to look at again": ("entry", "old, or agreed to an answer that has moved"),
}
"""What there is of each risk, and what is said of it."""
NOT_ENTERED = {
    "decisions": "answer", "exceptions": "exception", "approvals": "approval", "due dates": "due",
    "accountable teams": "accountable", "evidence": "evidence",
}  # fmt: skip
"""What a register may have, by the field of its entries."""
HOW_TO = (
    "1. Open Review here. What is worst stands first; filter Accountable by your name.",
    "2. If the answer is right, enter agreed under Status, with your name and the date.",
    "3. If another answer applies, choose it under Decision, with a comment, your name and the date. "
    "One that takes a duty off you waits until a second name approves it with evidence.",
    "4. Duties of the organisation are asked once, as All services: their status holds for every row.",
    "5. Send the book back: srm-data review BOOK --register register.csv keeps every entry.",
)


def build_summary(content: Content) -> Plan:
    """Build what is approved, the worst risk, what each team must do, then proof and contents."""
    now, is_ours = content.now, content.is_internal and not content.is_catalogue
    is_whole = is_ours and not content.owner
    title = f"{TITLE}: {content.owner}" if content.owner else TITLE
    caption = f"{content.scope}. As of {now.day}, data version {content.version}."
    texts = [Text([("title", title)], 26), Text([("caption", caption)])]
    if is_whole:
        texts += [Text((), GAP), *_make_sign_off(content)]
    ours = _list_ours(now) if is_ours else pd.DataFrame()
    findings = _list_findings(content, ours)
    if is_ours:
        open_tasks = select_open_tasks(now, content.tasks)
        tasks = _list_own_tasks(open_tasks) if content.owner else _list_teams(open_tasks)
        if (more := len(tasks) - MOST_TASKS) > 0:
            place = "Review here" if content.owner else "Tasks"
            tasks = [*tasks[:MOST_TASKS], ("", f"and {more:,} more, in {place}")]
        if any(NO_DATE in line for line in tasks):
            tasks.append(("", HOW_TO_SET))
        worst, *risks = _list_risks(content, ours)
        texts += _make_lines([worst, *findings[-1:]], ("Worst risk", "Why, and where first", "", ""))
        texts += _make_lines(tasks or [("", "Nothing is open.")], OWN_TASKS if content.owner else TEAMS)
        texts += _make_lines(risks, ("Other risks", "The worst first", "", "")) if risks else []
        findings = findings[:-1]
    closing = [("Whose seat", SEAT), ("Independent", INDEPENDENT), ("Licence", LICENCE)]
    rest = _make_lines([*findings, *_list_origins(content).items(), *closing])
    if is_whole:  # decisions have the room that the others leave on a page
        room = ONE_PAGE - sum(text.height or LINE for text in [*texts, *rest])
        to_approve, decided = _list_decisions(content)
        changes = _make_lines(to_approve, TO_APPROVE) if to_approve else []
        in_force = _make_lines(decided, IN_FORCE) if decided else []
        changes = _fit(changes, room - min(room / 3, sum(text.height for text in in_force)))
        texts += [*changes, *_fit(in_force, room - sum(text.height for text in changes))]
    texts += rest
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
        counts = map(count_lines, shown, (int(width * ROOM) for width in widths))
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


def _list_findings(content: Content, ours: pd.DataFrame) -> Lines:
    """List three findings: who is responsible, what it rests on, and what must be done."""
    parties = Counter(content.values["responsibility"])
    codes = content.tables["responsibilities"].sort_values("position")["responsibility"]
    marks, bases = list_marks(), Counter(content.values["basis"])
    signs = (marks["mark"] + " " + marks["label"]).str.strip()
    actions = list_actions(content.now) if content.is_internal else content.model["customer_action"]
    must, may = (int(actions.eq(action).sum()) for action in ("required", "optional"))
    is_ours = content.is_internal and not content.is_catalogue
    text = f"{'We' if is_ours else 'The customer'} must act on {must:,} of {len(actions):,} duties, "
    text += f"and may act on {may:,}."
    if is_ours and must:  # what became of each
        counts = Counter(ours.loc[~ours["is_agreed"], "mark"])
        done = {"agreed": int(ours["is_agreed"].sum()), "decided by us": counts.pop("decision", 0)}
        left = join_counts({words: counts[str(mark)] for mark, words in marks["words"].items()})
        head = f"Of the {must:,}, {join_counts(done)}; not" if any(done.values()) else "None is"
        text += f" {head} agreed: {left or 'none'}."
    return [
        ("Who is responsible", _join_counts({name: parties[name] for name in codes})),
        ("What it rests on", _join_counts({sign: bases[str(mark)] for mark, sign in signs.items()})),
        ("What must be done", text),
    ]


def _list_ours(now: State) -> pd.DataFrame:
    """List the cells in which we must act, what is worst first, with their mark and ``is_agreed``."""
    ours = now.model[list_actions(now).eq("required")].assign(where="")
    cells = now.cells[now.cells["where"].eq("") & now.cells["field"].eq("status")]
    agreed = pd.MultiIndex.from_frame(cells.loc[cells["value"].eq("agreed"), CELL].astype(object))
    is_agreed = pd.MultiIndex.from_frame(ours[CELL].astype(object)).isin(agreed)
    ours = ours.assign(mark=find_marks(ours), is_agreed=is_agreed)
    return ours.iloc[rank_keys(now, ours).argsort()]


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


def _list_risks(content: Content, ours: pd.DataFrame) -> Lines:
    """List each risk as a sentence, the worst first, and last in one line what there is none of."""
    now, entries, tasks = content.now, content.now.entries, content.tasks
    problems = now.problems.iloc[rank_keys(now, now.problems).argsort()]
    waiting = set(entries.loc[entries["state"].eq("proposed"), "entry_id"])
    risks = list[tuple[str, str, pd.DataFrame]]()
    for name, kinds in RISKS.items():
        rows = problems[problems["kind"].isin(kinds)]
        waits = int(rows["entry_ids"].isin(waiting).sum())
        parts = {"lacking something or unclear": len(rows) - waits, "waiting for a second name": waits}
        more = f": {join_counts(parts)}" if name == "not in force" else ""
        (noun, words), verb = OF_RISKS[name], "is" if len(rows) == 1 else "are"
        risks.append((name, f"{count_things(len(rows), noun)} {verb} {words}{more}", rows))

    # what must be done and nobody agreed, of the surest basis; who is accountable for what
    ours = ours[~ours["is_agreed"]]
    marks = ours.loc[ours["mark"].ne("decision"), "mark"]
    first = ours[ours["mark"].eq(marks.min())]
    words = list_marks()["words"].get(marks.min(), "")
    text = f"Nobody has agreed to {count_things(len(first), 'duty')} of ours ({words})"
    risks.append(("not agreed", f"{text}, which may stay undone", first))
    risks.append(("without an accountable", count_accountable(tasks), tasks[tasks["problem"].ne("")]))

    # what there is none of stands in one line
    lines: Lines = [
        (name.capitalize(), f"{text}. {_name_first(content, rows)}")
        for name, text, rows in risks
        if len(rows)
    ]
    none = ", ".join(name for name, _, rows in risks if rows.empty)
    entered = set(NOT_ENTERED.values()) if content.owner else set(entries["field"])  # rules are of all
    blank = ", ".join(name for name, field in NOT_ENTERED.items() if field not in entered)
    named = {"No entry or duty is ": none, "Nothing entered yet: ": blank}
    text = " ".join(f"{label}{names}." for label, names in named.items() if names)
    return [*lines, ("None", text)] if text else lines


def _name_first(content: Content, rows: pd.DataFrame) -> str:
    """Name the first of the rows, and where it stands."""
    (name,), key = name_keys(content, rows.head(1)), tuple(rows[KEY].iloc[0])
    listed = [] if content.rows is None else [*content.rows[KEY].itertuples(index=False, name=None)]
    place = f", row {listed.index(key) + REVIEWED_ROW + 1} of Review here" if key in listed else ""
    return f"First: {name}{place}."


def _list_teams(open_tasks: pd.DataFrame) -> Lines:
    """List what each accountable must do, the team with what is worst first."""
    lines: Lines = []
    for name, rows in open_tasks.groupby("accountable", sort=False):
        first, late = rows.iloc[0], int(rows["is_late"].sum())
        count = f"{len(rows):,}, {late:,} late" if late else f"{len(rows):,}"
        due = min(filter(None, rows["due"]), default=NO_DATE)
        lines.append((str(name) or NOBODY, f"{first['offering']} / {first['duty']}", due, count))
    return lines


def _list_own_tasks(open_tasks: pd.DataFrame) -> Lines:
    """List what the accountable of a book must do, what is worst first."""
    return [
        (f"{row['offering']} / {row['duty']}", row["task"], row["due"] or NO_DATE, row["status"])
        for row in list_rows(open_tasks)
    ]


def _list_decisions(content: Content) -> tuple[Lines, Lines]:
    """List what is to be approved, and the decisions and exceptions in force.

    To be approved are the decisions that wait, and what differs from the answers that were approved.
    """
    now, approval, decisions = content.now, content.approval, list_decisions(content.now)
    waiting, in_force = (decisions[decisions["state"].eq(name)] for name in ("proposed", "in force"))
    answers = now.cells[now.cells["field"].eq("answer")]

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
    return _describe_decisions([*waits, *changed], content), _describe_decisions(decided, content)


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


def _describe_approval(content: Content) -> str:
    """Describe what a signature approves, on what basis, and what it does not."""
    now, approval = content.now, content.approval
    elsewhere = int((now.cells["field"].eq("answer") & now.cells["where"].ne("")).sum())
    of_all = f"{len(now.model):,} answers" + (f" and {elsewhere:,} by Where" if elsewhere else "")
    when = f" on {approval.on}" if approval.on else ""
    if approval.is_approved:
        text = f"{approval.by} approved {of_all}{when}, and none has changed."
    elif approval.by:
        changed = join_counts(Counter(approval.changed["why"]))
        text = f"Since {approval.by} approved{when}: {changed} of {of_all}."
    else:
        text = "Nobody has approved yet."
    bases, words = Counter(content.values["basis"]), list_marks()["words"]
    parts = join_counts({name: bases[str(mark)] for mark, name in words.items()})
    return (
        f"{text} A name and a day at Approved by approve who is responsible for {len(now.model):,} "
        f"duties, as this book shows it: {parts}. Not approved by it: that anything is done, and a "
        "decision that waits for a second name."
    )


def _make_sign_off(content: Content) -> list[Text]:
    """Make what is signed and the fields to fill in, with the entries in force."""
    entries, approval = content.now.entries, content.approval
    (described,) = _make_lines([("What is approved", _describe_approval(content))])[1:]
    texts = [Text([("header_growing", text) for text in SIGN_OFF_HEADER]), described]
    entries = entries[entries["state"].eq("in force")]
    for label, field in [(APPROVED_BY, ""), *COVER_FIELDS.items()]:
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
