"""Read the files of 2026.11 as a register: decisions, status of cells, remarks, owners and sign-off."""

from __future__ import annotations

import csv
import io
import os
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path

import pandas as pd

from srm_data.exceptions import Fault, TableError
from srm_data.load import given_tables, load_some
from srm_data.register.entries import Row, make_entries, normalise_entry
from srm_data.register.files import name_apart, unguard
from srm_data.register.state import NEEDED
from srm_data.schema import StrPath, Tables

KINDS = {
    "sign_off": {"field", "value", "day"},
    "decisions": {"expected", "decided_by"},
    "cell_status": {"status", "exception_until"},
    "owners": {"layer_id", "owner"},
    "remarks": {"kind", "column", "place"},
}
"""Kinds of files, and columns that tell them, in the order in which they are read."""
FIELD_OF = {
    "Decision": "answer", "Status": "status", "Owner": "accountable", "Due": "due",
    "Evidence link": "evidence", "Exception until": "exception", "Comment": "comment",
}  # fmt: skip
"""Fields of the columns of a reviewed sheet."""


def read_former_files(
    paths: StrPath | Iterable[StrPath], *, data_version: str = "", tables: Tables | None = None
) -> pd.DataFrame:
    r"""Read files of 2026.11 as one register.

    Parameters
    ----------
    paths
        ``decisions.csv``, ``cell_status.csv``, ``remarks.csv``, ``owners.csv`` and ``sign_off.csv``,
        under any names: their columns tell what they are.
    data_version
        Data version of the books they come from, for rows that do not say it.
    tables
        Frames from :func:`~srm_data.load_tables`, which say what rules of owners have in common; loaded
        if not given.

    Returns
    -------
    DataFrame
        A register; columns as from :func:`~srm_data.register.make_entries`. Every cell keeps the owner
        that the rules gave it; sides of a conflict stay a conflict; a closed remark is withdrawn.

    Raises
    ------
    srm_data.exceptions.TableError
        If a file is none of these, or has a control character.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> path = Path(tempfile.mkdtemp()) / "owners.csv"
    >>> length = path.write_text("service_id,offering_id,layer_id,duty_id,owner\nrds,,,,DBA\n")
    >>> read_former_files(path)[["offering_id", "duty_id", "value"]].to_numpy().tolist()
    [['service:rds', '*', 'DBA']]
    """
    tables = given_tables(tables, NEEDED) if tables is not None else load_some(list(NEEDED))
    files = [Path(path) for path in ([paths] if isinstance(paths, str | os.PathLike) else paths)]
    read: dict[str, list[Row]] = {kind: [] for kind in KINDS}
    faults = []
    for path, name in zip(files, name_apart(files), strict=True):
        header, *lines = csv.reader(
            io.StringIO(path.read_bytes().decode("utf-8-sig", errors="replace"), newline="")
        )
        kind = next((kind for kind, columns in KINDS.items() if columns <= set(header)), "")
        if not kind:
            faults.append(Fault(name, 1, "(header)", ",".join(header), f"one of: {', '.join(KINDS)}"))
            continue
        for line in lines:
            texts = [unguard(text) for text in line]
            read[kind].append(defaultdict(str, zip(header, texts, strict=False)) | {"file": name})
    if faults:
        raise TableError(faults, "the files of 2026.11")

    # remarks come last: sides of a conflict were made against what stands
    entries = [
        *_read_fields(read["sign_off"]),
        *_read_decisions(read["decisions"]),
        *_read_statuses(read["cell_status"]),
        *_read_owners(read["owners"], tables),
    ]
    standing = {_slot_of(entry): normalise_entry(entry)["entry_id"] for entry in entries}
    entries += _read_remarks(read["remarks"], standing)
    return make_entries({"data_version": data_version} | entry for entry in entries)


def _slot_of(entry: Row) -> tuple[str, ...]:
    return entry["offering_id"], entry["duty_id"], entry["field"]


def _make(row: Row, field: str, value: str, **texts: str) -> Row:
    """Make an entry of a row; one that is about no cell is about everything."""
    key = {"offering_id": row["offering_id"] or "*", "duty_id": row["duty_id"] or "*"}
    return key | {"field": field, "value": value, "source": row["file"]} | texts


def _read_fields(rows: list[Row]) -> Iterator[Row]:
    """Read the fields of covers; the later of two rows of a field replaces the earlier."""
    before: dict[str, str] = {}
    for row in rows:
        signed = {"by": row["by"], "on": row["day"]}
        if row["field"] == "Revision":
            yield _make(row, "remark", row["value"], reason="Revision", **signed)
            continue
        field = f"cover:{row['field'].lower()}"
        entry = _make(row, field, row["value"], replaces=before.get(field, ""), **signed)
        if not row["value"]:
            entry |= {"field": "withdrawal", "value": field}
        before[field] = normalise_entry(entry)["entry_id"]
        yield entry


