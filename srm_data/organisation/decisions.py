"""Decisions of an organisation: read from its own files, and applied to the model.

A decision overrides a cell for one organisation. It records the answer of the tables when it was made.
If that answer changes, the decision is stale: it is not applied, but kept and listed for review.
"""

from __future__ import annotations

import datetime as dt
import re
import warnings
from collections.abc import Hashable, Iterable, Iterator
from pathlib import Path

import pandas as pd

from srm_data.cells import check_frame, restore_cells
from srm_data.check.coding_rule import ACTIONS_OF
from srm_data.check.tables import Row
from srm_data.exceptions import Fault, FrameError, StaleDecisionWarning, TableError, describe_nearest
from srm_data.load import Tables, list_former_offerings, load_some, require_tables
from srm_data.organisation.files import columns_of, make_own_frame, read_own_files, write_own_file
from srm_data.schema import CELL, StrPath, read_own_schema

A_MODEL = "a model of offerings, from build_model or in_use"
NOT_IN_FUTURE = "a date that is not in the future: has the decision been made?"
KNOWN = {"offerings": "offering_id", "duties": "duty_id"}
"""Tables that define the cells, and their keys."""
FIRST_YEAR = 2000  # of decisions; earlier dates are slips


def read_decisions(paths: StrPath | Iterable[StrPath], *, tables: Tables | None = None) -> pd.DataFrame:
    r"""Read one or more files of decisions.

    Parameters
    ----------
    paths
        One or more paths of CSV files with the columns of ``tables/decisions.schema.json``:
        ``offering_id``, ``duty_id``, ``expected``, ``decision``, ``reason``, ``decided_by``,
        ``decided_on`` and, optionally, ``customer_action`` (``required``, ``optional`` or ``none``).
    tables
        Frames from :func:`~srm_data.load_tables` that define the ids of offerings; those of the package
        if not given. Ids of earlier versions are known, too: such a decision is stale.

    Returns
    -------
    DataFrame
        Those columns, all ``str``, one row per cell, sorted by key; ``customer_action`` is blank if not
        given. If several files have the same decision for a cell, the latest one is kept.

    Raises
    ------
    srm_data.exceptions.TableError
        If there are faults; the message lists all of them: file, line, column, value and what was
        expected, such as the nearest ids. It is also a fault if a customer action does not match its
        decision, if a date is in the future, as no review takes it, or if two files decide a cell
        differently.
    FileNotFoundError
        If the file does not exist.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> path = Path(tempfile.mkdtemp()) / "decisions.csv"
    >>> lines = [
    ...     "offering_id,duty_id,expected,decision,reason,decided_by,decided_on",
    ...     "sqs,backup,Customer,Shared,Our broker keeps copies.,cloud board,2026-11-01",
    ... ]
    >>> length = path.write_text("\n".join(lines))
    >>> read_decisions(path)["decision"].tolist()
    ['Shared']
    """
    schema = read_own_schema("decisions")
    offerings = _list_ids(tables)["offering_id"]

    def find_faults(file: str, rows: list[Row]) -> Iterator[Fault]:
        yield from _find_unknown(file, rows, offerings)
        yield from _find_faults(file, rows)

    read, faults = read_own_files(paths, schema, find_faults)
    frames = [rows.assign(file=name, line=range(2, len(rows) + 2)) for name, rows in read]
    if frames:
        decisions = pd.concat(frames, ignore_index=True)
        faults += _find_conflicts(decisions)
    if faults:
        raise TableError(faults, "the decisions")

    if not frames:
        return make_decisions([])
    latest = decisions.sort_values([*CELL, "decided_on"], kind="stable")
    latest = latest.drop_duplicates(CELL, keep="last")
    return latest[columns_of(schema)].reset_index(drop=True)


def make_decisions(rows: list[dict[str, str]]) -> pd.DataFrame:
    """Make a frame of decisions, all ``str``, sorted by key; missing values are blank."""
    decisions = make_own_frame(rows, columns_of(read_own_schema("decisions")))
    return decisions.sort_values(CELL, ignore_index=True)


