"""What is to be done and by whom, for tools of governance: tasks that come back, and a RACI."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pandas as pd

from srm_data.cells import check_frame
from srm_data.controls.frameworks import list_matrix_controls
from srm_data.controls.matrix import A_MATRIX, MATRIX
from srm_data.register.entries import KEY, SEPARATOR, Row, list_rows
from srm_data.register.files import unguard
from srm_data.register.merge import EDIT, Review, build_review, list_sent
from srm_data.register.overview import list_raci
from srm_data.register.state import RACI, State
from srm_data.register.tasks import list_tasks
from srm_data.register.words import list_days
from srm_data.schema import CELL, StrPath, read_package

FIELDS = ("accountable", "status", "due", "implementation", "comment")
"""Columns of a list of tasks that are read back, and their fields in the register."""
SIGNED = ("by", "on")
"""Columns for who changed a row and when, blank when it is written."""
TASK_LIST = [
    "task_id", "title", "task", *FIELDS, *SIGNED, "controls", "link", "customer_action", "answer",
    "attention", "problem", "offering", "duty", *KEY, "sent",
]  # fmt: skip
RACI_OF_AWS = {"AWS": "A/R", "Shared": "R", "Customer": ""}
"""What AWS is in a RACI, by the party of the answer."""


def build_task_list(
    now: State, owner: str = "", *, matrix: pd.DataFrame | None = None, address: str = ""
) -> pd.DataFrame:
    """Build the list of tasks that other tools import, and that :func:`read_task_list` reads back.

    Parameters
    ----------
    now
        State from :func:`~srm_data.register.state`.
    owner
        Only the tasks of this accountable.
    matrix
        Frame from :func:`~srm_data.controls.build_control_matrix`, for the ids of controls.
    address
        Web address of the site, for the links; without it they are relative to its folder.

    Returns
    -------
    DataFrame
        One row per cell and Where in which the customer must or may act, in the order of
        :func:`~srm_data.register.list_tasks`. Columns, all ``str``: ``task_id`` (offering, duty and
        Where, as in ``sqs/backup``; it never changes), ``title``, ``task``, ``accountable``,
        ``status``, ``due``, ``implementation``, ``comment``, ``by`` and ``on`` (blank, for who
        changes the row), ``controls`` (ids), ``link`` (page of the cell), ``customer_action``,
        ``answer``, ``attention``, ``problem``, ``offering``, ``duty``, ``offering_id``, ``duty_id``,
        ``where`` and ``sent`` (what the row was sent with, to be left as it is).

    Raises
    ------
    srm_data.exceptions.FrameError
        As :func:`~srm_data.register.list_tasks`.

    Examples
    --------
    >>> model = srm_data.choose_offerings(srm_data.build_model(), "sqs")
    >>> now = srm_data.register.state(srm_data.register.make_entries([]), model)
    >>> build_task_list(now).set_index("task_id").loc["sqs/backup", ["title", "status"]].tolist()
    ['SQS queue: Backup', 'open']
    """
    if matrix is not None:
        check_frame(matrix, MATRIX, A_MATRIX)
    tasks = list_tasks(now, owner)
    cells = now.model[[*CELL, "service_id"]].astype("str")
    cells["controls"] = "" if matrix is None else list_matrix_controls(now.model, matrix)
    tasks = tasks.merge(cells, on=CELL, how="left", validate="many_to_one")

    standing = _list_standing(now)
    answers = now.cells[now.cells["field"].eq("answer")].set_index(KEY)["value"]
    rows = []
    for task in list_rows(tasks):
        key = tuple(task[name] for name in KEY)
        fields = {name: standing.get((*key, name), ("", "")) for name in FIELDS}
        at = f"@{task['where']}" if task["where"] else ""
        anchor = f"{task['service_id']}.html#{task['offering_id']}.{task['duty_id']}"
        texts = {
            "task_id": f"{task['offering_id']}/{task['duty_id']}{at}",
            "title": f"{task['offering']}: {task['duty']}{at.replace('@', ' @ ')}",
            "answer": answers[key],
            "link": f"{address.rstrip('/')}/services/{anchor}".lstrip("/"),
            "sent": json.dumps(fields, ensure_ascii=False, separators=(",", ":")),
        }
        entered = {name: value for name, (value, _) in fields.items()}
        rows.append(dict.fromkeys(SIGNED, "") | task | entered | texts)
    return pd.DataFrame(rows, columns=TASK_LIST, dtype="str")


def _list_standing(now: State) -> dict[tuple[str, ...], tuple[str, str]]:
    """List what every field says now, and which entries a change of it replaces."""
    return {
        tuple(row[key] for key in (*KEY, "field")): (row["sent"], row["base"])
        for row in list_rows(list_sent(now))
    }


def is_task_list(path: StrPath) -> bool:
    """Return whether a CSV file is a list of tasks: it has the column ``task_id``."""
    with Path(path).open(encoding="utf-8-sig", errors="replace") as stream:
        return "task_id" in stream.readline()


def read_task_list(path: StrPath, now: State) -> Review:
    """Read a list of tasks that came back from a tool, as entries to merge into the register.

    Parameters
    ----------
    path
        CSV file with the column ``task_id`` and any of ``accountable``, ``status``, ``due``,
        ``implementation``, ``comment``, ``by`` and ``on``; other columns are ignored. Without the
        column ``sent``, rows are compared with ``now``.
    now
        State of the register, for the whole catalogue.

    Returns
    -------
    Review
        An entry for each field that differs from what was sent, and a remark that is asked back for
        each unknown id.

    Examples
    --------
    >>> import tempfile
    >>> model = srm_data.choose_offerings(srm_data.build_model(), "sqs")
    >>> now = srm_data.register.state(srm_data.register.make_entries([]), model)
    >>> path = f"{tempfile.mkdtemp()}/tasks.csv"
    >>> srm_data.controls.build_task_list(now).assign(due="2027-03-31").to_csv(path, index=False)
    >>> read_task_list(path, now).entries["value"].unique().tolist()
    ['2027-03-31']
    """
    file = Path(path).name
    # Excel saves with the separator and the encoding of its language
    content = Path(path).read_bytes()
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("cp1252", errors="replace")
    separator = max(",;\t", key=text.partition("\n")[0].count)
    answers = now.cells[now.cells["field"].eq("answer")].set_index(KEY)["value"].to_dict()
    standing = _list_standing(now)

    edits = list[Row]()
    lines = csv.DictReader(io.StringIO(text, newline=""), delimiter=separator)
    for number, line in enumerate(lines, start=2):
        row = {str(name).strip(): unguard(value or "") for name, value in line.items() if name}
        if not any(row.values()):
            continue
        cell, _, where = row.get("task_id", "").strip().partition("@")
        key, place = (*cell.split("/", maxsplit=1), "", "")[:2], f"row {number}"
        if (*key, "") not in answers:
            texts = {name: row.get(name, "") for name in ("task_id", *FIELDS, *SIGNED)}
            edits.append({
                "offering_id": "*", "duty_id": "*", "field": "remark", "file": file, "place": place,
                "value": " | ".join(filter(None, texts.values())), "by": texts["by"], "on": texts["on"],
                "reason": "Stray: expected the id of a task as it was sent, such as sqs/backup",
            })  # fmt: skip
            continue
        try:
            sent = json.loads(row.get("sent") or "{}")
        except ValueError:
            sent = {}
        for field in FIELDS:
            if field not in row:
                continue
            pair = sent.get(field) if isinstance(sent, dict) else None
            if not isinstance(pair, list) or len(pair) != 2:
                pair = standing.get((*key, where, field), ("", ""))
            before, base = map(str, pair)
            # it also writes days in its own form, which may be read in two ways
            value = before if before in list_days(row[field]) else row[field]
            answer = row.get("answer") or answers.get((*key, where), answers[*key, ""])
            edits.append({
                "offering_id": key[0], "duty_id": key[1], "where": where, "field": field,
                "sent": before, "base": base, "value": value,
                "reason": answer if field == "status" else "",
                "by": row.get("by", ""), "on": row.get("on", ""), "file": file, "place": place,
                "data_version": str(read_package()["version"]),
            })  # fmt: skip
    return build_review(pd.DataFrame(edits, columns=EDIT, dtype=object))


def build_raci(now: State) -> pd.DataFrame:
    """Build the assignment of duties to AWS and the teams: responsible, accountable, consulted.

    Parameters
    ----------
    now
        State from :func:`~srm_data.register.state`.

    Returns
    -------
    DataFrame
        One row per cell and Where that applies: ``offering``, ``duty``, ``where``, ``answer``, ``AWS``,
        a column per team with ``A``, ``R``, ``C`` or ``A/R``, ``performed_by`` (who performs AWS's half
        for AWS), ``problem`` (nobody or several are accountable), ``offering_id`` and ``duty_id``. All
        ``str``. AWS is responsible where it has a half, and accountable where nobody else must or may
        act; an accountable is responsible as well if nobody else is named. A row without a problem has
        exactly one A.

    Examples
    --------
    >>> row = {"offering_id": "sqs", "duty_id": "*", "field": "accountable", "value": "Queue team"}
    >>> model = srm_data.choose_offerings(srm_data.build_model(), "sqs")
    >>> now = srm_data.register.state(srm_data.register.make_entries([row]), model)
    >>> raci = build_raci(now).set_index("duty_id")
    >>> raci.loc["encryption-at-rest", ["AWS", "Queue team"]].tolist()
    ['R', 'A/R']
    """
    answers = now.cells[now.cells["field"].eq("answer") & ~now.cells["value"].str.startswith("Not ")]
    named = list_raci(now)
    cells = answers[[*KEY, "value"]].rename(columns={"value": "answer"})
    cells = cells.merge(named, on=KEY, how="left", validate="one_to_one").fillna("")
    words = now.model[[*CELL, "offering", "duty", "performed_by"]].astype("str")
    cells = cells.merge(words, on=CELL, how="left", validate="many_to_one")

    # a column per team, in which letters of several roles are joined
    teams = {name for role in RACI for text in named[role] for name in _split_names(text)}
    rows = []
    for cell in list_rows(cells):
        party, _, action = cell["answer"].rpartition(", ")
        letters = dict.fromkeys(["AWS", *sorted(teams, key=str.casefold)], "")
        letters["AWS"] = RACI_OF_AWS[party] if action == "none" else RACI_OF_AWS[party][-1:]
        for role, letter in zip(RACI, "ARC", strict=True):
            for name in _split_names(cell[role]):
                letters[name] = "/".join(filter(None, [letters[name], letter]))
        if cell["accountable"] and not cell["responsible"]:
            letters[cell["accountable"]] = letters[cell["accountable"]].replace("A", "A/R")
        rows.append(cell | letters)
    columns = ["offering", "duty", "where", "answer", "AWS", *sorted(teams, key=str.casefold)]
    columns += ["performed_by", "problem", *CELL]
    return pd.DataFrame(rows, columns=columns).astype("str")


def _split_names(text: str) -> list[str]:
    return [name for part in text.split(SEPARATOR) if (name := part.strip())]