def _read_decisions(rows: list[Row]) -> Iterator[Row]:
    for row in rows:
        signed = {"reason": row["reason"], "by": row["decided_by"], "on": row["decided_on"]}
        source = f"{row['file']}, when the tables said {row['expected']}"
        yield _make(row, "answer", _describe_answer(row), **signed) | {"source": source}


def _read_statuses(rows: list[Row]) -> Iterator[Row]:
    """Read the status of cells; its name and date are of status, exception and evidence alone."""
    for row in rows:
        signed = {"by": row["reviewer"], "on": row["date"]}
        signed |= {"data_version": row["version"]} if row["version"] else {}
        if row["status"] not in ("", "open") or row["reviewer"] or row["date"]:
            yield _make(row, "status", row["status"] or "open", reason=row["answer"], **signed)
        if row["exception_until"]:
            yield _make(row, "exception", row["exception_until"], **signed)
        if row["evidence"]:
            yield _make(row, "evidence", row["evidence"], **signed)
        for field, column in (("accountable", "owner"), ("due", "due")):
            if row[column]:
                yield _make(row, field, row[column])


def _read_owners(rows: list[Row], tables: Tables) -> Iterator[Row]:
    """Read rules of owners, of which the last that fits applied, as keys: there the most specific does.

    What a rule has in common with an earlier and more specific one becomes a key of its own.
    """
    offerings, duties = tables["offerings"], tables["duties"]
    of_service = zip(offerings["offering_id"], offerings["service_id"], strict=True)
    of_layer = zip(duties["duty_id"], duties["layer_id"], strict=True)
    wholes = {name: f"service:{service}" for name, service in of_service}
    wholes |= {name: f"layer:{layer}" for name, layer in of_layer}
    ranks = {"*": 2} | dict.fromkeys(wholes.values(), 1)

    def meet(one: str, other: str) -> str:
        """Return what two parts of keys have in common, or nothing."""
        if one == other or other in ("*", wholes.get(one)):
            return one
        return other if one in ("*", wholes.get(other)) else ""

    owners: dict[tuple[str, str], Row] = {}
    for row in rows:
        offering = row["offering_id"] or (f"service:{row['service_id']}" if row["service_id"] else "*")
        duty = row["duty_id"] or (f"layer:{row['layer_id']}" if row["layer_id"] else "*")
        for key in list(owners):
            common = (meet(key[0], offering), meet(key[1], duty))
            if all(common) and [ranks.get(part, 0) for part in key] < [
                ranks.get(offering, 0),
                ranks.get(duty, 0),
            ]:
                owners[common] = row
        owners[offering, duty] = row
    for (offering, duty), row in owners.items():
        yield _make(row, "accountable", row["owner"]) | {"offering_id": offering, "duty_id": duty}


def _read_remarks(rows: list[Row], standing: dict[tuple[str, ...], str]) -> Iterator[Row]:
    """Read remarks, sides of conflicts and incomplete entries, with what became of them."""
    for row in rows:
        # what it is now, and what it was made against
        field, text = "remark", row["decision"] or row["text"]
        if row["kind"] == "entry":
            field = "answer" if row["decision"] else "comment"
        elif row["kind"] == "conflict" and row["column"]:
            field = FIELD_OF.get(row["column"], f"cover:{row['column'].lower()}")
        signed = {"by": row["author"], "on": row["dated"], "source": f"{row['file']}, {row['place']}"}
        if field == "answer":
            text, signed["reason"] = _describe_answer(row), row["text"]
        elif field == "remark":
            signed["reason"] = ", ".join(filter(None, [row["kind"], row["column"]]))
        entry = _make(row, field, text, **signed)
        if field not in ("comment", "remark"):  # which stand beside each other
            entry["replaces"] = standing.get(_slot_of(entry), "")
        yield entry

        # what became of it: who was to answer, the replies, and its end
        replied = {"by": row["replied_by"], "on": row["replied_on"], "source": signed["source"]}
        assigned = [f"{name}: {row[name]}" for name in ("assigned", "due") if row[name]]
        if history := "\n".join(filter(None, [row["story"], *assigned])):
            yield _make(row, "remark", history, reason=row["text"], source=signed["source"])
        if row["state"] == "closed":
            ended = {"reason": row["reply"], "replaces": normalise_entry(entry)["entry_id"]}
            yield _make(row, "withdrawal", field, **ended, **replied)
        elif row["reply"]:
            yield _make(row, "remark", row["reply"], reason=row["text"], **replied)


def _describe_answer(row: Row) -> str:
    return ", ".join(filter(None, [row["decision"], row["customer_action"]]))
