"""Decisions of an organisation: read from the files that it owns, and laid over the model.

A decision overrides a cell for one organisation. It says what the tables said when it was made; once
they say something else it is stale: it is not applied and not lost, but listed for another look.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from pathlib import Path

import pandas as pd

from srm_data.arguments import StrPath, check_frame, list_paths
from srm_data.check.coding_rule import ACTIONS_OF
from srm_data.exceptions import Fault, TableError
from srm_data.organisation.files import columns_of, read_own_file, write_own_file
from srm_data.schema import CELL, read_decision_schema

A_MODEL = "a model of offerings, from build_model or in_use"


def read_decisions(paths: StrPath | Iterable[StrPath]) -> pd.DataFrame:
    r"""Read one file of decisions or several.

    Parameters
    ----------
    paths
        One path or several, of CSV files with the columns of ``tables/decisions.schema.json``:
        ``offering_id``, ``duty_id``, ``expected``, ``decision``, ``reason``, ``decided_by``,
        ``decided_on`` and, if you like, ``customer_action``: ``required``, ``optional`` or ``none``.

    Returns
    -------
    DataFrame
        Those columns, all ``str``, one row per cell, sorted by key; ``customer_action`` is blank where
        a file does not give it. Where several files decide a cell alike, the latest decision stands.

    Raises
    ------
    srm_data.TableError
        Naming every fault: file, line, column, value and what was expected; also a customer action
        that does not go with the decision, and two files that decide one cell differently.
    FileNotFoundError
        If the file does not exist.

    Examples
    --------
    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "decisions.csv"
    >>> lines = [
    ...     "offering_id,duty_id,expected,decision,reason,decided_by,decided_on",
    ...     "sqs,backup,Customer,Shared,Our broker keeps copies.,cloud board,2026-11-01",
    ... ]
    >>> length = path.write_text("\n".join(lines))
    >>> read_decisions(path)["decision"].tolist()
    ['Shared']
    """
    files = list_paths(paths)
    schema = read_decision_schema()
    faults: list[Fault] = []
    frames = []
    for path in files:
        try:
            rows = read_own_file(path, schema)
        except TableError as error:
            faults += error.faults
            continue
        frames.append(rows.assign(file=path.name, line=range(2, len(rows) + 2)))

    if frames:
        decisions = pd.concat(frames, ignore_index=True)
        faults += [*_find_wrong_actions(decisions), *_find_conflicts(decisions)]
    if faults:
        raise TableError(faults)

    if not frames:
        return make_decisions([])
    latest = decisions.sort_values([*CELL, "decided_on"], kind="stable")
    latest = latest.drop_duplicates(CELL, keep="last")
    return latest[columns_of(schema)].reset_index(drop=True)


def make_decisions(rows: list[dict[str, str]]) -> pd.DataFrame:
    """Make a frame of decisions, all ``str``, sorted by key; what a row does not have is blank."""
    columns = columns_of(read_decision_schema())
    whole = [[row.get(column, "") for column in columns] for row in rows]
    decisions = pd.DataFrame(whole, columns=columns, dtype="str")
    return decisions.sort_values(CELL, ignore_index=True)


def write_decisions(path: StrPath, decisions: pd.DataFrame) -> Path:
    """Write decisions to a new CSV file, which :func:`read_decisions` reads back as they are.

    Parameters
    ----------
    path
        Where to write.
    decisions
        Frame from :func:`~srm_data.read_review` or :func:`read_decisions`.

    Returns
    -------
    pathlib.Path
        ``path``.

    Raises
    ------
    FileExistsError
        If the file already exists: decisions belong to the organisation and are never overwritten.

    Examples
    --------
    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "decisions.csv"
    >>> write_decisions(path, make_decisions([])).name
    'decisions.csv'
    """
    check_decisions(decisions)
    return write_own_file(path, decisions)


def check_decisions(decisions: object) -> None:
    """Refuse what is not a frame of decisions."""
    fields = read_decision_schema()["fields"]
    needed = [field["name"] for field in fields if not field.get("mayBeAbsent")]
    check_frame(decisions, needed, "decisions, from read_decisions")


def _find_wrong_actions(decisions: pd.DataFrame) -> list[Fault]:
    """Find customer actions that do not go with the party decided on."""
    given = decisions[decisions["customer_action"] != ""]
    faults = []
    for row in given.to_dict("records"):
        party, action = row["decision"], row["customer_action"]
        if action not in ACTIONS_OF[party]:
            expected = f"{' or '.join(ACTIONS_OF[party])}, or blank, as the decision is {party!r}"
            faults.append(Fault(row["file"], row["line"], "customer_action", action, expected))
    return faults


def _find_conflicts(decisions: pd.DataFrame) -> list[Fault]:
    """Find cells that two files decide differently."""
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


def apply_decisions(model: pd.DataFrame, decisions: pd.DataFrame) -> pd.DataFrame:
    """Apply decisions to a model; stale ones are left out.

    Parameters
    ----------
    model
        Frame from :func:`~srm_data.build_model`.
    decisions
        Frame from :func:`read_decisions`.

    Returns
    -------
    DataFrame
        The model, its rows and columns in their order. Decided cells have the decision as
        ``responsibility``, ``"decision"`` as ``basis``, ``"organisation"`` as ``scope`` and its reason
        as ``note``; both halves and ``without_decision`` keep what AWS's documents say.
        ``customer_action`` is that of the decision; where it gives none, ``required`` if the decision
        is Customer or Shared, and ``none`` otherwise.

    Examples
    --------
    >>> from srm_data import build_model
    >>> model = build_model()
    >>> cell = model[(model["offering_id"] == "sqs") & (model["duty_id"] == "backup")]
    >>> row = cell.iloc[0]
    >>> decided = {"offering_id": "sqs", "duty_id": "backup", "expected": row["responsibility"],
    ...            "decision": "Shared", "reason": "Our broker keeps copies.",
    ...            "decided_by": "Cloud board", "decided_on": "2026-11-01"}
    >>> apply_decisions(cell, make_decisions([decided]))["responsibility"].tolist()
    ['Shared']
    """
    check_frame(model, [*CELL, "responsibility", "basis", "note"], A_MODEL)
    check_decisions(decisions)

    decided = model[CELL].merge(decisions, on=CELL, how="left", validate="one_to_one")
    decided = decided.fillna("").set_axis(model.index)
    holds = (decided["expected"] != "") & (
        decided["expected"] == model["responsibility"].astype(object)
    )

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
    """Return what the customer has to do: as the decision says, else what follows from its party."""
    is_ours = decided["decision"].isin(["Customer", "Shared"])
    follows = pd.Series("none", index=decided.index).mask(is_ours, "required")
    if "customer_action" not in decided:
        return follows
    return decided["customer_action"].where(decided["customer_action"] != "", follows)


def list_stale_decisions(model: pd.DataFrame, decisions: pd.DataFrame) -> pd.DataFrame:
    """List the decisions that are to be looked at again.

    Parameters
    ----------
    model
        Frame from :func:`~srm_data.build_model`, with decisions or without.
    decisions
        Frame from :func:`read_decisions`.

    Returns
    -------
    DataFrame
        The decisions that are not applied, with ``now``, what the tables say now, and ``why``:
        ``"the documented answer has changed"`` or ``"the offering or duty is gone"``. All ``str``.

    Examples
    --------
    >>> from srm_data import build_model
    >>> row = {"offering_id": "no-more", "duty_id": "backup", "expected": "AWS", "decision": "Shared",
    ...        "reason": "Ours.", "decided_by": "Cloud board", "decided_on": "2026-11-01"}
    >>> list_stale_decisions(build_model(), make_decisions([row]))["why"].tolist()
    ['the offering or duty is gone']
    """
    check_frame(model, [*CELL, "without_decision"], A_MODEL)
    check_decisions(decisions)
    says = model[[*CELL, "without_decision"]].rename(columns={"without_decision": "now"})
    joined = decisions.merge(says.astype({"now": object}), on=CELL, how="left", validate="one_to_one")
    joined["now"] = joined["now"].fillna("").astype("str")
    stale = joined[joined["now"] != joined["expected"]]
    why = stale["now"].map(
        lambda now: "the documented answer has changed" if now else "the offering or duty is gone"
    )
    return stale.assign(why=why.astype("str")).reset_index(drop=True)


def describe_stale_decision(row: dict[Hashable, str]) -> str:
    """Describe in one line which decision to look at again, and why.

    Parameters
    ----------
    row
        A row of :func:`list_stale_decisions`.
    """
    now = f": {row['now']}" if row["now"] else ""
    return (
        f"stale decision: {row['offering_id']} / {row['duty_id']} was decided against "
        f"{row['expected']!r}; {row['why']}{now}"
    )