def write_decisions(path: StrPath, decisions: pd.DataFrame) -> Path:
    """Write decisions to a new CSV file, which can be read by :func:`read_decisions`.

    Parameters
    ----------
    path
        File to write.
    decisions
        Frame from :func:`~srm_data.read_review` or :func:`read_decisions`.

    Returns
    -------
    pathlib.Path
        ``path``.

    Raises
    ------
    FileExistsError
        If the file already exists: files of the organisation are never overwritten.

    Examples
    --------
    >>> import tempfile
    >>> from srm_data import read_decisions
    >>> from pathlib import Path
    >>> path = Path(tempfile.mkdtemp()) / "decisions.csv"
    >>> write_decisions(path, read_decisions([])).name
    'decisions.csv'
    """
    check_decisions(decisions)
    return write_own_file(path, decisions)


def is_complete(decision: str, reason: str, decided_by: str, decided_on: str) -> bool:
    """Return whether a review takes an entry as a decision.

    It needs one of the four answers, a reason, a name, and a date that is not in the future.
    """
    parties = {party.lower() for party in ACTIONS_OF}
    is_said = decision.lower() in parties and bool(reason.strip() and decided_by.strip())
    return is_said and not _describe_day(decided_on)


def is_in_future(day: str) -> bool:
    """Return whether a date, as ``YYYY-MM-DD``, has not come yet."""
    return _is_day(day) and day > dt.date.today().isoformat()


def _is_day(text: str) -> bool:
    """Return whether a text is a date, as ``YYYY-MM-DD``, on which somebody can have decided."""
    try:
        year = dt.date.fromisoformat(text).year
    except ValueError:
        return False
    return year >= FIRST_YEAR and re.fullmatch(r"\d{4}-\d\d-\d\d", text) is not None


def check_decisions(decisions: pd.DataFrame) -> None:
    """Raise an error unless the argument is a frame of decisions, with at most one per cell."""
    fields = read_own_schema("decisions")["fields"]
    needed = [field["name"] for field in fields if not field.get("mayBeAbsent")]
    check_frame(decisions, needed, "decisions, from read_decisions")
    for party, action in zip(decisions["decision"], _actions_given(decisions), strict=True):
        if party not in ACTIONS_OF:
            raise FrameError(
                f"decisions: expected a decision of {' | '.join(ACTIONS_OF)}; got {party!r}"
            )
        if action not in ("", *ACTIONS_OF[party]):
            expected = " or ".join(ACTIONS_OF[party])
            raise FrameError(
                f"decisions: expected a customer_action of {expected}, or blank, as the decision is "
                f"{party!r}; got {action!r}"
            )
    for name in ("reason", "decided_by"):
        is_blank = decisions[name].isna() | decisions[name].astype(str).str.strip().eq("")
        if is_blank.any():
            raise FrameError(f"decisions: expected a {name} in every row; got a blank one")
        if not decisions[name].map(lambda value: isinstance(value, str)).all():
            raise FrameError(f"decisions: expected a {name} as text in every row")
    for day in decisions["decided_on"]:
        if not isinstance(day, str):
            kind = type(day).__name__
            raise FrameError(f"decisions: expected as decided_on text, YYYY-MM-DD; got a {kind}, {day}")
        if expected := _describe_day(day):
            raise FrameError(f"decisions: expected as decided_on {expected}; got {day!r}")
    repeated = decisions[decisions.duplicated(CELL)]
    if len(repeated):
        cell = " / ".join(map(str, repeated[CELL].iloc[0]))
        raise FrameError(f"decisions: expected one row per cell; got several of {cell}")


def _actions_given(decisions: pd.DataFrame) -> list[str]:
    if "customer_action" not in decisions:
        return [""] * len(decisions)
    actions = decisions["customer_action"].astype(object)
    return actions.where(actions.notna(), "").to_list()


def _find_unknown(file: str, rows: list[Row], known: list[str]) -> Iterator[Fault]:
    for row in rows:
        value = row.cells.get("offering_id", "")
        if value and value not in known and value not in list_former_offerings():
            expected = (
                f"an id of offerings, or one of an earlier version{describe_nearest(value, known)}"
            )
            yield Fault(file, row.line, "offering_id", value, expected)


def _find_faults(file: str, rows: list[Row]) -> Iterator[Fault]:
    for row in rows:
        party, action, day = (
            row.cells.get(name, "") for name in ("decision", "customer_action", "decided_on")
        )
        if party in ACTIONS_OF and action not in ("", *ACTIONS_OF[party]):
            expected = f"{' or '.join(ACTIONS_OF[party])}, or blank, as the decision is {party!r}"
            yield Fault(file, row.line, "customer_action", action, expected)
        if day and (expected := _describe_day(day)):
            yield Fault(file, row.line, "decided_on", day, expected)


def _describe_day(text: str) -> str:
    """Describe which date a decision needs, or return nothing if it has one."""
    if not _is_day(text):
        return f"a date from {FIRST_YEAR} on, YYYY-MM-DD"
    return NOT_IN_FUTURE if is_in_future(text) else ""


def _find_conflicts(decisions: pd.DataFrame) -> list[Fault]:
    faults = []
    for cell, rows in decisions.groupby(CELL):
        if rows["decision"].nunique() > 1:
            first, *others = rows.to_dict("records")
            expected = (
                f"{first['decision']!r}, as {first['file']}, line {first['line']}, decided "
                f"{' / '.join(map(str, cell))}"
            )
            faults += [
                Fault(row["file"], row["line"], "decision", row["decision"], expected)
                for row in others
                if row["decision"] != first["decision"]
            ]
    return faults


def apply_decisions(
    model: pd.DataFrame, decisions: pd.DataFrame, *, tables: Tables | None = None
) -> pd.DataFrame:
    """Apply decisions to a model, except stale ones, which a warning names.

    Parameters
    ----------
    model
        Frame from :func:`~srm_data.build_model`, or a part of it. A newer decision replaces one that it
        has already; an older one does not, and a warning says so.
    decisions
        Frame from :func:`read_decisions`. Those of offerings that the model does not have are left out.
    tables
        Frames from :func:`~srm_data.load_tables` that the model was made from, which define the ids;
        those of the package if not given. A warning names the decisions with unknown ids.

    Returns
    -------
    DataFrame
        The model, with rows and columns in the same order. Decided cells have the decision as
        ``responsibility``, ``"decision"`` as ``basis``, ``"organisation"`` as ``scope`` and the reason
        as ``note``. Both halves and ``without_decision`` are unchanged. ``customer_action`` is that of
        the decision or, if blank, ``required`` for Customer and Shared and ``none`` otherwise.

    Examples
    --------
    >>> from srm_data import build_model
    >>> model = build_model()
    >>> cell = model[(model["offering_id"] == "sqs") & (model["duty_id"] == "backup")]
    >>> row = cell.iloc[0]
    >>> decided = {"offering_id": "sqs", "duty_id": "backup", "expected": row["responsibility"],
    ...            "decision": "Shared", "reason": "Our broker keeps copies.",
    ...            "decided_by": "Cloud board", "decided_on": "2026-11-01"}
    >>> apply_decisions(cell, pd.DataFrame([decided]))["responsibility"].tolist()
    ['Shared']
    """
    model = restore_cells(model, [*CELL, "responsibility", "basis", "note"], A_MODEL)
    check_decisions(decisions)
    for line in _describe_left_out(model, decisions, tables):
        warnings.warn(line, StaleDecisionWarning, stacklevel=2)
    return override_cells(model, decisions)


def _describe_left_out(
    model: pd.DataFrame, decisions: pd.DataFrame, tables: Tables | None
) -> list[str]:
    says = "without_decision" if "without_decision" in model else "responsibility"
    stale = list_stale_decisions(model.assign(without_decision=model[says]), decisions)
    is_known = pd.Series(True, index=stale.index)
    for key, ids in _list_ids(tables).items():
        is_known &= stale[key].isin([*ids, *model[key].unique()])
    lines = [
        describe_stale_decision(row, tables)
        for row in stale[stale["now"].ne("") | ~is_known].to_dict("records")
    ]

    decided = model[CELL].assign(day=_list_days(model)).merge(decisions, on=CELL)
    older = decided[decided["decided_on"] < decided["day"]]
    lines += [
        f"older decision: {row['offering_id']} / {row['duty_id']} was decided on {row['decided_on']}; "
        f"the model has a decision of {row['day']}, which stays"
        for row in older.to_dict("records")
    ]
    return lines


def _list_days(model: pd.DataFrame) -> pd.Series:
    """Return the day of each decision that a model has, from its note; blank in other cells."""
    days = model["note"].astype("str").str.extract(r", (\d{4}-\d\d-\d\d)\)$", expand=False)
    return days.where(model["basis"].eq("decision")).fillna("")


def override_cells(model: pd.DataFrame, decisions: pd.DataFrame) -> pd.DataFrame:
    """Apply decisions as :func:`apply_decisions` does, without a word about those that do not apply."""
    model = restore_cells(model, [*CELL, "responsibility", "basis", "note"], A_MODEL)
    check_decisions(decisions)

    decided = model[CELL].merge(decisions, on=CELL, how="left", validate="one_to_one")
    decided = decided.fillna("").set_axis(model.index)
    says = model["without_decision" if "without_decision" in model else "responsibility"]
    holds = (decided["expected"] != "") & (decided["expected"] == says.astype(object))
    holds &= decided["decided_on"] >= _list_days(model)

    notes = decided["reason"] + " (" + decided["decided_by"] + ", " + decided["decided_on"] + ")"
    applied = {
        "responsibility": decided["decision"],
        "customer_action": _action_of(decided),
        "basis": "decision",
        "scope": "organisation",
        "note": notes,
    }

    return model.assign(
        **{
            name: model[name].astype(object).mask(holds, values).astype(model[name].dtype)
            for name, values in applied.items()
        }
    )


def _action_of(decided: pd.DataFrame) -> pd.Series:
    """Return the customer action of a decision, or else the one that follows from its party."""
    is_ours = decided["decision"].isin(["Customer", "Shared"])
    follows = pd.Series("none", index=decided.index).mask(is_ours, "required")
    if "customer_action" not in decided:
        return follows
    return decided["customer_action"].where(decided["customer_action"] != "", follows)


def list_stale_decisions(model: pd.DataFrame, decisions: pd.DataFrame) -> pd.DataFrame:
    """List the stale decisions, which need another review.

    Parameters
    ----------
    model
        Frame from :func:`~srm_data.build_model`, with or without decisions.
    decisions
        Frame from :func:`read_decisions`.

    Returns
    -------
    DataFrame
        Decisions that are not applied, with ``now``, the current answer of the tables, and ``why``:
        ``"the tables have another answer"`` or ``"the offering or duty is unknown or gone"``. All
        ``str``.

    Examples
    --------
    >>> from srm_data import build_model
    >>> row = {"offering_id": "no-more", "duty_id": "backup", "expected": "AWS", "decision": "Shared",
    ...        "reason": "Ours.", "decided_by": "Cloud board", "decided_on": "2026-11-01"}
    >>> list_stale_decisions(build_model(), pd.DataFrame([row]))["why"].tolist()
    ['the offering or duty is unknown or gone']
    """
    model = restore_cells(model, [*CELL, "without_decision"], A_MODEL)
    check_decisions(decisions)
    says = model[[*CELL, "without_decision"]].rename(columns={"without_decision": "now"})
    joined = decisions.merge(says.astype({"now": object}), on=CELL, how="left", validate="one_to_one")
    joined["now"] = joined["now"].fillna("").astype("str")
    stale = joined[joined["now"] != joined["expected"]]
    why = stale["now"].map(
        lambda now: (
            "the tables have another answer" if now else "the offering or duty is unknown or gone"
        )
    )
    return stale.assign(why=why.astype("str")).reset_index(drop=True)


def describe_stale_decision(row: dict[Hashable, str], tables: Tables | None = None) -> str:
    """Describe in one line a decision to review again, and why.

    Parameters
    ----------
    row
        Row of :func:`list_stale_decisions`.
    tables
        Frames that define the ids; those of the package if not given.
    """
    now = f": {row['now']}" if row["now"] else _describe_nearest_ids(row, tables)
    return (
        f"stale decision: {row['offering_id']} / {row['duty_id']} was decided against "
        f"{row['expected']!r}; {row['why']}{now}"
    )


def _describe_nearest_ids(row: dict[Hashable, str], tables: Tables | None) -> str:
    return "".join(
        describe_nearest(row[key], ids) for key, ids in _list_ids(tables).items() if row[key] not in ids
    )


def _list_ids(tables: Tables | None) -> dict[str, list[str]]:
    if tables is None:
        tables = load_some(KNOWN)
    require_tables(tables, {table: [key] for table, key in KNOWN.items()})
    return {key: tables[table][key].tolist() for table, key in KNOWN.items()}
